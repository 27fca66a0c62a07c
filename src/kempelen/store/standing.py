"""Suspensions of people, as rows of the house."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.house import people
from kempelen.store.tables.identity import suspensions

MOST_SHOWN = 100
_NAMES = ("id", "person", "cause", "evidence", "contact", "since")
ADD = Sql(insert(suspensions).values(**{name: bindparam(name) for name in _NAMES}).inline())
_open = suspensions.c.person == bindparam("key"), suspensions.c.ended_at.is_(None)
CHANGE = Sql(
    update(suspensions)
    .where(*_open)
    .values(cause=bindparam("cause_"), evidence=bindparam("evidence_"), contact=bindparam("contact_"))
)
END = Sql(update(suspensions).where(*_open).values(ended_at=bindparam("now")))
_flag = update(people).where(people.c.id == bindparam("key"))
SUSPEND = Sql(_flag.where(people.c.suspended == 0, people.c.closed_at.is_(None)).values(suspended=1))
RESTORE = Sql(_flag.where(people.c.suspended == 1).values(suspended=0))
OF_PERSON = Sql(
    select(
        suspensions.c.cause,
        suspensions.c.evidence,
        suspensions.c.contact,
        suspensions.c.since,
        suspensions.c.ended_at,
    )
    .where(suspensions.c.person == bindparam("person"))
    .order_by(suspensions.c.since.desc(), suspensions.c.id.desc())
    .limit(MOST_SHOWN)
)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why somebody may not work, or might not. Moments in milliseconds."""

    cause: str
    evidence: str
    contact: str
    since: int
    ended_at: int | None


def suspend(call: Call, person: int, *, cause: str, evidence: str, contact: str) -> bool:
    """Keep a person from working; of one who is, only the words are new. False for a closed account."""
    if call.do(CHANGE, key=person, cause_=cause, evidence_=evidence, contact_=contact):
        return True
    if call.do(SUSPEND, key=person) != 1:
        return False
    call.do(
        ADD,
        id=call.key(),
        person=person,
        cause=cause,
        evidence=evidence,
        contact=contact,
        since=call.now,
    )
    return True


def restore(call: Call, person: int) -> bool:
    """Let a person work again. False if they could."""
    if call.do(RESTORE, key=person) != 1:
        return False
    call.do(END, key=person, now=call.now)
    return True


def of_person(call: Call, person: int) -> list[Suspension]:
    """A person's suspensions, the newest first."""
    return [Suspension(*row) for row in call.rows(OF_PERSON, person=person)]
