"""Adding requesters, workers and operators, each with a first access key."""

from __future__ import annotations

from typing import Any

from argon2 import PasswordHasher

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command
from kempelen.operations.house.keys import new_key
from kempelen.rules.countries import COUNTRIES, US_SUBDIVISIONS
from kempelen.rules.ids import new_person_id
from kempelen.store import accounts

FULL_ACCESS = "KempelenFullAccess"


def hash_password(arguments: Arguments, traits: Traits) -> str | None:
    """The argon2id hash of the password given; slow on purpose, so it is made before the transaction."""
    password = arguments.get("password")
    return None if password is None else PasswordHasher().hash(password)


@command("AddRequester", by=Role.OPERATOR, prepare=hash_password, in_house=True)
def add_requester(
    call: Call, *, name: str, email: str, password: str | None = None, pseudonymous: bool = False
) -> dict[str, Any]:
    """A new organisation with its owner and an access key that may do everything."""
    person_id = new_person_id(call.random)
    account_id = new_person_id(call.random)
    person = accounts.add_person(call, public_id=person_id, name=name, email=email, password=call.prepared)
    organisation = accounts.add_organisation(
        call, public_id=account_id, name=name, pseudonymous=pseudonymous, owner=person
    )
    call.emit(Event(EventKind.RequesterAdded, requester=organisation))
    key = new_key(call, account_id=account_id, organisation=organisation, person=None, policies=[FULL_ACCESS])
    return {"AccountId": account_id, "PersonId": person_id, **key}


@command("AddWorker", by=Role.OPERATOR, prepare=hash_password, in_house=True)
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
    """A new worker with an access key for third-party front ends."""
    check_locale(country, subdivision)
    public_id = new_person_id(call.random)
    person = accounts.add_person(
        call,
        public_id=public_id,
        name=name,
        email=email,
        password=call.prepared,
        is_worker=True,
        country=country,
        subdivision=subdivision,
        adult=adult,
        masters=masters,
    )
    call.emit(Event(EventKind.WorkerAdded, worker=person))
    key = new_key(call, account_id=public_id, organisation=None, person=person, policies=[FULL_ACCESS])
    return {"AccountId": public_id, **key}


@command("AddOperator", by=Role.OPERATOR, prepare=hash_password, in_house=True)
def add_operator(call: Call, *, name: str, email: str, password: str | None = None) -> dict[str, Any]:
    """A new operator with an access key."""
    public_id = new_person_id(call.random)
    person = accounts.add_person(
        call, public_id=public_id, name=name, email=email, password=call.prepared, is_operator=True
    )
    call.emit(Event(EventKind.OperatorAdded, worker=person))
    key = new_key(call, account_id=public_id, organisation=None, person=person, policies=[FULL_ACCESS])
    return {"AccountId": public_id, **key}


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
