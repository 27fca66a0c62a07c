"""What workers and requesters, and the market, tell each other."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, select, tuple_

from kempelen.operation import Call
from kempelen.rules.correspondence import UNANSWERED, Sender
from kempelen.store.sql import Sql
from kempelen.store.tables.notifications import messages
from kempelen.store.tables.work import relations

WEEK = 7 * 86_400_000
_NAMES = ("id", "thread", "worker", "requester", "sender", "subject", "body", "at")
ADD = Sql(
    insert(messages)
    .values(**{name: bindparam(name, type_=messages.c[name].type) for name in _NAMES})
    .inline()
)
_COLUMNS = (
    messages.c.id,
    messages.c.worker,
    messages.c.requester,
    messages.c.sender,
    messages.c.subject,
    messages.c.body,
    messages.c.at,
)
_page = (
    select(*_COLUMNS)
    .where(tuple_(messages.c.at, messages.c.id) < tuple_(bindparam("before"), bindparam("before_key")))
    .order_by(messages.c.at.desc(), messages.c.id.desc())
    .limit(bindparam("count"))
)
OF_WORKER = Sql(_page.where(messages.c.worker == bindparam("worker"), messages.c.sender != 1))
OF_THREAD = Sql(_page.where(messages.c.thread == bindparam("thread")))
_between = (messages.c.worker == bindparam("worker"), messages.c.requester == bindparam("requester"))
_answered = select(func.max(messages.c.at)).where(*_between, messages.c.sender == int(Sender.REQUESTER))
_unanswered = (
    select(messages.c.at)
    .where(
        *_between,
        messages.c.sender == int(Sender.WORKER),
        messages.c.at > bindparam("since"),
        messages.c.at > func.coalesce(_answered.scalar_subquery(), 0),
    )
    .limit(UNANSWERED)
)
UNANSWERED_COUNT = Sql(select(func.count()).select_from(_unanswered.subquery()))
WORK = Sql(
    select(relations.c.approved + relations.c.rejected).where(
        relations.c.requester == bindparam("requester"), relations.c.worker == bindparam("worker")
    )
)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was told; without a requester, by the market. Moments in milliseconds."""

    key: int
    worker: int
    requester: int | None
    sender: int
    subject: str
    body: str
    at: int


def add(
    call: Call,
    *,
    thread: int,
    worker: int,
    requester: int | None,
    sender: Sender,
    subject: str,
    body: str,
    at: int,
) -> int:
    """Keep a message; answers its key."""
    key = call.key()
    call.later(
        ADD,
        id=key,
        thread=thread,
        worker=worker,
        requester=requester,
        sender=int(sender),
        subject=subject,
        body=body,
        at=at,
    )
    return key


def own(call: Call, *, before: tuple[int, int], count: int) -> list[Message]:
    """What the acting worker was told, newest first, before (`at`, key)."""
    rows = call.rows(
        OF_WORKER, worker=call.actor.account, before=before[0], before_key=before[1], count=count
    )
    return [Message(*row) for row in rows]


def of_thread(call: Call, thread: int, *, before: tuple[int, int], count: int) -> list[Message]:
    """The messages of a thread, newest first, before (`at`, key)."""
    rows = call.rows(OF_THREAD, thread=thread, before=before[0], before_key=before[1], count=count)
    return [Message(*row) for row in rows]


def unanswered(call: Call, requester: int) -> int:
    """How many messages of the last week the acting worker waits for an answer to, of that requester; counted
    as far as it matters."""
    row = call.one(UNANSWERED_COUNT, worker=call.actor.account, requester=requester, since=call.now - WEEK)
    assert row is not None
    return int(row[0])


def has_worked_for(call: Call, *, requester: int, worker: int) -> bool:
    """Whether any of the worker's assignments was approved or rejected by this requester."""
    row = call.one(WORK, requester=requester, worker=worker)
    return row is not None and row[0] > 0
