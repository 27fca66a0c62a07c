"""Tables that the house and every world have alike: events, their seals, the outbox, the schema's version."""

from __future__ import annotations

from sqlalchemy import Index, MetaData, Table

from kempelen.store.tables.columns import HOUSE, WORLD, number, octets, text


def _shared(tables: MetaData) -> tuple[Table, ...]:
    counters = Table("counters", tables, text("name", key=True), number("value"))
    versions = Table("schema_versions", tables, number("version", key=True), number("at"))
    events = Table(
        "events",
        tables,
        number("id", key=True),
        number("at"),
        number("kind"),
        number("actor", optional=True),  # the account that did it; none: the market itself
        number("requester", optional=True),
        number("hit_type", optional=True),
        number("hit", optional=True),
        number("assignment", optional=True),
        number("worker", optional=True),
        text("detail", optional=True),
    )
    Index("events_by_hit", events.c.hit, events.c.id, sqlite_where=events.c.hit.is_not(None))
    unsealed = Table("unsealed", tables, number("kind", key=True), number("id", key=True))
    seals = Table(
        "seals",
        tables,
        number("number", key=True),
        number("at"),
        octets("previous"),
        octets("digest"),
        number("count"),
        octets("members"),  # the kinds and ids it covers, in order, as packed integers
    )
    return counters, versions, events, unsealed, seals


def _queue(tables: MetaData) -> tuple[Table, Table]:
    accesses = Table(
        "accesses",
        tables,
        number("id", key=True),
        number("at"),
        number("kind"),
        number("actor", optional=True),
        text("detail"),
    )
    outbox = Table(
        "outbox",
        tables,
        number("id", key=True),
        text("kind"),
        text("lane"),  # one destination: jobs of a lane never delay those of another
        number("sequence_of", optional=True),  # jobs of a lane with the same value go out in order of id
        text("payload"),
        number("created_at"),
        number("due_at"),
        number("tries", default=0),
        number("fence", default=0),
        number("lease_until", default=0),
        number("dead_at", optional=True),
        text("error", optional=True),
    )
    Index(
        "outbox_due",
        outbox.c.due_at,
        sqlite_where=outbox.c.dead_at.is_(None),
        postgresql_where=outbox.c.dead_at.is_(None),
    )
    Index("outbox_order", outbox.c.lane, outbox.c.sequence_of, outbox.c.id)
    return accesses, outbox


_shared(HOUSE)
_queue(HOUSE)
counters, versions, events, unsealed, seals = _shared(WORLD)
accesses, outbox = _queue(WORLD)
