"""Access keys."""

from __future__ import annotations

from typing import Any

from kempelen.events import Event, EventKind
from kempelen.operation import Call
from kempelen.rules.ids import new_access_key_id, new_secret
from kempelen.store import accounts


def new_key(
    call: Call,
    *,
    account_id: str,
    organisation: int | None,
    person: int | None,
    policies: list[str],
    label: str | None = None,
) -> dict[str, Any]:
    """A new access key of an organisation or a person, its secret in clear for this one time."""
    access_key_id, secret = new_access_key_id(call.random), new_secret(call.random)
    accounts.add_key(
        call,
        access_key_id=access_key_id,
        sealed_secret=call.directory.seal(secret),
        organisation=organisation,
        person=person,
        policies=policies,
        label=label,
    )
    call.emit(Event(EventKind.KeyCreated, requester=organisation, worker=person, detail=access_key_id))
    return {
        "AccessKey": {
            "AccessKeyId": access_key_id,
            "Active": True,
            "Policies": policies,
            "AccountId": account_id,
            "CreationTime": call.now,
            "Label": label,
        },
        "SecretAccessKey": secret,
    }
