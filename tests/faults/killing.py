"""Cycles of load, `kill -9`, restart and judgement."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faults.journal import Journal, read
from faults.load import Cast, Load
from faults.oracle import cast_of, judge
from faults.processes import Place, ServerProcess
from faults.signed import Client
from kempelen.app import App, assemble
from kempelen.settings import Settings

SHORTEST, LONGEST = 0.05, 0.5
"""How long a server lives under load before it is killed, in seconds."""
POINT_SECONDS = 5
"""How long a load waits for a fault point to be reached."""


@dataclass(slots=True)
class Cycle:
    """One crash: what was known before it, and what was found after it."""

    seed: int
    fault: str
    acknowledged: int
    unknown: int
    kept_of_unknown: int
    recovery_seconds: float
    reached: bool
    faults: list[str] = field(default_factory=list)


class Killing:
    """A server in one place, killed again and again under load."""

    def __init__(self, folder: Path, *, database: str = "", seed: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._place = Place(folder, database)
        self._seed = seed
        self._app: App = assemble(Settings(data=folder, database=database, log_calls=False, jobs=False))
        self._cast: Cast = cast_of(self._app)
        self._server = ServerProcess(self._place)
        self._server.wait()
        self._number = 0

    def cycle(self, *, point: str = "") -> Cycle:
        """Load the server, kill it after a random while or at a fault point, start it again and judge."""
        self._number += 1
        seed = self._seed * 1_000_003 + self._number
        chance = random.Random(seed)
        name = f"c{seed}"
        if point:
            self._restarted(KEMPELEN_FAULT_POINTS=point)
        journal = Journal(self._folder / f"{name}.journal")
        load = Load(self._place.port, self._cast, journal, seed=seed, name=name)
        load.start()
        reached = self._died() if point else self._killed(chance.uniform(SHORTEST, LONGEST))
        load.stop()
        journal.close()
        self._server = ServerProcess(self._place)
        recovery = self._server.wait()
        acts = read(journal.path)
        verdict = judge(acts, self._app, Client(self._place.port, self._cast.requester))
        if not verdict.faults:
            journal.path.unlink()
        return Cycle(
            seed=seed,
            fault=point or "kill -9",
            acknowledged=verdict.acknowledged,
            unknown=verdict.unknown,
            kept_of_unknown=verdict.kept_of_unknown,
            recovery_seconds=round(recovery, 3),
            reached=reached,
            faults=verdict.faults,
        )

    def close(self) -> None:
        """End everything."""
        self._server.kill()
        self._app.close()

    def _killed(self, seconds: float) -> bool:
        time.sleep(seconds)
        self._server.kill()
        return True

    def _died(self) -> bool:
        """Whether the server died by itself, at its fault point."""
        deadline = time.monotonic() + POINT_SECONDS
        while self._server.is_alive and time.monotonic() < deadline:
            time.sleep(0.01)
        reached = not self._server.is_alive
        self._server.kill()
        return reached

    def _restarted(self, **environment: str) -> None:
        self._server.kill()
        self._server = ServerProcess(self._place, **environment)
        self._server.wait()


@contextlib.contextmanager
def killing(folder: Path, *, database: str = "", seed: int) -> Iterator[Killing]:
    """A place for crashes; its processes end with the block."""
    place = Killing(folder, database=database, seed=seed)
    try:
        yield place
    finally:
        place.close()
