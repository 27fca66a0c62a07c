"""HIT groups as workers find them: summaries in pages by keyset, whatever stands in them.

Groups are sought along an index of what everybody may see, or list of requirements by list of requirements,
each along an index of its own, so that a worker who meets few of them passes by no other group. On PostgreSQL
the summaries lag behind by the changes that are not yet folded in, so both are read: the indexed summaries,
and the few groups that have changed since.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from kempelen.operation import Call
from kempelen.rules.comparators import Locale, Value
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_types, qualifications
from kempelen.store.tables.work import group_deltas, groups, requesters

MOST_HELD = 10_000
"""How many of a worker's qualifications are looked at, at most."""
FIRST = 2**62
"""Before every row, where rows come in falling order."""


class Sort(Enum):
    """The orders of the list: the column, and whether it falls."""

    updated_desc = ("updated_at", True)
    updated_asc = ("updated_at", False)
    reward_desc = ("reward", True)
    reward_asc = ("reward", False)
    hits_desc = ("hits", True)
    hits_asc = ("hits", False)
    pay_desc = ("pay", True)
    pay_asc = ("pay", False)

    @property
    def start(self) -> tuple[int, int]:
        """A position before every row."""
        return (FIRST, FIRST) if self.value[1] else (-2, -2)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group that has open HITs, as far as filters need it. Amounts in minor units."""

    key: int
    value: int
    """What it is sorted by."""
    requester: int
    reward: int
    masters: int
    fits: int
    """Whether all words that are searched for are in it."""
    hits: int
    requirement_set: int
    pay: int
    """Predicted pay per hour; -1: not yet known."""
    language: str | None
    phone: int
    keyboard: int
    warnings: int
    """Bits of `rules.content_warnings`."""

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands in the list."""
        return self.value, self.key


@dataclass(frozen=True, slots=True)
class Summary:
    """What a group shows beside its HIT type. Moments in milliseconds, amounts in minor units."""

    key: int
    hits: int
    created_at: int
    updated_at: int
    latest_expiration: int
    requester: int
    requester_id: str
    requester_name: str
    requirement_set: int
    pay: int
    pay_low: int
    pay_high: int
    pay_workers: int
    pay_basis: str | None


MOST_WORDS = 5
"""How many words of a search are looked for."""


def open_hits(dialect: str, of: Any = groups) -> ColumnElement[int]:
    """How many HITs of a group are open, with the changes that are not yet folded in."""
    if dialect == "sqlite":
        hits: ColumnElement[int] = of.c.hits
        return hits
    changes = (
        select(cast(func.coalesce(func.sum(group_deltas.c.hits), 0), BigInteger))
        .where(group_deltas.c.group_id == of.c.id)
        .correlate(of)
        .scalar_subquery()
    )
    summed: ColumnElement[int] = of.c.hits + changes
    return summed


class _Source(Enum):
    """Where groups are listed from."""

    SHOWN = 0
    """What everybody may see."""
    OF_REQUESTER = 1
    """One requester's. There are few: they are looked up and sorted."""
    OF_SETS = 2
    """Those of some lists of requirements."""
    FRESH = 3
    """PostgreSQL: those whose summary does not yet say that something is open."""


def _fits(dialect: str) -> ColumnElement[int]:
    find = func.instr if dialect == "sqlite" else func.strpos
    words = (bindparam(f"word_{number}", type_=Text) for number in range(MOST_WORDS))
    return case((and_(*(find(groups.c.search, word) > 0 for word in words)), literal(1)), else_=literal(0))


def columns(dialect: str, sort: Sort, *, searches: bool, of: Any = groups) -> tuple[ColumnElement[Any], ...]:
    """What a `Candidate` is made of; without `searches` every row counts as fitting."""
    return (
        of.c.id,
        of.c[sort.value[0]],
        of.c.requester,
        of.c.reward,
        of.c.masters,
        _fits(dialect) if searches else literal(1),
        open_hits(dialect, of),
        of.c.requirement_set,
        of.c.pay,
        of.c.language,
        of.c.phone,
        of.c.keyboard,
        of.c.warnings,
    )


def behind(table: Any, column: ColumnElement[int], *, falls: bool) -> tuple[ColumnElement[bool], ...]:
    """After the position `value`, `key`; the first condition is the one that an index is sought by."""
    value: BindParameter[int] = bindparam("value")
    key: BindParameter[int] = bindparam("key")
    if falls:
        return column <= value, or_(column < value, and_(column == value, table.c.id < key))
    return column >= value, or_(column > value, and_(column == value, table.c.id > key))


def order_of(table: Any, column: ColumnElement[int], *, falls: bool) -> tuple[ColumnElement[Any], ...]:
    """The order of the list."""
    return (column.desc(), table.c.id.desc()) if falls else (column, table.c.id)


def _window(dialect: str, sort: Sort, source: _Source, *, searches: bool) -> Select[Any]:
    name, falls = sort.value
    column = groups.c[name] if source is _Source.SHOWN else groups.c[name] + 0
    statement = select(*columns(dialect, sort, searches=searches)).where(
        *behind(groups, column, falls=falls), groups.c.paused_at.is_(None)
    )
    if source is _Source.FRESH:
        changed = select(group_deltas.c.group_id).distinct()
        statement = statement.where(groups.c.hits <= 0, groups.c.id.in_(changed))
    elif source is _Source.OF_REQUESTER:
        statement = statement.where(groups.c.hits > 0, groups.c.requester == bindparam("requester"))
    else:
        statement = statement.where(groups.c.hits > 0, groups.c.hidden == 0)
    return statement.order_by(*order_of(groups, column, falls=falls)).limit(bindparam("count"))


def _keys(dialect: str) -> tuple[Any, ColumnElement[int]]:
    if dialect == "sqlite":
        listed = func.json_each(bindparam("keys")).table_valued("value")
        return listed, listed.c.value
    keys = bindparam("keys", type_=ARRAY(BigInteger))
    listed = func.unnest(keys).table_valued("value").render_derived("listed")
    return listed, listed.c.value


def _first_of_sets(dialect: str, sort: Sort, *, each: str, keys: tuple[Any, Any]) -> Select[Any]:
    """The keys of the next groups of one list of requirements, as many as the parameter `each` says."""
    name, falls = sort.value
    own = groups.alias("own")
    listed, value = keys
    return (
        select(own.c.id)
        .where(
            own.c.requirement_set == value,
            own.c.hits > 0,
            own.c.paused_at.is_(None),
            *behind(own, own.c[name], falls=falls),
        )
        .order_by(*order_of(own, own.c[name], falls=falls))
        .limit(bindparam(each) if each else 1)
        .correlate(listed)
    )


def _heads(dialect: str, sort: Sort) -> Select[Any]:
    """Of many lists of requirements those whose next groups come first: no other can be on the page."""
    name, falls = sort.value
    keys = _keys(dialect)
    first = _first_of_sets(dialect, sort, each="", keys=keys).scalar_subquery()
    return (
        select(groups.c.requirement_set)
        .where(groups.c.id.in_(select(first).select_from(keys[0])))
        .order_by(*order_of(groups, groups.c[name], falls=falls))
        .limit(bindparam("count"))
    )


def _of_sets(dialect: str, sort: Sort, *, searches: bool) -> Select[Any]:
    """The next groups of some lists of requirements, as many of each as could be on the page."""
    name, falls = sort.value
    keys = _keys(dialect)
    own = _first_of_sets(dialect, sort, each="each", keys=keys)
    chosen = columns(dialect, sort, searches=searches)
    if dialect == "sqlite":
        statement = select(*chosen).select_from(keys[0].join(groups, groups.c.id.in_(own.scalar_subquery())))
    else:
        found = own.lateral("found")
        statement = select(*chosen).select_from(
            keys[0].join(found, true()).join(groups, groups.c.id == found.c.id)
        )
    order = order_of(groups, groups.c[name], falls=falls)
    return statement.order_by(*order).limit(bindparam("count"))


WINDOWS = {
    (sort, source, searches): Sql(
        lambda dialect, sort=sort, source=source, searches=searches: (  # type: ignore[misc]
            _of_sets(dialect, sort, searches=searches)
            if source is _Source.OF_SETS
            else _window(dialect, sort, source, searches=searches)
        )
    )
    for sort in Sort
    for source in _Source
    for searches in (False, True)
}
HEADS = {sort: Sql(lambda dialect, sort=sort: _heads(dialect, sort)) for sort in Sort}  # type: ignore[misc]
SUMMARIES = Sql(
    lambda dialect: (
        select(
            groups.c.id,
            open_hits(dialect),
            groups.c.created_at,
            groups.c.updated_at,
            groups.c.latest_expiration,
            groups.c.requester,
            requesters.c.public_id,
            requesters.c.name,
            groups.c.requirement_set,
            groups.c.pay,
            groups.c.pay_low,
            groups.c.pay_high,
            groups.c.pay_workers,
            groups.c.pay_basis,
        )
        .join(requesters, requesters.c.id == groups.c.requester)
        .where(among_keys(dialect, groups.c.id))
    )
)
HELD = Sql(
    select(
        qualification_types.c.public_id,
        qualifications.c.value,
        qualifications.c.country,
        qualifications.c.subdivision,
    )
    .join(qualification_types, qualification_types.c.id == qualifications.c.qualification_type)
    .where(qualifications.c.worker == bindparam("worker"), qualifications.c.granted == 1)
    .limit(MOST_HELD)
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look: at one requester's groups, or at what everybody may see, and lists of requirements."""

    sets: Sequence[int] = ()
    shown: bool = False
    requester: int | None = None


def window(
    call: Call, sort: Sort, places: Places, *, after: tuple[int, int], count: int, words: tuple[str, ...]
) -> list[Candidate]:
    """The next groups of the list, at most `count`; those with nothing open any more are among them."""
    parameters: dict[str, Any] = {"value": after[0], "key": after[1], "count": count}
    if words:
        found = [*words, *([""] * MOST_WORDS)]
        parameters |= {f"word_{number}": found[number] for number in range(MOST_WORDS)}
    rows: list[tuple[Any, ...]] = []
    if places.requester is not None:
        statement = WINDOWS[sort, _Source.OF_REQUESTER, bool(words)]
        rows += call.rows(statement, **parameters, requester=places.requester)
    elif places.shown:
        rows += call.rows(WINDOWS[sort, _Source.SHOWN, bool(words)], **parameters)
    if places.sets and places.requester is None:
        sets = places.sets
        if len(sets) > count:
            heads = {name: parameters[name] for name in ("value", "key", "count")}
            sets = [row[0] for row in call.rows(HEADS[sort], **heads, keys=as_keys(call, sets))]
        statement = WINDOWS[sort, _Source.OF_SETS, bool(words)]
        rows += call.rows(statement, **parameters, each=count, keys=as_keys(call, sets))
    if call.connection.dialect == "postgresql":
        rows += call.rows(WINDOWS[sort, _Source.FRESH, bool(words)], **parameters)
    _, falls = sort.value
    rows.sort(key=itemgetter(1, 0), reverse=falls)
    return [Candidate(*row) for row in rows[:count]]


def summaries(call: Call, keys: Collection[int]) -> dict[int, Summary]:
    """What these groups show of their own, by key. One statement."""
    rows = call.rows(SUMMARIES, keys=as_keys(call, list(keys)))
    return {row[0]: Summary(*row) for row in rows}


def held(call: Call) -> dict[str, Value]:
    """Everything the acting worker holds of requesters' qualification types, by type id."""
    return {
        public_id: value if country is None else Locale(country, subdivision)
        for public_id, value, country, subdivision in call.rows(HELD, worker=call.actor.account)
    }
