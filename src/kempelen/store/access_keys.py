"""Access keys, as rows of the house. Their secrets are sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, select, tuple_, update

from kempelen.operation import Call
from kempelen.store.connection import Row
from kempelen.store.sql import Sql
from kempelen.store.tables.house import keys, organisations, people

_NEW = (
    "id", "access_key_id", "secret", "organisation", "person", "role", "policies", "created_at", "label",
)  # fmt: skip
ADD = Sql(insert(keys).values(**{name: bindparam(name) for name in _NEW}).inline())
_SHOWN = (
    select(
        keys.c.id,
        keys.c.access_key_id,
        keys.c.active,
        keys.c.policies,
        func.coalesce(organisations.c.public_id, people.c.public_id),
        keys.c.created_at,
        keys.c.label,
        keys.c.organisation,
        keys.c.person,
        keys.c.role,
    )
    .join_from(keys, organisations, organisations.c.id == keys.c.organisation, isouter=True)
    .join(people, people.c.id == keys.c.person, isouter=True)
)
_ORDER = (keys.c.created_at, keys.c.id)
_PAGE = (
    _SHOWN.where(tuple_(*_ORDER) > tuple_(bindparam("after"), bindparam("after_key")))
    .order_by(*_ORDER)
    .limit(bindparam("count"))
)
BY_ID = Sql(_SHOWN.where(keys.c.access_key_id == bindparam("access_key_id")))
PAGE = Sql(_PAGE)
PAGE_OF_ORGANISATION = Sql(_PAGE.where(keys.c.organisation == bindparam("owner")))
PAGE_OF_PERSON = Sql(_PAGE.where(keys.c.person == bindparam("owner")))
PUT_ACTIVE = Sql(update(keys).where(keys.c.id == bindparam("key")).values(active=bindparam("active_")))
PUT_POLICIES = Sql(update(keys).where(keys.c.id == bindparam("key")).values(policies=bindparam("policies_")))


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key without its secret."""

    key: int
    access_key_id: str
    active: bool
    policies: list[str]
    account_id: str
    created_at: int
    label: str | None
    organisation: int | None
    person: int | None
    role: int


def add(
    call: Call,
    *,
    access_key_id: str,
    sealed_secret: bytes,
    organisation: int | None,
    person: int | None,
    role: int,
    policies: list[str],
    label: str | None = None,
) -> None:
    """Keep a new access key of an organisation or of a person."""
    call.do(
        ADD,
        id=call.key(),
        access_key_id=access_key_id,
        secret=sealed_secret,
        organisation=organisation,
        person=person,
        role=role,
        policies=json.dumps(policies),
        created_at=call.now,
        label=label,
    )


def find(call: Call, access_key_id: str) -> AccessKey | None:
    """The access key of that id, whoever has it."""
    row = call.one(BY_ID, access_key_id=access_key_id)
    return None if row is None else _access_key(row)


def page(
    call: Call,
    *,
    organisation: int | None = None,
    person: int | None = None,
    after: tuple[int, int],
    count: int,
) -> list[AccessKey]:
    """The access keys, the oldest first, after (`created_at`, key): an organisation's, a person's, or
    everybody's."""
    place = {"after": after[0], "after_key": after[1], "count": count}
    if organisation is not None:
        rows = call.rows(PAGE_OF_ORGANISATION, owner=organisation, **place)
    elif person is not None:
        rows = call.rows(PAGE_OF_PERSON, owner=person, **place)
    else:
        rows = call.rows(PAGE, **place)
    return [_access_key(row) for row in rows]


def put_active(call: Call, key: int, *, active: bool) -> None:
    """Switch a key on or off."""
    call.do(PUT_ACTIVE, key=key, active_=int(active))


def put_policies(call: Call, key: int, policies: list[str]) -> None:
    """Give a key other policies."""
    call.do(PUT_POLICIES, key=key, policies_=json.dumps(policies))


def _access_key(row: Row) -> AccessKey:
    key, access_key_id, active, policies, *rest = row
    return AccessKey(key, access_key_id, bool(active), json.loads(policies), *rest)
