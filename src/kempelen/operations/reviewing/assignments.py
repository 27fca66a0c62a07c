"""GetAssignment and ListAssignmentsForHIT: submitted work as its requester sees it."""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.operations.publishing.hit_answers import hit_as_answer
from kempelen.operations.publishing.question_forms import form_of
from kempelen.rules.answers import document, unpack
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.rules.question_form import QuestionForm
from kempelen.store import assignments, hits, paging, parties
from kempelen.store.assignments import (
    VISIBLE,
    Assignment,
    AssignmentDoesNotExist,
    InvalidAssignmentState,
)
from kempelen.store.hit_listings import full_hit

DEFAULT_PAGE = 100
"""Some clients never ask for a second page."""


@query("GetAssignment", by=Role.REQUESTER)
def get_assignment(call: Call, *, assignment_id: str) -> dict[str, Any]:
    """One submitted assignment and its HIT, until the HIT is disposed of."""
    assignment = assignments.owned(call, assignment_id)
    if assignment.status not in VISIBLE:
        raise InvalidAssignmentState(state=assignment.state, wanted="Reviewable,Approved,Rejected")
    hit = full_hit(call, assignment.hit)
    if hit.status == HITStatus.DISPOSED:
        raise AssignmentDoesNotExist(assignment_id=assignment_id)
    shown = _as_answer(
        assignment,
        assignments.answer(call, assignment.key),
        form_of(call, hits.by_key(call, assignment.hit).question),
        hit_id=hit.public_id,
        worker_id=parties.worker_id(call, assignment.worker),
    )
    return {"Assignment": shown, "HIT": hit_as_answer(hit)}


@query("ListAssignmentsForHIT", by=Role.REQUESTER)
def list_assignments_for_hit(
    call: Call,
    *,
    hit_id: str,
    next_token: str | None = None,
    max_results: int | None = None,
    assignment_statuses: list[str] | None = None,
) -> dict[str, Any]:
    """A HIT's submitted assignments by time of submission, in every state of the HIT."""
    hit = hits.owned(call, hit_id)
    statuses = [status for status in VISIBLE if status.label in (assignment_statuses or [status.label])]
    page = paging.read(
        call, next_token, max_results, default=DEFAULT_PAGE, start=(0, 0), filter=[hit.key, *statuses]
    )
    after, after_key = page.after
    found = assignments.of_hit(
        call, hit.key, after=(int(after), int(after_key)), count=page.count, statuses=statuses
    )
    worker_ids = parties.worker_ids(call, (assignment.worker for assignment, _ in found))
    form = form_of(call, hit.question) if found else None
    shown = [
        _as_answer(assignment, fields, form, hit_id=hit.public_id, worker_id=worker_ids[assignment.worker])
        for assignment, fields in found
    ]
    positions = [(assignment.submitted_at or 0, assignment.key) for assignment, _ in found]
    return paging.answer(call, page, "Assignments", shown, positions=positions)


def _as_answer(
    assignment: Assignment, fields: bytes, form: QuestionForm | None, *, hit_id: str, worker_id: str
) -> dict[str, Any]:
    """The contract's Assignment; of the two moments of a decision only that of the one that stands."""
    is_approved = assignment.status == AssignmentStatus.APPROVED
    is_rejected = assignment.status == AssignmentStatus.REJECTED
    return {
        "AssignmentId": assignment.public_id,
        "WorkerId": worker_id,
        "HITId": hit_id,
        "AssignmentStatus": assignment.state,
        "AutoApprovalTime": assignment.approve_at,
        "AcceptTime": assignment.accepted_at,
        "SubmitTime": assignment.submitted_at,
        "ApprovalTime": assignment.decided_at if is_approved else None,
        "RejectionTime": assignment.decided_at if is_rejected else None,
        "Deadline": assignment.deadline_shown,
        "Answer": document(form, unpack(fields)),
        "RequesterFeedback": assignment.feedback,
    }
