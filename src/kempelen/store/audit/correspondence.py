"""What the invariants of messages read."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from kempelen.store.audit.pages import pages_of, within
from kempelen.store.sql import Sql
from kempelen.store.tables.notifications import messages, threads
from kempelen.store.tables.work import assignments, hit_types

MESSAGE_PAGES = pages_of(messages.c.id)
MESSAGES_OF_NO_THREAD = Sql(
    select(messages.c.id)
    .where(
        within(messages.c.id),
        ~select(threads.c.id)
        .where(
            threads.c.id == messages.c.thread,
            threads.c.worker == messages.c.worker,
            threads.c.requester == func.coalesce(messages.c.requester, 0),
        )
        .exists(),
    )
    .order_by(messages.c.id)
)
"""Messages that stand in no thread, or in one of other people."""

THREAD_PAGES = pages_of(threads.c.id)
_of_thread = messages.c.thread == threads.c.id
_to_worker = select(func.count()).where(_of_thread, messages.c.sender != 1).scalar_subquery()
_to_requester = select(func.count()).where(_of_thread, messages.c.sender == 1).scalar_subquery()
_last = select(func.max(messages.c.at)).where(_of_thread).scalar_subquery()
_of_type = and_(
    threads.c.kind == 1,
    ~select(hit_types.c.id)
    .where(hit_types.c.id == threads.c.about, hit_types.c.requester == threads.c.requester)
    .exists(),
)
_of_assignment = and_(
    threads.c.kind == 2,
    ~select(assignments.c.id)
    .where(
        assignments.c.id == threads.c.about,
        assignments.c.requester == threads.c.requester,
        assignments.c.worker == threads.c.worker,
    )
    .exists(),
)
THREADS = Sql(
    select(threads.c.public_id)
    .where(
        within(threads.c.id),
        or_(
            _last.is_(None),
            _last != threads.c.last_at,
            _to_worker < threads.c.worker_unread,
            _to_requester < threads.c.requester_unread,
            _of_type,
            _of_assignment,
        ),
    )
    .order_by(threads.c.id)
)
"""Threads that do not tell what their messages do, or are about something of other people."""
