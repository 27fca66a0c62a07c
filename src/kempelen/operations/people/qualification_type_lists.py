"""ListQualificationTypes: by name; with a query the better matches first.

The own type of exactly the query's name comes first of all and is found by one seek, so that clients which
look for a name they have just made see it on the first page.
"""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.operations.people.qualification_types import system_type_as_answer, type_as_answer
from kempelen.rules.system_qualifications import PRODUCTION_TYPES, SANDBOX_TYPES, SystemQualificationType
from kempelen.store import paging
from kempelen.store import qualification_type_listings as listings
from kempelen.store.qualification_type_listings import Match

Positioned = tuple[int, dict[str, Any]]
"""A type as the contract writes it, and its place among those that match as well."""


@query("ListQualificationTypes", by=(Role.REQUESTER, Role.WORKER))
def list_qualification_types(
    call: Call,
    *,
    must_be_requestable: bool,
    query: str | None = None,
    must_be_owned_by_caller: bool = False,
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """Living types, by name: all or the caller's, only those workers can ask for or the others too."""
    wanted = (query or "").strip()
    chosen = [must_be_requestable, must_be_owned_by_caller, wanted]
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=chosen)
    started, after = int(page.after[0]), int(page.after[1])
    items: list[dict[str, Any]] = []
    positions: list[tuple[int, int]] = []
    for match in _matches(wanted, own=must_be_owned_by_caller, requestable=must_be_requestable):
        if match < started or len(items) == page.count:
            continue
        found = _found(
            call,
            match,
            wanted,
            own=must_be_owned_by_caller,
            requestable=must_be_requestable,
            after=after if match == started else 0,
            count=page.count - len(items),
        )
        items += [item for _, item in found]
        positions += [(int(match), place) for place, _ in found]
    return paging.answer(call, page, "QualificationTypes", items, positions=positions)


def _matches(wanted: str, *, own: bool, requestable: bool) -> list[Match]:
    system = [] if own or requestable else [Match.SYSTEM]
    if not wanted:
        return [*system, Match.ANY]
    named = [Match.OWN_NAME] if own else [Match.OWN_NAME, Match.NAME]
    return [*named, *system, Match.WHOLE, Match.WORDS]


def _found(
    call: Call, match: Match, wanted: str, *, own: bool, requestable: bool, after: int, count: int
) -> list[Positioned]:
    if match is Match.SYSTEM:
        return _system_types(call, wanted, after=after, count=count)
    found = listings.page(
        call, match, query=wanted, own=own, requestable=requestable, after=after, count=count
    )
    return [(one.key, type_as_answer(call, one)) for one in found]


def _system_types(call: Call, wanted: str, *, after: int, count: int) -> list[Positioned]:
    types = SANDBOX_TYPES if call.traits.play_money else PRODUCTION_TYPES
    named = sorted(types.values(), key=lambda one: one.name)
    numbered = [(place, one) for place, one in enumerate(named, start=1) if _has_words(one, wanted)]
    return [(place, system_type_as_answer(one)) for place, one in numbered if place > after][:count]


def _has_words(system: SystemQualificationType, wanted: str) -> bool:
    text = f"{system.name}\n{system.description}".casefold()
    return all(word in text for word in listings.words_of(wanted))
