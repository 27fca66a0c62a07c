"""Links sent by mail: each works once and for a while. Only digests are kept."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules import sign_in
from kempelen.rules.ids import new_link_secret
from kempelen.store.sql import Sql
from kempelen.store.tables.identity import links

CONFIRMATION = "confirmation"
ADDRESS = "address"
PASSWORD = "password"
SWEPT = 20
_NAMES = ("id", "digest", "person", "purpose", "detail", "expires_at")


def _put(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(links).values(**{name: bindparam(name) for name in _NAMES})
    return values.on_conflict_do_update(
        index_elements=[links.c.person, links.c.purpose],
        set_={name: values.excluded[name] for name in ("digest", "detail", "expires_at")},
    )


PUT = Sql(_put)  # type: ignore[arg-type]
_FACTS = (links.c.person, links.c.purpose, links.c.detail)
_live = links.c.digest == bindparam("digest"), links.c.expires_at > bindparam("now")
LOOK = Sql(select(*_FACTS).where(*_live))
TAKE = Sql(delete(links).where(*_live).returning(*_FACTS))
END_ALL = Sql(delete(links).where(links.c.person == bindparam("person")))
_over = (
    select(links.c.id).where(links.c.expires_at <= bindparam("now")).order_by(links.c.expires_at).limit(SWEPT)
)
SWEEP = Sql(delete(links).where(links.c.id.in_(_over)))


def issue(call: Call, person: int, purpose: str, *, detail: str, life: int) -> str:
    """The secret of a new link, in place of the one before; it works for `life` milliseconds."""
    call.do(SWEEP, now=call.now)
    secret = new_link_secret(call.random)
    call.do(
        PUT,
        id=call.key(),
        digest=sign_in.digest(secret),
        person=person,
        purpose=purpose,
        detail=detail,
        expires_at=call.now + life,
    )
    return secret


def look(call: Call, secret: str) -> tuple[int, str, str] | None:
    """Whose link it is, for what, and its detail, without using it up."""
    row = call.one(LOOK, digest=sign_in.digest(secret), now=call.now)
    return None if row is None else (row[0], row[1], row[2])


def take(call: Call, secret: str) -> tuple[int, str, str] | None:
    """As `look`, and the link works no more."""
    row = call.one(TAKE, digest=sign_in.digest(secret), now=call.now)
    return None if row is None else (row[0], row[1], row[2])


def end_all(call: Call, person: int) -> None:
    """No link of the person works any more."""
    call.do(END_ALL, person=person)
