"""Workers whom a requester has blocked."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import blocks

STANDS = Sql(
    select(blocks.c.id).where(
        blocks.c.requester == bindparam("requester"), blocks.c.worker == bindparam("worker")
    )
)


def stands(call: Call, *, requester: int, worker: int) -> bool:
    """Whether the requester has blocked the worker."""
    return call.one(STANDS, requester=requester, worker=worker) is not None
