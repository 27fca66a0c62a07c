"""`kempelen hits` and `kempelen assignments`: what one requester would see through the API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from kempelen.cli.opening import as_requester, opened, run, world
from kempelen.market import Market
from kempelen.operation import Actor

PAGE = 100


def hits(
    whose: Mapping[str, str | None], *, world: str, most: int, as_json: bool, where: Mapping[str, Any]
) -> None:
    """Print a requester's HITs, the eldest first."""
    columns = ("HITId", "HITStatus", "Reward", "MaxAssignments", "Title")
    with opened(where) as app:
        market, actor = _market(app, world), as_requester(app, whose)
        _print(islice(_pages(market, actor, "ListHITs", "HITs", {}), most), columns, as_json=as_json)


def assignments(
    whose: Mapping[str, str | None],
    *,
    hit: str | None,
    world: str,
    most: int,
    as_json: bool,
    where: Mapping[str, Any],
) -> None:
    """Print what was handed in to a requester: of one HIT, or of all HITs in turn."""
    columns = ("AssignmentId", "HITId", "WorkerId", "AssignmentStatus", "SubmitTime")
    with opened(where) as app:
        market, actor = _market(app, world), as_requester(app, whose)
        ids = [hit] if hit else (each["HITId"] for each in _pages(market, actor, "ListHITs", "HITs", {}))
        found = (
            assignment
            for hit_id in ids
            for assignment in _pages(market, actor, "ListAssignmentsForHIT", "Assignments", {"HITId": hit_id})
        )
        _print(islice(found, most), columns, as_json=as_json)


_market = world


def _pages(
    market: Market, actor: Actor, operation: str, name: str, members: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    token = None
    while True:
        page = run(market, operation, {**members, "MaxResults": PAGE, "NextToken": token}, actor)
        yield from page[name]
        token = page.get("NextToken")
        if token is None or not page[name]:
            return


def _print(rows: Iterator[Mapping[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    if not as_json:
        print("  ".join(columns))
    for row in rows:
        print(json.dumps(row) if as_json else "  ".join(str(row.get(name, "")) for name in columns))
