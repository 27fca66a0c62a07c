"""Bonuses: what was paid for an assignment beside its reward."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, tuple_

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
_ORDER = (bonuses.c.at, bonuses.c.id)
_PAGE = (
    _SHOWN.where(tuple_(*_ORDER) > tuple_(bindparam("after"), bindparam("after_key")))
    .order_by(*_ORDER)
    .limit(bindparam("count"))
)
OF_HIT = Sql(_PAGE.where(bonuses.c.hit == bindparam("of")))
OF_ASSIGNMENT = Sql(_PAGE.where(bonuses.c.assignment == bindparam("of")))


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


def of_hit(call: Call, hit: int, *, after: tuple[int, int], count: int) -> list[Bonus]:
    """A HIT's bonuses, the oldest first, after (`at`, key); at most `count`."""
    rows = call.rows(OF_HIT, of=hit, after=after[0], after_key=after[1], count=count)
    return [Bonus(*row) for row in rows]


def of_assignment(call: Call, assignment: int, *, after: tuple[int, int], count: int) -> list[Bonus]:
    """An assignment's bonuses, the oldest first, after (`at`, key); at most `count`."""
    rows = call.rows(OF_ASSIGNMENT, of=assignment, after=after[0], after_key=after[1], count=count)
    return [Bonus(*row) for row in rows]
