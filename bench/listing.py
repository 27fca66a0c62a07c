"""Finding work: does a page of groups cost more when there is very much work, and when little of it fits.

    python bench/listing.py [--small]

A worker asks a server of ours over HTTP for the groups they qualify for, with signed calls on one kept
connection. The markets are filled beforehand, in this process, through the store's own statements.
"""

from __future__ import annotations

import json
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import filling
from kempelen.rules.countries import COUNTRIES
from kempelen.rules.system_qualifications import LOCALE, PERCENT_ASSIGNMENTS_APPROVED
from kempelen.store.hits import Hit
from people import Town, Worker
from raw_client import signed
from readings import Figure, print_measured, quantile, result
from servers import Kempelen, kempelen

PAGE = 20
FITTING = 0.001
HITS_OF_A_GROUP = 50
SETS = 200
"""How many different lists of requirements the groups have that do not fit."""


def measure(small: bool = False) -> dict[str, Any]:
    """P10: p95 of a page with a million HITs by that with a thousand, and where little of the work fits."""
    few, many, all_groups = (100, 1_000, 400) if small else (1_000, 1_000_000, 20_000)
    rounds, calls = (2, 20) if small else (5, 300)
    figures = [_by_backlog(few, many, rounds=rounds, calls=calls)]
    figures.append(_where_little_fits(all_groups, rounds=rounds, calls=calls))
    with filling.postgresql() as (url, version):
        figures.append(_where_little_fits(all_groups, rounds=rounds, calls=calls, database=url))
    return result(figures, postgresql=version)


def _by_backlog(few: int, many: int, *, rounds: int, calls: int) -> Figure:
    ratios, p95 = [], {few: [], many: []}  # type: ignore[var-annotated]
    with tempfile.TemporaryDirectory() as folder:
        folders = {size: Path(folder) / str(size) for size in (few, many)}
        people = {size: _filled_with_hits(folders[size], size) for size in (few, many)}
        with kempelen(folder=folders[few]) as calm, kempelen(folder=folders[many]) as busy:
            pages = {few: _Pages(calm, people[few]), many: _Pages(busy, people[many])}
            for _ in range(rounds):
                taken: dict[int, list[float]] = {few: [], many: []}
                for number in range(calls):
                    for size in (few, many) if number % 2 else (many, few):
                        taken[size].append(pages[size].timed(PAGE))
                for size, seconds in taken.items():
                    p95[size].append(quantile(seconds, 0.95))
                ratios.append(p95[many][-1] / p95[few][-1])
    return Figure(
        "P10",
        f"p95 of a page of groups with {many:,} HITs by that with {few:,}, SQLite",
        f"""Two servers on the same disk, with {few:,} HITs and with {many:,}, {HITS_OF_A_GROUP} to a group; a
        worker asks each in turn for {PAGE} groups they qualify for, over HTTP, {calls} times a round in
        {rounds} rounds.""",
        ratios,
        2.5,
        1.5,
        more_is_better=False,
        beside={
            "p95_ms_few": quantile(p95[few], 0.5) * 1000,
            "p95_ms_many": quantile(p95[many], 0.5) * 1000,
        },
    )


def _where_little_fits(count: int, *, rounds: int, calls: int, database: str = "") -> Figure:
    engine = "PostgreSQL" if database else "SQLite"
    fitting = max(1, int(count * FITTING))
    with tempfile.TemporaryDirectory() as folder:
        wei = _filled_with_groups(Path(folder), count, fitting=fitting, database=database)
        with kempelen(folder=Path(folder), database=database) as server:
            pages = _Pages(server, wei)
            p95 = [
                quantile([pages.timed(min(PAGE, fitting)) for _ in range(calls)], 0.95) * 1000
                for _ in range(rounds)
            ]
    return Figure(
        "P10",
        f"p95 of a page for who qualifies for {fitting} of {count:,} groups, {engine}",
        f"""Of {count:,} groups all but {fitting} ask for another country and a share of approved answers, in
        {SETS} different ways; a worker asks for those they qualify for, over HTTP, {calls} times a round in
        {rounds} rounds.""",
        p95,
        20,
        5,
        more_is_better=False,
        unit="ms",
    )


def _filled_with_hits(folder: Path, count: int) -> Worker:
    """A market with so many open HITs in groups that everybody may take."""
    folder.mkdir()
    with filling.market(data=folder) as town:
        wei, like = _begun(town)
        groups = max(PAGE, count // HITS_OF_A_GROUP) - 1
        filling.fill_groups(
            town, like, requirements=["[]"] * groups, hits_of_each=max(1, count // (groups + 1))
        )
        return wei


def _filled_with_groups(folder: Path, count: int, *, fitting: int, database: str) -> Worker:
    """A market in which the worker qualifies for so many of the groups."""
    with filling.market(data=folder, database=database) as town:
        wei, like = _begun(town)
        ways = list(_ways())[:SETS]
        texts = ["[]"] * (fitting - 1) + [ways[number % SETS] for number in range(count - fitting)]
        filling.fill_groups(town, like, requirements=texts, hits_of_each=1)
        return wei


def _begun(town: Town) -> tuple[Worker, Hit]:
    """A worker, and one HIT that everybody may take."""
    rosa = town.requester("Rosa", funds=filling.MILLIONS)
    wei = town.worker("Wei", country="US")
    like, _ = filling.published(town, rosa)
    return wei, like


def _ways() -> Iterator[str]:
    """Lists of requirements that a worker in the US does not meet."""
    for country in sorted({*COUNTRIES} - {"US"}):
        for percent in (80, 90, 95, 99):
            place = {"Comparator": "EqualTo", "LocaleValues": [{"Country": country}]}
            share = {"Comparator": "GreaterThanOrEqualTo", "IntegerValues": [percent]}
            asked = [
                {"QualificationTypeId": LOCALE, "ActionsGuarded": "Accept"} | place,
                {"QualificationTypeId": PERCENT_ASSIGNMENTS_APPROVED, "ActionsGuarded": "Accept"} | share,
            ]
            yield json.dumps(asked)


class _Pages:
    """Pages of groups for one worker, over one connection that is kept."""

    def __init__(self, server: Kempelen, worker: Worker) -> None:
        address = urlsplit(server.url)
        self._url = server.url
        self._worker = worker
        self._socket = socket.create_connection((str(address.hostname), address.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def timed(self, expected: int) -> float:
        """Ask for a page of qualified groups, which must have so many; the seconds until it was there."""
        members: dict[str, object] = {"Qualified": True, "MaxResults": PAGE}
        keys = self._worker.access_key, self._worker.secret_key
        message = signed(self._url, "KempelenV1.ListHITGroups", members, *keys)
        begun = time.perf_counter()
        self._socket.sendall(message)
        body = self._answer()
        took = time.perf_counter() - begun
        found = json.loads(body).get("NumResults")
        assert found == expected, f"{found} groups of {expected}: {body[:300]!r}"
        return took

    def _answer(self) -> bytes:
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._more()
        head, _, body = read.partition(b"\r\n\r\n")
        at = head.lower().index(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return body

    def _more(self) -> bytes:
        read = self._socket.recv(65_536)
        assert read, "the server has hung up"
        return read


if __name__ == "__main__":
    print_measured(measure)
