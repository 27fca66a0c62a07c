"""What is told of the work on an assignment while it goes on; its submission takes it over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, case, func, select, update

from kempelen.operation import Call
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments


@dataclass(frozen=True, slots=True)
class Activity:
    """`started_at` in milliseconds. None of what has not been told."""

    started_at: int | None
    active_seconds: int | None
    instructions: str | None
    ai_help: bool | None


_c = assignments.c
_told = bindparam("active", type_=_c.active_seconds.type)
RECORD = Sql(
    update(assignments)
    .where(_c.id == bindparam("key"), _c.status == int(AssignmentStatus.ASSIGNED))
    .values(
        started_at=func.coalesce(_c.started_at, bindparam("start", type_=_c.started_at.type)),
        active_seconds=case((_told > func.coalesce(_c.active_seconds, -1), _told), else_=_c.active_seconds),
        instructions=func.coalesce(bindparam("version", type_=_c.instructions.type), _c.instructions),
        ai_help=func.coalesce(bindparam("ai_help", type_=Integer()), _c.ai_help),
    )
)
TOLD = Sql(
    select(_c.started_at, _c.active_seconds, _c.instructions, _c.ai_help).where(_c.id == bindparam("key"))
)


def record(call: Call, key: int, told: Activity) -> bool:
    """Keep the first start, the most seconds, the last of the rest. False if it is not worked on now."""
    return (
        call.do(
            RECORD,
            key=key,
            start=told.started_at,
            active=told.active_seconds,
            version=told.instructions,
            ai_help=None if told.ai_help is None else int(told.ai_help),
        )
        == 1
    )


def told(call: Call, key: int) -> Activity:
    """What has been told of an assignment."""
    row = call.one(TOLD, key=key)
    assert row is not None
    return Activity(row[0], row[1], row[2], None if row[3] is None else bool(row[3]))
