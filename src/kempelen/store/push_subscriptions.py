"""Browsers that take push messages for a worker."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.workers_own import push_subscriptions

MOST = 10
"""Browsers of one worker; one more takes the place of the oldest."""

_own = push_subscriptions.c.worker == bindparam("worker_")
_NAMES = ("id", "worker", "endpoint", "digest", "p256dh", "auth", "at")


def _put(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(push_subscriptions).values(**{name: bindparam(f"{name}_") for name in _NAMES})
    return statement.on_conflict_do_update(
        index_elements=[push_subscriptions.c.worker, push_subscriptions.c.digest],
        set_={name: statement.excluded[name] for name in ("p256dh", "auth", "at")},
    )


PUT = Sql(_put)  # type: ignore[arg-type]
KEYS = Sql(
    select(push_subscriptions.c.id)
    .where(_own)
    .order_by(push_subscriptions.c.at.desc(), push_subscriptions.c.id.desc())
    .limit(MOST + 1)
)
OF_WORKER = Sql(select(push_subscriptions.c.id, push_subscriptions.c.endpoint).where(_own).limit(MOST))
FIND = Sql(
    select(push_subscriptions.c.endpoint, push_subscriptions.c.p256dh, push_subscriptions.c.auth).where(
        push_subscriptions.c.id == bindparam("key")
    )
)
REMOVE = Sql(delete(push_subscriptions).where(push_subscriptions.c.id == bindparam("key")))
REMOVE_OWN = Sql(delete(push_subscriptions).where(_own, push_subscriptions.c.digest == bindparam("digest_")))


@dataclass(frozen=True, slots=True)
class Kept:
    """A subscription: where, and with which keys, in base64url."""

    endpoint: str
    p256dh: str
    auth: str


def put(call: Call, *, endpoint: str, p256dh: str, auth: str) -> None:
    """Keep a browser of the acting worker; of too many the oldest goes."""
    worker = call.actor.account
    call.do(
        PUT,
        id_=call.key(),
        worker_=worker,
        endpoint_=endpoint,
        digest_=_digest(endpoint),
        p256dh_=p256dh,
        auth_=auth,
        at_=call.now,
    )
    for (key,) in call.rows(KEYS, worker_=worker)[MOST:]:
        call.do(REMOVE, key=key)


def remove_own(call: Call, endpoint: str) -> None:
    """Forget a browser of the acting worker, if it is known."""
    call.do(REMOVE_OWN, worker_=call.actor.account, digest_=_digest(endpoint))


def of_worker(call: Call, worker: int) -> list[tuple[int, str]]:
    """The browsers of a worker: key and endpoint."""
    return [(key, endpoint) for key, endpoint in call.rows(OF_WORKER, worker_=worker)]


def find(call: Call, key: int) -> Kept | None:
    """The subscription of that key."""
    row = call.one(FIND, key=key)
    return None if row is None else Kept(*row)


def remove(call: Call, key: int) -> None:
    """Forget a browser that takes no messages any more."""
    call.do(REMOVE, key=key)


def _digest(endpoint: str) -> bytes:
    return hashlib.sha256(endpoint.encode("utf-8", "surrogatepass")).digest()
