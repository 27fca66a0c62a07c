"""Saved searches: a worker's own, and whether they are told of new groups."""

from __future__ import annotations

import json
from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operation import Call, Role, command, query
from kempelen.rules.money import Money
from kempelen.store import queue, saved_searches
from kempelen.store.group_listings import MOST_WORDS
from kempelen.store.saved_searches import MOST, SavedSearch, SearchDoesNotExist, Watch

LOOK_EVERY = 120_000
"""Milliseconds between two looks at a watched search."""


class TooManySearches(Refusal):
    """You have saved {most} searches already, which is the most. Delete one of them first."""

    code = "Kempelen.TooManySavedSearches"
    page_status = 422


@command("PutSavedSearch", by=Role.WORKER)
def put_saved_search(
    call: Call, *, name: str, search: dict[str, Any], search_id: str | None = None, watch: str = "none"
) -> dict[str, Any]:
    """Save a search, or put another in the place of one that is saved.

    Watched ones are looked at every two minutes: the worker is told of groups in which work can be accepted
    for the first time, by e-mail or push, at most once an hour for each search and of twenty groups.
    """
    _refuse_wrong(search)
    queue.lock(call)
    text, how = json.dumps(search, sort_keys=True), Watch[watch.upper()]
    look_at = call.now + LOOK_EVERY
    if search_id is not None:
        before = saved_searches.own(call, search_id)
        saved_searches.change(call, before, name=name, search=text, watch=how, look_at=look_at)
        return {"SearchId": search_id}
    if len(saved_searches.all_own(call)) >= MOST:
        raise TooManySearches(most=MOST)
    made = saved_searches.add(call, name=name, search=text, watch=how, look_at=look_at if how else None)
    return {"SearchId": made}


@query("ListSavedSearches", by=Role.WORKER)
def list_saved_searches(call: Call) -> dict[str, Any]:
    """All saved searches of the acting worker, oldest first; there are at most fifty."""
    found = [_as_answer(each) for each in saved_searches.all_own(call)]
    return {"Searches": found, "NumResults": len(found)}


@command("DeleteSavedSearch", by=Role.WORKER)
def delete_saved_search(call: Call, *, search_id: str) -> None:
    """Forget a saved search and end its watch."""
    if not saved_searches.remove(call, search_id):
        raise SearchDoesNotExist(search_id=search_id)


def _refuse_wrong(search: dict[str, Any]) -> None:
    if len(search.get("Query", "").split()) > MOST_WORDS:
        raise ParameterValidationError(f"A Query has at most {MOST_WORDS} words.")
    for name in ("MinReward", "MinPayPerHour"):
        if name in search:
            Money.parse(search[name])
    if search.get("Qualified") and search.get("Show", "Qualified") != "Qualified":
        raise ParameterValidationError("Qualified says Show=Qualified: give only one of the two.")


def _as_answer(search: SavedSearch) -> dict[str, Any]:
    return {
        "SearchId": search.public_id,
        "Name": search.name,
        "Search": json.loads(search.search),
        "Watch": Watch(search.watch).name.lower(),
        "CreationTime": search.created_at,
        "LastToldTime": search.told_at,
    }
