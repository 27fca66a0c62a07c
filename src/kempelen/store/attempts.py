"""Guesses, sign-ups and mails, counted for a while under keyed digests of whom they concern.

What is counted is forgotten when its time is over; each count sweeps away some of what is.
"""

from __future__ import annotations

from sqlalchemy import bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules import sign_in
from kempelen.store.sql import Sql
from kempelen.store.tables.identity import attempts

SWEPT = 20
READ = Sql(
    select(attempts.c.count, attempts.c.wait_until, attempts.c.expires_at).where(
        attempts.c.id == bindparam("id"), attempts.c.expires_at > bindparam("now")
    )
)


def _count(dialect: str, *, extends: bool) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("id", "count", "expires_at")
    values = build(attempts).values(**{name: bindparam(name) for name in names})
    is_over = attempts.c.expires_at <= bindparam("now", type_=attempts.c.expires_at.type)
    added = attempts.c.count + values.excluded["count"]
    until = values.excluded.expires_at
    return values.on_conflict_do_update(
        index_elements=[attempts.c.id],
        set_={
            "count": case((is_over, values.excluded["count"]), else_=added),
            "expires_at": until if extends else case((is_over, until), else_=attempts.c.expires_at),
            "wait_until": case((is_over, 0), else_=attempts.c.wait_until),
        },
    ).returning(attempts.c.count)


COUNT = Sql(lambda dialect: _count(dialect, extends=False))  # type: ignore[arg-type,return-value]
COUNT_ON = Sql(lambda dialect: _count(dialect, extends=True))  # type: ignore[arg-type,return-value]
WAIT = Sql(update(attempts).where(attempts.c.id == bindparam("key")).values(wait_until=bindparam("until")))
FORGET = Sql(delete(attempts).where(attempts.c.id == bindparam("id")))
_over = (
    select(attempts.c.id)
    .where(attempts.c.expires_at <= bindparam("now"))
    .order_by(attempts.c.expires_at)
    .limit(SWEPT)
)
SWEEP = Sql(delete(attempts).where(attempts.c.id.in_(_over)))


def mark(call: Call, kind: str, value: str) -> bytes:
    """The digest under which something is counted."""
    return sign_in.mark(call.directory.pseudonym_secret, kind, value)


def count(call: Call, key: bytes, *, window: int) -> int:
    """Count one more; how many there are in this window, of so many milliseconds from the first."""
    call.do(SWEEP, now=call.now)
    row = call.one(COUNT, id=key, count=1, expires_at=call.now + window, now=call.now)
    assert row is not None
    return int(row[0])


def counted(call: Call, key: bytes) -> tuple[int, int]:
    """How many there are in the window, and when it ends; without one (0, 0)."""
    row = call.one(READ, id=key, now=call.now)
    return (0, 0) if row is None else (int(row[0]), int(row[2]))


def fail(call: Call, key: bytes) -> int:
    """Count a wrong guess, which makes the next one wait; how long, in milliseconds. A day without one
    forgets them all."""
    call.do(SWEEP, now=call.now)
    row = call.one(COUNT_ON, id=key, count=1, expires_at=call.now + sign_in.DAY, now=call.now)
    assert row is not None
    wait = sign_in.wait_after(int(row[0]))
    if wait:
        call.do(WAIT, key=key, until=call.now + wait)
    return wait


def waits(call: Call, key: bytes) -> int:
    """How long the next guess must wait, in milliseconds."""
    row = call.one(READ, id=key, now=call.now)
    return 0 if row is None else max(0, int(row[1]) - call.now)


def take_once(call: Call, key: bytes, *, until: int) -> bool:
    """Whether this is the first time something is used that nobody may use twice before then."""
    row = call.one(COUNT, id=key, count=1, expires_at=until, now=call.now)
    assert row is not None
    return int(row[0]) == 1


def forget(call: Call, key: bytes) -> None:
    """The right guess was made."""
    call.do(FORGET, id=key)
