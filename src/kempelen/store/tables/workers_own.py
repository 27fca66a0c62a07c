"""What workers keep for themselves: drafts, what they hide, searches, preferences; and their reports."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from kempelen.store.tables.columns import WORLD, number, octets, text

drafts = Table(
    "drafts",  # what a worker has typed and not yet handed in: the last one of each assignment
    WORLD,
    number("assignment", key=True),
    number("worker"),
    octets("fields"),
    number("version"),  # the device's own count
    text("device"),
    number("revision"),  # ours: one more with every draft that is kept
    number("saved_at"),
    number("keep_until"),
)
Index("drafts_ending", drafts.c.keep_until)

hidden_work = Table(
    "hidden_work",  # requesters and groups a worker does not want to see in lists
    WORLD,
    number("worker", key=True),
    number("kind", key=True),  # 1 a requester, 2 a group
    number("target", key=True),  # its key
    number("id"),
    number("at"),
)
Index("hidden_work_by_time", hidden_work.c.worker, hidden_work.c.at, hidden_work.c.id)

saved_searches = Table(
    "saved_searches",
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("worker"),
    text("name"),
    text("search"),  # JSON: SearchQuery
    number("watch", default=0),  # 0 nobody is told, 1 by e-mail, 2 by push
    number("look_at", optional=True),  # when a watched one is looked at next
    number("seen_at", default=0),  # groups up to (moment, key) have been looked at
    number("seen_key", default=0),
    number("told_at", optional=True),
    number("created_at"),
)
Index("saved_searches_by_worker", saved_searches.c.worker, saved_searches.c.created_at, saved_searches.c.id)
Index(
    "saved_searches_watched",
    saved_searches.c.look_at,
    saved_searches.c.id,
    sqlite_where=saved_searches.c.look_at.is_not(None),
    postgresql_where=saved_searches.c.look_at.is_not(None),
)

push_subscriptions = Table(
    "push_subscriptions",  # browsers that take push messages for a worker
    WORLD,
    number("id", key=True),
    number("worker"),
    text("endpoint"),
    octets("digest"),  # of the endpoint
    text("p256dh"),
    text("auth"),
    number("at"),
    UniqueConstraint("worker", "digest"),
)

preferences = Table("preferences", WORLD, number("worker", key=True), text("preferences"), number("at"))
"""How a worker wants the site to be: JSON of Preferences."""

collapsed_instructions = Table(
    "collapsed_instructions",  # groups whose instructions a worker has folded away
    WORLD,
    number("worker", key=True),
    number("hit_type", key=True),
)

task_reports = Table(
    "task_reports",
    WORLD,
    number("id", key=True),
    number("hit"),
    number("hit_type"),
    number("requester"),
    number("worker"),
    text("reason"),
    text("comment"),
    number("counts"),  # 1: towards the pause of its group
    number("at"),
    UniqueConstraint("hit", "worker"),
)
Index("task_reports_by_type", task_reports.c.hit_type, task_reports.c.at, task_reports.c.id)
Index("task_reports_by_requester", task_reports.c.requester, task_reports.c.at, task_reports.c.id)
Index("task_reports_by_worker", task_reports.c.hit_type, task_reports.c.worker)
