"""Suspending people, and what they see of it. A suspended person signs in, reads, writes and withdraws."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.house import account_letters
from kempelen.operations.house.accounts import OwnAccount
from kempelen.store import accounts, look_alikes, paging, profiles, standing
from kempelen.store.standing import Suspension

FIRST = (2**31, 2**62)
"""A position before every pair."""


class NotSuspended(Refusal):
    """The account {account_id} is not suspended."""

    code = "Kempelen.NotSuspended"
    page_status = 409


@command("SuspendAccount", by=Role.OPERATOR, in_house=True)
def suspend_account(call: Call, *, account_id: str, cause: str, evidence: str, contact: str) -> None:
    """Keep a person from accepting and previewing work and from tests; they are told why and by whom.
    Of one who is suspended only the words are new. What they have earned stays theirs to withdraw."""
    person = _person(call, account_id)
    if account_id == call.actor.public_id:
        raise OwnAccount()
    if not standing.suspend(call, person, cause=cause, evidence=evidence, contact=contact):
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    known = profiles.by_key(call, person)
    account_letters.send(
        call, known, "suspended", path=account_letters.STANDING, cause=cause, contact=contact
    )
    call.emit(Event(EventKind.AccountChanged, worker=person, detail="suspended"))


@command("EndSuspension", by=Role.OPERATOR, in_house=True)
def end_suspension(call: Call, *, account_id: str) -> None:
    """Let a suspended person work again. Raises `NotSuspended`."""
    person = _person(call, account_id)
    if not standing.restore(call, person):
        raise NotSuspended(account_id=account_id)
    known = profiles.by_key(call, person)
    if known.active:
        account_letters.send(call, known, "restored", path=account_letters.STANDING)
    call.emit(Event(EventKind.AccountChanged, worker=person, detail="restored"))


@query("GetStanding", by=Role.PERSON, in_house=True)
def get_standing(call: Call) -> dict[str, Any]:
    """Whether one may work, and every suspension with its cause, its evidence and the person to write to."""
    person = profiles.by_key(call, call.actor.account)
    found = standing.of_person(call, person.key)
    return {
        "Verified": person.verified_at is not None,
        "Suspended": person.suspended,
        "Suspensions": [suspension_as_answer(each) for each in found],
    }


@query("ListLookAlikes", by=Role.OPERATOR, in_house=True, personal=True)
def list_look_alikes(
    call: Call,
    *,
    least_score: int | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """Pairs of accounts that may be one person's, the most alike first. A shared browser counts 60, addresses
    that reach one mailbox 30, a shared network 10; nothing follows by itself."""
    page = paging.read(call, next_token, max_results, start=FIRST, filter=[least_score])
    score, key = page.after
    found = look_alikes.page(call, least=least_score or 0, before=(int(score), int(key)), count=page.count)
    items = [
        {
            "AccountIds": [each.one, each.other],
            "Score": each.score,
            "SharedNetwork": each.network,
            "SharedDevice": each.device,
            "SimilarEmail": each.email,
            "Time": each.at,
        }
        for each in found
    ]
    return paging.answer(
        call, page, "LookAlikes", items, positions=[(each.score, each.key) for each in found]
    )


def suspension_as_answer(suspension: Suspension) -> dict[str, Any]:
    """The `Suspension` structure."""
    return {
        "Cause": suspension.cause,
        "Evidence": suspension.evidence,
        "Contact": suspension.contact,
        "Since": suspension.since,
        "EndTime": suspension.ended_at,
    }


def _person(call: Call, account_id: str) -> int:
    person = accounts.by_public_id(call, account_id)
    if person is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    return person.key
