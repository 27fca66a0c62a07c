"""The loop of a worker over HTTP, on ours and on Turkle in turn: accept, page, frame, submit.

    python bench/work_loop.py [--small]

Both have the same tasks, a form of a few lines with one parameter, and are loaded by the same client, which
sends what a browser would for these four steps and nothing else. Everybody is signed in beforehand.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

import filling
from browsing import Answer, Browser
from disk import reading
from kempelen.app import assemble
from kempelen.settings import Settings
from people import Town
from raw_client import drive, signed
from readings import Figure, print_measured, quantile, result
from servers import Kempelen, kempelen
from turkle_server import PROCESSES, Turkle, turkle

TEMPLATE = """\
<p>Is there a cat in <b>${picture}</b>?</p>
<p><label>Answer <input name="answer" required></label></p>
"""
ANSWER = str(filling.FIELDS[0]["Value"])
TARGET = "MTurkRequesterServiceV20170117.CreateHITWithHITType"
LIMITS = {
    "KEMPELEN_ACCEPTS_A_DAY": "10000000",
    "KEMPELEN_PAGES_A_SECOND": "100000",
    "KEMPELEN_REQUESTS_A_SECOND": "100000",
}
"""What a lone machine that hurries through a batch needs raised."""
GOALS = {1: (10.0, 20.0), 16: (25.0, 50.0)}
"""By the number of workers at once: how many times Turkle's rate, as floor and stretch."""

Loop = Callable[[Browser], Awaitable[bool]]


def measure(small: bool = False) -> dict[str, Any]:
    """P3 and P4: our rate of loops by Turkle's, and the processor time of a loop of ours by one of its."""
    tasks, rounds, seconds = (300, 1, 1.0) if small else (10_000, 5, 5.0)
    figures = []
    with turkle(TEMPLATE, tasks=tasks, workers=max(GOALS)) as other, market(tasks=tasks) as ours:
        figures += _side_by_side("SQLite", ours, theirs(other), rounds=rounds, seconds=seconds)
    with contextlib.ExitStack() as stack:
        url, version = stack.enter_context(filling.postgresql())
        its_url, _ = stack.enter_context(filling.postgresql())
        other = stack.enter_context(turkle(TEMPLATE, tasks=tasks, workers=max(GOALS), database=its_url))
        ours = stack.enter_context(market(tasks=tasks, database=url))
        its = theirs(other, database=its_url)
        figures += _side_by_side("PostgreSQL", ours, its, rounds=rounds, seconds=seconds)
    return result(figures, postgresql=version)


@dataclass
class Side:
    """One of the two, with everybody signed in."""

    loop: Loop
    everybody: list[Browser]
    processes: list[int]
    """The first process of the server, and that of its database if it has one of its own."""
    restock: Callable[[int], None] = lambda done: None
    """Publish as many tasks as were done."""

    def work(self, workers: int, *, seconds: float) -> Reading:
        """So many workers at once, each with the next loop when one is over."""
        before = [cpu_seconds(each) for each in self.processes]
        read: Reading = uvloop.run(self._together(workers, seconds))
        after = [cpu_seconds(each) for each in self.processes]
        read.cpu = [now - then for now, then in zip(after, before, strict=True)]
        self.restock(read.done)
        return read

    async def _together(self, workers: int, seconds: float) -> Reading:
        read, started = Reading(), time.perf_counter()
        await asyncio.gather(
            *(self._work(each, read, until=started + seconds) for each in self.everybody[:workers])
        )
        read.seconds = time.perf_counter() - started
        return read

    async def _work(self, browser: Browser, read: Reading, *, until: float) -> None:
        while (started := time.perf_counter()) < until:
            if await self.loop(browser):
                read.latencies.append(time.perf_counter() - started)
            else:
                read.failed += 1
        browser.close()


@dataclass
class Reading:
    """One side's turn."""

    failed: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Processor time in seconds, of each of the side's processes with their children."""

    @property
    def done(self) -> int:
        """How many loops went through."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Loops a second."""
        return self.done / self.seconds

    @property
    def cpu_a_loop(self) -> float:
        """Processor seconds of server and database together."""
        return sum(self.cpu) / self.done


def theirs(other: Turkle, *, database: str = "") -> Side:
    """Turkle's. An accept that does not lead to a task has failed, as has what is answered by a fault."""
    sign_in = {f"worker{number}": f"worker{number}" for number in range(max(GOALS))}

    async def loop(browser: Browser) -> bool:
        accepted = await browser.get(f"{other.url}/batch/{other.batch}/accept_next_task/")
        if accepted.status != 302 or "/assignment/" not in accepted.location:
            return False
        page = await browser.get(accepted.location)
        if page.status != 200:
            return False
        frame = await browser.get(page.frame())
        if frame.status != 200:
            return False
        done = await browser.post(frame.action(), frame.hidden() | {"answer": ANSWER})
        return done.status == 302

    everybody = [
        uvloop.run(_signed_in(f"{other.url}/login/", {"username": name, "password": password}))
        for name, password in sign_in.items()
    ]
    return Side(loop, everybody, [other.process.pid, *_database_process(database)])


@contextlib.contextmanager
def market(*, tasks: int, database: str = "", workers: int = max(GOALS)) -> Iterator[Side]:
    """A server of ours with one group of tasks. What fails there is a fault of the program, and ends it."""
    people = [f"worker{number}" for number in range(workers)]
    with tempfile.TemporaryDirectory() as folder:
        hit = _fill(Path(folder), database, people)
        with kempelen(database=database, folder=Path(folder), **LIMITS) as server:
            site = server.url.rstrip("/").replace("127.0.0.1", "localhost")  # as it calls itself in pages
            everybody = [
                uvloop.run(
                    _signed_in(f"{site}/login", {"email": f"{name}@example.org", "password": _password(name)})
                )
                for name in people
            ]
            restock = _publisher(server, hit)
            restock(tasks)
            processes = [server.process.pid, *_database_process(database)]
            yield Side(_our_loop(f"{site}/projects/{hit['HITGroupId']}"), everybody, processes, restock)


def _our_loop(group: str) -> Loop:
    async def loop(browser: Browser) -> bool:
        accepted = await browser.get(f"{group}/tasks/accept_random")
        if accepted.status != 302 or "assignment_id=" not in accepted.location:
            return _failed(accepted)
        page = await browser.get(accepted.location)
        frame = await browser.get(page.frame())
        # A frame without origin is not the site's own, so its form brings no session.
        done = await browser.post(frame.action(), frame.hidden() | {"answer": ANSWER}, own=False)
        return done.status == 200 or _failed(done)

    return loop


def _failed(answer: Answer) -> bool:
    raise RuntimeError(f"{answer.url} answered {answer.status}, {answer.location}: {answer.body[:2000]!r}")


async def _signed_in(url: str, fields: dict[str, str]) -> Browser:
    browser = Browser(url)
    form = await browser.get(url)
    answer = await browser.post(url, form.hidden() | fields)
    assert answer.status == 302, f"nobody was signed in at {url}: {answer.body[:2000]!r}"
    browser.close()
    return browser


def _fill(folder: Path, database: str, people: Sequence[str]) -> dict[str, Any]:
    """Workers with passwords, a requester, and a first HIT of a layout, which it answers."""
    app = assemble(Settings(data=folder, database=database, jobs=False, log_calls=False))
    try:
        town = Town(app, app.production)
        for name in people:
            town.worker(name, Password=_password(name))
        rosa = town.requester("Rosa", funds=filling.MILLIONS)
        layout = rosa("CreateHITLayout", HTML=TEMPLATE, FrameHeight=400)["Layout"]["HITLayoutId"]
        hit = rosa.create_hit(
            Reward="0.01",
            HITLayoutId=layout,
            HITLayoutParameters=[{"Name": "picture", "Value": "picture"}],
        )
        return hit | {"HITLayoutId": layout, "Key": (rosa.access_key, rosa.secret_key)}
    finally:
        app.close()


def _password(name: str) -> str:
    return f"the password of {name}"


def _publisher(server: Kempelen, hit: dict[str, Any]) -> Callable[[int], None]:
    """What creates so many more HITs of the layout, as a requester does."""
    numbers = itertools.count()

    def request() -> bytes:
        parameters = [{"Name": "picture", "Value": f"picture-{next(numbers)}"}]
        members = {
            "HITTypeId": hit["HITTypeId"],
            "LifetimeInSeconds": 86_400,
            "HITLayoutId": hit["HITLayoutId"],
            "HITLayoutParameters": parameters,
        }
        return signed(server.url, TARGET, members, *hit["Key"])

    def restock(count: int) -> None:
        while count > 0:
            requests = [request() for _ in range(min(count, 2_000))]  # none is to wait until it is too old
            answer = uvloop.run(drive(server.url, requests, 600, min(16, len(requests))))
            assert answer["answers"] == len(requests), f"{answer['refused']} HITs were refused"
            count -= len(requests)

    return restock


def _side_by_side(engine: str, ours: Side, other: Side, *, rounds: int, seconds: float) -> list[Figure]:
    read: dict[tuple[str, int], list[Reading]] = {}
    disks = []
    sides = {"ours": ours, "Turkle": other}
    for side in sides.values():
        side.work(max(GOALS), seconds=min(seconds, 2.0))  # warm, and not read
    for number in range(rounds):
        disks.append(reading())
        for workers in GOALS:
            for name in reversed(sides) if number % 2 else sides:
                read.setdefault((name, workers), []).append(sides[name].work(workers, seconds=seconds))
    figures = []
    for workers in GOALS:
        pair = read["ours", workers], read["Turkle", workers]
        figures += figures_of(engine, workers, *pair, seconds=seconds, disks=disks)
    return figures


def figures_of(
    engine: str,
    workers: int,
    ours: list[Reading],
    other: list[Reading],
    *,
    seconds: float,
    disks: list[dict[str, float]],
) -> list[Figure]:
    """P3 and P4 of one engine and number of workers; a round of each side for every round."""
    people = f"{workers} worker{'s at once' if workers > 1 else ''}"
    how = f"""{people}: accept the next task, load its page, load the frame, submit the form, {seconds:g} s on
        ours and {seconds:g} s on Turkle 3.1 behind gunicorn with {PROCESSES} processes, in {len(ours)}
        round{"s" if len(ours) > 1 else ""}, both on {engine} with the same tasks"""
    return [
        Figure(
            "P3",
            f"Loops of work a second by Turkle's, {people}, {engine}",
            f"{how}. Only loops that went through are counted; an accept that failed is tried again.",
            [mine.rate / its.rate for mine, its in zip(ours, other, strict=True)],
            *GOALS[workers],
            more_is_better=True,
            unit="of Turkle's rate",
            beside={
                "ours_a_second": _median(each.rate for each in ours),
                "turkle_a_second": _median(each.rate for each in other),
                "our_p95_ms": _median(quantile(each.latencies, 0.95) * 1000 for each in ours),
                "turkle_p95_ms": _median(quantile(each.latencies, 0.95) * 1000 for each in other),
                "ours_failed": _failed_share(ours),
                "turkle_failed": _failed_share(other),
                "fdatasync_p50_us": _median(each["fdatasync_p50_us"] for each in disks),
                "fdatasync_p95_us": max(each["fdatasync_p95_us"] for each in disks),
            },
        ),
        Figure(
            "P4",
            f"Processor time a loop of work by Turkle's, {people}, {engine}",
            f"{how}: processor time of all processes of the server, and of the database's if it has its own.",
            [mine.cpu_a_loop / its.cpu_a_loop for mine, its in zip(ours, other, strict=True)],
            1 / 25,
            1 / 60,
            more_is_better=False,
            unit="of Turkle's",
            beside={
                "our_cpu_ms": _median(each.cpu_a_loop * 1000 for each in ours),
                "turkle_cpu_ms": _median(each.cpu_a_loop * 1000 for each in other),
                "our_server_alone_ms": _median(each.cpu[0] / each.done * 1000 for each in ours),
                "turkle_server_alone_ms": _median(each.cpu[0] / each.done * 1000 for each in other),
            },
        ),
    ]


def _median(values: Iterator[float]) -> float:
    return quantile(list(values), 0.5)


def _failed_share(read: list[Reading]) -> float:
    failed = sum(each.failed for each in read)
    return failed / (failed + sum(each.done for each in read))


def cpu_seconds(process: int) -> float:
    """The processor time that a process, its living descendants and those that have ended have used."""
    used, children = {}, {}  # type: ignore[var-annotated]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(path.parent.name)
        used[number] = sum(map(int, fields[11:15]))
        children.setdefault(int(fields[1]), []).append(number)
    total, left = 0, [process]
    while left:
        each = left.pop()
        total += used.get(each, 0)
        left += children.get(each, ())
    return total / os.sysconf("SC_CLK_TCK")


def _database_process(url: str) -> list[int]:
    """The first process of a PostgreSQL server of this machine; nothing for SQLite."""
    if not url:
        return []
    import psycopg

    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        parent = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]
    return [int(parent)]


if __name__ == "__main__":
    print_measured(measure)
