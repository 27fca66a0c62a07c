"""Submitting an answer: kept as received, then judged by the HIT's own review policy, then visible."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command
from kempelen.operations.work.decisions import approve
from kempelen.operations.work.reviewable import after_submission
from kempelen.rules.answers import Field, pack
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store import assignments, hit_types, hits


class AlreadySubmitted(Refusal):
    """This assignment is {state} already. What was sent first stays."""

    code = "AWS.MechanicalTurk.InvalidAssignmentState"
    page_status = 409


class TimeRanOut(Refusal):
    """The time for this assignment ran out before the answer arrived. The answer is kept for the
    requester, who may still pay for it."""

    code = "AWS.MechanicalTurk.AssignmentExpired"
    page_status = 410


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer as it is going to be kept."""

    fields: bytes
    digest: bytes


def prepare(arguments: Arguments, traits: Traits) -> Prepared:
    """Pack the fields. Refuses more than can be kept."""
    fields = pack([Field(each["Name"], each["Value"]) for each in arguments["fields"]])
    return Prepared(fields, hashlib.sha256(fields).digest())


@command("SubmitAssignment", by=Role.WORKER, prepare=prepare)
def submit_assignment(
    call: Call,
    *,
    assignment_id: str,
    fields: list[dict[str, str]],
    start_time: int | None = None,
    active_seconds: int | None = None,
    instructions_version: str | None = None,
) -> dict[str, Any]:
    """Hand an answer in. The first one stays, whatever comes after it."""
    assignment = assignments.of_worker(call, assignment_id)
    hit = hits.by_key(call, assignment.hit)
    hit_type = hit_types.by_key(call, hit.hit_type)
    approve_at = call.now + hit_type.auto_approval_delay_seconds * 1000
    work = _work(start_time, active_seconds, instructions_version)
    if not assignments.submit(call, assignment.key, approve_at=approve_at, work=work):
        _refuse(assignment)
    prepared: Prepared = call.prepared
    assignments.keep_answer(call, assignment.key, fields=prepared.fields, digest=prepared.digest)
    hit = hits.submit_slot(call, hit.key)
    call.emit(
        Event(
            EventKind.AssignmentSubmitted,
            hit.requester,
            hit.hit_type,
            hit.key,
            assignment.key,
            assignment.worker,
            prepared.digest.hex(),
        )
    )
    call.due(approve_at)
    after_submission(call, assignment, hit, fields=prepared.fields)
    if hit_type.auto_approval_delay_seconds == 0:
        approve(call, assignment, hit, was=AssignmentStatus.SUBMITTED, feedback=None)
    return {
        "AssignmentId": assignment.public_id,
        "HITId": hit.public_id,
        "HITGroupId": hit_type.group_id,
        "Status": AssignmentStatus.SUBMITTED.label,
    }


def _refuse(assignment: assignments.Assignment) -> None:
    if assignment.status in (AssignmentStatus.ASSIGNED, AssignmentStatus.ABANDONED):
        raise TimeRanOut()
    raise AlreadySubmitted(state=assignment.state.lower())


def _work(start_time: int | None, active_seconds: int | None, version: str | None) -> str | None:
    known = {"start": start_time, "active_seconds": active_seconds, "instructions": version}
    said = {name: value for name, value in known.items() if value is not None}
    return json.dumps(said) if said else None
