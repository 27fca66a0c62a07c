"""Does the last page of a long list cost what the first one does.

    python bench/paging.py [--small]

Lists are read in this process through `Market.run` on SQLite, page by page to the end, and then the first and
the last page in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import filling
from kempelen.store.connection import Connection
from people import Requester, Town
from readings import Figure, print_measured, quantile, result

PAGE = 100
Read = Callable[[str | None], dict[str, Any]]


def measure(small: bool = False) -> dict[str, Any]:
    """P9: ListHITs over a million HITs, ListAssignmentsForHIT over a hundred thousand assignments."""
    hits, assignments = (2_000, 1_000) if small else (1_000_000, 100_000)
    rounds, calls = (2, 20) if small else (5, 300)
    with filling.market() as town:
        rosa = town.requester("Rosa", funds=filling.MILLIONS)
        read = _list_hits(town, rosa, count=hits)
        figures = [_ends(f"ListHITs of {hits:,} HITs", read, "HITs", hits, rounds=rounds, calls=calls)]
        read = _list_assignments(town, rosa, count=assignments)
        name = f"ListAssignmentsForHIT of {assignments:,} assignments"
        figures.append(_ends(name, read, "Assignments", assignments, rounds=rounds, calls=calls))
    return result(figures)


def _list_hits(town: Town, rosa: Requester, *, count: int) -> Read:
    like, _ = filling.published(town, rosa)
    filling.fill_hits(town, like, count=count - 1)
    return lambda token: rosa("ListHITs", MaxResults=PAGE, **({"NextToken": token} if token else {}))


def _list_assignments(town: Town, rosa: Requester, *, count: int) -> Read:
    like, _ = filling.published(town, rosa, MaxAssignments=count)
    workers = filling.fill_workers(town, count=count)
    now = town.market.clock()
    rows = filling.submitted_rows(town, like, hits=[like.key] * count, workers=workers, now=now)
    for begin in range(0, count, filling.AT_ONCE):
        town.market.database.writer.run(_adding(rows[begin : begin + filling.AT_ONCE]))
    words = {"HITId": like.public_id, "MaxResults": PAGE}
    return lambda token: rosa("ListAssignmentsForHIT", **words, **({"NextToken": token} if token else {}))


def _adding(rows: list[dict[str, Any]]) -> Callable[[Connection, int], None]:
    return lambda connection, now: filling.add_submitted(connection, rows)


def _ends(name: str, read: Read, items: str, count: int, *, rounds: int, calls: int) -> Figure:
    """The last full page is found by walking there; then it and the first take turns."""
    started = time.perf_counter()
    found, last, following, answer = 0, None, None, read(None)
    while answer[items]:
        found += len(answer[items])
        last, following = following, answer["NextToken"]
        answer = read(following)
    walked = time.perf_counter() - started
    assert found == count, f"{found} of {count} were listed"
    ratios, first_ms, last_ms = [], [], []
    for _ in range(rounds):
        taken: dict[str | None, list[float]] = {None: [], last: []}
        for number in range(calls):
            for each in (None, last) if number % 2 else (last, None):
                begun = time.perf_counter()
                page = read(each)[items]
                taken[each].append(time.perf_counter() - begun)
                assert len(page) == PAGE
        first_ms.append(quantile(taken[None], 0.5) * 1000)
        last_ms.append(quantile(taken[last], 0.5) * 1000)
        ratios.append(last_ms[-1] / first_ms[-1])
    return Figure(
        "P9",
        f"Last page by first page, {name}, SQLite",
        f"""All {count:,} rows are listed in pages of {PAGE}; then the first and the last page are read in
        turn, {calls} times a round in {rounds} rounds: the quotient of the two medians.""",
        ratios,
        1.3,
        1.1,
        more_is_better=False,
        beside={
            "first_page_ms": quantile(first_ms, 0.5),
            "last_page_ms": quantile(last_ms, 0.5),
            "rows_a_second_listing_all": count / walked,
        },
    )


if __name__ == "__main__":
    print_measured(measure)
