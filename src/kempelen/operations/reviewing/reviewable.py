"""What happens when an answer has come in, and when a HIT has become reviewable."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call
from kempelen.operations.reviewing.decisions import approve
from kempelen.operations.reviewing.review_policies import judge_assignment, judge_hit
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.store import hits
from kempelen.store.assignments import Assignment
from kempelen.store.hits import Hit


def after_submission(
    call: Call, assignment: Assignment, hit: Hit, *, fields: bytes, approves_at_once: bool
) -> None:
    """An answer has just been kept. The HIT's policy decides first, then an auto-approval delay of 0.

    Of a HIT that was taken down every answer is paid.
    """
    if hit.taken_down_at is None:
        hit = judge_assignment(call, assignment, hit, fields=fields)
    if approves_at_once or hit.taken_down_at is not None:
        approve(call, assignment, hit, was=AssignmentStatus.SUBMITTED, feedback=None)
    if hit.status == HITStatus.REVIEWABLE:
        became_reviewable(call, hit)


def became_reviewable(call: Call, hit: Hit) -> None:
    """A HIT has just become reviewable: nothing is pending, and nothing open that could be accepted.

    Its own policy runs before anybody sees that; if it asks for one more answer, the HIT is not reviewable.
    """
    if hit.taken_down_at is None:
        hit = judge_hit(call, hit)
    if hit.status == HITStatus.REVIEWABLE:
        hits.set_reviewable(call, hit.key)
        call.emit(Event(EventKind.HITReviewable, hit.requester, hit.hit_type, hit.key))
