"""Taking one's data along, and closing the account."""

from __future__ import annotations

import json
from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, command, query
from kempelen.operations.house import account_letters
from kempelen.operations.house.profile import as_answer
from kempelen.operations.house.proving import Proof, look_at_own_password, proven
from kempelen.operations.house.standing import suspension_as_answer
from kempelen.rules.money import Money
from kempelen.store import (
    access_keys,
    accounts,
    factors,
    look_alikes,
    mail_links,
    profiles,
    sessions,
    standing,
)

MOST_KEYS = 1_000


class AccountUnfinished(Refusal):
    """You have ${available} to withdraw, and {pending} of your tasks are not paid yet. Withdraw and wait for
    them first; if you close the account anyway, nobody can pay you."""

    code = "Kempelen.AccountUnfinished"
    page_status = 409


class OwnsAccounts(Refusal):
    """You are the only owner of {account_ids}. Make somebody else an owner first."""

    code = "Kempelen.OwnsAccounts"
    page_status = 409


@query("ExportOwnData", by=Role.PERSON, in_house=True)
def export_own_data(call: Call) -> dict[str, Any]:
    """Everything the house keeps about the acting person, as one JSON document. What they did in a market is
    that market's to export: `ExportOwnWork`."""
    person = profiles.by_key(call, call.actor.account)
    keys = access_keys.page(call, person=person.key, after=(0, 0), count=MOST_KEYS)
    document = {
        "Profile": as_answer(person),
        "PayoutIdentity": None if person.payout is None else call.directory.unseal(person.payout),
        "Sessions": [
            {
                "Begun": each.created_at,
                "LastSeen": each.seen_at,
                "Browser": each.user_agent,
                "From": each.address,
            }
            for each in sessions.of_person(call, person.key)
        ],
        "Passkeys": [
            {"Label": each.label, "Made": each.created_at, "LastUsed": each.used_at}
            for each in factors.passkeys_of(call, person.key)
        ],
        "AccessKeys": [
            {"Id": each.access_key_id, "Label": each.label, "Made": each.created_at, "Active": each.active}
            for each in keys
        ],
        "Organisations": [
            {"AccountId": found.public_id, "Name": found.name, "Role": role}
            for key, role in call.directory.memberships(person.key)
            if (found := call.directory.organisation(key)) is not None
        ],
        "Suspensions": [suspension_as_answer(each) for each in standing.of_person(call, person.key)],
        "RememberedAsDigests": [
            {"Kind": hint.name.lower(), "LastSeen": at, "Count": count}
            for hint, at, count in look_alikes.seen_kinds(call, person.key)
        ],
    }
    return {"Document": json.dumps(document, ensure_ascii=False, indent=1)}


def prepare_closing(call: Call, arguments: Arguments) -> tuple[Proof, tuple[int, int]]:
    """The password looked at, and what is left where money is real."""
    return look_at_own_password(call, arguments), call.directory.unfinished(call.actor.account)


@command("CloseAccount", by=Role.PERSON, before=prepare_closing, in_house=True)
def close_account(call: Call, *, password: str, anyway: bool = False) -> None:
    """Close one's account for good: sessions, keys and personal data are gone at once, the address is free;
    work and the ledger stay under the bare account id. Raises `AccountUnfinished` unless told to close it
    anyway, and `OwnsAccounts`."""
    proof, (available, pending) = call.prepared
    person = profiles.by_key(call, call.actor.account)
    if not proven(call, person, proof):
        return
    if (available or pending) and not anyway:
        raise AccountUnfinished(available=Money(available), pending=pending)
    owned = [
        public_id
        for key, public_id in accounts.owned_organisations(call, person.key)
        if not accounts.has_other_owner(call, organisation=key, person=person.key)
    ]
    if owned:
        raise OwnsAccounts(account_ids=", ".join(owned))
    account_letters.send(call, person, "closed", to=person.email)
    sessions.end_all(call, person.key)
    mail_links.end_all(call, person.key)
    factors.end_all(call, person.key)
    look_alikes.forget(call, person.key)
    profiles.close(call, person.key, public_id=person.public_id)
    call.emit(Event(EventKind.AccountChanged, worker=person.key, detail="closed"))
