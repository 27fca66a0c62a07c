"""How much of a HIT type, or of a set of types, a worker has taken: caps, exclusions, accepts a day.

Every accept counts here, so an exclusion is exact also of types that never heard of it. All rows of a worker
change while the worker's own row is locked, so their accepts come one after the other.
"""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import exclusions, taken

UNLIMITED = 2**40
DAY = 86_400_000
_PER_DAY = 10**9
"""The day's row holds its day number times this, plus the accepts of the day: one row for all days."""
_DAY_SCOPE = "day"
WARNED = "day:warned"
"""Accepts of tasks with a content warning."""
REPORTS = "day:reports"
"""Reports of broken tasks."""


def _take(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(taken).values(worker=bindparam("worker_"), scope=bindparam("scope_"), count=1)
    return statement.on_conflict_do_update(
        index_elements=[taken.c.worker, taken.c.scope],
        set_={"count": taken.c.count + 1},
        where=taken.c.count < bindparam("most"),
    )


def _take_of_day(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    floor: BindParameter[int] = bindparam("floor_")
    statement = build(taken).values(worker=bindparam("worker_"), scope=bindparam("scope_"), count=floor + 1)
    return statement.on_conflict_do_update(
        index_elements=[taken.c.worker, taken.c.scope],
        set_={
            "count": case(
                (taken.c.count >= statement.excluded.count, taken.c.count + 1),
                else_=statement.excluded.count,
            )
        },
        where=taken.c.count < bindparam("most"),
    )


TAKE = Sql(_take)  # type: ignore[arg-type]
TAKE_OF_DAY = Sql(_take_of_day)  # type: ignore[arg-type]
GIVE_BACK = Sql(
    update(taken)
    .where(taken.c.worker == bindparam("worker_"), taken.c.scope == bindparam("scope_"), taken.c.count > 0)
    .values(count=taken.c.count - 1)
)
EXCLUDED = Sql(
    select(taken.c.scope)
    .join(exclusions, exclusions.c.scope == taken.c.scope)
    .where(
        exclusions.c.hit_type == bindparam("hit_type_"),
        taken.c.worker == bindparam("worker_"),
        taken.c.count > 0,
    )
    .limit(1)
)
COUNT = Sql(
    select(taken.c.count).where(taken.c.worker == bindparam("worker_"), taken.c.scope == bindparam("scope_"))
)


def of_type(hit_type: int) -> str:
    """The scope of one HIT type."""
    return f"t{hit_type}"


def of_name(requester: int, name: str) -> str:
    """The scope of that name, which types of one requester share."""
    return f"n{requester}:{name}"


def take(call: Call, scope: str, *, most: int = UNLIMITED) -> bool:
    """Count one more for the acting worker; False if they have that many already."""
    return call.do(TAKE, worker_=call.actor.account, scope_=scope, most=most) == 1


def give_back(call: Call, worker: int, scope: str) -> None:
    """Count one less."""
    call.do(GIVE_BACK, worker_=worker, scope_=scope)


def take_of_day(call: Call, *, most: int, scope: str = _DAY_SCOPE) -> bool:
    """Count an accept, or what else the scope says, of this day, which ends at midnight UTC; False if there
    were that many already."""
    floor = call.now // DAY * _PER_DAY
    worker = call.actor.account
    return call.do(TAKE_OF_DAY, worker_=worker, scope_=scope, floor_=floor, most=floor + most) == 1


def is_excluded(call: Call, hit_type: int) -> bool:
    """Whether the acting worker has taken anything that keeps them from the HIT type."""
    return call.one(EXCLUDED, hit_type_=hit_type, worker_=call.actor.account) is not None


def count(call: Call, scope: str) -> int:
    """What the acting worker has taken in the scope."""
    row = call.one(COUNT, worker_=call.actor.account, scope_=scope)
    return 0 if row is None else int(row[0])


def count_of_day(call: Call) -> int:
    """What the acting worker has accepted on this day."""
    return max(0, count(call, _DAY_SCOPE) - call.now // DAY * _PER_DAY)
