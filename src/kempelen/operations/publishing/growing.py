"""Giving a HIT more slots or more time, whoever asks: its requester or one of its review policies."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import groups, hits, ledger
from kempelen.store.hits import Hit


def grow(call: Call, hit: Hit, *, by: int) -> Hit:
    """Give a living HIT more slots; the HIT as it is then. Raises `InsufficientFunds`.

    Whether it may have so many is for the caller to decide (`can_grow`).
    """
    after = hits.grow(call, hit.key, slots=by)
    if after.status == HITStatus.ASSIGNABLE and after.open == by:
        groups.change(call, after.hit_type, hits=1)
    call.emit(Event(EventKind.HITExtended, after.requester, after.hit_type, after.key))
    if not after.expired:
        ledger.hold(call, after.requester, after.cost * by, hit=after.key, number=after.holds)
    return after


def move_expiration(call: Call, hit: Hit, *, at: int) -> Hit:
    """Let a living HIT end at a moment to come; the HIT as it is then. Raises `InsufficientFunds`."""
    if not hit.expired and at == hit.expires_at:
        return hit
    after = hits.move_expiration(call, hit.key, at=at)
    reopened = bool(hit.expired) and after.open > 0
    groups.change(call, after.hit_type, hits=int(reopened), expires_at=at)
    if at > hit.expires_at:
        call.emit(Event(EventKind.HITExtended, after.requester, after.hit_type, after.key))
    call.due(at)
    if reopened:
        ledger.hold(call, after.requester, after.cost * after.open, hit=after.key, number=after.holds)
    return after
