"""Bonuses: what was paid for an assignment beside its reward."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from kempelen.operation import Call
from kempelen.store.assignments import Assignment
from kempelen.store.sql import Sql
from kempelen.store.tables.money import bonuses
from kempelen.store.tables.work import assignments


@dataclass(frozen=True, slots=True)
class Bonus:
    """One payment. The amount in minor units, without the fee."""

    key: int
    worker: int
    assignment_id: str
    amount: int
    reason: str
    at: int


ADD = Sql(insert(bonuses).values(**{column.name: bindparam(column.name) for column in bonuses.c}).inline())
_SHOWN = select(
    bonuses.c.id, bonuses.c.worker, assignments.c.public_id, bonuses.c.amount, bonuses.c.reason, bonuses.c.at
).join(assignments, assignments.c.id == bonuses.c.assignment)
_AFTER = bonuses.c.id > bindparam("after")
OF_HIT = Sql(
    _SHOWN.where(bonuses.c.hit == bindparam("of"), _AFTER).order_by(bonuses.c.id).limit(bindparam("count"))
)
OF_ASSIGNMENT = Sql(
    _SHOWN.where(bonuses.c.assignment == bindparam("of"), _AFTER)
    .order_by(bonuses.c.id)
    .limit(bindparam("count"))
)


def add(call: Call, assignment: Assignment, *, amount: int, fee: int, reason: str) -> int:
    """Note a bonus; answers its key, under which it is paid."""
    key = call.key()
    call.do(
        ADD,
        id=key,
        requester=assignment.requester,
        worker=assignment.worker,
        assignment=assignment.key,
        hit=assignment.hit,
        amount=amount,
        fee=fee,
        reason=reason,
        at=call.now,
    )
    return key


def of_hit(call: Call, hit: int, *, after: int, count: int) -> list[Bonus]:
    """A HIT's bonuses after a key; at most `count`."""
    return [Bonus(*row) for row in call.rows(OF_HIT, of=hit, after=after, count=count)]


def of_assignment(call: Call, assignment: int, *, after: int, count: int) -> list[Bonus]:
    """An assignment's bonuses after a key; at most `count`."""
    return [Bonus(*row) for row in call.rows(OF_ASSIGNMENT, of=assignment, after=after, count=count)]
