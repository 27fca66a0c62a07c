"""HIT groups as workers find them: summaries in pages by keyset, whatever stands in them.

On PostgreSQL the summaries lag behind by the changes that are not yet folded in, so both are read: the
indexed summaries, and the few groups that have changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from operator import itemgetter

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
)
from sqlalchemy.sql.elements import ColumnElement

from kempelen.operation import Call
from kempelen.rules.comparators import Locale, Value
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_types, qualifications
from kempelen.store.tables.work import group_deltas, groups, hit_type_qualifications, hit_types, requesters

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

    @property
    def start(self) -> tuple[int, int]:
        """A position before every row."""
        return (FIRST, FIRST) if self.value[1] else (-1, -1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group that has open HITs, as far as filters need it. The reward in minor units."""

    key: int
    value: int
    """What it is sorted by."""
    requester: int
    reward: int
    masters: int
    fits: int
    """Whether all words that are searched for are in it."""
    hits: int

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands in the list."""
        return self.value, self.key


@dataclass(frozen=True, slots=True)
class Summary:
    """What a group shows beside its HIT type. Moments in milliseconds."""

    hits: int
    created_at: int
    updated_at: int
    latest_expiration: int
    requester_id: str
    requester_name: str


MOST_WORDS = 5
"""How many words of a search are looked for."""
_DELTA = (
    select(cast(func.coalesce(func.sum(group_deltas.c.hits), 0), BigInteger))
    .where(group_deltas.c.group_id == groups.c.id)
    .correlate(groups)
    .scalar_subquery()
)


def _open_hits(dialect: str) -> ColumnElement[int]:
    return groups.c.hits if dialect == "sqlite" else groups.c.hits + _DELTA


class _Source(Enum):
    """Where groups are listed from; together they are the whole list."""

    PLAIN = 0
    """Those that ask for no requester's qualification."""
    ASKING = 1
    """Those that do."""
    HELD = 2
    """Of those, the ones that ask for something the worker holds."""
    FRESH = 3
    """PostgreSQL: those whose summary does not yet say that something is open."""


_HELD_TYPES = (
    select(hit_type_qualifications.c.hit_type)
    .join(
        qualification_types,
        qualification_types.c.public_id == hit_type_qualifications.c.qualification_type,
    )
    .join(qualifications, qualifications.c.qualification_type == qualification_types.c.id)
    .where(qualifications.c.worker == bindparam("worker"), qualifications.c.granted == 1)
)


def _fits(dialect: str) -> ColumnElement[int]:
    find = func.instr if dialect == "sqlite" else func.strpos
    words = (bindparam(f"word_{number}", type_=Text) for number in range(MOST_WORDS))
    return case((and_(*(find(groups.c.search, word) > 0 for word in words)), literal(1)), else_=literal(0))


def _window(dialect: str, sort: Sort, source: _Source, *, searches: bool) -> Select[tuple[int, ...]]:
    name, falls = sort.value
    # Of what the worker holds there is little: it is looked up and sorted, not sought along the whole list.
    column = groups.c[name] + 0 if source is _Source.HELD else groups.c[name]
    value: BindParameter[int] = bindparam("value")
    key: BindParameter[int] = bindparam("key")
    behind = or_(column < value, and_(column == value, groups.c.id < key))
    bound: ColumnElement[bool] = column <= value
    if not falls:
        behind = or_(column > value, and_(column == value, groups.c.id > key))
        bound = column >= value
    statement = select(
        groups.c.id,
        column,
        groups.c.requester,
        groups.c.reward,
        groups.c.masters,
        _fits(dialect) if searches else literal(1),
        _open_hits(dialect),
    ).where(bound, behind)
    if source is _Source.FRESH:
        changed = select(group_deltas.c.group_id).distinct()
        statement = statement.where(groups.c.hits <= 0, groups.c.id.in_(changed))
    elif source is _Source.HELD:
        statement = statement.where(groups.c.hits > 0, groups.c.asks + 0 == 1, groups.c.id.in_(_HELD_TYPES))
    else:
        statement = statement.where(groups.c.hits > 0, groups.c.asks == int(source is _Source.ASKING))
    order = (column.desc(), groups.c.id.desc()) if falls else (column, groups.c.id)
    return statement.order_by(*order).limit(bindparam("count"))


WINDOWS = {
    (sort, source, searches): Sql(
        lambda dialect, sort=sort, source=source, searches=searches: _window(  # type: ignore[misc]
            dialect, sort, source, searches=searches
        )
    )
    for sort in Sort
    for source in _Source
    for searches in (False, True)
}
ASKED = Sql(select(hit_types.c.requirements).where(hit_types.c.id == bindparam("key")))
SUMMARY = Sql(
    lambda dialect: (
        select(
            _open_hits(dialect),
            groups.c.created_at,
            groups.c.updated_at,
            groups.c.latest_expiration,
            requesters.c.public_id,
            requesters.c.name,
        )
        .join(requesters, requesters.c.id == groups.c.requester)
        .where(groups.c.id == bindparam("key"))
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


def window(
    call: Call,
    sort: Sort,
    *,
    after: tuple[int, int],
    count: int,
    words: tuple[str, ...],
    only_held: bool = False,
) -> list[Candidate]:
    """The next groups of the list, at most `count`; those with nothing open any more are among them.

    `only_held` leaves out groups that ask for a requester's qualification and for none that the acting
    worker holds.
    """
    parameters: dict[str, int | str] = {"value": after[0], "key": after[1], "count": count}
    if words:
        found = [*words, *([""] * MOST_WORDS)]
        parameters |= {f"word_{number}": found[number] for number in range(MOST_WORDS)}
    sources = [_Source.PLAIN, _Source.HELD if only_held else _Source.ASKING]
    if call.connection.dialect == "postgresql":
        sources.append(_Source.FRESH)
    rows = []
    for source in sources:
        own = {"worker": call.actor.account} if source is _Source.HELD else {}
        rows += call.rows(WINDOWS[sort, source, bool(words)], **parameters, **own)
    _, falls = sort.value
    rows.sort(key=itemgetter(1, 0), reverse=falls)
    return [Candidate(*row) for row in rows[:count]]


def asked(call: Call, key: int) -> str:
    """The requirements of a group, as JSON."""
    row = call.one(ASKED, key=key)
    assert row is not None
    return str(row[0])


def summary(call: Call, key: int) -> Summary:
    """What a group shows of its own."""
    row = call.one(SUMMARY, key=key)
    assert row is not None
    return Summary(*row)


def held(call: Call) -> dict[str, Value]:
    """Everything the acting worker holds of requesters' qualification types, by type id."""
    return {
        public_id: value if country is None else Locale(country, subdivision)
        for public_id, value, country, subdivision in call.rows(HELD, worker=call.actor.account)
    }
