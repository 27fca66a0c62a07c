"""Approval, whoever decides it: the requester, the clock, or a review policy."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store import assignments, hits, ledger
from kempelen.store.assignments import Assignment
from kempelen.store.hits import Hit


def approve(
    call: Call, assignment: Assignment, hit: Hit, *, was: AssignmentStatus, feedback: str | None
) -> bool:
    """Pay the worker; False if somebody decided first. Raises `InsufficientFunds` after a rejection."""
    if not assignments.decide(
        call, assignment.key, was=was, becomes=AssignmentStatus.APPROVED, feedback=feedback
    ):
        return False
    from_hold = was is AssignmentStatus.SUBMITTED
    call.do(hits.APPROVE_SLOT if from_hold else hits.OVERRIDE_SLOT, key=assignment.hit)
    ledger.pay_reward(
        call,
        assignment.requester,
        assignment.worker,
        assignment=assignment.key,
        reward=assignment.reward,
        fee=assignment.fee,
        from_hold=from_hold,
    )
    call.emit(
        Event(
            EventKind.AssignmentApproved,
            assignment.requester,
            hit.hit_type,
            hit.key,
            assignment.key,
            assignment.worker,
        )
    )
    return True
