"""Accepting and submitting work: does anything fail or double, does a backlog slow it, does time.

    python bench/accepting.py [--small] [--minutes 10]

Operations are called in this process through the market, without HTTP, so that nothing hides what they cost;
every commit waits for the disk. `--minutes` is how long dispatch runs on each engine;
it is cut into ten parts.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvloop

import filling
from disk import reading
from kempelen.operations.doing.accepting import NoMoreHITs
from people import Town, Worker
from readings import Figure, print_measured, quantile, result

WORKERS = 64
PARTS = 10
MOST_FAULTS = 1_000
TAKEN_TWICE = (
    "SELECT count(*) FROM (SELECT hit FROM assignments WHERE status <= 4 GROUP BY hit, worker"
    " HAVING count(*) > 1) AS twice"
)
TOO_OFTEN = (
    "SELECT count(*) FROM (SELECT h.id FROM hits h JOIN assignments a ON a.hit = h.id AND a.status <= 4"
    " GROUP BY h.id, h.max_assignments HAVING count(*) > h.max_assignments) AS often"
)
KEPT = "SELECT count(*) FROM assignments WHERE status IN (2, 3, 4)"


def measure(small: bool = False, minutes: float = 1.0) -> dict[str, Any]:
    """P5 and P6: what fails or doubles, p95 with a backlog by p95 without, the last tenth by the first."""
    seconds = 0.3 if small else minutes * 60
    figures = []
    with filling.market() as town:
        everybody = crowd(town)
        figures.append(rush(everybody, "SQLite", hits=10 if small else 1_000))
        figures += _long_run(everybody, "SQLite", seconds=seconds, most_a_second=4_000)
    figures.append(_backlog(small))
    with filling.postgresql() as (url, version), filling.market(database=url) as town:
        everybody = crowd(town)
        figures.append(rush(everybody, "PostgreSQL", hits=10 if small else 1_000))
        figures += _long_run(everybody, "PostgreSQL", seconds=seconds, most_a_second=1_500)
    return result(figures, postgresql=version)


@dataclass
class Crowd:
    """Workers who accept the next HIT of a group and submit it, all on one event loop as in a server."""

    town: Town
    workers: list[Worker]
    group: str = ""
    failed: list[BaseException] = field(default_factory=list)
    done: int = 0

    def work(self, until: Callable[[], bool] = lambda: False) -> int:
        """Until that is true or nothing is left; answers how many assignments were submitted."""
        before = self.done
        uvloop.run(self._together(until))
        return self.done - before

    async def _together(self, until: Callable[[], bool]) -> None:
        await asyncio.gather(*(self._work(each, until) for each in self.workers))

    async def _work(self, worker: Worker, until: Callable[[], bool]) -> None:
        run = self.town.market.run_async
        while not until():
            try:
                task = (await run("AcceptHIT", worker.actor, {"HITGroupId": self.group}))["Task"]
                answer = {"AssignmentId": task["AssignmentId"], "Fields": filling.FIELDS}
                await run("SubmitAssignment", worker.actor, answer)
            except NoMoreHITs:
                return
            except Exception as fault:
                self.failed.append(fault)
                if len(self.failed) > MOST_FAULTS:
                    return
            else:
                self.done += 1


def crowd(town: Town) -> Crowd:
    """Workers for whom there is nothing to do yet."""
    return Crowd(town, _workers(town, WORKERS, "crowd"))


def rush(everybody: Crowd, engine: str, *, hits: int) -> Figure:
    """Everybody takes everything there is in one group; what failed, and what the tables say afterwards."""
    town = everybody.town
    rosa = town.requester("Rosa", funds=filling.MILLIONS)
    like, everybody.group = filling.published(town, rosa, MaxAssignments=20)
    filling.fill_hits(town, like, count=hits - 1)
    started = time.perf_counter()
    done = everybody.work()
    took = time.perf_counter() - started
    doubled = _count(town, TAKEN_TWICE) + _count(town, TOO_OFTEN)
    lost = abs(done - _count(town, KEPT))
    return Figure(
        "P5",
        f"Failed, doubled and lost accepts under {WORKERS} workers, {engine}",
        f"""{WORKERS} workers at once accept and submit whatever one group of {hits} HITs with 20 assignments
        has, until each has been told that nothing is left. Counted are accepts and submissions that were
        refused or failed, pairs of worker and HIT and HITs' slots that were given out twice, and submissions
        that were acknowledged and are not in the table.""",
        [float(len(everybody.failed) + doubled + lost)],
        0,
        0,
        more_is_better=False,
        unit="of all",
        beside={
            "submitted": done,
            "failed": len(everybody.failed),
            "doubled": doubled,
            "lost": lost,
            "slots_left_for_the_next_lap": hits * 20 - done,
            "loops_a_second": done / took,
            **({"first_fault": repr(everybody.failed[0])} if everybody.failed else {}),
        },
    )


def _backlog(small: bool) -> Figure:
    """Two markets side by side, a worker of each accepts in turn; only the accept is timed."""
    few, many = (100, 2_000) if small else (1_000, 1_000_000)
    rounds, accepts = (2, 30) if small else (5, 400)
    ratios, p95 = [], {few: [], many: []}  # type: ignore[var-annotated]
    disks = []
    with filling.market() as calm, filling.market() as busy:
        takers = {few: _takers(calm, few), many: _takers(busy, many)}
        for _ in range(rounds):
            disks.append(reading())
            taken: dict[int, list[float]] = {few: [], many: []}
            for number in range(accepts):
                for size in (few, many) if number % 2 else (many, few):
                    taken[size].append(_accept(*takers[size]))
            for size, seconds in taken.items():
                p95[size].append(quantile(seconds, 0.95))
            ratios.append(p95[many][-1] / p95[few][-1])
    return Figure(
        "P6",
        f"p95 of an accept with {many:,} open HITs by that with {few:,}, SQLite",
        f"""Two markets on the same disk, with {few:,} and {many:,} open HITs in one group; 50 workers of
        each accept the next HIT in turn, one accept here and one there, {accepts} a round in {rounds}
        rounds.""",
        ratios,
        1.5,
        1.1,
        more_is_better=False,
        beside={
            "p95_ms_few": quantile(p95[few], 0.5) * 1000,
            "p95_ms_many": quantile(p95[many], 0.5) * 1000,
            "fdatasync_p50_us": quantile([each["fdatasync_p50_us"] for each in disks], 0.5),
            "fdatasync_p95_us": max(each["fdatasync_p95_us"] for each in disks),
        },
    )


def _takers(town: Town, hits: int) -> tuple[itertools.cycle[Worker], str]:
    rosa = town.requester("Rosa", funds=filling.MILLIONS)
    like, group = filling.published(town, rosa, MaxAssignments=100)
    filling.fill_hits(town, like, count=hits - 1)
    workers = _workers(town, 50, "taker")
    for worker in workers:
        _accept(itertools.cycle([worker]), group)
    return itertools.cycle(workers), group


def _accept(workers: itertools.cycle[Worker], group: str) -> float:
    worker = next(workers)
    started = time.perf_counter()
    task = worker("AcceptHIT", HITGroupId=group)["Task"]
    took = time.perf_counter() - started
    worker("SubmitAssignment", AssignmentId=task["AssignmentId"], Fields=filling.FIELDS)
    return took


def _long_run(everybody: Crowd, engine: str, *, seconds: float, most_a_second: int) -> list[Figure]:
    """Everybody works through one long group; seconds and processor time a loop, part by part."""
    town = everybody.town
    mina = town.requester("Mina", funds=filling.MILLIONS)
    backlog = max(2_000, int(seconds * most_a_second))
    like, everybody.group = filling.published(town, mina)
    filling.fill_hits(town, like, count=backlog)
    wall, processor, disks = [], [], []
    for _ in range(PARTS):
        disks.append(reading(count=50))
        until = time.perf_counter() + seconds / PARTS
        started, cpu = time.perf_counter(), time.process_time()
        done = everybody.work(lambda until=until: time.perf_counter() >= until)  # type: ignore[misc]
        assert done, "there was work to the end"
        wall.append((time.perf_counter() - started) / done)
        processor.append((time.process_time() - cpu) / done)
    assert not everybody.failed, repr(everybody.failed[0])
    rates = [round(1 / each) for each in wall]
    fsyncs = [each["fdatasync_p50_us"] for each in disks]
    how = f"""{WORKERS} workers accept and submit in one group for {seconds:g} s, in {PARTS} parts, starting
        with {backlog:,} open HITs of one assignment"""
    return [
        Figure(
            "P6",
            f"Dispatch, time a loop, last tenth by the first, {engine} ({seconds:g} s in all)",
            f"{how}: time of an accept and a submission in the last part by that in the first.",
            [wall[-1] / wall[0]],
            1.3,
            1.1,
            more_is_better=False,
            beside={"loops_a_second_by_part": rates, "fdatasync_p50_us_by_part": fsyncs},
        ),
        Figure(
            "P6",
            f"Dispatch, processor time a loop, last tenth by the first, {engine} ({seconds:g} s in all)",
            f"{how}: processor time of this process a loop, which the disk and other programs disturb less.",
            [processor[-1] / processor[0]],
            1.3,
            1.1,
            more_is_better=False,
            beside={"cpu_us_a_loop_by_part": [round(each * 1e6) for each in processor]},
        ),
    ]


def _workers(town: Town, count: int, name: str) -> list[Worker]:
    return [town.worker(f"{name}{number}") for number in range(count)]


def _count(town: Town, statement: str) -> int:
    connection: Any = town.market.database.reader()
    return int(connection.raw.execute(statement).fetchall()[0][0])


if __name__ == "__main__":
    print_measured(measure, minutes=1.0)
