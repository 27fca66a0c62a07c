"""Layouts: HTML with `${parameters}`, filled for each HIT."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, tuple_

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import layouts


class HITLayoutDoesNotExist(Refusal):
    """HITLayout {layout_id} does not exist."""

    code = "AWS.MechanicalTurk.HITLayoutDoesNotExist"


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout as its owner wrote it."""

    key: int
    public_id: str
    html: str
    frame_height: int
    created_at: int


_COLUMNS = (layouts.c.id, layouts.c.public_id, layouts.c.html, layouts.c.frame_height, layouts.c.created_at)
OWNED = Sql(
    select(*_COLUMNS).where(
        layouts.c.public_id == bindparam("public_id"), layouts.c.requester == bindparam("requester")
    )
)
_ORDER = (layouts.c.created_at, layouts.c.id)
PAGE = Sql(
    select(*_COLUMNS)
    .where(
        layouts.c.requester == bindparam("requester"),
        tuple_(*_ORDER) > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(*_ORDER)
    .limit(bindparam("count"))
)
ADD = Sql(insert(layouts).values(**{column.name: bindparam(column.name) for column in layouts.c}).inline())


def owned(call: Call, layout_id: str) -> Layout:
    """The acting requester's layout. Raises `HITLayoutDoesNotExist`, for a foreign one too."""
    row = call.one(OWNED, public_id=layout_id, requester=call.actor.account)
    if row is None:
        raise HITLayoutDoesNotExist(layout_id=layout_id)
    return Layout(*row)


def add(call: Call, *, html: str, frame_height: int) -> Layout:
    """Keep a new layout of the acting requester."""
    layout = Layout(call.key(), call.new_id(), html, frame_height, call.now)
    call.do(
        ADD,
        id=layout.key,
        public_id=layout.public_id,
        requester=call.actor.account,
        html=html,
        frame_height=frame_height,
        created_at=call.now,
    )
    return layout


def page(call: Call, *, after: tuple[int, int], count: int) -> list[Layout]:
    """The acting requester's layouts, the oldest first, after (`created_at`, key)."""
    rows = call.rows(PAGE, requester=call.actor.account, after=after[0], after_key=after[1], count=count)
    return [Layout(*row) for row in rows]
