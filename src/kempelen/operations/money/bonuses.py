"""SendBonus and ListBonusPayments."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command, query
from kempelen.operations.money.pricing import bonus_price
from kempelen.operations.money.quotas import count_spend
from kempelen.rules.lifecycle import DAY
from kempelen.rules.money import Money
from kempelen.store import assignments, bonuses, hits, ledger, once, paging, parties
from kempelen.store.ledger import Cause

SCOPE = "SendBonus"
WINDOW = 183 * DAY
"""A bonus can be sent this long, six months, after the assignment was decided, or else submitted."""


class AssignmentTooOldForBonus(Refusal):
    """Assignment {assignment_id} was completed more than six months ago. A bonus can be sent within six
    months."""

    code = "AWS.MechanicalTurk.InvalidAssignmentState"


def prepare(arguments: Arguments, traits: Traits) -> bytes:
    """A digest of what is asked for, which is kept with the token."""
    return once.fingerprint(arguments)


@command(SCOPE, by=Role.REQUESTER, prepare=prepare)
def send_bonus(
    call: Call,
    *,
    worker_id: str,
    bonus_amount: str,
    assignment_id: str,
    reason: str,
    unique_request_token: str | None = None,
) -> None:
    """Pay a worker more for an assignment they submitted, whatever was decided on it."""
    if unique_request_token is not None:
        once.refuse_repeated_request(call, SCOPE, unique_request_token)
    assignment = assignments.submitted(call, assignment_id)
    if parties.worker_key(call, worker_id) != assignment.worker:
        raise ParameterValidationError(value=worker_id, parameter="WorkerId")
    if call.now - (assignment.decided_at or assignment.submitted_at or 0) > WINDOW:
        raise AssignmentTooOldForBonus(assignment_id=assignment_id)
    amount = Money.parse(bonus_amount)
    fee = bonus_price(call, amount.cents)
    if unique_request_token is not None:
        once.keep(call, SCOPE, unique_request_token, fingerprint=call.prepared, made=assignment_id)
    bonus = bonuses.add(call, assignment, amount=amount.cents, fee=fee, reason=reason)
    call.emit(
        Event(
            EventKind.BonusPaid,
            assignment.requester,
            hits.by_key(call, assignment.hit).hit_type,
            assignment.hit,
            assignment.key,
            assignment.worker,
            str(amount),
        )
    )
    count_spend(call, amount.cents + fee)
    ledger.pay_extra(
        call,
        assignment.requester,
        assignment.worker,
        causes=(Cause.BONUS, Cause.BONUS_FEE),
        key=bonus,
        amount=amount.cents,
        fee=fee,
    )


@query("ListBonusPayments", by=Role.REQUESTER)
def list_bonus_payments(
    call: Call,
    *,
    hit_id: str | None = None,
    assignment_id: str | None = None,
    next_token: str | None = None,
    max_results: int | None = None,
) -> dict[str, Any]:
    """What was paid beside rewards for a HIT or for one of its assignments, the oldest first."""
    if (hit_id is None) == (assignment_id is None):
        raise ParameterValidationError("Exactly one of the parameters HITId and AssignmentId must be given.")
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=[hit_id, assignment_id])
    after = int(page.after[0]), int(page.after[1])
    if hit_id is not None:
        found = bonuses.of_hit(call, hits.owned(call, hit_id).key, after=after, count=page.count)
    else:
        assert assignment_id is not None
        key = assignments.owned(call, assignment_id).key
        found = bonuses.of_assignment(call, key, after=after, count=page.count)
    shown = [
        {
            "WorkerId": parties.worker_id(call, bonus.worker),
            "BonusAmount": str(Money(bonus.amount)),
            "AssignmentId": bonus.assignment_id,
            "Reason": bonus.reason,
            "GrantTime": bonus.at,
        }
        for bonus in found
    ]
    return paging.answer(
        call, page, "BonusPayments", shown, positions=[(bonus.at, bonus.key) for bonus in found]
    )
