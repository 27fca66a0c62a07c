"""People, organisations and who is a member of them, as rows of the house."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.sign_in import likeness
from kempelen.store.sql import Sql
from kempelen.store.tables.house import members, organisations, people, secrets


class EmailInUse(Refusal):
    """Somebody is registered under the address {email} already. Use another address, or add a key to
    that account."""

    code = "Kempelen.EmailInUse"


class LastOwner(Refusal):
    """{email} is the only owner of {account_id}. Make somebody else an owner first."""

    code = "Kempelen.LastOwner"


@dataclass(frozen=True, slots=True)
class Registered:
    """A person as the house's own operations see them, read in their transaction."""

    key: int
    public_id: str
    password: str | None
    is_worker: bool
    is_operator: bool
    country: str | None
    subdivision: str | None


def _add_person(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = (
        "id", "public_id", "name", "email", "email_key", "password", "created_at", "likeness", "verified_at",
    )  # fmt: skip
    values = build(people).values(**{name: bindparam(name, type_=people.c[name].type) for name in names})
    return values.on_conflict_do_nothing(index_elements=[people.c.email_key])


ADD_PERSON = Sql(_add_person)  # type: ignore[arg-type]
_REGISTERED = select(
    people.c.id,
    people.c.public_id,
    people.c.password,
    people.c.is_worker,
    people.c.is_operator,
    people.c.country,
    people.c.subdivision,
)
BY_EMAIL = Sql(_REGISTERED.where(people.c.email_key == bindparam("value")))
BY_PUBLIC_ID = Sql(_REGISTERED.where(people.c.public_id == bindparam("value")))
GIVE_PASSWORD = Sql(
    update(people)
    .where(people.c.id == bindparam("key"), people.c.password.is_(None))
    .values(password=bindparam("password_"))
)
MAKE_WORKER = Sql(
    update(people)
    .where(people.c.id == bindparam("key"), people.c.is_worker == 0)
    .values(
        is_worker=1,
        country=bindparam("country_"),
        subdivision=bindparam("subdivision_"),
        adult=bindparam("adult_"),
        masters=bindparam("masters_"),
    )
)
MAKE_OPERATOR = Sql(
    update(people).where(people.c.id == bindparam("key"), people.c.is_operator == 0).values(is_operator=1)
)
PUT_LOCALE = Sql(
    update(people)
    .where(people.c.id == bindparam("key"))
    .values(country=bindparam("country_"), subdivision=bindparam("subdivision_"))
)
PUT_ADULT = Sql(update(people).where(people.c.id == bindparam("key")).values(adult=bindparam("adult_")))
PUT_MASTERS = Sql(update(people).where(people.c.id == bindparam("key")).values(masters=bindparam("masters_")))
PUT_PERSON_STATUS = Sql(
    update(people)
    .where(people.c.public_id == bindparam("public_id_"), people.c.closed_at.is_(None))
    .values(active=bindparam("active_"))
    .returning(people.c.id)
)

_ORGANISATION = ("id", "public_id", "name", "pseudonymous", "created_at")
ADD_ORGANISATION = Sql(
    insert(organisations).values(**{name: bindparam(name) for name in _ORGANISATION}).inline()
)
ORGANISATION = Sql(select(organisations.c.id).where(organisations.c.public_id == bindparam("public_id")))
PUT_ORGANISATION_STATUS = Sql(
    update(organisations)
    .where(organisations.c.public_id == bindparam("public_id_"))
    .values(active=bindparam("active_"))
    .returning(organisations.c.id)
)


def _put_member(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(members).values(**{column.name: bindparam(column.name) for column in members.c})
    return values.on_conflict_do_update(
        index_elements=[members.c.organisation, members.c.person], set_={"role": values.excluded.role}
    )


PUT_MEMBER = Sql(_put_member)  # type: ignore[arg-type]
END_MEMBER = Sql(
    delete(members).where(
        members.c.organisation == bindparam("organisation"), members.c.person == bindparam("person")
    )
)
OTHER_OWNER = Sql(
    select(members.c.person)
    .where(
        members.c.organisation == bindparam("organisation"),
        members.c.role == "owner",
        members.c.person != bindparam("person"),
    )
    .limit(1)
)
OWNED = Sql(
    select(organisations.c.id, organisations.c.public_id)
    .join(members, members.c.organisation == organisations.c.id)
    .where(members.c.person == bindparam("person"), members.c.role == "owner")
    .order_by(organisations.c.id)
    .limit(20)
)

SECRET = Sql(select(secrets.c.value).where(secrets.c.name == bindparam("name")))


def _keep_secret(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(secrets).values(name=bindparam("name"), value=bindparam("value"))
    return values.on_conflict_do_nothing()


KEEP_SECRET = Sql(_keep_secret)  # type: ignore[arg-type]


def by_email(call: Call, email: str) -> Registered | None:
    """The person registered under that address."""
    row = call.one(BY_EMAIL, value=email.strip().casefold())
    return None if row is None else Registered(row[0], row[1], row[2], bool(row[3]), bool(row[4]), *row[5:])


def by_public_id(call: Call, public_id: str) -> Registered | None:
    """The person of that public id."""
    row = call.one(BY_PUBLIC_ID, value=public_id)
    return None if row is None else Registered(row[0], row[1], row[2], bool(row[3]), bool(row[4]), *row[5:])


def add_person(
    call: Call, *, public_id: str, name: str, email: str, password: str | None, verified: bool = True
) -> bool:
    """A new person without any role. False if somebody has the address."""
    added = call.do(
        ADD_PERSON,
        id=call.key(),
        public_id=public_id,
        name=name,
        email=email.strip(),
        email_key=email.strip().casefold(),
        password=password,
        created_at=call.now,
        likeness=likeness(email),
        verified_at=call.now if verified else None,
    )
    return added == 1


def give_password(call: Call, person: int, hashed: str) -> bool:
    """Give a password to a person without one. False if they have one."""
    return call.do(GIVE_PASSWORD, key=person, password_=hashed) == 1


def make_worker(
    call: Call, person: int, *, country: str | None, subdivision: str | None, adult: bool, masters: bool
) -> bool:
    """Make a person a worker. False if they are one."""
    changed = call.do(
        MAKE_WORKER,
        key=person,
        country_=country,
        subdivision_=subdivision,
        adult_=int(adult),
        masters_=int(masters),
    )
    return changed == 1


def make_operator(call: Call, person: int) -> bool:
    """Make a person an operator. False if they are one."""
    return call.do(MAKE_OPERATOR, key=person) == 1


def organisation_key(call: Call, public_id: str) -> int | None:
    """The organisation of that public id, switched off or not."""
    row = call.one(ORGANISATION, public_id=public_id)
    return None if row is None else int(row[0])


def owned_organisations(call: Call, person: int) -> list[tuple[int, str]]:
    """The organisations a person owns, twenty at most: keys and public ids, the eldest first."""
    return [(key, public_id) for key, public_id in call.rows(OWNED, person=person)]


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
    put_member(call, organisation=key, person=owner, role="owner")
    return key


def put_member(call: Call, *, organisation: int, person: int, role: str) -> None:
    """Give a person this role in an organisation."""
    call.do(PUT_MEMBER, organisation=organisation, person=person, role=role, since=call.now)


def end_membership(call: Call, *, organisation: int, person: int) -> None:
    """Make a person no member any more."""
    call.do(END_MEMBER, organisation=organisation, person=person)


def has_other_owner(call: Call, *, organisation: int, person: int) -> bool:
    """Whether somebody else owns the organisation as well."""
    return call.one(OTHER_OWNER, organisation=organisation, person=person) is not None


def put_status(call: Call, public_id: str, *, active: bool) -> tuple[int | None, int | None]:
    """Switch an account on or off: the keys of the organisation and of the person with that public id."""
    organisation = call.one(PUT_ORGANISATION_STATUS, public_id_=public_id, active_=int(active))
    person = call.one(PUT_PERSON_STATUS, public_id_=public_id, active_=int(active))
    return None if organisation is None else organisation[0], None if person is None else person[0]
