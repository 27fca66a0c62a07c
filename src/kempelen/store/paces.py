"""Pay per hour of groups: computed from workers' latest answers in the background, read from the group."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from kempelen.operation import Call
from kempelen.rules.pay_per_hour import MOST_WORKERS, estimate, read
from kempelen.store.sql import Sql
from kempelen.store.tables.figures import pace_refreshes, paces
from kempelen.store.tables.work import groups, hit_types

TYPES_AT_ONCE = 4
"""How many HIT types one step computes anew: a few milliseconds each."""
DUE = Sql(
    select(pace_refreshes.c.hit_type)
    .where(pace_refreshes.c.due_at <= bindparam("now"))
    .order_by(pace_refreshes.c.due_at)
    .limit(TYPES_AT_ONCE)
)
SETTLE = Sql(delete(pace_refreshes).where(pace_refreshes.c.hit_type == bindparam("hit_type")))
RECENT = Sql(
    select(paces.c.recent)
    .where(paces.c.hit_type == bindparam("hit_type"))
    .order_by(paces.c.at.desc())
    .limit(MOST_WORKERS)
)
REWARD = Sql(select(hit_types.c.reward).where(hit_types.c.id == bindparam("key")))
KEEP = Sql(
    update(groups)
    .where(groups.c.id == bindparam("key"))
    .values(
        pay=bindparam("amount"),
        pay_low=bindparam("low"),
        pay_high=bindparam("high"),
        pay_workers=bindparam("workers_"),
        pay_basis=bindparam("basis"),
    )
)


def refresh(call: Call) -> int:
    """Compute the pay per hour of a few HIT types that have new answers; how many were due."""
    due = [row[0] for row in call.rows(DUE, now=call.now)]
    for hit_type in sorted(due):
        # Settled first: an answer that comes meanwhile asks again.
        if call.do(SETTLE, hit_type=hit_type) == 1:
            _keep(call, hit_type)
    return len(due)


def _keep(call: Call, hit_type: int) -> None:
    row = call.one(REWARD, key=hit_type)
    assert row is not None
    answers = [read(recent) for (recent,) in call.rows(RECENT, hit_type=hit_type)]
    found = estimate(row[0], answers)
    if found is not None:
        call.do(
            KEEP,
            key=hit_type,
            amount=found.amount,
            low=found.low,
            high=found.high,
            workers_=found.workers,
            basis=found.basis.value,
        )
