"""Sessions, as rows of the house: a digest of the secret, whose it is, and until when."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update

from kempelen.operation import Call
from kempelen.rules import sign_in
from kempelen.rules.ids import new_link_secret
from kempelen.store.sql import Sql
from kempelen.store.tables.identity import sessions

MOST = 50
"""How many sessions one person has at most; a new one ends the eldest."""
SWEPT = 20
LONGEST_AGENT = 200

_NAMES = (
    "id", "public_id", "digest", "person", "awaits", "created_at", "seen_at", "expires_at", "user_agent",
    "address",
)  # fmt: skip
_SHOWN = select(
    sessions.c.id,
    sessions.c.public_id,
    sessions.c.person,
    sessions.c.awaits,
    sessions.c.created_at,
    sessions.c.seen_at,
    sessions.c.expires_at,
    sessions.c.user_agent,
    sessions.c.address,
)
_of_person = sessions.c.person == bindparam("person")
_newest = sessions.c.created_at.desc(), sessions.c.id.desc()
ADD = Sql(insert(sessions).values(**{name: bindparam(name) for name in _NAMES}).inline())
BY_DIGEST = Sql(_SHOWN.where(sessions.c.digest == bindparam("digest")))
OF_PERSON = Sql(
    _SHOWN.where(_of_person, sessions.c.awaits == 0, sessions.c.expires_at > bindparam("now"))
    .order_by(*_newest)
    .limit(MOST)
)
_kept = select(sessions.c.id).where(_of_person).order_by(*_newest).limit(MOST - 1)
END_ELDEST = Sql(delete(sessions).where(_of_person, sessions.c.id.not_in(_kept)))
_over = (
    select(sessions.c.id)
    .where(sessions.c.expires_at <= bindparam("now"))
    .order_by(sessions.c.expires_at)
    .limit(SWEPT)
)
SWEEP = Sql(delete(sessions).where(sessions.c.id.in_(_over)))
END = Sql(delete(sessions).where(_of_person, sessions.c.public_id == bindparam("public_id")))
END_ALL = Sql(delete(sessions).where(_of_person))
END_OTHERS = Sql(delete(sessions).where(_of_person, sessions.c.public_id != bindparam("public_id")))
TAKE_AWAITING = Sql(
    delete(sessions).where(
        sessions.c.id == bindparam("key"), sessions.c.awaits == 1, sessions.c.expires_at > bindparam("now")
    )
)
SEEN = Sql(
    update(sessions)
    .where(_of_person, sessions.c.public_id == bindparam("public_id"), sessions.c.awaits == 0)
    .values(seen_at=bindparam("now"), expires_at=bindparam("until"))
)


@dataclass(frozen=True, slots=True)
class Session:
    """A session without its secret. Moments in milliseconds."""

    key: int
    public_id: str
    person: int
    awaits: bool
    """Whether the second factor is due."""
    created_at: int
    seen_at: int
    expires_at: int
    user_agent: str
    address: str


def begin(call: Call, person: int, *, awaits: bool = False) -> tuple[str, int]:
    """A new session of a person, from where the caller is: its secret and when it ends."""
    call.do(SWEEP, now=call.now)
    call.do(END_ELDEST, person=person)
    secret = new_link_secret(call.random)
    until = call.now + sign_in.HALF_SIGNED_IN if awaits else _until(call, call.now)
    call.do(
        ADD,
        id=call.key(),
        public_id=call.new_id(),
        digest=sign_in.digest(secret),
        person=person,
        awaits=int(awaits),
        created_at=call.now,
        seen_at=call.now,
        expires_at=until,
        user_agent=call.actor.user_agent[:LONGEST_AGENT],
        address=call.actor.source_address,
    )
    return secret, until


def awaiting(call: Call, secret: str) -> Session | None:
    """The session with that secret, if it waits for a second factor and has not ended."""
    row = call.one(BY_DIGEST, digest=sign_in.digest(secret))
    found = None if row is None else session(row)
    return found if found is not None and found.awaits and found.expires_at > call.now else None


def take_awaiting(call: Call, key: int) -> bool:
    """End a session whose second factor was given. False if it has ended."""
    return call.do(TAKE_AWAITING, key=key, now=call.now) == 1


def of_person(call: Call, person: int) -> list[Session]:
    """The living sessions of a person, the newest first."""
    return [session(row) for row in call.rows(OF_PERSON, person=person, now=call.now)]


def seen(call: Call, person: int, found: Session) -> int:
    """Note that a session is in use; when it ends now."""
    until = _until(call, found.created_at)
    call.do(SEEN, person=person, public_id=found.public_id, now=call.now, until=until)
    return until


def end(call: Call, person: int, public_id: str) -> bool:
    """End a session of a person. False if they have none of that id."""
    return call.do(END, person=person, public_id=public_id) == 1


def end_others(call: Call, person: int, *, but: str) -> int:
    """End all sessions of a person but one; how many."""
    return call.do(END_OTHERS, person=person, public_id=but)


def end_all(call: Call, person: int) -> None:
    """End all sessions of a person."""
    call.do(END_ALL, person=person)


def session(row: tuple[object, ...]) -> Session:
    """A session from its row."""
    key, public_id, person, awaits, *rest = row
    return Session(key, public_id, person, bool(awaits), *rest)  # type: ignore[arg-type]


def _until(call: Call, created_at: int) -> int:
    terms = call.traits.sign_in
    return min(created_at + terms.session_days * sign_in.DAY, call.now + terms.idle_days * sign_in.DAY)
