"""What a worker has accepted and had: the queue, the history, and the worker's own row as a lock."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select, tuple_, update

from kempelen.operation import Call
from kempelen.rules.lifecycle import DAY, AssignmentStatus
from kempelen.store import parties
from kempelen.store.assignments import COLUMNS, Assignment, AssignmentDoesNotExist
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, groups, hit_types, hits, requesters, workers

LONGEST = 1_000
"""How many tasks a queue shows at most; the cap is a setting, and far lower."""

LOCK = Sql(select(workers.c.holding).where(workers.c.id == bindparam("worker")).with_for_update())
OWN = Sql(
    select(assignments.c.public_id, assignments.c.status).where(
        assignments.c.hit == bindparam("hit"),
        assignments.c.worker == bindparam("worker"),
        assignments.c.status <= int(AssignmentStatus.REJECTED),
    )
)
HELD = Sql(
    select(*COLUMNS)
    .where(
        assignments.c.worker == bindparam("worker"),
        assignments.c.status == int(AssignmentStatus.ASSIGNED),
    )
    .order_by(assignments.c.abandon_at, assignments.c.id)
    .limit(LONGEST)
)
_ENTRIES = (
    select(
        assignments.c.id,
        assignments.c.public_id,
        hits.c.public_id,
        requesters.c.public_id,
        requesters.c.name,
        hit_types.c.title,
        assignments.c.reward,
        assignments.c.status,
        assignments.c.accepted_at,
        assignments.c.submitted_at,
        assignments.c.approve_at,
        assignments.c.decided_at,
        assignments.c.feedback,
        groups.c.public_id,
        assignments.c.worked_seconds,
        assignments.c.abandon_at,
    )
    .join(hits, hits.c.id == assignments.c.hit)
    .join(hit_types, hit_types.c.id == hits.c.hit_type)
    .join(groups, groups.c.id == hits.c.hit_type)
    .join(requesters, requesters.c.id == assignments.c.requester)
)
HISTORY = Sql(
    _ENTRIES.where(
        assignments.c.worker == bindparam("worker"),
        tuple_(assignments.c.accepted_at, assignments.c.id) < tuple_(bindparam("before"), bindparam("key")),
    )
    .order_by(assignments.c.accepted_at.desc(), assignments.c.id.desc())
    .limit(bindparam("count"))
)
ENTRY = Sql(
    _ENTRIES.where(
        assignments.c.public_id == bindparam("public_id"), assignments.c.worker == bindparam("worker")
    )
)
_OF_DAY = (
    assignments.c.worker == bindparam("worker"),
    assignments.c.status.in_(
        [int(AssignmentStatus.SUBMITTED), int(AssignmentStatus.APPROVED), int(AssignmentStatus.REJECTED)]
    ),
    assignments.c.submitted_at >= bindparam("begin"),
    assignments.c.submitted_at < bindparam("end"),
    tuple_(assignments.c.submitted_at, assignments.c.id) < tuple_(bindparam("before"), bindparam("key")),
)
_LATEST_FIRST = (assignments.c.submitted_at.desc(), assignments.c.id.desc())
OF_DAY = Sql(_ENTRIES.where(*_OF_DAY).order_by(*_LATEST_FIRST).limit(bindparam("count")))
PLACES_OF_DAY = Sql(
    select(assignments.c.submitted_at, assignments.c.id)
    .where(*_OF_DAY)
    .order_by(*_LATEST_FIRST)
    .limit(bindparam("count"))
)
ACCEPTED_UNDER = Sql(
    update(assignments)
    .where(assignments.c.id == bindparam("key"))
    .values(settings_version=bindparam("version"))
)
TERMS = Sql(
    select(assignments.c.settings_version, assignments.c.extensions).where(
        assignments.c.id == bindparam("key")
    )
)
EXTEND = Sql(
    update(assignments)
    .where(
        assignments.c.id == bindparam("key"),
        assignments.c.status == int(AssignmentStatus.ASSIGNED),
        assignments.c.abandon_at > bindparam("now"),
        assignments.c.extensions < bindparam("most"),
    )
    .values(
        abandon_at=assignments.c.abandon_at + bindparam("more"),
        longer=assignments.c.longer + bindparam("longer"),
        extensions=assignments.c.extensions + 1,
    )
    .returning(assignments.c.abandon_at)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a worker's history. Moments in milliseconds, amounts in minor units."""

    key: int
    public_id: str
    hit_id: str
    requester_id: str
    requester_name: str
    title: str
    reward: int
    status: int
    accepted_at: int
    submitted_at: int | None
    approve_at: int | None
    decided_at: int | None
    feedback: str | None
    group_id: str
    worked_seconds: int | None
    abandon_at: int


def lock(call: Call) -> int:
    """Let the acting worker's accepts come one after the other; how many assignments they hold."""
    row = call.one(LOCK, worker=call.actor.account)
    if row is None:
        parties.know_worker(call, call.actor.account, call.actor.public_id)
        row = call.one(LOCK, worker=call.actor.account)
        assert row is not None
    return int(row[0])


def own(call: Call, hit: int) -> tuple[str, AssignmentStatus] | None:
    """The acting worker's assignment of this HIT, if they have or had one that counts."""
    row = call.one(OWN, hit=hit, worker=call.actor.account)
    return None if row is None else (row[0], AssignmentStatus(row[1]))


def held(call: Call) -> list[Assignment]:
    """The acting worker's queue, nearest deadline first."""
    return [Assignment(*row) for row in call.rows(HELD, worker=call.actor.account)]


def entry(call: Call, assignment_id: str) -> Entry:
    """One line of the acting worker's history. Raises `AssignmentDoesNotExist`."""
    row = call.one(ENTRY, public_id=assignment_id, worker=call.actor.account)
    if row is None:
        raise AssignmentDoesNotExist(assignment_id=assignment_id)
    return Entry(*row)


def history(call: Call, *, before: tuple[int, int], count: int) -> list[Entry]:
    """What the acting worker accepted before a position (`accepted_at`, key), latest first."""
    moment, key = before
    rows = call.rows(HISTORY, worker=call.actor.account, before=moment, key=key, count=count)
    return [Entry(*row) for row in rows]


def of_day(call: Call, *, begin: int, before: tuple[int, int], count: int) -> list[Entry]:
    """What the acting worker handed in in the 24 hours from `begin`, before (`submitted_at`, key), latest
    first."""
    return [Entry(*row) for row in call.rows(OF_DAY, **_of_day(call, begin, before, count))]


def place_of_day(call: Call, *, begin: int, number: int) -> tuple[int, int] | None:
    """Where the entry of that number, from 1, stands on a day; None if there are not so many.

    Only places are read, and a day has at most as many as may be accepted in one.
    """
    places = call.rows(PLACES_OF_DAY, **_of_day(call, begin, (begin + DAY, 0), number))
    return (places[-1][0], places[-1][1]) if len(places) == number else None


def _of_day(call: Call, begin: int, before: tuple[int, int], count: int) -> dict[str, int]:
    return {
        "worker": call.actor.account, "begin": begin, "end": begin + DAY, "before": before[0],
        "key": before[1], "count": count,
    }  # fmt: skip


def accepted_under(call: Call, key: int, *, version: int) -> None:
    """Remember under which task settings an assignment was accepted."""
    call.later(ACCEPTED_UNDER, key=key, version=version)


def terms(call: Call, key: int) -> tuple[int, int]:
    """The version of the task settings an assignment was accepted under, and how often it was extended."""
    row = call.one(TERMS, key=key)
    assert row is not None
    return row[0], row[1]


def extend(call: Call, key: int, *, more: int, longer: int, most: int) -> int | None:
    """Put the deadline off by so many milliseconds; the new one, or None if that is not possible.

    `longer` of them are the worker's own accommodation.
    """
    row = call.one(EXTEND, key=key, now=call.now, more=more, longer=longer, most=most)
    return None if row is None else int(row[0])
