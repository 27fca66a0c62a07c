"""Groups that have given words, marks or amounts in them, sought among what everybody may see.

The database looks at a bounded number of groups a statement and hands out those that fit, so that a search in
which nothing fits costs little more than the reading of an index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kempelen.operation import Call
from kempelen.store.group_listings import MOST_WORDS, Candidate, Sort, behind, columns, order_of
from kempelen.store.key_lists import as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.work import groups

SCANNED = 5_000
"""How many groups one statement looks at, at most."""
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a group must have; amounts in minor units, languages folded, warnings as bits it must not have."""

    words: tuple[str, ...] = ()
    least_reward: int = 0
    least_pay: int = -1
    masters: int = 0
    phone: int = 0
    keyboard: int = 0
    without_warnings: int = 0
    languages: Sequence[str] = ()
    sets: Sequence[int] | None = None
    """The lists of requirements that will do; None: all."""


def _scan(sort: Sort, wanted: Sequence[ColumnElement[Any]]) -> Select[Any]:
    name, falls = sort.value
    return (
        select(*wanted)
        .where(
            *behind(groups, groups.c[name], falls=falls),
            groups.c.hits > 0,
            groups.c.hidden == 0,
        )
        .order_by(*order_of(groups, groups.c[name], falls=falls))
        .limit(SCANNED)
    )


def _among(dialect: str, name: str, column: ColumnElement[Any], kind: type[Text] | type[BigInteger]) -> Any:
    """The column is one of the values of that parameter."""
    if dialect == "sqlite":
        listed = func.json_each(bindparam(name)).table_valued("value")
        return column.in_(select(listed.c.value).scalar_subquery())
    return column == any_(bindparam(name, type_=ARRAY(kind)))


def _speaks(dialect: str, stated: ColumnElement[str]) -> ColumnElement[bool]:
    if dialect == "sqlite":
        broad = func.substr(stated, 1, func.instr(stated + "-", "-") - 1)
    else:
        broad = func.split_part(stated, "-", 1)
    named = (_among(dialect, "languages", each, Text) for each in (stated, broad))
    return and_(stated.is_not(None), or_(*named))


def _fits(dialect: str, group: Any) -> ColumnElement[bool]:
    find = func.instr if dialect == "sqlite" else func.strpos
    words = (bindparam(f"word_{number}", type_=Text) for number in range(MOST_WORDS))
    return and_(
        group.paused_at.is_(None),
        group.reward >= bindparam("least_reward"),
        group.pay >= bindparam("least_pay"),
        group.masters >= bindparam("masters"),
        group.phone >= bindparam("phone"),
        group.keyboard >= bindparam("keyboard"),
        group.warnings.op("&")(bindparam("without_warnings")) == 0,
        or_(bindparam("any_set") == 1, _among(dialect, "sets", group.requirement_set, BigInteger)),
        or_(bindparam("any_language") == 1, _speaks(dialect, group.language)),
        *(find(group.search, word) > 0 for word in words),
    )


def _found(dialect: str, sort: Sort) -> Select[Any]:
    name, falls = sort.value
    # Read as a co-routine: every row of the scan is read once, and only what fits is handed out.
    scanned = _scan(sort, tuple(groups.c)).subquery("scanned")
    value = scanned.c[name]
    order = (value.desc(), scanned.c.id.desc()) if falls else (value, scanned.c.id)
    return (
        select(*columns(dialect, sort, searches=False, of=scanned))
        .where(_fits(dialect, scanned.c))
        .order_by(*order)
        .limit(bindparam("count"))
    )


def _end(sort: Sort) -> Select[Any]:
    """How many groups the scan passes, and where its last one stands."""
    name, falls = sort.value
    scanned = _scan(sort, (groups.c[name].label("value"), groups.c.id)).subquery("scanned")
    counted = _scan(sort, (groups.c.id,)).subquery("counted")
    order = (scanned.c.value, scanned.c.id) if falls else (scanned.c.value.desc(), scanned.c.id.desc())
    return (
        select(select(func.count()).select_from(counted).scalar_subquery(), scanned.c.value, scanned.c.id)
        .order_by(*order)
        .limit(1)
    )


FOUND = {sort: Sql(lambda dialect, sort=sort: _found(dialect, sort)) for sort in Sort}  # type: ignore[misc]
END = {sort: Sql(_end(sort)) for sort in Sort}


def narrowed(
    call: Call, sort: Sort, narrow: Narrow, *, after: Position, count: int
) -> tuple[list[Candidate], Position | None]:
    """Groups that fit, at most `count`, and where the search goes on: None at the end of the list."""
    words = [*narrow.words, *([""] * MOST_WORDS)]
    begin = {"value": after[0], "key": after[1]}
    languages = list(narrow.languages)
    rows = call.rows(
        FOUND[sort],
        **begin,
        **{f"word_{number}": words[number] for number in range(MOST_WORDS)},
        least_reward=narrow.least_reward,
        least_pay=narrow.least_pay,
        masters=narrow.masters,
        phone=narrow.phone,
        keyboard=narrow.keyboard,
        without_warnings=narrow.without_warnings,
        any_language=int(not languages),
        languages=json.dumps(languages) if call.connection.dialect == "sqlite" else languages,
        any_set=int(narrow.sets is None),
        sets=as_keys(call, narrow.sets or ()),
        count=count,
    )
    found = [Candidate(*row) for row in rows]
    if len(found) == count:
        return found, found[-1].position
    end = call.one(END[sort], **begin)
    if end is None or end[0] < SCANNED:
        return found, None
    return found, (end[1], end[2])
