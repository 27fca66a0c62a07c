"""`kill -9` in the middle of everything: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.killing import killing
from kempelen.faultpoints import POINTS
from services import shared_folder
from services.postgres import fresh_database, start_postgres

CYCLES = 5
SEED = 20_261_122
IN_THE_WRITER = sorted(point for point in POINTS if point.startswith("writer."))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, worker_id: str) -> Iterator[str]:
    """Where the data is: nothing for SQLite, else a database of a server that waits for the disk."""
    if request.param == "sqlite":
        yield ""
        return
    folder = shared_folder.folder_of_this_run() / f"durable-{worker_id}"
    server = start_postgres(folder, durable=True)
    try:
        with fresh_database(server.url) as url:
            yield url
    finally:
        server.stop()


@pytest.mark.timeout(300)
def test_a_killed_server_has_lost_nothing_and_done_nothing_twice(tmp_path: Path, database: str) -> None:
    with killing(tmp_path, database=database, seed=SEED) as place:
        cycles = [place.cycle() for _ in range(CYCLES)]
        cycles += [place.cycle(point=f"{point}:20") for point in IN_THE_WRITER]
    print(f"seed {SEED}", *cycles, sep="\n")
    assert [fault for cycle in cycles for fault in cycle.faults] == []
    assert sum(cycle.acknowledged for cycle in cycles) > 20
    assert all(cycle.reached for cycle in cycles)
