"""What the invariants of requesters' media and of told activity read."""

from __future__ import annotations

from sqlalchemy import func, select

from kempelen.store.audit.pages import pages_of, within
from kempelen.store.sql import Sql
from kempelen.store.tables.media import media, media_totals
from kempelen.store.tables.work import assignments

TOTAL_PAGES = pages_of(media_totals.c.requester)
_mine = media.c.requester == media_totals.c.requester
TOTALS = Sql(
    select(
        media_totals.c.requester,
        media_totals.c.files,
        media_totals.c.bytes,
        select(func.count()).select_from(media).where(_mine).scalar_subquery(),
        select(func.coalesce(func.sum(media.c.size), 0)).where(_mine).scalar_subquery(),
    )
    .where(within(media_totals.c.requester))
    .order_by(media_totals.c.requester)
)
"""What requesters are said to keep, and what they keep."""

MEDIA_PAGES = pages_of(media.c.requester)
UNCOUNTED = Sql(
    select(media.c.requester, media.c.name)
    .where(
        within(media.c.requester),
        ~select(media_totals.c.requester).where(_mine).exists(),
    )
    .order_by(media.c.requester, media.c.name)
)
"""Media of requesters of whom nothing is counted."""

ASSIGNMENT_PAGES = pages_of(assignments.c.id)
TOLD = Sql(
    select(
        assignments.c.public_id,
        assignments.c.accepted_at,
        assignments.c.submitted_at,
        assignments.c.started_at,
        assignments.c.active_seconds,
    )
    .where(within(assignments.c.id), assignments.c.submitted_at.is_not(None))
    .order_by(assignments.c.id)
)
"""Submitted assignments with what their pages told of the work."""
