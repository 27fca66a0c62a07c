"""Groups that have given words, marks or amounts in them, sought among what everybody may see.

The database looks at a bounded number of groups a statement and hands out those that fit, so that a search in
which nothing fits costs little more than the reading of an index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kempelen.operation import Call
from kempelen.store.group_listings import MOST_WORDS, Candidate, Sort, behind, columns, order_of
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


def _scan(sort: Sort, wanted: Sequence[ColumnElement[Any]]) -> Select[Any]:
    name, falls = sort.value
    return (
        select(*wanted)
        .where(
            *behind(groups, groups.c[name], falls=falls),
            groups.c.paused_at.is_(None),
            groups.c.hits > 0,
            groups.c.hidden == 0,
        )
        .order_by(*order_of(groups, groups.c[name], falls=falls))
        .limit(SCANNED)
    )


def _speaks(dialect: str) -> ColumnElement[bool]:
    stated = groups.c.language
    if dialect == "sqlite":
        listed = func.json_each(bindparam("languages")).table_valued("value")
        keys = select(listed.c.value).scalar_subquery()
        broad = func.substr(stated, 1, func.instr(stated + "-", "-") - 1)
        return and_(stated.is_not(None), or_(stated.in_(keys), broad.in_(keys)))
    keys = any_(bindparam("languages", type_=ARRAY(Text)))
    return or_(stated == keys, func.split_part(stated, "-", 1) == keys)


def _fits(dialect: str) -> ColumnElement[bool]:
    find = func.instr if dialect == "sqlite" else func.strpos
    words = (bindparam(f"word_{number}", type_=Text) for number in range(MOST_WORDS))
    return and_(
        groups.c.reward >= bindparam("least_reward"),
        groups.c.pay >= bindparam("least_pay"),
        groups.c.masters >= bindparam("masters"),
        groups.c.phone >= bindparam("phone"),
        groups.c.keyboard >= bindparam("keyboard"),
        groups.c.warnings.op("&")(bindparam("without_warnings")) == 0,
        or_(bindparam("any_language") == 1, _speaks(dialect)),
        *(find(groups.c.search, word) > 0 for word in words),
    )


def _found(dialect: str, sort: Sort) -> Select[Any]:
    name, falls = sort.value
    # The columns are read in one go with the scan; only what fits is sorted and handed out.
    scanned = _scan(sort, (groups.c.id,)).subquery("scanned")
    return (
        select(*columns(dialect, sort, searches=False))
        .where(groups.c.id.in_(select(scanned.c.id)), _fits(dialect))
        .order_by(*order_of(groups, groups.c[name], falls=falls))
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
        count=count,
    )
    found = [Candidate(*row) for row in rows]
    if len(found) == count:
        return found, found[-1].position
    end = call.one(END[sort], **begin)
    if end is None or end[0] < SCANNED:
        return found, None
    return found, (end[1], end[2])
