"""Fee terms, quotas and what was used of them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import bindparam, column, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules.lifecycle import DAY
from kempelen.store.connection import forget_remembered
from kempelen.store.database import Database
from kempelen.store.sql import Sql, given
from kempelen.store.tables.money import counted_hits, quotas, terms, usage

REQUEST_RATE = "requests_a_second"
"""The quota that is no count of rows: `kempelen.rates` keeps it."""
OPEN_HITS = "open_hits"

FEES = Sql(select(terms.c.fees).where(terms.c.requester == bindparam("requester")))
END_FEES = Sql(delete(terms).where(terms.c.requester == bindparam("requester")))
LIMITS = Sql(
    select(quotas.c.scope, quotas.c.name, quotas.c.most).where(
        (quotas.c.scope == bindparam("requester_scope")) | (quotas.c.scope == bindparam("key_scope"))
    )
)
RATES = Sql(select(quotas.c.scope, quotas.c.most).where(quotas.c.name == REQUEST_RATE))
END_LIMIT = Sql(
    delete(quotas).where(quotas.c.scope == bindparam("scope"), quotas.c.name == bindparam("name"))
)
USED = Sql(
    select(usage.c.used).where(
        usage.c.scope == bindparam("scope"),
        usage.c.name == bindparam("name"),
        usage.c.period == bindparam("period"),
    )
)
GIVE_BACK = Sql(
    update(usage)
    .where(
        usage.c.scope == bindparam("scope"),
        usage.c.name == OPEN_HITS,
        usage.c.period == "",
        usage.c.used > 0,
    )
    .values(used=usage.c.used - 1)
)
RELEASE_HIT = Sql(
    delete(counted_hits).where(counted_hits.c.hit == bindparam("hit")).returning(counted_hits.c.scope)
)


def _use(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(usage).values(
        scope=bindparam("scope"), name=bindparam("name"), period=bindparam("period"), used=bindparam("amount")
    )
    return values.on_conflict_do_update(
        index_elements=[usage.c.scope, usage.c.name, usage.c.period],
        set_={"used": usage.c.used + values.excluded.used},
    )


def _use_all(dialect: str) -> object:
    if dialect == "sqlite":
        return _use(dialect)
    rows = given(usage.c.scope, usage.c.name, usage.c.period, column("amount", usage.c.used.type))
    values = postgresql.insert(usage).from_select(
        ["scope", "name", "period", "used"], select(rows), include_defaults=False
    )
    return values.on_conflict_do_update(
        index_elements=[usage.c.scope, usage.c.name, usage.c.period],
        set_={"used": usage.c.used + values.excluded.used},
    )


def _use_and_tell(dialect: str) -> object:
    return _use(dialect).returning(usage.c.used)  # type: ignore[attr-defined]


def _put_limit(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(quotas).values(scope=bindparam("scope"), name=bindparam("name"), most=bindparam("most"))
    return values.on_conflict_do_update(
        index_elements=[quotas.c.scope, quotas.c.name], set_={"most": values.excluded.most}
    )


def _put_fees(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(terms).values(**{column.name: bindparam(column.name) for column in terms.c})
    return values.on_conflict_do_update(
        index_elements=[terms.c.requester],
        set_={"fees": values.excluded.fees, "updated_at": values.excluded.updated_at},
    )


def _count_hit(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(counted_hits).values(hit=bindparam("hit"), scope=bindparam("scope"))
    return values.on_conflict_do_nothing()


USE = Sql(_use_all, adds=("amount",), whole=True)  # type: ignore[arg-type]
USE_AND_TELL = Sql(_use_and_tell)  # type: ignore[arg-type]
PUT_LIMIT = Sql(_put_limit)  # type: ignore[arg-type]
PUT_FEES = Sql(_put_fees)  # type: ignore[arg-type]
COUNT_HIT = Sql(_count_hit)  # type: ignore[arg-type]


def of_requester(requester: int) -> str:
    """The scope of an organisation."""
    return f"requester:{requester}"


def of_key(access_key_id: str) -> str:
    """The scope of an access key."""
    return f"key:{access_key_id}"


def day(now: int) -> str:
    """The UTC day of a moment, `2026-11-22`."""
    return _day(now // DAY)


def month(now: int) -> str:
    """The UTC month of a moment, `2026-11`."""
    return _day(now // DAY)[:7]


@lru_cache(maxsize=64)
def _day(number: int) -> str:
    return datetime.fromtimestamp(number * 86_400, UTC).strftime("%Y-%m-%d")


def fees(call: Call, requester: int) -> str | None:
    """A requester's own fee terms as JSON, or None for the general ones."""
    return call.connection.remember(("fees", requester), call.now, lambda: _fees(call, requester))


def _fees(call: Call, requester: int) -> str | None:
    row = call.one(FEES, requester=requester)
    return None if row is None else str(row[0])


def put_fees(call: Call, requester: int, written: str | None) -> None:
    """Give a requester fee terms of their own, or with None the general ones again."""
    forget_remembered()
    if written is None:
        call.do(END_FEES, requester=requester)
    else:
        call.do(PUT_FEES, requester=requester, fees=written, updated_at=call.now)


def limits(call: Call) -> dict[tuple[str, str], int]:
    """The quotas of the acting requester and of the key in use, by (scope, name)."""
    scopes = of_requester(call.actor.account), of_key(call.actor.credential)
    return call.connection.remember(("limits", *scopes), call.now, lambda: limits_of(call, *scopes))


def limits_of(call: Call, requester_scope: str, key_scope: str) -> dict[tuple[str, str], int]:
    """The quotas of two scopes, by (scope, name); an empty scope has none."""
    found = call.rows(LIMITS, requester_scope=requester_scope, key_scope=key_scope)
    return {(scope, name): most for scope, name, most in found}


def put_limit(call: Call, *, scope: str, name: str, most: int | None) -> None:
    """Set a quota, or with None end it."""
    forget_remembered()
    if most is None:
        call.do(END_LIMIT, scope=scope, name=name)
    else:
        call.do(PUT_LIMIT, scope=scope, name=name, most=most)


def request_rates(database: Database) -> dict[str, int]:
    """Every scope's requests a second, as they are now."""
    found: list[tuple[str, int]] = [(scope, most) for scope, most in database.reader().rows(RATES)]
    return dict(found)


def use(call: Call, *, scope: str, name: str, period: str, amount: int) -> int:
    """Count use of a quota in this transaction; answers what is used of it now."""
    row = call.one(USE_AND_TELL, scope=scope, name=name, period=period, amount=amount)
    assert row is not None
    return int(row[0])


def use_later(call: Call, *, scope: str, name: str, period: str, amount: int) -> None:
    """Count use where no quota is set, so that one set afterwards starts from the truth."""
    call.later(USE, scope=scope, name=name, period=period, amount=amount)


def used(call: Call, *, scope: str, name: str, period: str) -> int:
    """What is used of a quota in a period."""
    row = call.one(USED, scope=scope, name=name, period=period)
    return 0 if row is None else int(row[0])


def count_open(call: Call, *, hit: int, scope: str) -> None:
    """Remember that this HIT counts as open for the access key of that scope."""
    call.later(COUNT_HIT, hit=hit, scope=scope)


def release_open(call: Call, *, hit: int, requester: int) -> None:
    """One open HIT less for its requester, and for the access key it counted for."""
    call.later(GIVE_BACK, scope=of_requester(requester))
    row = call.one(RELEASE_HIT, hit=hit)
    if row is not None:
        call.later(GIVE_BACK, scope=str(row[0]))


def spent_this_month(call: Call, requester: int) -> int:
    """What a requester has put on hold or paid this month, in minor units."""
    return used(call, scope=of_requester(requester), name="spend_a_month", period=month(call.now))
