"""What the acting worker's work has come to: by day, by requester, by HIT type. Read from kept sums."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.figures import paces, worker_days
from kempelen.store.tables.work import groups, hit_types, relations, requesters

_DAY = (
    worker_days.c.day,
    worker_days.c.submitted,
    worker_days.c.approved,
    worker_days.c.rejected,
    worker_days.c.earned,
    worker_days.c.seconds,
)
_OWN = worker_days.c.worker == bindparam("worker")
DAYS = Sql(
    select(*_DAY)
    .where(_OWN, worker_days.c.day < bindparam("before"))
    .order_by(worker_days.c.day.desc())
    .limit(bindparam("count"))
)
DAY_OF = Sql(select(*_DAY).where(_OWN, worker_days.c.day == bindparam("day")))
EARNED_BEFORE = Sql(
    select(func.coalesce(func.sum(worker_days.c.earned), 0)).where(_OWN, worker_days.c.day < bindparam("day"))
)
BY_REQUESTER = Sql(
    select(
        relations.c.requester,
        requesters.c.public_id,
        requesters.c.name,
        relations.c.submitted,
        relations.c.approved,
        relations.c.rejected,
        relations.c.earned,
        relations.c.seconds,
    )
    .join(requesters, requesters.c.id == relations.c.requester)
    .where(relations.c.worker == bindparam("worker"), relations.c.requester > bindparam("after"))
    .order_by(relations.c.requester)
    .limit(bindparam("count"))
)
BY_HIT_TYPE = Sql(
    select(
        paces.c.hit_type,
        requesters.c.public_id,
        requesters.c.name,
        paces.c.submitted,
        paces.c.approved,
        paces.c.rejected,
        paces.c.earned,
        paces.c.seconds,
        hit_types.c.public_id,
        groups.c.public_id,
        hit_types.c.title,
    )
    .join(hit_types, hit_types.c.id == paces.c.hit_type)
    .join(groups, groups.c.id == paces.c.hit_type)
    .join(requesters, requesters.c.id == hit_types.c.requester)
    .where(paces.c.worker == bindparam("worker"), paces.c.hit_type > bindparam("after"))
    .order_by(paces.c.hit_type)
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class WorkDay:
    """What was handed in on a day, counted from 1970 in UTC, and what became of it, in minor units."""

    day: int
    submitted: int = 0
    approved: int = 0
    rejected: int = 0
    earned: int = 0
    seconds: int = 0
    """Worked on what was decided."""

    @property
    def pending(self) -> int:
        """What is not decided yet."""
        return self.submitted - self.approved - self.rejected


@dataclass(frozen=True, slots=True)
class Line:
    """What work for a requester, or of a HIT type, has come to. Amounts in minor units."""

    key: int
    requester_id: str
    requester_name: str
    submitted: int
    approved: int
    rejected: int
    earned: int
    seconds: int
    hit_type_id: str | None = None
    group_id: str | None = None
    title: str | None = None


def days(call: Call, *, before: int, count: int) -> list[WorkDay]:
    """The latest days before one on which something was handed in, latest first."""
    rows = call.rows(DAYS, worker=call.actor.account, before=before, count=count)
    return [WorkDay(*row) for row in rows]


def day(call: Call, number: int) -> WorkDay:
    """What was handed in on that day."""
    row = call.one(DAY_OF, worker=call.actor.account, day=number)
    return WorkDay(number) if row is None else WorkDay(*row)


def earned_before(call: Call, number: int) -> int:
    """Rewards of everything handed in before that day, in minor units."""
    row = call.one(EARNED_BEFORE, worker=call.actor.account, day=number)
    assert row is not None
    return int(row[0])


def by_requester(call: Call, *, after: int, count: int) -> list[Line]:
    """Requester by requester, after one of that key."""
    return [
        Line(*row) for row in call.rows(BY_REQUESTER, worker=call.actor.account, after=after, count=count)
    ]


def by_hit_type(call: Call, *, after: int, count: int) -> list[Line]:
    """HIT type by HIT type, after one of that key."""
    return [Line(*row) for row in call.rows(BY_HIT_TYPE, worker=call.actor.account, after=after, count=count)]
