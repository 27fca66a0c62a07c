"""Giving an assignment back: by its worker, or because its time ran out."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.doing.freeing import free_slots
from kempelen.operations.finding.task_answers import settings_of
from kempelen.operations.people.newcomers import give_back
from kempelen.rules import task_settings
from kempelen.rules.lifecycle import SAID, AssignmentStatus
from kempelen.store import assignments, conditions, hit_types, statistics, taken
from kempelen.store.assignments import Assignment
from kempelen.store.hits import Hit


class NotHeld(Refusal):
    """You no longer hold this assignment: it is {state}."""

    code = "AWS.MechanicalTurk.InvalidAssignmentState"
    page_status = 409


class TimeIsUp(Refusal):
    """The time for this assignment has run out, so it has gone back already."""

    code = "AWS.MechanicalTurk.AssignmentExpired"
    page_status = 410


@command("ReturnAssignment", by=Role.WORKER)
def return_assignment(call: Call, *, assignment_id: str) -> dict[str, Any]:
    """Give an accepted assignment back; its slot is free for somebody else."""
    assignment = assignments.of_worker(call, assignment_id)
    hit = free(call, assignment, status=AssignmentStatus.RETURNED)
    if hit is None:
        refuse_gone(assignments.by_key(call, assignment.key))
    assert hit is not None
    return {"HITGroupId": hit_types.by_key(call, hit.hit_type).group_id}


def refuse_gone(assignment: Assignment) -> None:
    """Raise `TimeIsUp` or `NotHeld`: the worker wanted to do something with work that is not theirs now."""
    if assignment.status in (AssignmentStatus.ASSIGNED, AssignmentStatus.ABANDONED):
        raise TimeIsUp()
    raise NotHeld(state=SAID[AssignmentStatus(assignment.status)])


def free(call: Call, assignment: Assignment, *, status: AssignmentStatus) -> Hit | None:
    """Free the slot of an assignment that is returned or abandoned; the HIT as it is then.

    None if it was submitted, returned or abandoned before. The HIT goes to the end of its queue; after its
    expiry nobody can take the slot any more, so what was held for it goes back to the requester.
    """
    if not assignments.leave(call, assignment.key, status):
        return None
    hit = free_slots(call, assignment.hit)
    uncount(call, assignment, hit.hit_type)
    returned = status is AssignmentStatus.RETURNED
    kind = EventKind.AssignmentReturned if returned else EventKind.AssignmentAbandoned
    call.emit(Event(kind, hit.requester, hit.hit_type, hit.key, assignment.key, assignment.worker))
    statistics.count(
        call,
        requester=assignment.requester,
        worker=assignment.worker,
        returned=int(returned),
        abandoned=int(not returned),
        holding=-1,
    )
    return hit


def uncount(call: Call, assignment: Assignment, hit_type_key: int) -> None:
    """Take an assignment without an answer out of caps, exclusions and conditions."""
    hit_type = hit_types.by_key(call, hit_type_key)
    taken.give_back(call, assignment.worker, taken.of_type(hit_type_key))
    settings = task_settings.read(settings_of(call, assignment, hit_type))
    for name, _ in settings.caps:
        taken.give_back(call, assignment.worker, taken.of_name(assignment.requester, name))
    give_back(call, assignment, hit_type)
    if settings.conditions:
        conditions.give_back(call, hit_type_key, assignment.worker)
