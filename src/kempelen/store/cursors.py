"""How far a worker has walked through the open HITs of a group, for each priority level.

A cursor only makes the search fast. What makes it right is the look at the worker's own assignments.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import cursors

_OF_WORKER = (cursors.c.worker == bindparam("worker_"), cursors.c.hit_type == bindparam("hit_type_"))
READ = Sql(select(cursors.c.level, cursors.c.position, cursors.c.lap_at).where(*_OF_WORKER))
REWIND = Sql(update(cursors).where(*_OF_WORKER).values(position=0, lap_at=bindparam("now")))


def _save(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(cursors).values(
        worker=bindparam("worker_"),
        hit_type=bindparam("hit_type_"),
        level=bindparam("level_"),
        position=bindparam("position_"),
        lap_at=0,
    )
    return statement.on_conflict_do_update(
        index_elements=[cursors.c.worker, cursors.c.hit_type, cursors.c.level],
        set_={"position": statement.excluded.position},
    )


SAVE = Sql(_save)  # type: ignore[arg-type]


def read(call: Call, hit_type: int) -> tuple[dict[int, int], int]:
    """The acting worker's position in each level they have walked, and when they last began anew."""
    rows = call.rows(READ, worker_=call.actor.account, hit_type_=hit_type)
    return {row[0]: row[1] for row in rows}, max((row[2] for row in rows), default=0)


def save(call: Call, hit_type: int, *, level: int, position: int) -> None:
    """Everything up to this position has been looked at."""
    call.later(SAVE, worker_=call.actor.account, hit_type_=hit_type, level_=level, position_=position)


def rewind(call: Call, hit_type: int) -> None:
    """Begin anew, in all levels."""
    call.do(REWIND, worker_=call.actor.account, hit_type_=hit_type, now=call.now)
