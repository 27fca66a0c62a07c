"""A person's own row of the house: what they say of themselves, how they sign in, and its end."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select, update

from kempelen.operation import Call
from kempelen.rules import sign_in
from kempelen.store.sql import Sql
from kempelen.store.tables.house import keys, members, people, tokens


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as they see themselves. Moments in milliseconds."""

    key: int
    public_id: str
    name: str
    email: str
    password: str | None
    is_worker: bool
    is_operator: bool
    country: str | None
    subdivision: str | None
    adult: bool
    active: bool
    created_at: int
    verified_at: int | None
    suspended: bool
    closed_at: int | None
    languages: list[str]
    time_zone: str | None
    site_language: str | None
    theme: str | None
    time_percent: int
    mail_off: list[str]
    payout: bytes | None
    """Where the money goes, still sealed."""


_NAMES = (
    "id", "public_id", "name", "email", "password", "is_worker", "is_operator", "country", "subdivision",
    "adult", "active", "created_at", "verified_at", "suspended", "closed_at", "languages", "time_zone",
    "site_language", "theme", "time_percent", "mail_off", "payout",
)  # fmt: skip
_SHOWN = select(*(people.c[name] for name in _NAMES))
_key = people.c.id == bindparam("key")
BY_KEY = Sql(_SHOWN.where(_key))
BY_EMAIL = Sql(_SHOWN.where(people.c.email_key == bindparam("email_key")))
VERIFY = Sql(update(people).where(_key, people.c.verified_at.is_(None)).values(verified_at=bindparam("now")))
PUT_PASSWORD = Sql(update(people).where(_key).values(password=bindparam("password_")))
CHANGE_PASSWORD = Sql(
    update(people)
    .where(_key, func.coalesce(people.c.password, "") == bindparam("before"))
    .values(password=bindparam("password_"))
)
_taken = people.alias("taken")
PUT_EMAIL = Sql(
    update(people)
    .where(_key, ~select(_taken.c.id).where(_taken.c.email_key == bindparam("email_key_")).exists())
    .values(
        email=bindparam("email_"),
        email_key=bindparam("email_key_"),
        likeness=bindparam("likeness_"),
        verified_at=bindparam("now"),
    )
)
PUT = {
    name: Sql(update(people).where(_key).values({name: bindparam("value")}))
    for name in ("name", "languages", "time_zone", "site_language", "theme", "time_percent", "mail_off")
}
_holder = people.alias("holder")
PUT_PAYOUT = Sql(
    update(people)
    .where(
        _key,
        ~select(_holder.c.id)
        .where(_holder.c.payout_digest == bindparam("digest"), _holder.c.id != bindparam("key"))
        .exists(),
    )
    .values(payout=bindparam("payout_"), payout_digest=bindparam("digest"))
)
END_PAYOUT = Sql(update(people).where(_key).values(payout=None, payout_digest=None))
CLOSE = Sql(
    update(people)
    .where(_key, people.c.closed_at.is_(None))
    .values(
        name="closed account",
        email=bindparam("email_"),
        email_key=bindparam("email_"),
        likeness=bindparam("email_"),
        active=0,
        closed_at=bindparam("now"),
        time_percent=100,
        adult=0,
        masters=0,
        is_operator=0,
        **dict.fromkeys(
            ("password", "country", "subdivision", "verified_at", "languages", "time_zone", "site_language",
             "theme", "mail_off", "payout", "payout_digest")
        ),
    )
)  # fmt: skip
END_KEYS = Sql(update(keys).where(keys.c.person == bindparam("key")).values(active=0, label=None))
END_TOKENS = Sql(
    update(tokens)
    .where(tokens.c.person == bindparam("key"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
END_MEMBERSHIPS = Sql(delete(members).where(members.c.person == bindparam("key")))


def by_key(call: Call, key: int) -> Profile:
    """The person of that key."""
    row = call.one(BY_KEY, key=key)
    assert row is not None, "whoever is signed in is kept"
    return _profile(row)


def by_email(call: Call, email: str) -> Profile | None:
    """The person registered under that address."""
    row = call.one(BY_EMAIL, email_key=email.strip().casefold())
    return None if row is None else _profile(row)


def verify(call: Call, key: int) -> bool:
    """The person's address is confirmed. False if it was."""
    return call.do(VERIFY, key=key, now=call.now) == 1


def put_password(call: Call, key: int, hashed: str) -> None:
    """Give a person a password, whatever they had."""
    call.do(PUT_PASSWORD, key=key, password_=hashed)


def change_password(call: Call, key: int, *, before: str | None, hashed: str) -> bool:
    """Replace the password that was proven. False if it is another by now."""
    return call.do(CHANGE_PASSWORD, key=key, before=before or "", password_=hashed) == 1


def put_email(call: Call, key: int, email: str) -> bool:
    """Give a person a confirmed address. False if somebody has it."""
    changed = call.do(
        PUT_EMAIL,
        key=key,
        email_=email.strip(),
        email_key_=email.strip().casefold(),
        likeness_=sign_in.likeness(email),
        now=call.now,
    )
    return changed == 1


def put(call: Call, key: int, name: str, value: str | int) -> None:
    """Change one thing a person says of themselves, by the name of its column."""
    call.do(PUT[name], key=key, value=value)


def put_payout(call: Call, key: int, *, sealed: bytes, digest: bytes) -> bool:
    """Keep where a person's money goes. False if another person's goes there."""
    return call.do(PUT_PAYOUT, key=key, payout_=sealed, digest=digest) == 1


def end_payout(call: Call, key: int) -> None:
    """Forget where a person's money goes."""
    call.do(END_PAYOUT, key=key)


def close(call: Call, key: int, *, public_id: str) -> bool:
    """Take everything personal off a person's row and end what acts for them. False if it is closed."""
    if call.do(CLOSE, key=key, email_=f"{public_id.casefold()}@closed.invalid", now=call.now) != 1:
        return False
    call.do(END_KEYS, key=key)
    call.do(END_TOKENS, key=key, now=call.now)
    call.do(END_MEMBERSHIPS, key=key)
    return True


def _profile(row: tuple[object, ...]) -> Profile:
    facts = dict(zip(_NAMES, row, strict=True))
    facts["key"] = facts.pop("id")
    for name in ("is_worker", "is_operator", "adult", "active", "suspended"):
        facts[name] = bool(facts[name])
    for name in ("languages", "mail_off"):
        facts[name] = json.loads(str(facts[name] or "[]"))
    return Profile(**facts)  # type: ignore[arg-type]
