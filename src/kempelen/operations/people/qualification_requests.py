"""Requests for qualifications: asked by workers, decided by requesters or by the type itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.people.eligibility import SYSTEM_TYPES, refuse_blocked
from kempelen.operations.people.language_tests import test_to_give
from kempelen.operations.people.messages import tell
from kempelen.operations.people.qualifications import grant, requester_as_answer, tell_granted
from kempelen.operations.people.standing import refuse_unless_in_standing
from kempelen.rules import test_scores
from kempelen.rules.qualifying import DEFAULT_VALUE, RequestStatus, may_ask_again_at
from kempelen.store import paging, parties, qualification_types, qualifications
from kempelen.store import qualification_requests as requests
from kempelen.store.qualification_requests import InvalidQualificationRequestState, QualificationRequest
from kempelen.store.qualification_types import InvalidQualificationTypeState, QualificationType


class NotRequestable(Refusal):
    """Nobody can ask for this qualification: the market itself gives it."""

    code = "AWS.MechanicalTurk.InvalidQualificationTypeState"


class AlreadyAsked(Refusal):
    """You have asked for this qualification already; the requester has not decided yet."""

    code = "AWS.MechanicalTurk.InvalidQualificationRequestState"
    page_status = 409


class QualificationTypeDoesNotAllowRetake(Refusal):
    """This qualification can be asked for only once, and you have had your turn."""

    code = "AWS.MechanicalTurk.QualificationTypeDoesNotAllowRetake"


class QualificationTypeRetryDelayNotElapsed(Refusal):
    """You can ask for this qualification again in {seconds} seconds."""

    code = "AWS.MechanicalTurk.QualificationTypeRetryDelayNotElapsed"


@command("RequestQualification", by=Role.WORKER)
def request_qualification(call: Call, *, qualification_type_id: str) -> dict[str, Any]:
    """Ask for a qualification: granted at once, or waiting, or with a test whose time begins now.

    Asked again while the test is open, it answers the same test with the same deadline.
    """
    refuse_unless_in_standing(call)
    if qualification_type_id in SYSTEM_TYPES:
        raise NotRequestable()
    found = qualification_types.by_id(call, qualification_type_id, for_use=True)
    if not found.active:
        raise InvalidQualificationTypeState(state="Inactive", wanted="Active")
    refuse_blocked(call, found.requester)
    parties.know_worker(call, call.actor.account, call.actor.public_id)
    seconds = found.test_duration_seconds
    ends_at = None if found.test is None or seconds is None else call.now + seconds * 1000
    test = test_to_give(call, found)
    added = requests.add(
        call, qualification_type=found.key, requester=found.requester, test=test, ends_at=ends_at
    )
    if added is None:
        return _under_way(call, found)
    _refuse_early_retry(call, found, added[0])
    found = replace(found, test=test)
    return _opened(call, found, key=added[0], request_id=added[1], ends_at=ends_at)


def _under_way(call: Call, found: QualificationType) -> dict[str, Any]:
    live = requests.live(call, found.key)
    if live is None or live.status != RequestStatus.TEST_OPEN:
        raise AlreadyAsked()
    return _open_test_as_answer(live.public_id, live.test, live.ends_at)


def _refuse_early_retry(call: Call, found: QualificationType, key: int) -> None:
    """Refuse a request that comes too early after the last request or grant. The new one stands already, so
    of two at once the second sees the first."""
    had = last_had_at(call, found, but=key)
    if had is None:
        return
    again_at = may_ask_again_at(had, found.retry_delay_seconds)
    if again_at is None:
        raise QualificationTypeDoesNotAllowRetake()
    if call.now < again_at:
        raise QualificationTypeRetryDelayNotElapsed(seconds=-((call.now - again_at) // 1000))


def last_had_at(call: Call, found: QualificationType, *, but: int = 0) -> int | None:
    """When the acting worker last asked for the type, leaving one request out, or was given it."""
    held = qualifications.find(call, found.key, call.actor.account)
    asked_at = requests.last_at(call, found.key, but=but)
    moments = [at for at in (asked_at, held.granted_at if held else None) if at is not None]
    return max(moments, default=None)


def _opened(
    call: Call, found: QualificationType, *, key: int, request_id: str, ends_at: int | None
) -> dict[str, Any]:
    organisation = call.directory.organisation(found.requester)
    is_pseudonymous = organisation is not None and organisation.pseudonymous
    worker = call.actor.account
    parties.introduce(call, requester=found.requester, worker=worker, pseudonymous=is_pseudonymous)
    call.emit(Event(EventKind.QualificationRequested, found.requester, worker=worker, detail=found.public_id))
    if found.auto_granted:
        value = DEFAULT_VALUE if found.auto_granted_value is None else found.auto_granted_value
        grant_request(call, found, key=key, worker=worker, value=value)
        status = RequestStatus.GRANTED.label
        return {"QualificationRequestId": request_id, "Status": status, "IntegerValue": value}
    if ends_at is not None:
        call.due(ends_at)
        return _open_test_as_answer(request_id, found.test, ends_at)
    return {"QualificationRequestId": request_id, "Status": RequestStatus.PENDING.label}


def grant_request(call: Call, found: QualificationType, *, key: int, worker: int, value: int) -> bool:
    """Grant what waits; False if it no longer does."""
    if not requests.end(call, key, was=RequestStatus.PENDING, becomes=RequestStatus.GRANTED):
        return False
    grant(call, found, worker, value)
    return True


def _open_test_as_answer(request_id: str, test: str | None, ends_at: int | None) -> dict[str, Any]:
    return {
        "QualificationRequestId": request_id,
        "Status": RequestStatus.TEST_OPEN.label,
        "Test": test,
        "Deadline": ends_at,
    }


@command("WithdrawQualificationRequest", by=Role.WORKER)
def withdraw_qualification_request(call: Call, *, qualification_request_id: str) -> None:
    """Take a request back, or leave a test; it counts as asked all the same."""
    asked = requests.of_worker(call, qualification_request_id)
    for was in (RequestStatus.PENDING, RequestStatus.TEST_OPEN):
        if requests.end(call, asked.key, was=was, becomes=RequestStatus.WITHDRAWN):
            call.emit(
                Event(
                    EventKind.QualificationRequestWithdrawn,
                    asked.requester,
                    worker=asked.worker,
                    detail=asked.type_id,
                )
            )
            return
    raise InvalidQualificationRequestState(state=asked.state, wanted="TestOpen,Pending")


@command("AcceptQualificationRequest", by=Role.REQUESTER)
def accept_qualification_request(
    call: Call, *, qualification_request_id: str, integer_value: int | None = None
) -> None:
    """Grant what a worker asked for, with that value, or the one the answer key gives, or 1."""
    asked = requests.owned(call, qualification_request_id)
    if asked.status != RequestStatus.PENDING:
        raise _decided(asked)
    found = qualification_types.owned(call, asked.type_id)
    value = _value(asked, found) if integer_value is None else integer_value
    if not grant_request(call, found, key=asked.key, worker=asked.worker, value=value):
        raise _decided(requests.owned(call, qualification_request_id))
    tell_granted(call, asked.worker, requester=asked.requester, name=asked.type_name, value=value)


def _value(asked: QualificationRequest, found: QualificationType) -> int:
    if asked.answer is None or found.answer_key is None or asked.test is None or asked.test != found.test:
        return DEFAULT_VALUE
    return test_scores.score_of_document(asked.test, found.answer_key, asked.answer)


@command("RejectQualificationRequest", by=Role.REQUESTER)
def reject_qualification_request(
    call: Call, *, qualification_request_id: str, reason: str | None = None
) -> None:
    """Refuse what a worker asked for, who is told the reason. What they hold stays as it is."""
    asked = requests.owned(call, qualification_request_id)
    pending, rejected = RequestStatus.PENDING, RequestStatus.REJECTED
    if not requests.end(call, asked.key, was=pending, becomes=rejected, reason=reason):
        raise _decided(requests.owned(call, qualification_request_id))
    tell(
        call,
        asked.worker,
        requester=asked.requester,
        subject=f'Your request for the qualification "{asked.type_name}" was rejected',
        text=reason or "The requester gave no reason.",
    )
    call.emit(
        Event(
            EventKind.QualificationRequestRejected,
            asked.requester,
            worker=asked.worker,
            detail=asked.type_id,
        )
    )


def _decided(asked: QualificationRequest) -> InvalidQualificationRequestState:
    return InvalidQualificationRequestState(state=asked.state, wanted="Pending")


@query("ListQualificationRequests", by=Role.REQUESTER)
def list_qualification_requests(
    call: Call,
    *,
    qualification_type_id: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """What waits for the caller's decision, for one type or for all, by time of submission."""
    found = None
    if qualification_type_id is not None:
        found = qualification_types.owned(call, qualification_type_id).key
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=[qualification_type_id])
    after = int(page.after[0]), int(page.after[1])
    rows = requests.pending(call, found, after=after, count=page.count)
    ids = parties.worker_ids(call, (row.worker for row in rows))
    items = [
        {
            "QualificationRequestId": row.public_id,
            "QualificationTypeId": row.type_id,
            "WorkerId": ids[row.worker],
            "Test": row.test,
            "Answer": row.answer,
            "SubmitTime": row.submitted_at,
        }
        for row in rows
    ]
    positions = [(row.submitted_at or 0, row.key) for row in rows]
    return paging.answer(call, page, "QualificationRequests", items, positions=positions)


@query("ListOwnQualificationRequests", by=Role.WORKER)
def list_own_qualification_requests(
    call: Call, *, live: bool = False, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """What the worker has asked for and what came of it, newest first; with Live only what waits and
    the tests that are open."""
    page = paging.read(call, next_token, max_results, start=paging.NEWEST, filter=[live])
    before = int(page.after[0]), int(page.after[1])
    rows = requests.history(call, live=live, before=before, count=page.count)
    names = parties.requesters_of(call, (row.requester for row in rows))
    items = [
        {
            "QualificationRequestId": row.public_id,
            "QualificationTypeId": row.type_id,
            "Name": row.type_name,
            "Status": row.state,
            "StartTime": row.started_at,
            "Deadline": row.ends_at,
            "SubmitTime": row.submitted_at,
            "Reason": row.reason,
            **requester_as_answer(row.requester, names[row.requester]),
        }
        for row in rows
    ]
    return paging.answer(
        call, page, "QualificationRequests", items, positions=[(row.started_at, row.key) for row in rows]
    )
