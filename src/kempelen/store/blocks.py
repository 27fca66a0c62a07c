"""Workers whom a requester has blocked. How many they are is maintained beside them, and never counted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store import terms
from kempelen.store.sql import Sql
from kempelen.store.tables.work import blocks, requesters

_SAME = (blocks.c.requester == bindparam("requester"), blocks.c.worker == bindparam("worker"))
STANDS = Sql(select(blocks.c.id).where(*_SAME))


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(blocks).values(
        id=bindparam("key"),
        requester=bindparam("requester"),
        worker=bindparam("worker"),
        reason=bindparam("reason"),
        at=bindparam("at"),
    )
    return values.on_conflict_do_nothing(index_elements=[blocks.c.requester, blocks.c.worker])


ADD = Sql(_add)  # type: ignore[arg-type]
PUT_NOTICE = Sql(update(blocks).where(*_SAME).values(notice=bindparam("notice_", type_=blocks.c.notice.type)))
OF_WORKER = Sql(
    select(blocks.c.id, blocks.c.at, blocks.c.notice, requesters.c.public_id, requesters.c.name)
    .join(requesters, requesters.c.id == blocks.c.requester)
    .where(
        blocks.c.worker == bindparam("worker"),
        tuple_(blocks.c.at, blocks.c.id) < tuple_(bindparam("before"), bindparam("before_key")),
    )
    .order_by(blocks.c.at.desc(), blocks.c.id.desc())
    .limit(bindparam("count"))
)
RENEW = Sql(update(blocks).where(*_SAME).values(reason=bindparam("reason")))
REMOVE = Sql(delete(blocks).where(*_SAME))
PAGE = Sql(
    select(blocks.c.id, blocks.c.worker, blocks.c.reason, blocks.c.at)
    .where(
        blocks.c.requester == bindparam("requester"),
        tuple_(blocks.c.at, blocks.c.id) > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(blocks.c.at, blocks.c.id)
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class Block:
    """One worker whom the acting requester has blocked."""

    key: int
    worker: int
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class OwnBlock:
    """A block as the worker it keeps away sees it. Moments in milliseconds."""

    key: int
    at: int
    notice: str | None
    requester_id: str
    requester_name: str


def stands(call: Call, *, requester: int, worker: int) -> bool:
    """Whether the requester has blocked the worker."""
    return call.one(STANDS, requester=requester, worker=worker) is not None


def add(call: Call, *, worker: int, reason: str) -> int | None:
    """Block a worker for the acting requester; answers how many they block now.

    None if the worker was blocked already: then only the reason is new.
    """
    requester = call.actor.account
    if call.do(ADD, key=call.key(), requester=requester, worker=worker, reason=reason, at=call.now) == 1:
        return _count(call, 1)
    call.do(RENEW, requester=requester, worker=worker, reason=reason)
    return None


def remove(call: Call, *, worker: int) -> bool:
    """Unblock a worker; False if the acting requester had not blocked them."""
    if call.do(REMOVE, requester=call.actor.account, worker=worker) != 1:
        return False
    _count(call, -1)
    return True


def put_notice(call: Call, *, worker: int, notice: str | None) -> bool:
    """Say what the worker is told of a block; False if the acting requester has not blocked them."""
    return call.do(PUT_NOTICE, requester=call.actor.account, worker=worker, notice_=notice) == 1


def of_worker(call: Call, *, before: tuple[int, int], count: int) -> list[OwnBlock]:
    """Who has blocked the acting worker, the newest first, before (`at`, key)."""
    rows = call.rows(
        OF_WORKER, worker=call.actor.account, before=before[0], before_key=before[1], count=count
    )
    return [OwnBlock(*row) for row in rows]


def page(call: Call, *, after: tuple[int, int], count: int) -> list[Block]:
    """The acting requester's blocks in order of creation, after (`at`, key)."""
    requester = call.actor.account
    rows = call.rows(PAGE, requester=requester, after=after[0], after_key=after[1], count=count)
    return [Block(*row) for row in rows]


def _count(call: Call, more: int) -> int:
    return terms.use(call, scope=f"requester:{call.actor.account}", name="blocks", period="", amount=more)
