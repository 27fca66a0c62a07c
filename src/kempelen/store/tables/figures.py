"""What is added up of people and kinds of work as it happens, so that no page has to count."""

from __future__ import annotations

from sqlalchemy import Index, Table

from kempelen.store.tables.columns import WORLD, number, octets, text

worker_days = Table(
    "worker_days",  # what a worker handed in on a day (UTC), and what has become of it
    WORLD,
    number("worker", key=True),
    number("day", key=True),  # days since 1970
    number("submitted", default=0),
    number("approved", default=0),
    number("rejected", default=0),
    number("earned", default=0),  # rewards of what was approved, in minor units
    number("seconds", default=0),  # worked on what was decided
)

paces = Table(
    "paces",  # a worker in a HIT type: the latest times, and what it came to
    WORLD,
    number("hit_type", key=True),
    number("worker", key=True),
    text("recent"),  # see rules.pay_per_hour.written
    number("at"),  # of the last answer
    number("submitted", default=0),
    number("approved", default=0),
    number("rejected", default=0),
    number("earned", default=0),
    number("seconds", default=0),
)
Index("paces_by_worker", paces.c.worker, paces.c.hit_type)
Index("paces_by_type", paces.c.hit_type, paces.c.at)

pace_refreshes = Table(
    "pace_refreshes",  # HIT types whose pay per hour does not yet know of the latest answers
    WORLD,
    number("hit_type", key=True),
    number("due_at"),
)
Index("pace_refreshes_due", pace_refreshes.c.due_at)

requester_days = Table(
    "requester_days",  # what was decided on a day (UTC)
    WORLD,
    number("requester", key=True),
    number("day", key=True),
    number("approved", default=0),
    number("rejected", default=0),
)

requester_waits = Table(
    "requester_waits",  # how long workers waited, counted by bucket: a day, and day -1 for all time
    WORLD,
    number("requester", key=True),
    number("day", key=True),
    number("kind", key=True),
    number("bucket", key=True),
    number("count"),
)

requirement_sets = Table(
    "requirement_sets",  # each list of requirements once, however many groups have it
    WORLD,
    number("id", key=True),
    octets("digest", unique=True),
    text("requirements"),  # JSON, as the contract writes them
    number("newcomers", default=0),  # workers with fewer approved answers are let in; 0: nobody
    number("gate"),
)

requirement_set_qualifications = Table(
    "requirement_set_qualifications",  # the sets that only holders of a requester's qualification can meet
    WORLD,
    text("qualification_type", key=True),  # public id
    number("requirement_set", key=True),
)

newcomer_fills = Table(
    "newcomer_fills",  # how many answers of unproven workers a HIT type has, or is about to have
    WORLD,
    number("hit_type", key=True),
    number("filled", default=0),
)
