"""What happens when an answer has come in, and when a HIT has become reviewable."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import hits
from kempelen.store.assignments import Assignment
from kempelen.store.hits import Hit


def after_submission(call: Call, assignment: Assignment, hit: Hit, *, fields: bytes) -> None:
    """An answer has just been kept."""
    if hit.status == HITStatus.REVIEWABLE:
        became_reviewable(call, hit)


def became_reviewable(call: Call, hit: Hit) -> None:
    """A HIT has just become reviewable: nothing is pending, and nothing open that could be accepted."""
    hits.set_reviewable(call, hit.key)
    call.emit(Event(EventKind.HITReviewable, hit.requester, hit.hit_type, hit.key))
