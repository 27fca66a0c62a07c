"""Bearer tokens, as rows of the house. Only a digest of each is kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.house import tokens

_NEW = (
    "id", "public_id", "digest", "organisation", "person", "role", "maker", "scopes", "expires_at",
    "created_at", "label",
)  # fmt: skip
ADD = Sql(insert(tokens).values(**{name: bindparam(name) for name in _NEW}).inline())
OWNER = Sql(
    select(tokens.c.id, tokens.c.organisation, tokens.c.person, tokens.c.role).where(
        tokens.c.public_id == bindparam("public_id")
    )
)
REVOKE = Sql(
    update(tokens)
    .where(tokens.c.id == bindparam("key"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Owned:
    """A token's row and whom it acts for."""

    key: int
    organisation: int | None
    person: int | None
    role: int


def add(
    call: Call,
    *,
    public_id: str,
    token: str,
    organisation: int | None,
    person: int | None,
    role: int,
    maker: str,
    scopes: list[str],
    expires_at: int,
    label: str | None,
) -> None:
    """Keep a token's digest, what it may do and on whose authority."""
    call.do(
        ADD,
        id=call.key(),
        public_id=public_id,
        digest=hashlib.sha256(token.encode()).digest(),
        organisation=organisation,
        person=person,
        role=role,
        maker=maker,
        scopes=json.dumps(scopes),
        expires_at=expires_at,
        created_at=call.now,
        label=label,
    )


def find(call: Call, public_id: str) -> Owned | None:
    """The token of that public id, whoever has it."""
    row = call.one(OWNER, public_id=public_id)
    return None if row is None else Owned(*row)


def revoke(call: Call, key: int) -> bool:
    """End a token now. False if it was revoked before."""
    return call.do(REVOKE, key=key, now=call.now) == 1
