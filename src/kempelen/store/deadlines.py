"""When something next falls due in a world: one index seek for each kind of deadline."""

from __future__ import annotations

from sqlalchemy import func, select

from kempelen.store.connection import Connection
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_requests
from kempelen.store.tables.work import assignments, hits, late_answers, once

NEVER = 2**62

NEXT = Sql(
    select(
        select(func.min(hits.c.expires_at)).where(hits.c.expired == 0).scalar_subquery(),
        select(func.min(assignments.c.abandon_at)).where(assignments.c.status == 1).scalar_subquery(),
        select(func.min(assignments.c.approve_at)).where(assignments.c.status == 2).scalar_subquery(),
        select(func.min(hits.c.dispose_at)).where(hits.c.dispose_at.is_not(None)).scalar_subquery(),
        select(func.min(qualification_requests.c.ends_at))
        .where(qualification_requests.c.status == 0)
        .scalar_subquery(),
        select(func.min(late_answers.c.keep_until)).scalar_subquery(),
        select(func.min(once.c.expires_at)).scalar_subquery(),
    )
)


def next_due(connection: Connection) -> int:
    """The earliest moment at which a sweep has something to do; `NEVER` if nothing is known."""
    row = connection.one(NEXT)
    assert row is not None
    return min((moment for moment in row if moment is not None), default=NEVER)
