"""Threads: what a worker and a requester have told each other about one thing, with what is unread of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call, Role
from kempelen.rules.correspondence import About, Sender
from kempelen.store.sql import Sql
from kempelen.store.tables.notifications import threads
from kempelen.store.tables.work import assignments, hit_types, hits, requesters

MARKET = 0
"""The `requester` of threads with the market itself."""


class ThreadDoesNotExist(Refusal):
    """Thread {thread_id} does not exist."""

    code = "Kempelen.ThreadDoesNotExist"
    page_status = 404


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with the names of what it is about. Moments in milliseconds."""

    key: int
    public_id: str
    worker: int
    requester: int
    kind: int
    about: int
    subject: str
    excerpt: str
    last_by: int
    last_at: int
    worker_unread: int
    requester_unread: int
    requester_id: str | None
    """None, as the name, where the market writes."""
    requester_name: str | None
    hit_type_id: str | None
    title: str | None
    assignment_id: str | None
    hit_id: str | None


_own_type = hit_types.alias("own_type")
_COLUMNS = (
    threads.c.id,
    threads.c.public_id,
    threads.c.worker,
    threads.c.requester,
    threads.c.kind,
    threads.c.about,
    threads.c.subject,
    threads.c.excerpt,
    threads.c.last_by,
    threads.c.last_at,
    threads.c.worker_unread,
    threads.c.requester_unread,
    requesters.c.public_id,
    requesters.c.name,
    func.coalesce(_own_type.c.public_id, hit_types.c.public_id),
    func.coalesce(_own_type.c.title, hit_types.c.title),
    assignments.c.public_id,
    hits.c.public_id,
)
_joined = select(*_COLUMNS).select_from(
    threads.outerjoin(requesters, requesters.c.id == threads.c.requester)
    .outerjoin(
        assignments, and_(threads.c.kind == int(About.ASSIGNMENT), assignments.c.id == threads.c.about)
    )
    .outerjoin(hits, hits.c.id == assignments.c.hit)
    .outerjoin(hit_types, hit_types.c.id == hits.c.hit_type)
    .outerjoin(_own_type, and_(threads.c.kind == int(About.HIT_TYPE), _own_type.c.id == threads.c.about))
)
_of = {Role.WORKER: threads.c.worker, Role.REQUESTER: threads.c.requester}
_unread_of = {Role.WORKER: threads.c.worker_unread, Role.REQUESTER: threads.c.requester_unread}
BY_ID = {
    role: Sql(_joined.where(threads.c.public_id == bindparam("public_id"), column == bindparam("account")))
    for role, column in _of.items()
}


def _listed(role: Role, *, unread: bool) -> Select[Any]:
    chosen = _joined.where(
        _of[role] == bindparam("account"),
        tuple_(threads.c.last_at, threads.c.id) < tuple_(bindparam("before"), bindparam("before_key")),
    )
    if unread:
        chosen = chosen.where(_unread_of[role] > 0)
    return chosen.order_by(threads.c.last_at.desc(), threads.c.id.desc()).limit(bindparam("count"))


PAGES = {(role, unread): Sql(_listed(role, unread=unread)) for role in _of for unread in (False, True)}
FIND = Sql(
    select(threads.c.public_id).where(
        threads.c.worker == bindparam("worker"),
        threads.c.requester == bindparam("requester"),
        threads.c.kind == bindparam("kind"),
        threads.c.about == bindparam("about"),
    )
)
READ = {
    role: Sql(update(threads).where(threads.c.id == bindparam("key"), column > 0).values({column.name: 0}))
    for role, column in _unread_of.items()
}
_NEW = (
    "id", "public_id", "worker", "requester", "kind", "about", "subject", "excerpt", "last_by", "last_at",
    "worker_unread", "requester_unread",
)  # fmt: skip


def _unread_after(
    new: Any, reader: Sender, before: ColumnElement[int], more: ColumnElement[int]
) -> ColumnElement[int]:
    """Whoever writes in a thread has read it."""
    return case((new.last_by == int(reader), 0), else_=before + more)


def _write(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(threads).values(**{name: bindparam(name) for name in _NEW})
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[threads.c.worker, threads.c.requester, threads.c.kind, threads.c.about],
        set_={
            "subject": new.subject,
            "excerpt": new.excerpt,
            "last_by": new.last_by,
            "last_at": case((threads.c.last_at >= new.last_at, threads.c.last_at + 1), else_=new.last_at),
            "worker_unread": _unread_after(new, Sender.WORKER, threads.c.worker_unread, new.worker_unread),
            "requester_unread": _unread_after(
                new, Sender.REQUESTER, threads.c.requester_unread, new.requester_unread
            ),
        },
    ).returning(threads.c.id, threads.c.public_id, threads.c.last_at)


WRITE = Sql(_write)  # type: ignore[arg-type]


def write(
    call: Call,
    *,
    worker: int,
    requester: int | None,
    about: About = About.NOTHING,
    key: int = 0,
    sender: Sender,
    subject: str,
    excerpt: str,
) -> tuple[int, str, int]:
    """Begin a thread about that, or go on with it; one more is unread by the other side, and nothing by
    whoever writes. Answers the thread's key and public id, and the moment of the message: later than all
    before it in the thread, so that the moments alone tell the order."""
    row = call.one(
        WRITE,
        id=call.key(),
        public_id=call.new_id(),
        worker=worker,
        requester=MARKET if requester is None else requester,
        kind=int(about),
        about=key,
        subject=subject,
        excerpt=excerpt,
        last_by=int(sender),
        last_at=call.now,
        worker_unread=int(sender != Sender.WORKER),
        requester_unread=int(sender == Sender.WORKER),
    )
    assert row is not None
    return int(row[0]), str(row[1]), int(row[2])


def own(call: Call, thread_id: str) -> Thread:
    """The acting worker's or requester's thread. Raises `ThreadDoesNotExist`, for a foreign one too."""
    row = call.one(BY_ID[call.actor.role], public_id=thread_id, account=call.actor.account)
    if row is None:
        raise ThreadDoesNotExist(thread_id=thread_id)
    return Thread(*row)


def page(call: Call, *, unread: bool, before: tuple[int, int], count: int) -> list[Thread]:
    """The acting worker's or requester's threads, the last written first, before (`last_at`, key)."""
    statement = PAGES[call.actor.role, unread]
    rows = call.rows(
        statement, account=call.actor.account, before=before[0], before_key=before[1], count=count
    )
    return [Thread(*row) for row in rows]


def find(call: Call, *, requester: int, about: About, key: int) -> str | None:
    """The public id of the acting worker's thread about that, if there is one."""
    row = call.one(FIND, worker=call.actor.account, requester=requester, kind=int(about), about=key)
    return None if row is None else str(row[0])


def mark_read(call: Call, key: int) -> None:
    """Nothing of the thread is unread by whoever acts."""
    call.do(READ[call.actor.role], key=key)
