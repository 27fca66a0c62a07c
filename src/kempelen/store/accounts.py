"""People, organisations and access keys, as rows of the house."""

from __future__ import annotations

import json

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.house import keys, members, organisations, people, secrets


class EmailInUse(Refusal):
    """Somebody is registered under the address {email} already. Use another address, or add a key to
    that account."""

    code = "Kempelen.EmailInUse"


def _add_person(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = (
        "id", "public_id", "name", "email", "email_key", "password", "is_worker", "is_operator", "country",
        "subdivision", "adult", "masters", "created_at",
    )  # fmt: skip
    values = build(people).values(**{name: bindparam(name) for name in names})
    return values.on_conflict_do_nothing(index_elements=[people.c.email_key])


ADD_PERSON = Sql(_add_person)  # type: ignore[arg-type]
_ORGANISATION = ("id", "public_id", "name", "pseudonymous", "created_at")
ADD_ORGANISATION = Sql(
    insert(organisations).values(**{name: bindparam(name) for name in _ORGANISATION}).inline()
)
ADD_MEMBER = Sql(
    insert(members).values(**{column.name: bindparam(column.name) for column in members.c}).inline()
)
_KEY = ("id", "access_key_id", "secret", "organisation", "person", "policies", "created_at", "label")
ADD_KEY = Sql(insert(keys).values(**{name: bindparam(name) for name in _KEY}).inline())
SECRET = Sql(select(secrets.c.value).where(secrets.c.name == bindparam("name")))


def _keep_secret(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(secrets).values(name=bindparam("name"), value=bindparam("value"))
    return values.on_conflict_do_nothing()


KEEP_SECRET = Sql(_keep_secret)  # type: ignore[arg-type]
PASSWORD = Sql(update(people).where(people.c.id == bindparam("key")).values(password=bindparam("password_")))


def add_person(
    call: Call,
    *,
    public_id: str,
    name: str,
    email: str,
    password: str | None,
    is_worker: bool = False,
    is_operator: bool = False,
    country: str | None = None,
    subdivision: str | None = None,
    adult: bool = False,
    masters: bool = False,
) -> int:
    """A new person's key. Raises `EmailInUse`."""
    key = call.key()
    made = call.do(
        ADD_PERSON,
        id=key,
        public_id=public_id,
        name=name,
        email=email.strip(),
        email_key=email.strip().casefold(),
        password=password,
        is_worker=int(is_worker),
        is_operator=int(is_operator),
        country=country,
        subdivision=subdivision,
        adult=int(adult),
        masters=int(masters),
        created_at=call.now,
    )
    if made != 1:
        raise EmailInUse(email=email)
    return key


def add_organisation(call: Call, *, public_id: str, name: str, pseudonymous: bool, owner: int) -> int:
    """A new organisation's key, with its first member."""
    key = call.key()
    call.do(
        ADD_ORGANISATION,
        id=key,
        public_id=public_id,
        name=name,
        pseudonymous=int(pseudonymous),
        created_at=call.now,
    )
    call.do(ADD_MEMBER, organisation=key, person=owner, role="owner", since=call.now)
    return key


def add_key(
    call: Call,
    *,
    access_key_id: str,
    sealed_secret: bytes,
    organisation: int | None,
    person: int | None,
    policies: list[str],
    label: str | None = None,
) -> int:
    """A new access key's key."""
    key = call.key()
    call.do(
        ADD_KEY,
        id=key,
        access_key_id=access_key_id,
        secret=sealed_secret,
        organisation=organisation,
        person=person,
        policies=json.dumps(policies),
        created_at=call.now,
        label=label,
    )
    return key
