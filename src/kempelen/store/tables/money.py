"""The ledger, balances, bonuses, terms and quotas."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint

from kempelen.store.tables.columns import WORLD, code, number, ordinal, text

transfers = Table(
    "transfers",  # append-only: each row takes from one account and gives to another
    WORLD,
    number("id", key=True),
    number("at"),
    number("cause_key"),  # the row it is about …
    number("debit"),
    number("credit"),
    number("amount"),
    ordinal("cause_number", default=0),  # … which time …
    code("cause"),  # … and why; the three are unique, so nothing pays twice
    text("currency"),
    UniqueConstraint("cause_key", "cause_number", "cause"),
    CheckConstraint("amount > 0", name="transfers_positive"),
)
Index("transfers_by_debit", transfers.c.debit)  # no key behind it: PostgreSQL keeps equal ones only once
Index(
    "transfers_by_credit",  # but for the market's own accounts, which get every fee and are listed nowhere
    *(transfers.c.credit, transfers.c.at, transfers.c.id),
    sqlite_where=transfers.c.credit >= 8,
    postgresql_where=transfers.c.credit >= 8,
)

purses = Table(
    "purses",  # balances that must never go below zero
    WORLD,
    number("account", key=True),  # the owner's account of money that can be used
    number("available", default=0),
    number("held", default=0),
    text("currency"),
    CheckConstraint("available >= 0", name="purses_available"),
    CheckConstraint("held >= 0", name="purses_held"),
)

bonuses = Table(
    "bonuses",
    WORLD,
    number("id", key=True),
    number("requester"),
    number("worker"),
    number("assignment"),
    number("hit"),
    number("amount"),
    number("fee"),
    text("reason"),
    number("at"),
)
Index("bonuses_by_hit", bonuses.c.hit, bonuses.c.at, bonuses.c.id)
Index("bonuses_by_worker", bonuses.c.worker, bonuses.c.amount)  # the sum of a worker's, from the index alone
Index("bonuses_by_assignment", bonuses.c.assignment, bonuses.c.at, bonuses.c.id)

terms = Table("terms", WORLD, number("requester", key=True), text("fees"), number("updated_at"))
"""Fee terms of single requesters: JSON of `rules.fees.FeeSchedule`."""

quotas = Table("quotas", WORLD, text("scope", key=True), text("name", key=True), number("most"))
"""What a scope (`requester:7`, `key:AKIA…`) may do at most, by name of the quota."""
Index("quotas_by_name", quotas.c.name, quotas.c.scope)

usage = Table(
    "usage",
    WORLD,
    text("scope", key=True),
    text("name", key=True),
    text("period", key=True),
    number("used"),
    sqlite_with_rowid=False,
)
"""What a scope has used of a quota in a period (`2026-11-22`, `2026-11`, or empty for what stands now)."""

counted_hits = Table("counted_hits", WORLD, number("hit", key=True), text("scope"))
"""HITs that count as open for the access key that made them, until they are disposed of."""
