"""Qualification types as a worker sees them: what they are, how the worker stands, and what can be done now.

The answer key never leaves, and a test only once its time has begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.operations.people.eligibility import SYSTEM_TYPES, blocked
from kempelen.operations.people.qualification_requests import last_had_at
from kempelen.operations.people.qualifications import requester_as_answer, value_as_answer
from kempelen.rules.comparators import Locale
from kempelen.rules.qualifying import RequestStatus, may_ask_again_at
from kempelen.rules.requirements import locale_as_answer
from kempelen.rules.system_qualifications import SystemQualificationType
from kempelen.rules.system_qualifications import value as system_value
from kempelen.store import paging, parties, qualification_types, qualifications
from kempelen.store import qualification_requests as requests
from kempelen.store import qualification_type_listings as listings
from kempelen.store.qualification_requests import Live
from kempelen.store.qualification_type_listings import Match
from kempelen.store.qualification_types import (
    InvalidQualificationTypeState,
    QualificationType,
)
from kempelen.store.qualifications import Qualification

NOT_HELD = "NotHeld"


@query("ListWorkerQualificationTypes", by=Role.WORKER)
def list_worker_qualification_types(
    call: Call, *, query: str | None = None, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """The types that workers can ask for, by name, with what the worker holds of each. With a query, types of
    that name stand first, then those whose text holds it, then those with all its words."""
    wanted = (query or "").strip()
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=[wanted])
    started, after = int(page.after[0]), int(page.after[1])
    found: list[tuple[Match, QualificationType]] = []
    for match in (Match.NAME, Match.WHOLE, Match.WORDS) if wanted else (Match.ANY,):
        left = page.count - len(found)
        if match >= started and left:
            begin = after if match == started else 0
            types = listings.page(
                call, match, query=wanted, own=False, requestable=True, after=begin, count=left
            )
            found += [(match, each) for each in types]
    items = _as_answers(call, [each for _, each in found])
    positions = [(int(match), each.key) for match, each in found]
    return paging.answer(call, page, "QualificationTypes", items, positions=positions)


def _as_answers(call: Call, types: Sequence[QualificationType]) -> list[dict[str, Any]]:
    """Three statements, however many types."""
    keys = [each.key for each in types]
    held = qualifications.found_among(call, keys)
    live = requests.live_among(call, keys)
    names = parties.requesters_of(call, (each.requester for each in types))
    return [_as_answer(each, names[each.requester], held.get(each.key), live.get(each.key)) for each in types]


@query("GetWorkerQualificationType", by=Role.WORKER)
def get_worker_qualification_type(call: Call, *, qualification_type_id: str) -> dict[str, Any]:
    """One type: what the worker holds of it and has asked for, the test while theirs is open, and whether
    they can ask for it now, from when on, or why not."""
    system = SYSTEM_TYPES.get(qualification_type_id)
    if system is not None:
        return {"QualificationType": _system_as_answer(call, system)}
    found = qualification_types.by_id(call, qualification_type_id, also_deleted=True)
    held = qualifications.find(call, found.key, call.actor.account)
    asked = requests.live(call, found.key)
    if found.deleted_at is not None and held is None:
        raise InvalidQualificationTypeState(state="Disposed", wanted="Active,Inactive")
    live = None
    if asked is not None:
        live = Live(asked.public_id, asked.status, asked.started_at, asked.ends_at)
    answer = _as_answer(found, parties.requester(call, found.requester), held, live)
    if asked is not None and asked.status == RequestStatus.TEST_OPEN:
        answer["Test"] = asked.test
    return {"QualificationType": answer | _what_now(call, found, live)}


def _as_answer(
    found: QualificationType, requester: tuple[str, str], held: Qualification | None, live: Live | None
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "QualificationTypeId": found.public_id,
        "Name": found.name,
        "Description": found.description,
        "Keywords": found.keywords,
        **requester_as_answer(found.requester, requester),
        "CreationTime": found.created_at,
        "HasTest": found.test is not None,
        "TestDurationInSeconds": found.test_duration_seconds,
        "RetryDelayInSeconds": found.retry_delay_seconds,
        "AutoGranted": bool(found.auto_granted),
        "IsRequestable": bool(found.active) and found.deleted_at is None,
        "Status": NOT_HELD,
    }
    if held is not None:
        answer |= value_as_answer(held) | {"Reason": held.reason}
    if live is not None:
        answer |= {
            "QualificationRequestId": live.public_id,
            "RequestTime": live.started_at,
            "Deadline": live.ends_at,
            "RequestStatus": RequestStatus(live.status).label,
        }
    return answer


def _what_now(call: Call, found: QualificationType, live: Live | None) -> dict[str, Any]:
    """Whether the worker can ask for the type now. Every reason that `RequestQualification` knows, in its
    order."""
    why_not, again_at = "", None
    if live is not None:
        why_not = RequestStatus(live.status).label
    elif call.actor.suspended:
        why_not = "Suspended"
    elif not call.actor.verified:
        why_not = "NotConfirmed"
    elif found.deleted_at is not None or not found.active:
        why_not = "Inactive"
    elif blocked(call, found.requester):
        why_not = "Blocked"
    else:
        had = last_had_at(call, found)
        if had is not None:
            again_at = may_ask_again_at(had, found.retry_delay_seconds)
            if again_at is None:
                why_not = "OnlyOnce"
            elif call.now < again_at:
                why_not = "TooEarly"
            else:
                again_at = None
    return {"MayRequest": not why_not, "WhyNot": why_not or None, "MayRequestTime": again_at}


def _system_as_answer(call: Call, system: SystemQualificationType) -> dict[str, Any]:
    value = system_value(system.id, qualifications.own_record(call, with_statistics=True))
    answer: dict[str, Any] = {
        "QualificationTypeId": system.id,
        "Name": system.name,
        "Description": system.description,
        "HasTest": False,
        "AutoGranted": False,
        "IsRequestable": False,
        "Status": NOT_HELD if value is None else "Granted",
        "MayRequest": False,
        "WhyNot": "OfTheMarket",
    }
    if isinstance(value, Locale):
        answer["LocaleValue"] = locale_as_answer(value)
    elif value is not None:
        answer["IntegerValue"] = value
    return answer
