"""An accepted task as its worker is shown it."""

from __future__ import annotations

import json
from typing import Any

from kempelen.operation import Call
from kempelen.rules.money import Money
from kempelen.store import parties, questions
from kempelen.store.assignments import Assignment
from kempelen.store.hit_types import HITType
from kempelen.store.hits import Hit


def task_as_answer(call: Call, assignment: Assignment | None, hit: Hit, hit_type: HITType) -> dict[str, Any]:
    """The contract's Task; without an assignment it is a preview, which names no worker."""
    requester_id, requester_name = parties.requester(call, hit.requester)
    task = {
        "HITId": hit.public_id,
        "HITGroupId": hit_type.group_id,
        "HITTypeId": hit_type.public_id,
        "RequesterId": requester_id,
        "RequesterName": requester_name,
        "Title": hit_type.title,
        "Description": hit_type.description,
        "Reward": str(Money(hit.reward)),
        "AssignmentDurationInSeconds": hit_type.duration_seconds,
        "Question": questions.body(call, hit.question),
        "Settings": json.loads(hit_type.settings) if hit_type.settings else None,
    }
    if assignment is not None:
        task |= {
            "AssignmentId": assignment.public_id,
            "WorkerId": call.actor.public_id,
            "AcceptTime": assignment.accepted_at,
            "Deadline": assignment.abandon_at,
            "Status": assignment.state,
        }
    return task
