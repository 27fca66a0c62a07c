"""What workers were told, by requesters or by the market."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, tuple_

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.notifications import messages
from kempelen.store.tables.work import relations

_NAMES = ("id", "worker", "requester", "subject", "body", "at")
ADD = Sql(insert(messages).values(**{name: bindparam(name) for name in _NAMES}).inline())
_BEFORE = tuple_(messages.c.at, messages.c.id) < tuple_(bindparam("before"), bindparam("before_key"))
OF_WORKER = Sql(
    select(
        messages.c.id, messages.c.worker, messages.c.requester, messages.c.subject, messages.c.body,
        messages.c.at,
    )
    .where(messages.c.worker == bindparam("worker"), _BEFORE)
    .order_by(messages.c.at.desc(), messages.c.id.desc())
    .limit(bindparam("count"))
)  # fmt: skip
WORK = Sql(
    select(relations.c.approved + relations.c.rejected).where(
        relations.c.requester == bindparam("requester"), relations.c.worker == bindparam("worker")
    )
)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing a worker was told; without a requester, by the market."""

    key: int
    worker: int
    requester: int | None
    subject: str
    body: str
    at: int


def add(call: Call, *, worker: int, requester: int | None, subject: str, body: str) -> None:
    """Keep a message for a worker."""
    call.later(
        ADD, id=call.key(), worker=worker, requester=requester, subject=subject, body=body, at=call.now
    )


def own(call: Call, *, before: tuple[int, int], count: int) -> list[Message]:
    """What the acting worker was told, newest first, before (`at`, key)."""
    rows = call.rows(
        OF_WORKER, worker=call.actor.account, before=before[0], before_key=before[1], count=count
    )
    return [Message(*row) for row in rows]


def has_worked_for(call: Call, *, requester: int, worker: int) -> bool:
    """Whether any of the worker's assignments was approved or rejected by this requester."""
    row = call.one(WORK, requester=requester, worker=worker)
    return row is not None and row[0] > 0
