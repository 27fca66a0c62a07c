"""HITs that were taken down, and how far their workers have been paid."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, select, update

from kempelen.operation import Call
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.store.assignments import COLUMNS, Assignment
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, hits

BEGIN = Sql(
    update(hits)
    .where(
        hits.c.id == bindparam("key"),
        hits.c.taken_down_at.is_(None),
        hits.c.status != int(HITStatus.DISPOSED),
    )
    .values(taken_down_at=bindparam("now"), taken_down_because=bindparam("reason"), paid_through=-1)
)
NEXT = Sql(
    select(hits.c.id, hits.c.taken_down_because, hits.c.paid_through)
    .where(hits.c.paid_through.is_not(None))
    .order_by(hits.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
THROUGH = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(paid_through=bindparam("worker", type_=BigInteger()))
)
ASSIGNMENTS = Sql(
    select(*COLUMNS)
    .where(
        assignments.c.hit == bindparam("hit"),
        assignments.c.worker > bindparam("after"),
        assignments.c.status <= int(AssignmentStatus.REJECTED),  # as the unique index of slots has it
    )
    .order_by(assignments.c.worker)
    .limit(bindparam("count"))
)
BRING_FORWARD = Sql(
    update(assignments)
    .where(
        assignments.c.id == bindparam("key"),
        assignments.c.status == int(AssignmentStatus.SUBMITTED),
        assignments.c.approve_at > bindparam("now"),
    )
    .values(approve_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A HIT whose workers are still to be paid, after the worker of that key."""

    hit: int
    reason: str
    after: int


def begin(call: Call, key: int, *, reason: str) -> bool:
    """Take a HIT down; False if it was before, or is disposed of. Nobody else changes it until the command
    is kept."""
    return call.do(BEGIN, key=key, now=call.now, reason=reason) == 1


def next_to_pay(call: Call) -> Unpaid | None:
    """A HIT that was taken down and is not yet paid out."""
    row = call.one(NEXT)
    return None if row is None else Unpaid(*row)


def assignments_of(call: Call, hit: int, *, after: int, count: int) -> list[Assignment]:
    """A HIT's assignments that take up a slot, by their workers' keys, after one; at most `count`."""
    return [Assignment(*row) for row in call.rows(ASSIGNMENTS, hit=hit, after=after, count=count)]


def paid_through(call: Call, key: int, worker: int | None) -> None:
    """Everybody up to this worker is paid; None: everybody."""
    call.do(THROUGH, key=key, worker=worker)


def bring_forward(call: Call, assignment: int) -> None:
    """An answer is approved now, so its moment of approval is now."""
    call.do(BRING_FORWARD, key=assignment, now=call.now)
