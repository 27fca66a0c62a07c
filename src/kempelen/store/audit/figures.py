"""What the invariants of figures read: sums as they are kept, beside the same added up from assignments."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, select

from kempelen.rules.lifecycle import DAY, AssignmentStatus
from kempelen.store.audit.pages import pages_of, within
from kempelen.store.sql import Sql
from kempelen.store.tables.figures import (
    newcomer_fills,
    paces,
    requester_days,
    requester_waits,
    requirement_sets,
    worker_days,
)
from kempelen.store.tables.work import assignments, groups, hit_types, hits, relations, requesters, workers

_SUBMITTED, _APPROVED, _REJECTED = (
    int(AssignmentStatus.SUBMITTED),
    int(AssignmentStatus.APPROVED),
    int(AssignmentStatus.REJECTED),
)
_A = assignments.c


def _sum(amount: ColumnElement[int] | int, *statuses: int) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((_A.status.in_(statuses), amount), else_=0)), 0)


_FOUND = (
    _sum(1, _SUBMITTED, _APPROVED, _REJECTED),
    _sum(1, _APPROVED),
    _sum(1, _REJECTED),
    _sum(_A.reward, _APPROVED),
    _sum(func.coalesce(_A.worked_seconds, 0), _APPROVED, _REJECTED),
)
_NAMES = ("submitted", "approved", "rejected", "earned", "seconds")
WORKER_PAGES = pages_of(workers.c.id)
DAYS = Sql(
    select(worker_days.c.worker, worker_days.c.day, *(worker_days.c[name] for name in _NAMES), *_FOUND)
    .select_from(
        worker_days.outerjoin(
            assignments,
            and_(
                _A.worker == worker_days.c.worker,
                _A.status.in_([_SUBMITTED, _APPROVED, _REJECTED]),
                _A.submitted_at >= worker_days.c.day * DAY,
                _A.submitted_at < (worker_days.c.day + 1) * DAY,
            ),
        )
    )
    .where(within(worker_days.c.worker))
    .group_by(*worker_days.c)
    .order_by(worker_days.c.worker, worker_days.c.day)
)
"""What is kept of a worker's days, and the same of the assignments handed in on them."""

PACES = Sql(
    select(paces.c.worker, paces.c.hit_type, *(paces.c[name] for name in _NAMES), *_FOUND)
    .select_from(
        paces.outerjoin(hits, hits.c.hit_type == paces.c.hit_type).outerjoin(
            assignments,
            and_(_A.hit == hits.c.id, _A.worker == paces.c.worker, _A.status <= _REJECTED),
        )
    )
    .where(within(paces.c.worker))
    .group_by(*paces.c)
    .order_by(paces.c.worker, paces.c.hit_type)
)
"""What is kept of a worker in a HIT type, and the same of the assignments."""

RELATIONS = Sql(
    select(relations.c.worker, relations.c.requester, relations.c.earned, relations.c.seconds, *_FOUND[3:])
    .select_from(
        relations.outerjoin(
            assignments,
            and_(_A.worker == relations.c.worker, _A.requester == relations.c.requester),
        )
    )
    .where(within(relations.c.worker))
    .group_by(*relations.c)
    .order_by(relations.c.worker, relations.c.requester)
)
"""What is kept of a worker's pay and time for a requester, and the same of the assignments."""

ASSIGNMENT_PAGES = pages_of(_A.id)
NO_DAY = Sql(
    select(_A.public_id)
    .where(
        within(_A.id),
        _A.status.in_([_SUBMITTED, _APPROVED, _REJECTED]),
        ~select(worker_days.c.day)
        .where(
            worker_days.c.worker == _A.worker,
            worker_days.c.day * DAY <= _A.submitted_at,
            (worker_days.c.day + 1) * DAY > _A.submitted_at,
        )
        .exists(),
    )
    .order_by(_A.id)
)
"""Answers whose day does not exist."""

REQUESTER_PAGES = pages_of(requesters.c.id)


def _of_requester(
    amount: ColumnElement[int], owner: ColumnElement[int], *more: ColumnElement[bool]
) -> ScalarSelect[int]:
    total = func.coalesce(func.sum(amount), 0)
    return select(total).where(owner == requesters.c.id, *more).correlate(requesters).scalar_subquery()


REQUESTERS = Sql(
    select(
        requesters.c.public_id,
        _of_requester(requester_days.c.approved, requester_days.c.requester),
        _of_requester(requester_days.c.rejected, requester_days.c.requester),
        _of_requester(
            requester_waits.c.count,
            requester_waits.c.requester,
            requester_waits.c.day == -1,
            requester_waits.c.kind == 1,
        ),
        _of_requester(
            requester_waits.c.count,
            requester_waits.c.requester,
            requester_waits.c.day >= 0,
            requester_waits.c.kind == 1,
        ),
        _of_requester(relations.c.approved, relations.c.requester),
        _of_requester(relations.c.rejected, relations.c.requester),
    )
    .where(within(requesters.c.id))
    .order_by(requesters.c.id)
)
"""A requester's decisions and waits of all days added up, and those for each worker."""

GROUP_PAGES = pages_of(groups.c.id)
GROUPS = Sql(
    select(
        groups.c.public_id,
        hit_types.c.requirements,
        groups.c.newcomers,
        requirement_sets.c.digest,
        groups.c.gate,
        requirement_sets.c.gate,
    )
    .select_from(
        groups.join(hit_types, hit_types.c.id == groups.c.id).outerjoin(
            requirement_sets, requirement_sets.c.id == groups.c.requirement_set
        )
    )
    .where(within(groups.c.id))
    .order_by(groups.c.id)
)
"""What a group's HIT type requires, and the list of requirements it is found by."""

FILL_PAGES = pages_of(newcomer_fills.c.hit_type)
FILLS = Sql(
    select(
        newcomer_fills.c.hit_type,
        newcomer_fills.c.filled,
        select(func.count())
        .select_from(assignments.join(hits, hits.c.id == _A.hit))
        .where(hits.c.hit_type == newcomer_fills.c.hit_type, _A.newcomer == 1, _A.status <= _REJECTED)
        .correlate(newcomer_fills)
        .scalar_subquery(),
    )
    .where(within(newcomer_fills.c.hit_type))
    .order_by(newcomer_fills.c.hit_type)
)
"""How many answers of unproven workers are counted, and how many there are."""
