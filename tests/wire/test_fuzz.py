"""Two thousand malformed requests: none crashes anything, none hangs, none moves money."""

from __future__ import annotations

from pathlib import Path

import pytest

from wire.fuzzing import fuzzing

SEED = 20_261_122
REQUESTS = 1_000
"""On each database."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Where the data is."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_database"))


@pytest.mark.timeout(300)
def test_malformed_requests_are_refused_at_once_and_move_nothing(tmp_path: Path, database: str) -> None:
    with fuzzing(tmp_path / "data", database=database) as place:
        outcome = place.throw(REQUESTS, seed=SEED)
    print(outcome)
    assert outcome.faults == []
    assert outcome.requests == REQUESTS
    refused = sum(count for status, count in outcome.statuses.items() if status.startswith("4"))
    assert refused > REQUESTS // 2
