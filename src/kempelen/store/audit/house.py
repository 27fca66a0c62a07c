"""What the invariants of people and their sign-ins read."""

from __future__ import annotations

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.sql import ColumnElement

from kempelen.store.audit.pages import pages_of, within
from kempelen.store.sql import Sql
from kempelen.store.tables.house import people
from kempelen.store.tables.identity import (
    authenticators,
    links,
    look_alikes,
    passkeys,
    recovery_codes,
    sessions,
    sightings,
    suspensions,
)

PERSON_PAGES = pages_of(people.c.id)
WRONG_PEOPLE = Sql(
    select(people.c.public_id)
    .where(
        within(people.c.id),
        or_(
            people.c.payout.is_(None) != people.c.payout_digest.is_(None),
            people.c.time_percent.not_in([100, 125, 150, 200, 300]),
            and_(
                people.c.closed_at.is_not(None),
                or_(
                    people.c.active == 1,
                    people.c.name != "closed account",
                    people.c.email.not_like("%@closed.invalid"),
                    *(
                        people.c[name].is_not(None)
                        for name in (
                            "password",
                            "country",
                            "subdivision",
                            "verified_at",
                            "languages",
                            "payout",
                        )
                    ),
                ),
            ),
        ),
    )
    .order_by(people.c.id)
)
"""People whose row contradicts itself, or who are closed and still known."""

_open = (
    select(func.count())
    .where(suspensions.c.person == people.c.id, suspensions.c.ended_at.is_(None))
    .scalar_subquery()
)
SUSPENDED = Sql(
    select(people.c.public_id, people.c.suspended, _open)
    .where(within(people.c.id), people.c.suspended != case((_open == 1, 1), (_open == 0, 0), else_=-1))
    .order_by(people.c.id)
)
"""People who are suspended without a cause, or have one and are not."""


def _homeless(name: str, key: ColumnElement[int], person: ColumnElement[int]) -> tuple[str, Sql, Sql]:
    living = select(people.c.id).where(people.c.id == person, people.c.closed_at.is_(None)).exists()
    return name, pages_of(key), Sql(select(key).where(within(key), ~living).order_by(key))


OF_NOBODY = (
    _homeless("session", sessions.c.id, sessions.c.person),
    _homeless("link", links.c.id, links.c.person),
    _homeless("passkey", passkeys.c.id, passkeys.c.person),
    _homeless("sighting", sightings.c.id, sightings.c.person),
    _homeless("look-alike", look_alikes.c.id, look_alikes.c.one),
    _homeless("look-alike", look_alikes.c.id, look_alikes.c.other),
    _homeless("authenticator of person", authenticators.c.person, authenticators.c.person),
    _homeless("recovery code of person", recovery_codes.c.person, recovery_codes.c.person),
)
"""Sign-ins and traces of people who do not exist or have closed their account."""
