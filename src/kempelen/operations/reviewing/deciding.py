"""ApproveAssignment and RejectAssignment."""

from __future__ import annotations

from kempelen.operation import Call, Role, command
from kempelen.operations.reviewing.decisions import approve, reject
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus, can_override
from kempelen.store import assignments, hits
from kempelen.store.assignments import Assignment, InvalidAssignmentState
from kempelen.store.hits import Hit


class PaidOut(InvalidAssignmentState):
    """HIT {hit_id} was taken down by the operator, and everybody who had a part in it is paid."""


@command("ApproveAssignment", by=Role.REQUESTER)
def approve_assignment(
    call: Call, *, assignment_id: str, requester_feedback: str | None = None, override_rejection: bool = False
) -> None:
    """Pay the worker what was held for this assignment; after a rejection, from the available balance."""
    assignment = assignments.owned(call, assignment_id)
    hit = _hit(call, assignment)
    overrides = override_rejection and _can_override(call, assignment, hit)
    was = AssignmentStatus.REJECTED if overrides else AssignmentStatus.SUBMITTED
    if not approve(call, assignment, hit, was=was, feedback=requester_feedback):
        raise _wrong_state(call, assignment)


@command("RejectAssignment", by=Role.REQUESTER)
def reject_assignment(call: Call, *, assignment_id: str, requester_feedback: str) -> None:
    """Pay nothing for this assignment. Its slot is not offered again."""
    assignment = assignments.owned(call, assignment_id)
    hit = _hit(call, assignment)
    if hit.taken_down_at is not None:
        raise PaidOut(hit_id=hit.public_id)
    if not reject(call, assignment, hit, feedback=requester_feedback):
        raise _wrong_state(call, assignment)


def _hit(call: Call, assignment: Assignment) -> Hit:
    """The assignment's HIT; locked first where policies decide, which have the HIT before its assignments."""
    hit = hits.by_key(call, assignment.hit)
    return hit if hit.policies is None else hits.owned(call, hit.public_id, to_change=True)


def _can_override(call: Call, assignment: Assignment, hit: Hit) -> bool:
    return (
        assignment.status == AssignmentStatus.REJECTED
        and assignment.submitted_at is not None
        and hit.status != HITStatus.DISPOSED
        and can_override(submitted_at=assignment.submitted_at, now=call.now)
    )


def _wrong_state(call: Call, assignment: Assignment) -> InvalidAssignmentState:
    """Read anew: somebody may have decided between our reading and our writing."""
    now = assignments.by_key(call, assignment.key)
    return InvalidAssignmentState(state=now.state, wanted="null" if now.submitted_at is None else "Submitted")
