"""What came after the time had run out: never an assignment, kept for the requester, who may pay for it."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.money.pricing import bonus_price
from kempelen.operations.money.quotas import count_spend
from kempelen.operations.publishing.question_forms import form_of
from kempelen.rules.answers import document, unpack
from kempelen.rules.lifecycle import DAY
from kempelen.rules.money import Money
from kempelen.store import hits, late_answers, ledger, paging, parties
from kempelen.store.assignments import Assignment
from kempelen.store.late_answers import LateAnswer
from kempelen.store.ledger import Cause

KEPT = 30 * DAY
"""A late answer is kept this long, and taken at most this long after its deadline: so never twice."""


class TimeRanOut(Refusal):
    """The time for this assignment ran out before the answer arrived. The answer is kept for the
    requester, who may still pay for it."""

    code = "AWS.MechanicalTurk.AssignmentExpired"
    page_status = 410


class TimeRanOutLongAgo(TimeRanOut):
    """The time for this assignment ran out more than 30 days ago. The answer was not kept."""


class LateAnswerAlreadyPaid(Refusal):
    """The late answer of assignment {assignment_id} has been paid already."""

    code = "Kempelen.LateAnswerAlreadyPaid"
    page_status = 409


def keep_late_answer(call: Call, assignment: Assignment, *, fields: bytes) -> None:
    """Keep the answer, the first that came, and refuse it as an assignment. Raises `TimeRanOutLongAgo`."""
    if call.now >= assignment.abandon_at + KEPT:
        raise TimeRanOutLongAgo()
    keep_until = call.now + KEPT
    if late_answers.keep(call, assignment, fields=fields, keep_until=keep_until):
        hit = hits.by_key(call, assignment.hit)
        call.emit(
            Event(
                EventKind.LateAnswerKept,
                hit.requester,
                hit.hit_type,
                hit.key,
                assignment.key,
                assignment.worker,
            )
        )
        call.due(keep_until)
    call.refuse_after_commit(TimeRanOut())


@query("ListLateAnswers", by=Role.REQUESTER)
def list_late_answers(
    call: Call, *, hit_id: str | None = None, next_token: str | None = None, max_results: int | None = None
) -> dict[str, Any]:
    """The late answers that are still kept, of one HIT or of all, in the order in which they came."""
    hit = None if hit_id is None else hits.owned(call, hit_id).key
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=[hit])
    after = int(page.after[0]), int(page.after[1])
    found = late_answers.page(call, hit=hit, after=after, count=page.count)
    shown = [item for each in found if (item := _as_answer(call, each)) is not None]
    positions = [(each.received_at, each.key) for each in found]
    return paging.answer(call, page, "LateAnswers", shown, positions=positions)


@command("PayLateAnswer", by=Role.REQUESTER)
def pay_late_answer(call: Call, *, assignment_id: str, amount: str | None = None) -> dict[str, Any]:
    """Pay for a late answer from the available balance: its reward, or another amount. Once."""
    answer = late_answers.owned(call, assignment_id)
    if amount is None:
        cents, fee = answer.reward, answer.fee
    else:
        cents = Money.parse(amount).cents
        fee = bonus_price(call, cents)
    if cents == 0:
        raise ParameterValidationError("The Amount must be 0.01 or more.")
    if not late_answers.pay(call, answer.key, cents):
        raise LateAnswerAlreadyPaid(assignment_id=assignment_id)
    hit = hits.by_key(call, answer.hit)
    call.emit(
        Event(
            EventKind.LateAnswerPaid,
            hit.requester,
            hit.hit_type,
            hit.key,
            answer.key,
            answer.worker,
            str(Money(cents)),
        )
    )
    count_spend(call, cents + fee)
    ledger.pay_extra(
        call,
        hit.requester,
        answer.worker,
        causes=(Cause.LATE_REWARD, Cause.LATE_FEE),
        key=answer.key,
        amount=cents,
        fee=fee,
    )
    return {"Amount": str(Money(cents))}


def _as_answer(call: Call, answer: LateAnswer) -> dict[str, Any] | None:
    fields = late_answers.fields(call, answer.key)
    if fields is None:
        return None
    hit = hits.by_key(call, answer.hit)
    return {
        "AssignmentId": answer.assignment_id,
        "HITId": hit.public_id,
        "WorkerId": parties.worker_id(call, answer.worker),
        "ReceivedTime": answer.received_at,
        "KeptUntil": answer.keep_until,
        "Answer": document(form_of(call, hit.question), unpack(fields)),
        "PaidAmount": None if answer.paid is None else str(Money(answer.paid)),
    }
