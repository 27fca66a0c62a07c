"""What the invariants of drafts, reports, warnings and taken-down HITs read."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store.audit.pages import pages_of, within
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, groups, hit_types, hits
from kempelen.store.tables.workers_own import drafts, task_reports

_ANSWERED = (AssignmentStatus.SUBMITTED, AssignmentStatus.APPROVED, AssignmentStatus.REJECTED)

DRAFT_PAGES = pages_of(drafts.c.assignment)
STRAY_DRAFTS = Sql(
    select(drafts.c.assignment, drafts.c.worker, assignments.c.worker, assignments.c.status)
    .select_from(drafts.outerjoin(assignments, assignments.c.id == drafts.c.assignment))
    .where(
        within(drafts.c.assignment),
        or_(
            assignments.c.id.is_(None),
            assignments.c.worker != drafts.c.worker,
            assignments.c.status.in_([int(status) for status in _ANSWERED]),
        ),
    )
    .order_by(drafts.c.assignment)
)
"""Drafts of nobody's, of another's, or of what was submitted."""

REPORT_PAGES = pages_of(task_reports.c.hit_type)
COUNTED_TWICE = Sql(
    select(task_reports.c.hit_type, task_reports.c.worker, func.count())
    .where(within(task_reports.c.hit_type), task_reports.c.counts == 1)
    .group_by(task_reports.c.hit_type, task_reports.c.worker)
    .having(func.count() > 1)
)
"""Workers whose reports count more than once in a group."""

HIT_PAGES = pages_of(hits.c.id)
TAKEN_DOWN = Sql(
    select(hits.c.public_id, hits.c.expired, hits.c.pending, hits.c.submitted, hits.c.paid_through)
    .where(within(hits.c.id), hits.c.taken_down_at.is_not(None))
    .order_by(hits.c.id)
)
"""HITs that were taken down, with what is left of them."""

GROUP_PAGES = pages_of(groups.c.id)
WARNINGS = Sql(
    select(groups.c.public_id, groups.c.warnings, hit_types.c.settings)
    .join(hit_types, hit_types.c.id == groups.c.id)
    .where(within(groups.c.id))
    .order_by(groups.c.id)
)
"""Groups with the bits of their content warnings and their task settings."""
