"""Who wants to be told of what happens to a HIT type's HITs; and messages between workers and requesters."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from kempelen.store.tables.columns import WORLD, number, text

notification_settings = Table(
    "notification_settings",
    WORLD,
    number("hit_type", key=True),
    number("requester"),
    text("destination"),
    text("transport"),
    text("version"),
    text("event_types"),  # JSON
    number("mask"),  # the same, a bit for each event kind
    number("active"),
    number("confirmed"),  # only an https receiver has to say that it wants them
    text("token", optional=True, unique=True),  # what it says it with
    text("lane"),  # where its jobs stand in the outbox
    text("payload"),  # … and what they carry: JSON
    number("updated_at"),
)
Index("notification_settings_to", notification_settings.c.destination)

threads = Table(
    "threads",  # what a requester, or the market, and a worker have told each other about one thing
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("worker"),
    number("requester", default=0),  # 0: the market
    number("kind"),  # 0 about nothing in particular, 1 a HIT type, 2 an assignment
    number("about"),  # its key, or 0
    text("subject"),  # of the last message that had one
    text("excerpt"),  # how the last message begins
    number("last_by"),  # 0 a notice, 1 the worker, 2 the requester
    number("last_at"),
    number("worker_unread", default=0),
    number("requester_unread", default=0),
    UniqueConstraint("worker", "requester", "kind", "about"),
)
_unread_by_worker = threads.c.worker_unread > 0
_unread_by_requester = threads.c.requester_unread > 0
Index("threads_by_worker", threads.c.worker, threads.c.last_at, threads.c.id)
Index("threads_by_requester", threads.c.requester, threads.c.last_at, threads.c.id)
Index(
    "threads_unread_by_worker",
    *(threads.c.worker, threads.c.last_at, threads.c.id),
    sqlite_where=_unread_by_worker,
    postgresql_where=_unread_by_worker,
)
Index(
    "threads_unread_by_requester",
    *(threads.c.requester, threads.c.last_at, threads.c.id),
    sqlite_where=_unread_by_requester,
    postgresql_where=_unread_by_requester,
)

messages = Table(
    "messages",
    WORLD,
    number("id", key=True),
    number("thread"),
    number("worker"),
    number("requester", optional=True),  # none: the market
    number("sender"),  # 0 a notice, 1 the worker, 2 the requester who answers
    text("subject"),
    text("body"),
    number("at"),
)
_told = messages.c.sender != 1
Index(
    "messages_by_worker",
    *(messages.c.worker, messages.c.at, messages.c.id),
    sqlite_where=_told,
    postgresql_where=_told,
)
Index("messages_by_thread", messages.c.thread, messages.c.at, messages.c.id)
Index("messages_between", messages.c.worker, messages.c.requester, messages.c.sender, messages.c.at)
