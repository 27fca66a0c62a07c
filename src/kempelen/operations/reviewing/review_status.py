"""UpdateHITReviewStatus: a flag for requesters, between Reviewable and Reviewing."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import hits
from kempelen.store.hits import InvalidHITState


@command("UpdateHITReviewStatus", by=Role.REQUESTER)
def update_hit_review_status(call: Call, *, hit_id: str, revert: bool = False) -> None:
    """Make a Reviewable HIT Reviewing, or, with `revert`, a Reviewing one Reviewable."""
    hit = hits.owned(call, hit_id, to_change=True)
    if not hits.set_reviewing(call, hit.key, reviewing=not revert):
        wanted = HITStatus.REVIEWING if revert else HITStatus.REVIEWABLE
        raise InvalidHITState(state=HITStatus(hit.status).label, wanted=wanted.label)
    call.emit(
        Event(
            EventKind.HITReviewStatusChanged,
            hit.requester,
            hit.hit_type,
            hit.key,
            detail=(HITStatus.REVIEWABLE if revert else HITStatus.REVIEWING).label,
        )
    )
