"""Fee terms, quotas and what was used of them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.money import quotas, terms, usage

FEES = Sql(select(terms.c.fees).where(terms.c.requester == bindparam("requester")))
LIMITS = Sql(
    select(quotas.c.scope, quotas.c.name, quotas.c.most).where(
        (quotas.c.scope == bindparam("requester_scope")) | (quotas.c.scope == bindparam("key_scope"))
    )
)
USED = Sql(
    select(usage.c.used).where(
        usage.c.scope == bindparam("scope"),
        usage.c.name == bindparam("name"),
        usage.c.period == bindparam("period"),
    )
)


def _use(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(usage).values(
        scope=bindparam("scope"), name=bindparam("name"), period=bindparam("period"), used=bindparam("amount")
    )
    return values.on_conflict_do_update(
        index_elements=[usage.c.scope, usage.c.name, usage.c.period],
        set_={"used": usage.c.used + values.excluded.used},
    ).returning(usage.c.used)


USE = Sql(_use)  # type: ignore[arg-type]


def day(now: int) -> str:
    """The UTC day of a moment, `2026-11-22`."""
    return datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d")


def month(now: int) -> str:
    """The UTC month of a moment, `2026-11`."""
    return day(now)[:7]


def fees(call: Call, requester: int) -> str | None:
    """A requester's own fee terms as JSON, or None for the general ones."""
    row = call.one(FEES, requester=requester)
    return None if row is None else str(row[0])


def limits(call: Call) -> dict[tuple[str, str], int]:
    """The quotas of the acting requester and of the key in use, by (scope, name)."""
    found = call.rows(
        LIMITS, requester_scope=f"requester:{call.actor.account}", key_scope=f"key:{call.actor.credential}"
    )
    return {(scope, name): most for scope, name, most in found}


def use(call: Call, *, scope: str, name: str, period: str, amount: int) -> int:
    """Count use of a quota in this transaction; answers what is used of it now."""
    row = call.one(USE, scope=scope, name=name, period=period, amount=amount)
    assert row is not None
    return int(row[0])


def used(call: Call, *, scope: str, name: str, period: str) -> int:
    """What is used of a quota in a period."""
    row = call.one(USED, scope=scope, name=name, period=period)
    return 0 if row is None else int(row[0])


def spent_this_month(call: Call, requester: int) -> int:
    """What a requester has put on hold or paid this month, in minor units."""
    return used(call, scope=f"requester:{requester}", name="spend_a_month", period=month(call.now))
