"""Qualifications: granted and taken away, by requesters and by the workers who hold them."""

from __future__ import annotations

from typing import Any

from kempelen.events import Event, EventKind
from kempelen.operation import SYSTEM, Call, Role, command, query
from kempelen.operations.people.messages import tell
from kempelen.rules.comparators import Locale
from kempelen.rules.qualifying import DEFAULT_VALUE, may_ask_again_at
from kempelen.rules.requirements import locale_as_answer
from kempelen.store import paging, parties, qualification_requests, qualification_types, qualifications
from kempelen.store.qualification_types import QualificationDoesNotExist
from kempelen.store.qualifications import OwnQualification, Qualification


@command("AssociateQualificationWithWorker", by=Role.REQUESTER)
def associate_qualification_with_worker(
    call: Call,
    *,
    qualification_type_id: str,
    worker_id: str,
    integer_value: int = DEFAULT_VALUE,
    send_notification: bool = True,
) -> None:
    """Give a worker one of the caller's qualifications, or a new value of it. The worker is told if that
    changes something."""
    found = qualification_types.owned(call, qualification_type_id)
    worker = parties.worker_key(call, worker_id)
    held = qualifications.find(call, found.key, worker)
    grant(call, found, worker, integer_value)
    is_news = held is None or not held.granted or held.value != integer_value
    if send_notification and is_news:
        tell_granted(call, worker, requester=found.requester, name=found.name, value=integer_value)


def grant(call: Call, found: qualification_types.QualificationType, worker: int, value: int) -> None:
    """Give a worker a qualification of that type."""
    qualifications.grant(call, found.key, worker, value)
    call.emit(Event(EventKind.QualificationGranted, found.requester, worker=worker, detail=found.public_id))


def tell_granted(call: Call, worker: int, *, requester: int, name: str, value: int) -> None:
    """Tell a worker of a qualification they were given."""
    tell(
        call,
        worker,
        requester=requester,
        subject=f'You have the qualification "{name}"',
        text=f'You were given the qualification "{name}" with the value {value}.',
    )


@command("DisassociateQualificationFromWorker", by=Role.REQUESTER)
def disassociate_qualification_from_worker(
    call: Call, *, worker_id: str, qualification_type_id: str, reason: str | None = None
) -> None:
    """Take a qualification away. The worker finds the reason on their own pages; no mail leaves, for a
    reason may be any text and the worker need never have asked for anything."""
    found = qualification_types.owned(call, qualification_type_id)
    worker = parties.worker_key(call, worker_id)
    qualifications.revoke(call, found.key, worker, reason)
    tell(
        call,
        worker,
        requester=found.requester,
        subject=f'You no longer have the qualification "{found.name}"',
        text=reason or "The requester gave no reason.",
        by_mail=False,
    )
    call.emit(Event(EventKind.QualificationRevoked, found.requester, worker=worker, detail=found.public_id))


@query("GetQualificationScore", by=Role.REQUESTER)
def get_qualification_score(call: Call, *, qualification_type_id: str, worker_id: str) -> dict[str, Any]:
    """What a worker holds of one of the caller's types. Refuses a revoked one."""
    found = qualification_types.owned(call, qualification_type_id)
    held = qualifications.find(call, found.key, parties.worker_key(call, worker_id))
    if held is None:
        raise QualificationDoesNotExist()
    if not held.granted:
        raise qualifications.InvalidQualificationState(state="Revoked", wanted="Granted")
    return {"Qualification": _as_answer(held, found.public_id, worker_id)}


@query("ListWorkersWithQualificationType", by=Role.REQUESTER)
def list_workers_with_qualification_type(
    call: Call,
    *,
    qualification_type_id: str,
    status: str = "Granted",
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """Who holds one of the caller's types, or held it until it was revoked, in order of first grant."""
    found = qualification_types.owned(call, qualification_type_id)
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=[qualification_type_id, status])
    after = int(page.after[0]), int(page.after[1])
    rows = qualifications.holders(call, found.key, granted=status == "Granted", after=after, count=page.count)
    ids = parties.worker_ids(call, (row.worker for row in rows))
    items = [_as_answer(row, found.public_id, ids[row.worker]) for row in rows]
    return paging.answer(
        call, page, "Qualifications", items, positions=[(row.created_at, row.key) for row in rows]
    )


def _as_answer(held: Qualification, type_id: str, worker_id: str) -> dict[str, Any]:
    return {"QualificationTypeId": type_id, "WorkerId": worker_id, **value_as_answer(held)}


def value_as_answer(held: Qualification) -> dict[str, Any]:
    """What is held, since when, and whether it still is."""
    answer: dict[str, Any] = {
        "GrantTime": held.granted_at,
        "IntegerValue": held.value,
        "Status": "Granted" if held.granted else "Revoked",
    }
    if held.country is not None:
        answer["LocaleValue"] = locale_as_answer(Locale(held.country, held.subdivision))
    return answer


def requester_as_answer(key: int, known: tuple[str, str]) -> dict[str, Any]:
    """Whose a type is; one of the market's own has a name and no id, for nobody publishes work under it."""
    return {"RequesterId": None if key == SYSTEM.account else known[0], "RequesterName": known[1]}


@command("DiscardQualification", by=Role.WORKER)
def discard_qualification(call: Call, *, qualification_type_id: str) -> None:
    """Give a qualification up; accepted work stays. It can be asked for again as the type's retry delay
    says."""
    found = qualification_types.by_id(call, qualification_type_id, also_deleted=True)
    qualifications.revoke(call, found.key, call.actor.account, "You gave it up.")
    call.emit(
        Event(
            EventKind.QualificationRevoked,
            found.requester,
            worker=call.actor.account,
            detail=found.public_id,
        )
    )


@query("ListOwnQualifications", by=Role.WORKER)
def list_own_qualifications(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """What the worker was ever granted, in that order, why it was taken away where it was, and from when
    on it can be asked for again where it can."""
    page = paging.read(call, next_token, max_results, start=(0, 0))
    found = qualifications.own(call, after=(int(page.after[0]), int(page.after[1])), count=page.count)
    names = parties.requesters_of(call, (one.requester for one in found))
    asked = qualification_requests.last_among(call, [one.qualification.qualification_type for one in found])
    items = [
        _own_as_answer(one, names[one.requester], asked.get(one.qualification.qualification_type))
        for one in found
    ]
    positions = [(one.qualification.created_at, one.qualification.key) for one in found]
    return paging.answer(call, page, "Qualifications", items, positions=positions)


def _own_as_answer(one: OwnQualification, requester: tuple[str, str], asked_at: int | None) -> dict[str, Any]:
    again_at = may_ask_again_at(max(one.qualification.granted_at, asked_at or 0), one.retry_delay_seconds)
    return {
        "QualificationTypeId": one.type_id,
        "Name": one.name,
        "Description": one.description,
        "Reason": one.qualification.reason,
        **requester_as_answer(one.requester, requester),
        "HasTest": bool(one.has_test),
        "IsRequestable": bool(one.is_requestable),
        "MayRequestTime": again_at if one.is_requestable else None,
        **value_as_answer(one.qualification),
    }
