"""Whose keys and tokens somebody means: their own, or, for operators, anybody's."""

from __future__ import annotations

from dataclasses import dataclass

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call, Role
from kempelen.store import accounts
from kempelen.store.accounts import Registered


@dataclass(frozen=True, slots=True)
class Owner:
    """An account that keys and tokens belong to: an organisation, or a person in one role."""

    account_id: str
    role: Role
    organisation: int | None = None
    person: int | None = None


def owner(call: Call, *, account_id: str | None = None, email: str | None = None) -> Owner:
    """The account meant by an id, by an address, or by nothing: the caller's own.

    An address means the organisation its person owns, else the person as a worker or operator; where it could
    mean several, the refusal names them. Raises `ParameterValidationError`, also for accounts of others.
    """
    if account_id is not None and email is not None:
        raise ParameterValidationError("Give either AccountId or Email, not both.")
    actor = call.actor
    if actor.role in (Role.REQUESTER, Role.WORKER):
        if email is not None or account_id not in (None, actor.public_id):
            parameter = "AccountId" if email is None else "Email"
            raise ParameterValidationError(value=account_id or email, parameter=parameter)
        return _own(call)
    if email is not None:
        return _by_email(call, email)
    if account_id is not None:
        return _by_id(call, account_id)
    if actor.role is Role.SYSTEM:
        raise ParameterValidationError("Give AccountId or Email.")
    return _own(call)


def is_own(call: Call, *, organisation: int | None, person: int | None, role: int) -> bool:
    """Whether a key or token with these owners is the caller's to change: operators may change all.

    Whoever is worker and operator changes, as a worker, only what they have as a worker.
    """
    if call.actor.role is Role.REQUESTER:
        return organisation == call.actor.account
    if call.actor.role is Role.WORKER:
        return person == call.actor.account and role == Role.WORKER
    return True


def _own(call: Call) -> Owner:
    actor = call.actor
    if actor.role is Role.REQUESTER:
        return Owner(actor.public_id, Role.REQUESTER, organisation=actor.account)
    return Owner(actor.public_id, actor.role, person=actor.account)


def _by_id(call: Call, account_id: str) -> Owner:
    if account_id == call.actor.public_id:
        return _own(call)
    organisation = accounts.organisation_key(call, account_id)
    if organisation is not None:
        return Owner(account_id, Role.REQUESTER, organisation=organisation)
    person = accounts.by_public_id(call, account_id)
    if person is None or not (person.is_worker or person.is_operator):
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    return _as_person(person)


def _by_email(call: Call, email: str) -> Owner:
    person = accounts.by_email(call, email)
    if person is None:
        raise ParameterValidationError(f"Nobody is registered under the address {email}.")
    owned = accounts.owned_organisations(call, person.key)
    if len(owned) > 1:
        names = ", ".join(public_id for _, public_id in owned)
        raise ParameterValidationError(f"{email} owns several accounts. Give an AccountId of these: {names}.")
    if owned:
        return Owner(owned[0][1], Role.REQUESTER, organisation=owned[0][0])
    if person.is_worker or person.is_operator:
        return _as_person(person)
    raise ParameterValidationError(f"{email} has no account of their own that a key could belong to.")


def _as_person(person: Registered) -> Owner:
    """Whoever is both gets the lesser role; an operator's own key makes operators' keys."""
    role = Role.WORKER if person.is_worker else Role.OPERATOR
    return Owner(person.public_id, role, person=person.key)
