"""Request tokens: kept with their effect, in the same transaction, for 24 hours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import once

LIFE = 86_400_000


class HitAlreadyExists(Refusal):
    """The HIT with ID "{hit_id}" already exists."""

    code = "AWS.MechanicalTurk.HitAlreadyExists"


class DuplicateRequest(Refusal):
    """The idempotency token "{token}" was used by the request {request_id}."""

    code = "AWS.MechanicalTurk.DuplicateRequest"


_SAME = (
    once.c.requester == bindparam("requester"),
    once.c.operation == bindparam("operation"),
    once.c.token == bindparam("token"),
)
FIND = Sql(select(once.c.made, once.c.request_id, once.c.expires_at).where(*_SAME))
END = Sql(delete(once).where(*_SAME, once.c.expires_at <= bindparam("now")))


def _keep(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(once).values(**{column.name: bindparam(column.name) for column in once.c})
    return values.on_conflict_do_nothing()


KEEP = Sql(_keep)  # type: ignore[arg-type]


def fingerprint(arguments: Mapping[str, Any]) -> bytes:
    """A digest of the arguments a token came with."""
    return hashlib.sha256(json.dumps(arguments, sort_keys=True, default=str).encode()).digest()


def refuse_repeated_hit(call: Call, operation: str, token: str) -> None:
    """Raise `HitAlreadyExists` if the token was used in the last 24 hours."""
    row = _live(call, operation, token)
    if row is not None:
        raise HitAlreadyExists(hit_id=row[0])


def refuse_repeated_request(call: Call, operation: str, token: str) -> None:
    """Raise `DuplicateRequest` if the token was used in the last 24 hours."""
    row = _live(call, operation, token)
    if row is not None:
        raise DuplicateRequest(token=token, request_id=row[1])


def keep(call: Call, operation: str, token: str, *, fingerprint: bytes, made: str) -> None:
    """Keep the token with what it made. Raises the refusal of a repeat if somebody was first."""
    kept = call.do(
        KEEP,
        requester=call.actor.account,
        operation=operation,
        token=token,
        fingerprint=fingerprint,
        made=made,
        request_id=call.request_id,
        expires_at=call.now + LIFE,
    )
    if kept == 1:
        return
    if operation == "CreateHIT":
        refuse_repeated_hit(call, operation, token)
    refuse_repeated_request(call, operation, token)


def _live(call: Call, operation: str, token: str) -> tuple[Any, ...] | None:
    same = {"requester": call.actor.account, "operation": operation, "token": token}
    row = call.one(FIND, **same)
    if row is not None and row[2] <= call.now:
        call.do(END, now=call.now, **same)
        return None
    return row
