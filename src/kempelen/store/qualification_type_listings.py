"""Qualification types in pages, by name: everybody's or one owner's, all or those that match a query.

A page without a query is one seek in an index ordered by name. A query is looked for in this order: the own
type of exactly that name (one seek), everybody's types of exactly that name (one seek), the types whose text
holds the whole query, and those that hold all of its words. The last two walk the same index by name and
stop when the page is full, so they cost what lies between two matches, and never a sort.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select, tuple_

from kempelen.operation import Call
from kempelen.store.qualification_types import COLUMNS, QualificationType
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_types as types

MOST_WORDS = 8
"""Words of a query that are looked for; the others are not."""


class Match(IntEnum):
    """How well a type matches a query; the better matches stand first."""

    OWN_NAME = 0
    NAME = 1
    SYSTEM = 2
    WHOLE = 3
    WORDS = 4
    ANY = 5
    """There is no query."""


def words_of(query: str) -> list[str]:
    """The different words of a query, folded."""
    return list(dict.fromkeys(query.casefold().split()))[:MOST_WORDS]


def _contains(dialect: str, wanted: str) -> ColumnElement[bool]:
    find = func.instr if dialect == "sqlite" else func.strpos
    return find(types.c.search, bindparam(wanted)) > 0


def _matching(dialect: str, match: Match) -> list[ColumnElement[bool]]:
    if match is Match.ANY:
        return []
    unnamed = types.c.name != bindparam("query")
    whole = _contains(dialect, "whole")
    if match is Match.WHOLE:
        return [unnamed, whole]
    words = [_contains(dialect, f"word_{number}") for number in range(MOST_WORDS)]
    return [unnamed, ~whole, and_(*words)]


def _page(match: Match, *, own: bool, requestable: bool) -> Sql:
    def build(dialect: str) -> object:
        chosen = select(*COLUMNS).where(types.c.name_key.is_not(None), *_matching(dialect, match))
        if requestable:
            chosen = chosen.where(types.c.active == 1)
        if own:
            chosen = chosen.where(
                types.c.requester == bindparam("requester"), types.c.name_key > bindparam("after_name")
            ).order_by(types.c.name_key)
        else:
            chosen = chosen.where(
                tuple_(types.c.name, types.c.id) > tuple_(bindparam("after_name"), bindparam("after"))
            ).order_by(types.c.name, types.c.id)
        return chosen.limit(bindparam("count"))

    return Sql(build)  # type: ignore[arg-type]


PAGES = {
    (match, own, requestable): _page(match, own=own, requestable=requestable)
    for match in (Match.WHOLE, Match.WORDS, Match.ANY)
    for own in (False, True)
    for requestable in (False, True)
}
NAME = Sql(select(types.c.name).where(types.c.id == bindparam("key")))
OWN_NAMED = Sql(
    select(*COLUMNS).where(
        types.c.requester == bindparam("requester"),
        types.c.name_key == bindparam("query"),
        types.c.id > bindparam("after"),
        types.c.active >= bindparam("least_active"),
    )
)
NAMED = Sql(
    select(*COLUMNS)
    .where(
        types.c.name_key.is_not(None),
        types.c.name == bindparam("query"),
        types.c.id > bindparam("after"),
        types.c.requester != bindparam("requester"),
        types.c.active >= bindparam("least_active"),
    )
    .order_by(types.c.id)
    .limit(bindparam("count"))
)


def page(
    call: Call, match: Match, *, query: str, own: bool, requestable: bool, after: int, count: int
) -> list[QualificationType]:
    """Living types that match so well and not better, after the one with that key (0: from the first).

    With `own` only the acting requester's; with `requestable` only those that workers can ask for.
    """
    if match in (Match.OWN_NAME, Match.NAME):
        wanted = {"query": query, "after": after, "least_active": int(requestable)}
        if match is Match.OWN_NAME:
            rows = call.rows(OWN_NAMED, requester=call.actor.account, **wanted)
        else:
            rows = call.rows(NAMED, requester=call.actor.account, count=count, **wanted)
    else:
        values: dict[str, Any] = {"after_name": _name(call, after), "count": count}
        values |= {"requester": call.actor.account} if own else {"after": after}
        if match is not Match.ANY:
            values |= {"query": query, "whole": query.casefold()}
        if match is Match.WORDS:
            words = words_of(query)
            values |= {f"word_{number}": words[number % len(words)] for number in range(MOST_WORDS)}
        rows = call.rows(PAGES[match, own, requestable], **values)
    return [QualificationType(*row) for row in rows]


def _name(call: Call, key: int) -> str:
    """The name of a type, deleted ones too, so that a page can begin after it; names never change."""
    row = call.one(NAME, key=key) if key else None
    return "" if row is None else str(row[0])
