"""The next HIT of a group for a worker: one index seek, whatever the backlog and whatever they have done.

Open HITs stand in (HIT type, level, position). A worker's cursor says from where to look; a HIT that comes
back stands at the end, so nothing opens behind a cursor but what a lock or a late commit hid for a moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Exists, Select, bindparam, func, literal, select, update

from kempelen.operation import Call
from kempelen.rules.lifecycle import HITStatus
from kempelen.store.directory import Directory
from kempelen.store.hits import new_position
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, hits

WINDOW = 256
"""How many HITs one statement looks at, at most."""
LONGEST_TRANSACTION = 120_000
"""Milliseconds after which nothing that is not yet committed can still appear."""
MARK_LIFE = 1_000
"""How long a low-water mark is believed, in milliseconds."""
MOST_MARKS = 100_000

_OPEN = (
    hits.c.hit_type == bindparam("hit_type"),
    hits.c.status == int(HITStatus.ASSIGNABLE),
)
_AHEAD = (*_OPEN, hits.c.level == bindparam("level"), hits.c.position > bindparam("after"))


def _own(hit: ColumnElement[int]) -> Exists:
    return (
        select(literal(1))
        .where(
            assignments.c.hit == hit,
            assignments.c.worker == bindparam("worker"),
            assignments.c.status <= 4,
        )
        .exists()
    )


LEVEL = Sql(select(func.min(hits.c.level)).where(*_OPEN, hits.c.level > bindparam("above")))
LOWEST = Sql(select(func.min(hits.c.position)).where(*_AHEAD))


def _candidate(
    dialect: str, *, waits: bool, locks: bool = True, checked: bool = False
) -> Select[tuple[int, int]]:
    ahead = (
        select(hits.c.id, hits.c.position, hits.c.open, hits.c.expires_at, hits.c.policies)
        .where(*_AHEAD)
        .order_by(hits.c.position)
        .limit(WINDOW)
    ).subquery("ahead")
    if dialect == "sqlite":
        # Read as a co-routine: in order, and only as far as needed. A join or an ORDER BY would read it all.
        first = (
            select(ahead.c.id, ahead.c.position)
            .where(ahead.c.open > 0, ahead.c.expires_at > bindparam("now"), ~_own(ahead.c.id))
            .limit(1)
        )
        return first.where(ahead.c.policies.is_not(None)) if checked else first
    statement = (
        select(hits.c.id, hits.c.position)
        .select_from(ahead.join(hits, hits.c.id == ahead.c.id))
        .where(
            hits.c.status == int(HITStatus.ASSIGNABLE),
            hits.c.open > 0,
            hits.c.expires_at > bindparam("now"),
            ~_own(hits.c.id),
        )
        .order_by(ahead.c.position)
        .limit(1)
    )
    if checked:
        statement = statement.where(hits.c.policies.is_not(None))
    return statement.with_for_update(of=hits, skip_locked=not waits) if locks else statement


CANDIDATES = {
    (waits, checked): Sql(
        lambda dialect, waits=waits, checked=checked: _candidate(  # type: ignore[misc]
            dialect, waits=waits, checked=checked
        )
    )
    for waits in (False, True)
    for checked in (False, True)
}
CANDIDATE = CANDIDATES[False, False]
PEEK = Sql(lambda dialect: _candidate(dialect, waits=True, locks=False))
MOVE = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(level=bindparam("new_level"), position=bindparam("new_position"))
)
POSITION = Sql(select(hits.c.position).where(hits.c.id == bindparam("key")))
_window = select(hits.c.position).where(*_AHEAD).order_by(hits.c.position).limit(WINDOW).subquery("ahead")
WINDOW_END = Sql(select(func.count(), func.max(_window.c.position)).select_from(_window))


@dataclass(frozen=True, slots=True)
class Place:
    """A HIT's key and where it stands."""

    hit: int
    position: int


def next_level(call: Call, hit_type: int, *, above: int) -> int | None:
    """The most urgent level above this number in which something is open."""
    row = call.one(LEVEL, hit_type=hit_type, above=above)
    return None if row is None else row[0]


def candidate(
    call: Call, hit_type: int, *, level: int, after: int, waits: bool = False, checked: bool = False
) -> Place | None:
    """The first HIT within a window after the position that the acting worker could take.

    On PostgreSQL its row is locked; a HIT that somebody else has locked is passed over unless `waits`. With
    `checked` only HITs with a review policy are taken, others are passed over.
    """
    row = call.one(
        CANDIDATES[waits, checked],
        hit_type=hit_type,
        level=level,
        after=after,
        worker=call.actor.account,
        now=call.now,
    )
    return None if row is None else Place(*row)


def peek(call: Call, hit_type: int, *, level: int, after: int) -> Place | None:
    """As `candidate`, for looking only: nothing is locked."""
    row = call.one(PEEK, hit_type=hit_type, level=level, after=after, worker=call.actor.account, now=call.now)
    return None if row is None else Place(*row)


def position(call: Call, key: int) -> int:
    """Where a HIT stands in its level."""
    row = call.one(POSITION, key=key)
    return 0 if row is None else int(row[0])


def move(call: Call, key: int, *, level: int) -> None:
    """Put a HIT at the end of a level's queue."""
    call.do(MOVE, key=key, new_level=level, new_position=new_position(call.now))


def window_end(call: Call, hit_type: int, *, level: int, after: int) -> tuple[int, bool]:
    """Where the window after the position ends, and whether there may be more behind it."""
    row = call.one(WINDOW_END, hit_type=hit_type, level=level, after=after)
    assert row is not None
    return (after if row[1] is None else row[1]), row[0] == WINDOW


@dataclass(slots=True)
class _Marks:
    """Low-water marks of one world: no open HIT of a level stands at or below its mark."""

    kept: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)


_worlds: WeakKeyDictionary[Directory, dict[str, _Marks]] = WeakKeyDictionary()


def mark(call: Call, hit_type: int, *, level: int) -> int:
    """Where a worker begins who has never been here. A stale mark is only slower, never wrong.

    Positions are never used again, so each process keeps its own marks. They stay behind everything that
    may not be committed yet, because a HIT's position is the moment it was made or came back.
    """
    marks = _worlds.setdefault(call.directory, {}).setdefault(call.traits.name, _Marks()).kept
    position, read_at = marks.get((hit_type, level), (0, -MARK_LIFE))
    if 0 <= call.now - read_at < MARK_LIFE:
        return position
    row = call.one(LOWEST, hit_type=hit_type, level=level, after=position)
    settled = (call.now - LONGEST_TRANSACTION) << 20
    lowest = settled if row is None or row[0] is None else min(row[0] - 1, settled)
    position = max(position, lowest)
    if len(marks) >= MOST_MARKS:
        marks.clear()
    marks[hit_type, level] = position, call.now
    return position
