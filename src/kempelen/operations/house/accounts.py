"""Adding requesters, workers and operators, each with a first access key, and what becomes of them.

One person stands behind one address and signs in once. Adding a requester under a known address makes another
organisation which that person owns; adding a worker or operator gives the person that role as well. The name
of a person that is known stays, and a password is only ever added, never replaced.
"""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, command
from kempelen.operations.house.keys import FULL_ACCESS, new_key
from kempelen.rules import passwords
from kempelen.rules.countries import COUNTRIES, US_SUBDIVISIONS
from kempelen.rules.ids import new_person_id
from kempelen.store import accounts
from kempelen.store.accounts import EmailInUse, LastOwner, Registered


class PasswordDiffers(Refusal):
    """The person with the address {email} has another password already. Leave the password out to add this
    account to theirs."""

    code = "Kempelen.PasswordDiffers"


class OwnAccount(Refusal):
    """Nobody can switch off the account they act with."""

    code = "Kempelen.OwnAccount"


def hash_password(call: Call, arguments: Arguments) -> str | None:
    """The argon2id hash of the password given; slow on purpose, so it is made before the transaction."""
    password = arguments.get("password")
    return None if password is None else passwords.hashed(password)


@command("AddRequester", by=Role.OPERATOR, before=hash_password, in_house=True)
def add_requester(
    call: Call, *, name: str, email: str, password: str | None = None, pseudonymous: bool = False
) -> dict[str, Any]:
    """A new organisation with its owner and an access key that may do everything."""
    person = _person(call, name=name, email=email, password=password)
    account_id = new_person_id(call.random)
    organisation = accounts.add_organisation(
        call, public_id=account_id, name=name, pseudonymous=pseudonymous, owner=person.key
    )
    call.emit(Event(EventKind.RequesterAdded, requester=organisation))
    key = new_key(
        call, account_id=account_id, role=Role.REQUESTER, organisation=organisation, policies=[FULL_ACCESS]
    )
    return {"AccountId": account_id, "PersonId": person.public_id, **key}


@command("AddWorker", by=Role.OPERATOR, before=hash_password, in_house=True)
def add_worker(
    call: Call,
    *,
    name: str,
    email: str,
    password: str | None = None,
    country: str | None = None,
    subdivision: str | None = None,
    adult: bool = False,
    masters: bool = False,
) -> dict[str, Any]:
    """A new worker with an access key for third-party front ends. Raises `EmailInUse` if they are one."""
    check_locale(country, subdivision)
    person = _person(call, name=name, email=email, password=password)
    if not accounts.make_worker(
        call, person.key, country=country, subdivision=subdivision, adult=adult, masters=masters
    ):
        raise EmailInUse(email=email)
    call.emit(Event(EventKind.WorkerAdded, worker=person.key))
    return _with_key(call, person, Role.WORKER)


@command("AddOperator", by=Role.OPERATOR, before=hash_password, in_house=True)
def add_operator(call: Call, *, name: str, email: str, password: str | None = None) -> dict[str, Any]:
    """A new operator with an access key. Raises `EmailInUse` if they are one."""
    person = _person(call, name=name, email=email, password=password)
    if not accounts.make_operator(call, person.key):
        raise EmailInUse(email=email)
    call.emit(Event(EventKind.OperatorAdded, worker=person.key))
    return _with_key(call, person, Role.OPERATOR)


@command("PutMember", by=Role.OPERATOR, before=hash_password, in_house=True)
def put_member(
    call: Call,
    *,
    account_id: str,
    email: str,
    member_role: str,
    name: str | None = None,
    password: str | None = None,
) -> None:
    """Make a person a member of an organisation in this role, or with `none` no member any more.

    Somebody who is not registered yet is registered, by the address alone or with the name and password
    given.
    Raises `LastOwner` rather than leave an organisation to nobody.
    """
    organisation = accounts.organisation_key(call, account_id)
    if organisation is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    if member_role == "none":
        known = accounts.by_email(call, email)
        if known is None:
            raise ParameterValidationError(value=email, parameter="Email")
        person = known
    else:
        person = _person(call, name=name or email.partition("@")[0], email=email, password=password)
    if member_role != "owner" and not accounts.has_other_owner(
        call, organisation=organisation, person=person.key
    ):
        raise LastOwner(email=email, account_id=account_id)
    if member_role == "none":
        accounts.end_membership(call, organisation=organisation, person=person.key)
    else:
        accounts.put_member(call, organisation=organisation, person=person.key, role=member_role)
    call.emit(Event(EventKind.MemberAdded, requester=organisation, worker=person.key, detail=member_role))


@command("PutAccountStatus", by=Role.OPERATOR, in_house=True)
def put_account_status(call: Call, *, account_id: str, active: bool) -> None:
    """Switch a requester's or a person's account off or on: its keys, tokens and sessions follow at once."""
    if not active and account_id == call.actor.public_id:
        raise OwnAccount()
    organisation, person = accounts.put_status(call, account_id, active=active)
    if organisation is None and person is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    detail = "active" if active else "inactive"
    call.emit(Event(EventKind.AccountChanged, requester=organisation, worker=person, detail=detail))


@command("PutWorkerProfile", by=Role.OPERATOR, in_house=True)
def put_worker_profile(
    call: Call,
    *,
    worker_id: str,
    country: str | None = None,
    subdivision: str | None = None,
    adult: bool | None = None,
    masters: bool | None = None,
) -> None:
    """Change what requirements ask of a worker. What is not given stays; a new country without a subdivision
    ends the old subdivision."""
    person = accounts.by_public_id(call, worker_id)
    if person is None or not person.is_worker:
        raise ParameterValidationError(value=worker_id, parameter="WorkerId")
    if country is not None or subdivision is not None:
        new_country = country or person.country
        check_locale(new_country, subdivision)
        call.do(accounts.PUT_LOCALE, key=person.key, country_=new_country, subdivision_=subdivision)
    if adult is not None:
        call.do(accounts.PUT_ADULT, key=person.key, adult_=int(adult))
    if masters is not None:
        call.do(accounts.PUT_MASTERS, key=person.key, masters_=int(masters))
    call.emit(Event(EventKind.AccountChanged, worker=person.key, detail="profile"))


def check_locale(country: str | None, subdivision: str | None) -> None:
    """Refuse a country that is none, and a subdivision outside the United States."""
    if country is not None and country not in COUNTRIES:
        raise ParameterValidationError(
            f'The value "{country}" is not valid for the parameter Country. Give an ISO 3166-1 code: US.'
        )
    if subdivision is not None and (country != "US" or subdivision not in US_SUBDIVISIONS):
        raise ParameterValidationError(
            f'The value "{subdivision}" is not valid for the parameter Subdivision. '
            "Give one of the United States such as WA, with the country US."
        )


def _person(call: Call, *, name: str, email: str, password: str | None) -> Registered:
    """The person of that address, made where there is none. Raises `PasswordDiffers`."""
    known = accounts.by_email(call, email)
    if known is None:
        accounts.add_person(
            call, public_id=new_person_id(call.random), name=name, email=email, password=call.prepared
        )
        known = accounts.by_email(call, email)
        assert known is not None, "they were made, by this call or by one that was quicker"
    if password is None or known.password == call.prepared:
        return known
    if known.password is None and accounts.give_password(call, known.key, call.prepared):
        return known
    if not passwords.matches(known.password, password):
        raise PasswordDiffers(email=email)
    return known


def _with_key(call: Call, person: Registered, role: Role) -> dict[str, Any]:
    key = new_key(call, account_id=person.public_id, role=role, person=person.key, policies=[FULL_ACCESS])
    return {"AccountId": person.public_id, **key}
