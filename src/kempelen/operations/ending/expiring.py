"""The end of a HIT's time: moved by its requester, or reached."""

from __future__ import annotations

from collections.abc import Sequence

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.publishing.growing import move_expiration
from kempelen.operations.reviewing.reviewable import became_reviewable
from kempelen.rules.lifecycle import DAY, HITStatus
from kempelen.store import groups, hits
from kempelen.store.hits import Hit, InvalidHITState
from kempelen.store.postings import Release, release_many

FURTHEST = 365 * DAY
"""How far ahead a HIT's end may lie, in milliseconds."""


@command("UpdateExpirationForHIT", by=Role.REQUESTER)
def update_expiration_for_hit(call: Call, *, hit_id: str, expire_at: int) -> None:
    """End a HIT now, for a moment that has passed, or move its end.

    Whoever has accepted may go on. An expired HIT with open slots becomes acceptable again, its slots put on
    hold again (`InsufficientFunds`).
    """
    hit = hits.owned(call, hit_id, to_change=True)
    refuse_disposed(hit)
    if expire_at > call.now + FURTHEST:
        raise ParameterValidationError("The value of ExpireAt must be at most 365 days from now.")
    if expire_at > call.now:
        move_expiration(call, hit, at=expire_at)
    elif not hit.expired:
        expire(call, hit)


class TakenDown(InvalidHITState):
    """HIT {hit_id} was taken down by the operator, so it can be neither extended nor reopened."""

    page_status = 409


def refuse_disposed(hit: Hit) -> None:
    """Raise `InvalidHITState` for a HIT that is disposed of or was taken down."""
    if hit.taken_down_at is not None:
        raise TakenDown(hit_id=hit.public_id)
    if hit.status == HITStatus.DISPOSED:
        living = [status.label for status in HITStatus if status is not HITStatus.DISPOSED]
        raise InvalidHITState(state=HITStatus.DISPOSED.label, wanted=", ".join(living))


def expire(call: Call, hit: Hit) -> None:
    """End a HIT's time at the present moment; nothing happens if it has ended before."""
    after = hits.expire(call, hit.key, at=min(hit.expires_at, call.now))
    if after is not None:
        after_expiry(call, [after])


def after_expiry(call: Call, expired: Sequence[Hit]) -> None:
    """What follows from the end of these HITs' time: the money of open slots is released."""
    for hit in expired:
        call.emit(Event(EventKind.HITExpired, hit.requester, hit.hit_type, hit.key))
        if hit.open:
            groups.change(call, hit.hit_type, hits=-1)
    release_many(call, [Release(hit.requester, hit.cost * hit.open, hit.key, hit.holds) for hit in expired])
    for hit in expired:
        # Without open slots it was reviewable before, and was told to be.
        if hit.open and hit.status == HITStatus.REVIEWABLE:
            became_reviewable(call, hit)
