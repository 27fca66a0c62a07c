"""Random people over random time, half a minute on each database."""

from __future__ import annotations

import pytest

from people import Town
from simulation.running import simulate

SEED = 20_261_122
SECONDS = 30


@pytest.mark.timeout(300)
def test_the_market_does_what_the_contract_says(town: Town) -> None:
    report = simulate(town, first_seed=SEED, seconds=SECONDS)
    print(report)
    assert report.histories >= 3
