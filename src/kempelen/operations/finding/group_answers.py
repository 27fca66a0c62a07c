"""Groups as their worker is shown them: what they pay, who publishes them, and how the worker stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kempelen.operation import Call
from kempelen.operations.people.eligibility import (
    SYSTEM_TYPES,
    eligibility_by_faces,
    requirements_of,
)
from kempelen.rules import task_settings
from kempelen.rules.comparators import Value
from kempelen.rules.money import Money
from kempelen.rules.requirement_sets import explain_to, standing
from kempelen.rules.requirements import WorkerAction, may
from kempelen.store import group_listings, hit_types, qualification_types, requester_facts
from kempelen.store.group_listings import Summary
from kempelen.store.hit_types import HITType
from kempelen.store.qualification_types import Face
from kempelen.store.requester_facts import Facts

TYPES_AT_ONCE = 10


def groups_as_answers(
    call: Call, keys: Sequence[int], *, values: Mapping[str, Value]
) -> list[dict[str, Any]]:
    """These groups in the contract's words, for a worker who holds `values`. A few statements for all."""
    if not keys:
        return []
    types = hit_types.by_keys(call, keys)
    summaries = group_listings.summaries(call, keys)
    faces = _faces(call, types.values())
    facts = requester_facts.of(call, {each.requester for each in summaries.values()})
    return [
        _as_answer(types[key], summaries[key], values=values, faces=faces)
        | {"Requester": facts_as_answer(facts[summaries[key].requester])}
        for key in keys
    ]


def _faces(call: Call, types: Iterable[HITType]) -> dict[str, Face]:
    """Every qualification type that these HIT types require, as workers are told of it."""
    required = {one.qualification_type_id for each in types for one in requirements_of(each.requirements)}
    faces = {
        type_id: Face(SYSTEM_TYPES[type_id].name, False, False) for type_id in required & SYSTEM_TYPES.keys()
    }
    own = sorted(required - SYSTEM_TYPES.keys())
    for begin in range(0, len(own), TYPES_AT_ONCE):
        faces |= qualification_types.faces(call, own[begin : begin + TYPES_AT_ONCE])
    return faces


def _as_answer(
    hit_type: HITType, summary: Summary, *, values: Mapping[str, Value], faces: Mapping[str, Face]
) -> dict[str, Any]:
    requirements = requirements_of(hit_type.requirements)
    found = explain_to(requirements, values, newcomers=hit_type.newcomers)
    listed = eligibility_by_faces(found, faces)
    told = task_settings.told(hit_type.settings)
    stated = told or {}
    is_paused = hit_type.paused_at is not None
    return {
        "HITGroupId": hit_type.group_id,
        "HITTypeId": hit_type.public_id,
        "RequesterId": summary.requester_id,
        "RequesterName": summary.requester_name,
        "Title": hit_type.title,
        "Description": hit_type.description,
        "Keywords": hit_type.keywords or None,
        "Reward": str(Money(hit_type.reward)),
        "AssignmentDurationInSeconds": hit_type.duration_seconds,
        "HITsAvailable": max(0, summary.hits),
        "CreationTime": summary.created_at,
        "LastUpdatedTime": summary.updated_at,
        "LatestExpiration": summary.latest_expiration or None,
        "Requirements": listed,
        "MayPreview": not is_paused and may(WorkerAction.PREVIEW, found),
        "MayAccept": not is_paused and may(WorkerAction.ACCEPT, found),
        "Paused": is_paused,
        "Reasons": [one["Reason"] for one in listed if not one["Met"]],
        "Standing": standing(
            found,
            requestable={type_id for type_id, face in faces.items() if face.is_requestable},
            tested={type_id for type_id, face in faces.items() if face.has_test},
        ),
        "OpenToNewcomers": bool(hit_type.newcomers),
        "Settings": told,
        "PayPerHour": pay_as_answer(summary),
        "Language": stated.get("Language"),
        "ContentWarning": stated.get("ContentWarning"),
        "PhoneFriendly": stated.get("PhoneFriendly"),
        "KeyboardFriendly": stated.get("KeyboardFriendly"),
    }


def pay_as_answer(summary: Summary) -> dict[str, Any] | None:
    """The predicted pay per hour with its interval; None while it is not yet known."""
    if summary.pay < 0:
        return None
    return {
        "Amount": str(Money(summary.pay)),
        "Low": str(Money(summary.pay_low)),
        "High": str(Money(summary.pay_high)),
        "Workers": summary.pay_workers,
        "Basis": summary.pay_basis,
    }


def facts_as_answer(facts: Facts) -> dict[str, Any]:
    """What workers are told of a requester, in counts, percentages with one decimal, and seconds."""
    return {
        "Approved30": facts.approved_30,
        "Rejected30": facts.rejected_30,
        "ApprovalRate30": percent(facts.approved_30, of=facts.approved_30 + facts.rejected_30),
        "RejectionRate30": percent(facts.rejected_30, of=facts.approved_30 + facts.rejected_30),
        "Approved": facts.approved,
        "Rejected": facts.rejected,
        "ApprovalRate": percent(facts.approved, of=facts.approved + facts.rejected),
        "RejectionRate": percent(facts.rejected, of=facts.approved + facts.rejected),
        "MedianSecondsToPay30": facts.seconds_to_pay_30,
        "MedianSecondsToPay": facts.seconds_to_pay,
        "MedianSecondsToReply30": facts.seconds_to_reply_30,
        "MedianSecondsToReply": facts.seconds_to_reply,
    }


def percent(part: int, *, of: int) -> str | None:
    """A share such as `97.4`, rounded to the nearest; None of nothing."""
    if of <= 0:
        return None
    tenths = (2000 * part + of) // (2 * of)
    return f"{tenths // 10}.{tenths % 10}"
