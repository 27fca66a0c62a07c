"""ApproveAssignment and RejectAssignment."""

from __future__ import annotations

from kempelen.operation import Call, Role, command
from kempelen.operations.work.decisions import approve
from kempelen.rules.lifecycle import AssignmentStatus, can_override
from kempelen.store import assignments, hits
from kempelen.store.assignments import Assignment, InvalidAssignmentState


@command("ApproveAssignment", by=Role.REQUESTER)
def approve_assignment(
    call: Call, *, assignment_id: str, requester_feedback: str | None = None, override_rejection: bool = False
) -> None:
    """Pay the worker what was held for this assignment."""
    assignment = assignments.owned(call, assignment_id)
    was = AssignmentStatus.SUBMITTED
    if override_rejection and assignment.status == AssignmentStatus.REJECTED:
        assert assignment.submitted_at is not None
        if can_override(submitted_at=assignment.submitted_at, now=call.now):
            was = AssignmentStatus.REJECTED
    hit = hits.by_key(call, assignment.hit)
    if not approve(call, assignment, hit, was=was, feedback=requester_feedback):
        raise _wrong_state(assignment)


def _wrong_state(assignment: Assignment) -> InvalidAssignmentState:
    accepted_only = assignment.submitted_at is None
    return InvalidAssignmentState(state=assignment.state, wanted="null" if accepted_only else "Submitted")
