"""Access keys: an organisation's, a worker's or an operator's."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.house.ownership import is_own, owner
from kempelen.operations.house.policies import check_names
from kempelen.rules.ids import new_access_key_id, new_secret
from kempelen.store import access_keys, paging
from kempelen.store.access_keys import AccessKey

FULL_ACCESS = "KempelenFullAccess"
"""The policy of a key for which nobody names another."""
ANYBODY = (Role.OPERATOR, Role.REQUESTER, Role.WORKER)


class AccessKeyDoesNotExist(Refusal):
    """The access key {access_key_id} does not exist."""

    code = "Kempelen.AccessKeyDoesNotExist"


def new_key(
    call: Call,
    *,
    account_id: str,
    role: Role,
    organisation: int | None = None,
    person: int | None = None,
    policies: list[str],
    label: str | None = None,
) -> dict[str, Any]:
    """A new access key of an organisation or a person, its secret in clear for this one time."""
    access_key_id, secret = new_access_key_id(call.random), new_secret(call.random)
    access_keys.add(
        call,
        access_key_id=access_key_id,
        sealed_secret=call.directory.seal(secret),
        organisation=organisation,
        person=person,
        role=int(role),
        policies=policies,
        label=label,
    )
    call.emit(Event(EventKind.KeyCreated, requester=organisation, worker=person, detail=access_key_id))
    shown = {
        "AccessKeyId": access_key_id,
        "Active": True,
        "Policies": policies,
        "AccountId": account_id,
        "CreationTime": call.now,
        "Label": label,
    }
    return {"AccessKey": shown, "SecretAccessKey": secret}


@command("CreateAccessKey", by=ANYBODY, in_house=True)
def create_access_key(
    call: Call,
    *,
    email: str | None = None,
    account_id: str | None = None,
    policies: list[str] | None = None,
    label: str | None = None,
) -> dict[str, Any]:
    """Another access key: of one's own account, or for operators of any. Without policies named it may do
    everything its account may; with an empty list of them, nothing."""
    whose = owner(call, account_id=account_id, email=email)
    return new_key(
        call,
        account_id=whose.account_id,
        role=whose.role,
        organisation=whose.organisation,
        person=whose.person,
        policies=check_names(call, [FULL_ACCESS] if policies is None else policies, whose.organisation),
        label=label,
    )


@command("PutAccessKey", by=ANYBODY, in_house=True)
def put_access_key(
    call: Call, *, access_key_id: str, active: bool | None = None, policies: list[str] | None = None
) -> dict[str, Any]:
    """Switch an access key off or on, or give it other policies. Raises `AccessKeyDoesNotExist`."""
    key = _owned(call, access_key_id)
    if active is not None:
        access_keys.put_active(call, key.key, active=active)
    if policies is not None:
        access_keys.put_policies(call, key.key, check_names(call, policies, key.organisation))
    call.emit(
        Event(EventKind.KeyChanged, requester=key.organisation, worker=key.person, detail=access_key_id)
    )
    return {"AccessKey": _as_answer(_owned(call, access_key_id))}


@query("ListAccessKeys", by=ANYBODY, in_house=True)
def list_access_keys(
    call: Call,
    *,
    account_id: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """The access keys of one's own account; for operators of the account named, or all. The oldest first."""
    whose = None
    if account_id is not None or call.actor.role in (Role.REQUESTER, Role.WORKER):
        whose = owner(call, account_id=account_id)
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=[account_id])
    rows = access_keys.page(
        call,
        organisation=whose.organisation if whose else None,
        person=whose.person if whose else None,
        after=(int(page.after[0]), int(page.after[1])),
        count=page.count,
    )
    items = [_as_answer(row) for row in rows]
    return paging.answer(
        call, page, "AccessKeys", items, positions=[(row.created_at, row.key) for row in rows]
    )


def _owned(call: Call, access_key_id: str) -> AccessKey:
    key = access_keys.find(call, access_key_id)
    if key is None or not is_own(call, organisation=key.organisation, person=key.person, role=key.role):
        raise AccessKeyDoesNotExist(access_key_id=access_key_id)
    return key


def _as_answer(key: AccessKey) -> dict[str, Any]:
    return {
        "AccessKeyId": key.access_key_id,
        "Active": key.active,
        "Policies": key.policies,
        "AccountId": key.account_id,
        "CreationTime": key.created_at,
        "Label": key.label,
    }
