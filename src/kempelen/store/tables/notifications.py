"""Who wants to be told of what happens to a HIT type's HITs, and mail to workers."""

from __future__ import annotations

from sqlalchemy import Index, Table

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

messages = Table(
    "messages",  # what a worker was told, by requesters or by the market
    WORLD,
    number("id", key=True),
    number("worker"),
    number("requester", optional=True),
    text("subject"),
    text("body"),
    number("at"),
)
Index("messages_by_worker", messages.c.worker, messages.c.at, messages.c.id)
