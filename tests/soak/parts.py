"""What the long tests are made of: parts, each of which can be run a piece at a time."""

from __future__ import annotations

import contextlib
import os
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from faults.killing import killing
from kempelen.app import App, assemble
from kempelen.clock import HandClock
from kempelen.faultpoints import POINTS
from kempelen.rules.ids import seeded_random
from kempelen.settings import Settings
from people import Town
from services.postgres import fresh_database, start_postgres
from simulation.machine import WANTED
from simulation.running import simulate
from soak.record import Journal, Line
from wire.fuzzing import fuzzing

START = 1_790_000_000_000
SEED = 1_000
"""The first seed of every part; the next run has the next one."""
AT_POINTS = sorted(point for point in POINTS if point.startswith(("writer.", "sweep.", "sealing.")))
CYCLES_A_PLACE = 25
"""After so many crashes a new database is begun, so that its audit stays quick."""


@dataclass(frozen=True, slots=True)
class Part:
    """A long test: how much of it is wanted, and how much is run at once."""

    name: str
    wanted: int
    chunk: int
    unit: str
    seconds_each: float
    """A guess at what one unit takes."""
    run: Callable[[int, int], Line]
    """Run so much of it, for the so many-th time."""


@contextlib.contextmanager
def _place(kind: str) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL of a fresh database of a server that waits for the disk; empty for SQLite."""
    with tempfile.TemporaryDirectory(prefix="kempelen-soak-") as name:
        folder = Path(name)
        # PostgreSQL may have to run as another user: let it pass, but not list.
        os.chmod(folder, 0o711)
        if kind == "sqlite":
            yield folder / "data", ""
            return
        server = start_postgres(folder / "postgres", durable=True)
        try:
            with fresh_database(server.url) as url:
                yield folder / "data", url
        finally:
            server.stop()


def _fuzz(kind: str, amount: int, run: int) -> Line:
    with _place(kind) as (folder, database), fuzzing(folder, database=database) as place:
        outcome = place.throw(amount, seed=SEED + run)
    return {
        "amount": outcome.requests, "seed": outcome.seed, "faults": outcome.faults,
        "statuses": outcome.statuses, "slowest_seconds": outcome.slowest_seconds,
        "growth_bytes": outcome.growth_bytes,
    }  # fmt: skip


def _kill(kind: str, amount: int, run: int) -> Line:
    cycles = []
    for first in range(0, amount, CYCLES_A_PLACE):
        seed = (SEED + run) * 1_000 + first
        with _place(kind) as (folder, database), killing(folder, database=database, seed=seed) as place:
            for number in range(first, min(amount, first + CYCLES_A_PLACE)):
                # Every fifth crash at a named point, in turn; the others at random moments.
                point = AT_POINTS[number // 5 % len(AT_POINTS)] if number % 5 == 4 else ""
                cycles.append(place.cycle(point=f"{point}:{1 + number % 20}" if point else ""))
    return {
        "amount": len(cycles), "seed": (SEED + run) * 1_000,
        "faults": [f"{each.seed} {each.fault}: {fault}" for each in cycles for fault in each.faults],
        "acknowledged": sum(each.acknowledged for each in cycles),
        "unknown": sum(each.unknown for each in cycles),
        "kept_of_unknown": sum(each.kept_of_unknown for each in cycles),
        "recoveries": [each.recovery_seconds for each in cycles],
        "points": sorted({each.fault.partition(":")[0] for each in cycles if each.reached}),
    }  # fmt: skip


def _simulate(kind: str, amount: int, run: int) -> Line:
    first_seed = (SEED + run) * 10_000
    line: Line = {"amount": amount, "seed": first_seed, "faults": []}
    with _place(kind) as (folder, database):
        settings = Settings(data=folder, database=database, log_calls=False, jobs=False)
        app: App = assemble(settings, clock=HandClock(START), random=seeded_random(first_seed))
        try:
            report = simulate(Town(app, app.production), first_seed=first_seed, seconds=amount)
        except BaseException as fault:
            if isinstance(fault, KeyboardInterrupt):
                raise
            line["faults"] = ["".join(traceback.format_exception(fault))[-8_000:]]
        else:
            line |= {"histories": report.histories, "steps": report.steps, "reached": report.reached}
        finally:
            app.close()
    return line


def _parts() -> Iterator[Part]:
    for kind in ("sqlite", "postgresql"):
        yield Part(f"kill-{kind}", 200, 50, "cycles", 2.5, partial(_kill, kind))
        yield Part(f"simulation-{kind}", 1_200, 400, "seconds", 1.0, partial(_simulate, kind))
        yield Part(f"fuzz-{kind}", 50_000, 25_000, "requests", 0.006, partial(_fuzz, kind))


PARTS: dict[str, Part] = {part.name: part for part in _parts()}


def next_part(journal: Journal) -> Part | None:
    """The part of which the smallest share is done, or None; all parts come forward together."""
    missing = [part for part in PARTS.values() if journal.done(part.name) < part.wanted]
    return min(missing, key=lambda part: journal.done(part.name) / part.wanted, default=None)


def seconds_left(journal: Journal) -> float:
    """About how long the rest takes, by what it took until now."""
    total = 0.0
    for part in PARTS.values():
        lines = journal.of(part.name)
        done = sum(line["amount"] for line in lines)
        each = sum(line["seconds"] for line in lines) / done if done else part.seconds_each
        total += max(0, part.wanted - done) * each
    return total


def never_reached(journal: Journal) -> list[str]:
    """Interesting states to which no simulation has come, once all of it has been run."""
    simulations = [part for part in PARTS.values() if part.name.startswith("simulation")]
    if any(journal.done(part.name) < part.wanted for part in simulations):
        return []
    reached: set[str] = set()
    for line in journal.lines():
        reached |= {name for name, count in line.get("reached", {}).items() if count}
    return [name for name in WANTED if name not in reached]
