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
    # No key behind the HIT: PostgreSQL keeps equal ones only once.
    Index("events_by_hit", events.c.hit, sqlite_where=events.c.hit.is_not(None))
    unsealed = Table(
        "unsealed", tables, number("kind", key=True), number("id", key=True), sqlite_with_rowid=False
    )
    seals = Table(
        "seals",
        tables,
        number("number", key=True),
        number("at"),
        octets("previous"),
        octets("digest"),
        number("count"),
        octets("members"),  # the kinds and ids it covers, in order, packed
    )
    return counters, versions, events, unsealed, seals


def _queue(tables: MetaData) -> tuple[Table, Table, Table]:
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
        number("sequence_of", optional=True),  # jobs of a lane with the same value go out one by one …
        number("place"),  # … in this order
        text("payload"),
        number("created_at"),
        number("due_at"),  # when it may be claimed; while it is claimed, when its lease runs out
        number("tries", default=0),
        number("first_tried_at", optional=True),
        number("fence", default=0),
        number("lease_until", default=0),
        number("dead_at", optional=True),
        text("error", optional=True),
    )
    lanes = Table(
        "outbox_lanes",  # only those that fail
        tables,
        text("lane", key=True),
        number("failures"),
        number("opens_at"),
    )
    live, dead = outbox.c.dead_at.is_(None), outbox.c.dead_at.is_not(None)
    leased = outbox.c.lease_until > 0
    Index("outbox_due", outbox.c.due_at, sqlite_where=live, postgresql_where=live)
    Index(
        "outbox_order",
        *(outbox.c.lane, outbox.c.sequence_of, outbox.c.place),
        sqlite_where=live,
        postgresql_where=live,
    )
    Index("outbox_waiting", outbox.c.lane, outbox.c.due_at, outbox.c.id)
    Index("outbox_leased", outbox.c.lease_until, outbox.c.lane, sqlite_where=leased, postgresql_where=leased)
    Index("outbox_dead", outbox.c.dead_at, outbox.c.id, sqlite_where=dead, postgresql_where=dead)
    return accesses, outbox, lanes


_shared(HOUSE)
_queue(HOUSE)
counters, versions, events, unsealed, seals = _shared(WORLD)
accesses, outbox, outbox_lanes = _queue(WORLD)
