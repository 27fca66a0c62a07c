"""How workers want the site to be, and which groups' instructions they have folded away."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.workers_own import collapsed_instructions, preferences

FIND = Sql(select(preferences.c.preferences).where(preferences.c.worker == bindparam("worker")))


def _put(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(preferences).values(
        worker=bindparam("worker"), preferences=bindparam("preferences"), at=bindparam("at")
    )
    return statement.on_conflict_do_update(
        index_elements=[preferences.c.worker],
        set_={"preferences": statement.excluded.preferences, "at": statement.excluded.at},
    )


def _collapse(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(collapsed_instructions).values(
        worker=bindparam("worker"), hit_type=bindparam("hit_type")
    )
    return statement.on_conflict_do_nothing()


_GROUP = (
    collapsed_instructions.c.worker == bindparam("worker"),
    collapsed_instructions.c.hit_type == bindparam("hit_type"),
)
PUT = Sql(_put)  # type: ignore[arg-type]
COLLAPSE = Sql(_collapse)  # type: ignore[arg-type]
UNFOLD = Sql(delete(collapsed_instructions).where(*_GROUP))
IS_COLLAPSED = Sql(select(collapsed_instructions.c.hit_type).where(*_GROUP))


def of_actor(call: Call) -> str | None:
    """The acting worker's preferences as JSON, if they have given any."""
    row = call.one(FIND, worker=call.actor.account)
    return None if row is None else str(row[0])


def put(call: Call, text: str) -> None:
    """Keep the acting worker's preferences."""
    call.do(PUT, worker=call.actor.account, preferences=text, at=call.now)


def put_collapsed(call: Call, hit_type: int, *, collapsed: bool) -> None:
    """Remember whether the acting worker has folded a group's instructions away."""
    call.do(COLLAPSE if collapsed else UNFOLD, worker=call.actor.account, hit_type=hit_type)


def is_collapsed(call: Call, hit_type: int) -> bool:
    """Whether the acting worker has folded a group's instructions away."""
    return call.one(IS_COLLAPSED, worker=call.actor.account, hit_type=hit_type) is not None
