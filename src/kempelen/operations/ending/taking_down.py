"""Taking a HIT down: an operator ends it at once, and whoever holds it or has submitted it is paid.

Whoever holds it is handed in for, with an empty answer, so that the money takes the way it always takes. What
cannot be done in one transaction is done in steps by a sweep.
"""

from __future__ import annotations

import hashlib
from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.ending.expiring import expire
from kempelen.operations.people.messages import tell
from kempelen.operations.reviewing.decisions import approve
from kempelen.operations.reviewing.reviewable import became_reviewable
from kempelen.operations.telling.requesters import tell_requester
from kempelen.rules.answers import pack
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.rules.money import Money
from kempelen.store import assignments, drafts, hit_types, hits, statistics, taking_down, tallies
from kempelen.store.assignments import Assignment
from kempelen.store.hits import Hit, InvalidHITState

AT_ONCE = 200
"""How many assignments one transaction looks at."""
WORK = '{"taken_down": true}'


class AlreadyTakenDown(Refusal):
    """HIT {hit_id} was taken down already."""

    code = "Kempelen.HITTakenDown"
    page_status = 409


@command("TakeDownHIT", by=Role.OPERATOR)
def take_down_hit(call: Call, *, hit_id: str, reason: str) -> dict[str, Any]:
    """End a HIT at once and for good, and pay everybody who holds it or has submitted it from its hold.

    Workers and the requester are told the reason. Answers how many were paid at once, and how many are paid
    within the next seconds.
    """
    hit = hits.by_id(call, hit_id)
    if hit.taken_down_at is not None:
        raise AlreadyTakenDown(hit_id=hit_id)
    if not taking_down.begin(call, hit.key, reason=reason):
        hit = hits.by_id(call, hit_id)
        if hit.taken_down_at is not None:
            raise AlreadyTakenDown(hit_id=hit_id)
        living = [status.label for status in HITStatus if status is not HITStatus.DISPOSED]
        raise InvalidHITState(state=HITStatus(hit.status).label, wanted=", ".join(living))
    call.emit(Event(EventKind.HITTakenDown, hit.requester, hit.hit_type, hit.key, detail=reason))
    expire(call, hits.by_key(call, hit.key))
    _tell_requester(call, hit, reason)
    paid = _pay(call, hit.key, reason=reason, after=-1)
    after = hits.by_key(call, hit.key)
    return {"Paid": paid, "Remaining": after.pending + after.submitted}


def pay_taken_down(call: Call) -> int:
    """A step of the sweep: pay some more of one HIT that was taken down; answers 0 if there is none."""
    found = taking_down.next_to_pay(call)
    if found is None:
        return 0
    _pay(call, found.hit, reason=found.reason, after=found.after)
    return 1


def _pay(call: Call, key: int, *, reason: str, after: int) -> int:
    """Pay the next assignments by their workers; answers how many were paid."""
    rows = taking_down.assignments_of(call, key, after=after, count=AT_ONCE)
    # All are handed in before the first is decided: what is added up of answers is written in that order.
    ready = [(each, hit) for each in rows if (hit := _ready(call, each)) is not None]
    paid = sum(_pay_one(call, each, hit, reason) for each, hit in ready)
    ends = len(rows) < AT_ONCE
    taking_down.paid_through(call, key, None if ends else rows[-1].worker)
    return paid


def _ready(call: Call, assignment: Assignment) -> Hit | None:
    """Make an assignment one that can be approved now; its HIT, or None if there is nothing to pay."""
    if assignment.status == AssignmentStatus.ASSIGNED:
        return _handed_in(call, assignment)
    if assignment.status == AssignmentStatus.SUBMITTED:
        taking_down.bring_forward(call, assignment.key)
        return hits.by_key(call, assignment.hit)
    return None


def _pay_one(call: Call, assignment: Assignment, hit: Hit, reason: str) -> bool:
    feedback = f"This task was taken down by the operator: {reason}"[:1024]
    if not approve(call, assignment, hit, was=AssignmentStatus.SUBMITTED, feedback=feedback):
        return False
    if assignment.status == AssignmentStatus.ASSIGNED and hit.status == HITStatus.REVIEWABLE:
        became_reviewable(call, hit)
    _tell_worker(call, assignment, hit, reason)
    return True


def _handed_in(call: Call, assignment: Assignment) -> Hit | None:
    """Hand an empty answer in for who holds it; the HIT as it is then, None if the time has just run out."""
    if not assignments.submit(call, assignment.key, approve_at=call.now, work=WORK, worked_seconds=0):
        return None
    fields = pack(())
    digest = hashlib.sha256(fields).digest()
    assignments.keep_answer(call, assignment.key, fields=fields, digest=digest)
    drafts.remove(call, assignment.key)
    hit = hits.submit_slot(call, assignment.hit)
    tallies.submitted(call, worker=assignment.worker, hit_type=hit.hit_type, worked=None)
    statistics.count(call, requester=hit.requester, worker=assignment.worker, submitted=1, holding=-1)
    call.emit(
        Event(
            EventKind.AssignmentSubmitted,
            hit.requester,
            hit.hit_type,
            hit.key,
            assignment.key,
            assignment.worker,
            digest.hex(),
        )
    )
    return hit


def _tell_worker(call: Call, assignment: Assignment, hit: Hit, reason: str) -> None:
    title = hit_types.by_key(call, hit.hit_type).title
    tell(
        call,
        assignment.worker,
        requester=None,
        subject=f"Taken down, and paid: {title}"[:200],
        text=(
            f"The task “{title}” was taken down by the operator: {reason}\n\nYou have nothing to do. The"
            f" whole reward of ${Money(assignment.reward)} has been paid to you.\n"
        ),
    )


def _tell_requester(call: Call, hit: Hit, reason: str) -> None:
    title = hit_types.by_key(call, hit.hit_type).title
    tell_requester(
        call,
        hit.requester,
        subject=f"Taken down: {title}",
        text=(
            f"The operator has taken your HIT {hit.public_id} (“{title}”) down: {reason}\n\nIt has ended and"
            " cannot be extended. Workers who held it or had submitted it are paid from what was on hold for"
            " it; the rest of the hold is available to you again.\n"
        ),
    )
