"""What a worker has earned: their account, from the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select, tuple_

from kempelen.operation import Call
from kempelen.store.connection import Connection
from kempelen.store.ledger import KINDS, Cause, earned
from kempelen.store.sql import Sql
from kempelen.store.tables.money import bonuses, purses, transfers
from kempelen.store.tables.work import assignments, hit_types, hits, requesters, workers

COUNTS = Sql(
    select(
        workers.c.accepted,
        workers.c.submitted,
        workers.c.approved,
        workers.c.rejected,
        workers.c.returned,
        workers.c.abandoned,
    ).where(workers.c.id == bindparam("worker"))
)
PENDING = Sql(
    select(func.coalesce(func.sum(assignments.c.reward), 0)).where(
        assignments.c.worker == bindparam("worker"), assignments.c.status == 2
    )
)
BONUSES = Sql(
    select(func.coalesce(func.sum(bonuses.c.amount), 0)).where(bonuses.c.worker == bindparam("worker"))
)
PAID_OUT = Sql(
    select(func.coalesce(func.sum(transfers.c.amount), 0)).where(transfers.c.debit == bindparam("account"))
)
LEFT = Sql(select(purses.c.available + purses.c.held).where(purses.c.account == bindparam("account")))
WAITING = Sql(
    select(assignments.c.id)
    .where(assignments.c.worker == bindparam("worker"), assignments.c.status.in_([1, 2]))
    .limit(1_000)
)
LINES = Sql(
    select(
        transfers.c.id,
        transfers.c.at,
        transfers.c.cause,
        transfers.c.amount,
        assignments.c.public_id,
        hits.c.public_id,
        bonuses.c.reason,
        hit_types.c.title,
        requesters.c.public_id,
        requesters.c.name,
    )
    .outerjoin(bonuses, (transfers.c.cause == int(Cause.BONUS)) & (bonuses.c.id == transfers.c.cause_key))
    .outerjoin(
        assignments,
        assignments.c.id
        == case(
            (transfers.c.cause.in_([int(Cause.REWARD), int(Cause.LATE_REWARD)]), transfers.c.cause_key),
            else_=bonuses.c.assignment,
        ),
    )
    .outerjoin(hits, hits.c.id == assignments.c.hit)
    .outerjoin(hit_types, hit_types.c.id == hits.c.hit_type)
    .outerjoin(requesters, requesters.c.id == assignments.c.requester)
    .where(
        transfers.c.credit == bindparam("account"),
        transfers.c.credit >= KINDS,  # as the index has it
        tuple_(transfers.c.at, transfers.c.id) < tuple_(bindparam("before"), bindparam("key")),
    )
    .order_by(transfers.c.at.desc(), transfers.c.id.desc())
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a worker has done, in numbers of assignments."""

    accepted: int = 0
    submitted: int = 0
    approved: int = 0
    rejected: int = 0
    returned: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Money that came to a worker, in minor units, and for what."""

    key: int
    at: int
    cause: Cause
    amount: int
    assignment_id: str | None
    hit_id: str | None
    reason: str | None
    title: str | None
    requester_id: str | None
    requester_name: str | None


def counts(call: Call) -> Counts:
    """What the acting worker has done."""
    row = call.one(COUNTS, worker=call.actor.account)
    return Counts() if row is None else Counts(*row)


def pending(call: Call) -> int:
    """What the acting worker's undecided work would bring, in minor units."""
    return _sum(call, PENDING, worker=call.actor.account)


def bonuses_to_date(call: Call) -> int:
    """All bonuses the acting worker has had, in minor units."""
    return _sum(call, BONUSES, worker=call.actor.account)


def paid_out(call: Call) -> int:
    """What has left the acting worker's account, in minor units."""
    return _sum(call, PAID_OUT, account=earned(call.actor.account))


def lines(call: Call, *, before: tuple[int, int], count: int) -> list[Line]:
    """What came to the acting worker before a position (`at`, key), latest first."""
    moment, key = before
    rows = call.rows(LINES, account=earned(call.actor.account), before=moment, key=key, count=count)
    return [Line(key, at, Cause(cause), *rest) for key, at, cause, *rest in rows]


def unfinished(connection: Connection, worker: int) -> tuple[int, int]:
    """What a worker has left in a world: minor units to withdraw, and how many tasks not paid yet."""
    owed = connection.one(LEFT, account=earned(worker))
    waiting = connection.rows(WAITING, worker=worker)
    return 0 if owed is None else int(owed[0]), len(waiting)


def _sum(call: Call, statement: Sql, **parameters: int) -> int:
    row = call.one(statement, **parameters)
    assert row is not None
    return int(row[0])
