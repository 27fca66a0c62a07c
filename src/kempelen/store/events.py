"""Events, written with the transaction that made them."""

from __future__ import annotations

from sqlalchemy import bindparam, insert

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.shared import events, unsealed

EVENT = 1
TRANSFER = 2
"""The kinds of row that are sealed."""

ADD = Sql(insert(events).values(**{column.name: bindparam(column.name) for column in events.c}).inline())
ADD_UNSEALED = Sql(insert(unsealed).values(kind=bindparam("kind"), id=bindparam("id")).inline())


def write(call: Call) -> None:
    """Write what the call told, and the rows that its subscribers wait for."""
    for event in call.told:
        key = call.key()
        call.later(
            ADD,
            id=key,
            at=call.now,
            kind=int(event.kind),
            actor=call.actor.account or None,
            requester=event.requester,
            hit_type=event.hit_type,
            hit=event.hit,
            assignment=event.assignment,
            worker=event.worker,
            detail=event.detail,
        )
        call.later(ADD_UNSEALED, kind=EVENT, id=key)
