"""Refunds: the house gives a requester the fee of an assignment back. What a worker earned stays theirs."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.rules.money import Money
from kempelen.store import assignments, ledger
from kempelen.store.assignments import InvalidAssignmentState


class AlreadyRefunded(Refusal):
    """The fee of the assignment {assignment_id} was given back before."""

    code = "Kempelen.AlreadyRefunded"
    page_status = 409


@command("RefundFee", by=Role.OPERATOR)
def refund_fee(call: Call, *, assignment_id: str, note: str | None = None) -> dict[str, Any]:
    """Give the fee of an approved assignment back to its requester, once."""
    assignment = assignments.by_id(call, assignment_id)
    if assignment.status != AssignmentStatus.APPROVED:
        raise InvalidAssignmentState(state=assignment.state, wanted="Approved")
    assignments.lock(call, assignment.key)  # of two refunds at once, the second waits and finds the first
    if not assignment.fee or ledger.is_refunded(call, assignment.key):
        raise AlreadyRefunded(assignment_id=assignment_id)
    ledger.refund_fee(call, assignment.requester, assignment.fee, assignment=assignment.key)
    call.emit(
        Event(
            EventKind.FeeRefunded,
            assignment.requester,
            hit=assignment.hit,
            assignment=assignment.key,
            detail=note,
        )
    )
    available, _ = ledger.balance(call, ledger.available(assignment.requester))
    return {"Amount": str(Money(assignment.fee)), "AvailableBalance": str(Money(available))}
