"""Approval and rejection, whoever decides: the requester, the clock, or a review policy."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store import assignments, hits, ledger, statistics, tallies
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
    statistics.count(
        call,
        requester=assignment.requester,
        worker=assignment.worker,
        approved=1,
        rejected=0 if from_hold else -1,
    )
    _tally(call, assignment, hit, approved=1, rejected=0 if from_hold else -1)
    _tell(call, EventKind.AssignmentApproved, assignment, hit)
    return True


def reject(call: Call, assignment: Assignment, hit: Hit, *, feedback: str) -> bool:
    """Give back what was held for it; the slot stays taken. False if somebody decided first."""
    if not assignments.decide(
        call,
        assignment.key,
        was=AssignmentStatus.SUBMITTED,
        becomes=AssignmentStatus.REJECTED,
        feedback=feedback,
    ):
        return False
    slot = call.one(hits.REJECT_SLOT, key=assignment.hit)
    assert slot is not None
    ledger.release(
        call,
        assignment.requester,
        assignment.reward + assignment.fee,
        hit=assignment.hit,
        number=slot[0],
    )
    statistics.count(call, requester=assignment.requester, worker=assignment.worker, rejected=1)
    _tally(call, assignment, hit, approved=0, rejected=1)
    _tell(call, EventKind.AssignmentRejected, assignment, hit)
    return True


def _tally(call: Call, assignment: Assignment, hit: Hit, *, approved: int, rejected: int) -> None:
    is_override = rejected < 0
    decision = tallies.Decision(
        requester=assignment.requester,
        worker=assignment.worker,
        hit_type=hit.hit_type,
        submitted_at=assignment.submitted_at or call.now,
        decided_at=call.now,
        reward=assignment.reward,
        approved=approved,
        rejected=rejected,
        seconds=0 if is_override else assignment.worked_seconds or 0,
        rejected_at=assignment.decided_at if is_override else None,
    )
    tallies.decided(call, (decision,))


def _tell(call: Call, kind: EventKind, assignment: Assignment, hit: Hit) -> None:
    call.emit(Event(kind, assignment.requester, hit.hit_type, hit.key, assignment.key, assignment.worker))
