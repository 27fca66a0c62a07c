"""Question texts, each kept once."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import questions

FIND = Sql(select(questions.c.id).where(questions.c.digest == bindparam("digest")))
START = 300
"""How many characters of a text its start has."""
DIGEST_AND_START = Sql(
    select(questions.c.digest, func.substr(questions.c.body, 1, START)).where(
        questions.c.id == bindparam("key")
    )
)
BODY = Sql(select(questions.c.body).where(questions.c.id == bindparam("key")))


def _add(dialect: str) -> object:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = insert(questions).values(id=bindparam("key"), digest=bindparam("digest"), body=bindparam("body"))
    return values.on_conflict_do_nothing(index_elements=[questions.c.digest])


ADD = Sql(_add)  # type: ignore[arg-type]


def keep(call: Call, *, digest: bytes, body: str) -> int:
    """The key of this text, kept now if it is new."""
    key = call.key()
    if call.do(ADD, key=key, digest=digest, body=body) == 1:
        return key
    row = call.one(FIND, digest=digest)
    assert row is not None, "it was kept before"
    return int(row[0])


def digest_and_start(call: Call, key: int) -> tuple[bytes, str]:
    """The SHA-256 of a question's text, and how the text starts."""
    row = call.one(DIGEST_AND_START, key=key)
    assert row is not None
    return bytes(row[0]), str(row[1])


def body(call: Call, key: int) -> str:
    """The text of a question."""
    row = call.one(BODY, key=key)
    assert row is not None
    return str(row[0])
