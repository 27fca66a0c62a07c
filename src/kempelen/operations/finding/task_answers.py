"""A task as its worker is shown it."""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call
from kempelen.rules import task_settings
from kempelen.rules.money import Money
from kempelen.store import conditions, parties, questions, queue
from kempelen.store import task_settings as kept_settings
from kempelen.store.assignments import Assignment
from kempelen.store.hit_types import HITType
from kempelen.store.hits import Hit


def task_as_answer(
    call: Call, assignment: Assignment | None, hit: Hit, hit_type: HITType, *, settings: str | None
) -> dict[str, Any]:
    """The contract's Task; without an assignment it is a preview, which names no worker.

    `settings` are those it was, or would be, accepted under (`settings_of`).
    """
    requester_id, requester_name, known_as = parties.employer(call, hit.requester)
    task = {
        "HITId": hit.public_id,
        "HITGroupId": hit_type.group_id,
        "HITTypeId": hit_type.public_id,
        "RequesterId": requester_id,
        "RequesterName": requester_name,
        "Title": hit_type.title,
        "Description": hit_type.description,
        "Reward": str(Money(hit.reward if assignment is None else assignment.reward)),
        "AssignmentDurationInSeconds": hit_type.duration_seconds,
        "Question": questions.body(call, hit.question),
        "Settings": task_settings.told(settings),
    }
    if assignment is not None:
        task |= {
            "AssignmentId": assignment.public_id,
            "WorkerId": call.actor.public_id,
            "WorkerIdForRequester": known_as,
            "AcceptTime": assignment.accepted_at,
            "Deadline": assignment.abandon_at,
            "Status": assignment.state,
            "Condition": _condition(call, assignment, hit_type, settings),
        }
    return task


def settings_of(call: Call, assignment: Assignment, hit_type: HITType) -> str | None:
    """The task settings an assignment was accepted under, as JSON."""
    if hit_type.settings_version == 0:
        return None
    version, _ = queue.terms(call, assignment.key)
    if version == hit_type.settings_version:
        return hit_type.settings
    return kept_settings.version(call, hit_type.key, version)


def _condition(call: Call, assignment: Assignment, hit_type: HITType, settings: str | None) -> str | None:
    if not task_settings.read(settings).conditions:
        return None
    given = conditions.given(call, hit_type.key, assignment.worker)
    return None if given is None else given[0]
