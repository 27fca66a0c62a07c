"""Accepting work: one conditional update takes a slot, so of two who want the last one wins."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.work.task_answers import task_as_answer
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import assignments, groups, hit_types, hits, parties


class NoMoreHITs(Refusal):
    """There are no more HITs of this group that you can accept."""

    code = "AWS.MechanicalTurk.NoMoreWorkableHITsInGroupException"
    page_status = 422


@command("AcceptHIT", by=Role.WORKER)
def accept_hit(call: Call, *, hit_id: str | None = None, hit_group_id: str | None = None) -> dict[str, Any]:
    """Accept one given HIT, or the next of a group."""
    if (hit_id is None) == (hit_group_id is None):
        raise ParameterValidationError("Exactly one of HITId and HITGroupId must be given.")
    assert hit_id is not None
    parties.know_worker(call, call.actor.account, call.actor.public_id)
    hit = hits.by_id(call, hit_id)
    hit_type = hit_types.by_key(call, hit.hit_type)
    taken = take(call, hit, hit_type)
    if taken is None:
        raise NoMoreHITs()
    return {"Task": task_as_answer(call, taken, hit, hit_type)}


def take(call: Call, hit: hits.Hit, hit_type: hit_types.HITType) -> assignments.Assignment | None:
    """Take a slot of this HIT for the acting worker; None if there is none, or they had it before."""
    after = hits.take_slot(call, hit.key)
    if after is None:
        return None
    assignment = assignments.add(
        call,
        hit=hit.key,
        worker=call.actor.account,
        requester=hit.requester,
        abandon_at=call.now + hit_type.duration_seconds * 1000,
        reward=hit.reward,
        fee=hit.fee,
    )
    if assignment is None:
        raise NoMoreHITs()
    if after.status != HITStatus.ASSIGNABLE:
        groups.change(call, hit.hit_type, hits=-1)
    call.emit(
        Event(
            EventKind.AssignmentAccepted,
            hit.requester,
            hit.hit_type,
            hit.key,
            assignment.key,
            call.actor.account,
        )
    )
    call.due(assignment.abandon_at)
    return assignment
