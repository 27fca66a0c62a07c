"""Policy documents by name: an organisation's own, and those that everybody may name."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.house import policies

EVERYBODY = 0
"""In place of an organisation's key: everybody may name the policy."""

DOCUMENT = Sql(
    select(policies.c.document)
    .where(
        policies.c.name == bindparam("name"),
        (policies.c.organisation == bindparam("organisation")) | (policies.c.organisation == EVERYBODY),
    )
    .order_by(policies.c.organisation.desc())
)


def _put(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(policies).values(**{column.name: bindparam(column.name) for column in policies.c})
    return values.on_conflict_do_update(
        index_elements=[policies.c.organisation, policies.c.name],
        set_={"document": values.excluded.document, "updated_at": values.excluded.updated_at},
    )


PUT = Sql(_put)  # type: ignore[arg-type]


def put(call: Call, *, organisation: int, name: str, document: str) -> None:
    """Keep a policy under its name, in place of the one that has it."""
    call.do(PUT, id=call.key(), organisation=organisation, name=name, document=document, updated_at=call.now)


def document(call: Call, *, organisation: int, name: str) -> str | None:
    """An organisation's policy of that name, else the one that everybody may name."""
    row = call.one(DOCUMENT, organisation=organisation, name=name)
    return None if row is None else str(row[0])
