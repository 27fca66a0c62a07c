"""Who stands in which condition of a HIT type, and how many each condition has."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import condition_fills, conditions_given

_FILL = (
    condition_fills.c.hit_type == bindparam("hit_type_"),
    condition_fills.c.name == bindparam("name_"),
)
_GIVEN = (
    conditions_given.c.hit_type == bindparam("hit_type_"),
    conditions_given.c.worker == bindparam("worker_"),
)


def _prepare(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(condition_fills).values(hit_type=bindparam("hit_type_"), name=bindparam("name_"), filled=0)
    return values.on_conflict_do_nothing()


def _give(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(conditions_given).values(
        hit_type=bindparam("hit_type_"), worker=bindparam("worker_"), name=bindparam("name_"), taken=1
    )
    return values.on_conflict_do_update(
        index_elements=[conditions_given.c.hit_type, conditions_given.c.worker],
        set_={"name": values.excluded.name, "taken": conditions_given.c.taken + 1},
    )


PREPARE = Sql(_prepare)  # type: ignore[arg-type]
GIVE = Sql(_give)  # type: ignore[arg-type]
FILLS = Sql(
    select(condition_fills.c.name, condition_fills.c.filled)
    .where(condition_fills.c.hit_type == bindparam("hit_type_"))
    .order_by(condition_fills.c.name)
    .with_for_update()
)
READ_FILLS = Sql(
    select(condition_fills.c.name, condition_fills.c.filled)
    .where(condition_fills.c.hit_type == bindparam("hit_type_"))
    .order_by(condition_fills.c.name)
)
GIVEN = Sql(select(conditions_given.c.name, conditions_given.c.taken).where(*_GIVEN))
PAGE = Sql(
    select(conditions_given.c.worker, conditions_given.c.name, conditions_given.c.taken)
    .where(
        conditions_given.c.hit_type == bindparam("hit_type_"), conditions_given.c.worker > bindparam("after")
    )
    .order_by(conditions_given.c.worker)
    .limit(bindparam("count"))
)
FILL = Sql(update(condition_fills).where(*_FILL).values(filled=condition_fills.c.filled + 1))
EMPTY = Sql(
    update(condition_fills)
    .where(*_FILL, condition_fills.c.filled > 0)
    .values(filled=condition_fills.c.filled - 1)
)
GIVE_BACK = Sql(
    update(conditions_given)
    .where(*_GIVEN, conditions_given.c.taken > 0)
    .values(taken=conditions_given.c.taken - 1)
    .returning(conditions_given.c.name, conditions_given.c.taken)
)


def prepare(call: Call, hit_type: int, name: str) -> None:
    """Make sure that the condition can be counted."""
    call.do(PREPARE, hit_type_=hit_type, name_=name)


def given(call: Call, hit_type: int, worker: int) -> tuple[str, int] | None:
    """The worker's condition, and how many assignments they have in it."""
    row = call.one(GIVEN, hit_type_=hit_type, worker_=worker)
    return None if row is None else (row[0], row[1])


def fills(call: Call, hit_type: int) -> dict[str, int]:
    """How many workers each condition has."""
    return {row[0]: row[1] for row in call.rows(READ_FILLS, hit_type_=hit_type)}


def fills_locked(call: Call, hit_type: int) -> dict[str, int]:
    """As `fills`; nobody else is given a condition of the HIT type until this command has ended."""
    return {row[0]: row[1] for row in call.rows(FILLS, hit_type_=hit_type)}


def give(call: Call, hit_type: int, worker: int, name: str, *, fills: bool) -> None:
    """The worker has one more assignment in this condition; `fills` if it is their first."""
    call.do(GIVE, hit_type_=hit_type, worker_=worker, name_=name)
    if fills:
        call.do(FILL, hit_type_=hit_type, name_=name)


def give_back(call: Call, hit_type: int, worker: int) -> None:
    """The worker gave an assignment back; with their last one goes their place in the condition."""
    row = call.one(GIVE_BACK, hit_type_=hit_type, worker_=worker)
    if row is not None and row[1] == 0:
        call.do(EMPTY, hit_type_=hit_type, name_=row[0])


def page(call: Call, hit_type: int, *, after: int, count: int) -> list[tuple[int, str, int]]:
    """Workers after this one, with their condition and how many assignments they have in it."""
    rows = call.rows(PAGE, hit_type_=hit_type, after=after, count=count)
    return [(row[0], row[1], row[2]) for row in rows]
