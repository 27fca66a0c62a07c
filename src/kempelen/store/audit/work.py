"""What the invariants of HITs, assignments and answers read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select

from kempelen.events import EventKind
from kempelen.rules.lifecycle import HOLDS_SLOT, AssignmentStatus, HITStatus
from kempelen.store.audit.pages import pages_of, within
from kempelen.store.sql import Sql
from kempelen.store.tables.shared import events
from kempelen.store.tables.work import (
    answers,
    assignments,
    blocks,
    files,
    group_deltas,
    groups,
    hits,
    late_answers,
    relations,
    requesters,
    workers,
)

_LAST_SLOT = max(int(status) for status in HOLDS_SLOT)
"""An assignment up to this status takes up a slot; written so, the unique index of slots is used."""


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


HIT_PAGES = pages_of(hits.c.id)
HITS = Sql(
    select(
        hits.c.public_id,
        hits.c.max_assignments,
        hits.c.open,
        hits.c.pending,
        hits.c.submitted,
        hits.c.approved,
        hits.c.rejected,
        hits.c.status,
        hits.c.expired,
        hits.c.reviewing,
        hits.c.expires_at,
        hits.c.dispose_at,
        *(_number_of(assignments.c.status == int(status)) for status in HOLDS_SLOT),
    )
    .select_from(
        hits.outerjoin(assignments, and_(assignments.c.hit == hits.c.id, assignments.c.status <= _LAST_SLOT))
    )
    .where(within(hits.c.id))
    .group_by(*hits.primary_key.columns, *(column for column in hits.c if not column.primary_key))
    .order_by(hits.c.id)
)
"""HITs with their counters, what their status is made of, and their assignments recounted by state."""

TWICE = Sql(
    select(assignments.c.hit, assignments.c.worker, func.count())
    .where(within(assignments.c.hit), assignments.c.status <= _LAST_SLOT)
    .group_by(assignments.c.hit, assignments.c.worker)
    .having(func.count() > 1)
)
"""Workers with two assignments of one HIT that take up a slot."""

ASSIGNMENT_PAGES = pages_of(assignments.c.id)
ASSIGNMENTS = Sql(
    select(
        assignments.c.public_id,
        assignments.c.status,
        assignments.c.accepted_at,
        assignments.c.abandon_at,
        assignments.c.submitted_at,
        assignments.c.approve_at,
        assignments.c.decided_at,
        select(func.count())
        .select_from(answers)
        .where(answers.c.assignment == assignments.c.id)
        .scalar_subquery(),
        select(func.count())
        .select_from(late_answers)
        .where(late_answers.c.assignment == assignments.c.id)
        .scalar_subquery(),
    )
    .where(within(assignments.c.id))
    .order_by(assignments.c.id)
)
"""Assignments with their moments, and how many answers and late answers each has."""

STRAY_ANSWERS = Sql(
    select(answers.c.assignment)
    .where(
        within(answers.c.assignment),
        ~select(assignments.c.id).where(assignments.c.id == answers.c.assignment).exists(),
    )
    .order_by(answers.c.assignment)
)
ANSWER_PAGES = pages_of(answers.c.assignment)

_submitted = events.alias("submission")
ANSWERS = Sql(
    select(
        assignments.c.public_id,
        answers.c.fields,
        answers.c.digest,
        select(func.max(_submitted.c.detail))
        .where(
            _submitted.c.hit == assignments.c.hit,
            _submitted.c.assignment == assignments.c.id,
            _submitted.c.kind == int(EventKind.AssignmentSubmitted),
        )
        .scalar_subquery(),
    )
    .select_from(answers.join(assignments, assignments.c.id == answers.c.assignment))
    .where(within(answers.c.assignment))
    .order_by(answers.c.assignment)
)
"""Answers as they are kept, with their digest and the one in the event of their submission."""

_extended = events.alias("extended")
_expired = events.alias("expired")
LATE_ACCEPTS = Sql(
    select(assignments.c.public_id, assignments.c.accepted_at, _expired.c.at)
    .select_from(
        assignments.join(
            _expired,
            and_(_expired.c.hit == assignments.c.hit, _expired.c.kind == int(EventKind.HITExpired)),
        )
    )
    .where(
        within(assignments.c.hit),
        _expired.c.at < assignments.c.accepted_at,
        ~select(_extended.c.id)
        .where(
            _extended.c.hit == assignments.c.hit,
            _extended.c.kind == int(EventKind.HITExtended),
            _extended.c.at >= _expired.c.at,
            _extended.c.at <= assignments.c.accepted_at,
        )
        .exists(),
    )
    .order_by(assignments.c.id)
)
"""Assignments accepted after their HIT had expired, with nothing between that moved its end."""

_EVENTS_OF_ASSIGNMENT = (
    EventKind.AssignmentAccepted,
    EventKind.AssignmentSubmitted,
    EventKind.AssignmentReturned,
    EventKind.AssignmentAbandoned,
    EventKind.AssignmentApproved,
    EventKind.AssignmentRejected,
)
ASSIGNMENT_EVENTS = Sql(
    select(
        assignments.c.public_id,
        assignments.c.status,
        assignments.c.submitted_at,
        *(_number_of(events.c.kind == int(kind)) for kind in _EVENTS_OF_ASSIGNMENT),
        func.max(case((events.c.kind == int(EventKind.AssignmentApproved), events.c.at))),
        func.max(case((events.c.kind == int(EventKind.AssignmentRejected), events.c.at))),
    )
    .select_from(
        assignments.outerjoin(
            events, and_(events.c.hit == assignments.c.hit, events.c.assignment == assignments.c.id)
        )
    )
    .where(within(assignments.c.hit))
    .group_by(assignments.c.id, assignments.c.public_id, assignments.c.status, assignments.c.submitted_at)
    .order_by(assignments.c.id)
)
"""Assignments with how many events of each kind they have, and when they were approved and rejected."""

HIT_EVENTS = Sql(
    select(
        hits.c.public_id,
        hits.c.status,
        hits.c.expired,
        _number_of(events.c.kind == int(EventKind.HITCreated)),
        _number_of(events.c.kind == int(EventKind.HITExpired)),
        _number_of(events.c.kind == int(EventKind.HITDisposed)),
    )
    .select_from(hits.outerjoin(events, events.c.hit == hits.c.id))
    .where(within(hits.c.id))
    .group_by(hits.c.id, hits.c.public_id, hits.c.status, hits.c.expired)
    .order_by(hits.c.id)
)
"""HITs with how many events of their creation, expiry and disposal there are."""

BY_THE_CLOCK = Sql(
    select(assignments.c.public_id, events.c.at, assignments.c.approve_at)
    .select_from(
        assignments.join(
            events, and_(events.c.hit == assignments.c.hit, events.c.assignment == assignments.c.id)
        )
    )
    .where(
        within(assignments.c.hit),
        events.c.kind == int(EventKind.AssignmentApproved),
        events.c.actor.is_(None),
        events.c.at < assignments.c.approve_at,
    )
    .order_by(assignments.c.id)
)
"""Assignments that time alone approved, before their time."""

OVERDUE = Sql(
    select(assignments.c.public_id, assignments.c.status)
    .where(
        within(assignments.c.id),
        or_(
            and_(
                assignments.c.status == int(AssignmentStatus.ASSIGNED),
                assignments.c.abandon_at <= bindparam("now"),
            ),
            and_(
                assignments.c.status == int(AssignmentStatus.SUBMITTED),
                assignments.c.approve_at <= bindparam("now"),
            ),
        ),
    )
    .order_by(assignments.c.id)
)
"""Assignments for which something should have happened by now."""

AFTER_BLOCK = Sql(
    select(assignments.c.public_id, assignments.c.accepted_at, blocks.c.at)
    .select_from(
        assignments.join(
            blocks,
            and_(blocks.c.requester == assignments.c.requester, blocks.c.worker == assignments.c.worker),
        )
    )
    .where(within(assignments.c.id), assignments.c.accepted_at > blocks.c.at)
    .order_by(assignments.c.id)
)
"""Assignments a worker accepted while blocked."""

DISPOSED = Sql(
    select(
        hits.c.public_id,
        hits.c.held,
        hits.c.submitted + hits.c.pending,
        select(func.count())
        .select_from(files.join(assignments, assignments.c.id == files.c.assignment))
        .where(assignments.c.hit == hits.c.id)
        .scalar_subquery(),
    )
    .where(within(hits.c.id), hits.c.status == int(HITStatus.DISPOSED))
    .order_by(hits.c.id)
)
"""Disposed HITs with what they still hold: (money's slots, undecided assignments, files)."""

GROUP_PAGES = pages_of(groups.c.id)
GROUPS = Sql(
    select(
        groups.c.public_id,
        groups.c.hits
        + select(func.coalesce(func.sum(group_deltas.c.hits), 0))
        .where(group_deltas.c.group_id == groups.c.id)
        .scalar_subquery(),
        select(func.count())
        .select_from(hits)
        .where(hits.c.hit_type == groups.c.id, hits.c.status == int(HITStatus.ASSIGNABLE))
        .scalar_subquery(),
    )
    .where(within(groups.c.id))
    .order_by(groups.c.id)
)
"""Groups with how many HITs they say can be accepted, and how many there are."""


def _done(*statuses: AssignmentStatus) -> ColumnElement[int]:
    return _number_of(assignments.c.status.in_([int(status) for status in statuses]))


_A = AssignmentStatus
_ever_submitted = (_A.SUBMITTED, _A.APPROVED, _A.REJECTED)
WORKER_PAGES = pages_of(workers.c.id)
WORKERS = Sql(
    select(
        workers.c.public_id,
        *(
            workers.c[name]
            for name in (
                "accepted", "submitted", "approved", "rejected", "returned", "abandoned", "holding",
            )
        ),
        func.count(assignments.c.id),
        _done(*_ever_submitted),
        _done(_A.APPROVED),
        _done(_A.REJECTED),
        _done(_A.RETURNED),
        _done(_A.ABANDONED),
        _done(_A.ASSIGNED),
    )
    .select_from(workers.outerjoin(assignments, assignments.c.worker == workers.c.id))
    .where(within(workers.c.id))
    .group_by(*workers.c)
    .order_by(workers.c.id)
)  # fmt: skip
"""Workers with what is counted of them, and the same recounted."""

REQUESTER_PAGES = pages_of(requesters.c.id)
RELATIONS = Sql(
    select(
        relations.c.requester,
        relations.c.worker,
        relations.c.accepted,
        relations.c.submitted,
        relations.c.approved,
        relations.c.rejected,
        func.count(assignments.c.id),
        _done(*_ever_submitted),
        _done(_A.APPROVED),
        _done(_A.REJECTED),
    )
    .select_from(
        relations.outerjoin(
            assignments,
            and_(
                assignments.c.worker == relations.c.worker,
                assignments.c.requester == relations.c.requester,
            ),
        )
    )
    .where(within(relations.c.worker))
    .group_by(*relations.c)
    .order_by(relations.c.worker, relations.c.requester)
)
"""What is counted of each worker for each requester, and the same recounted."""

UNRELATED = Sql(
    select(assignments.c.requester, assignments.c.worker)
    .where(
        within(assignments.c.id),
        ~select(relations.c.worker)
        .where(relations.c.requester == assignments.c.requester, relations.c.worker == assignments.c.worker)
        .exists(),
    )
    .distinct()
)
