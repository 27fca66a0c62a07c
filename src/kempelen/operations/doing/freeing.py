"""Slots given back: an assignment was returned, or its time ran out."""

from __future__ import annotations

from kempelen.operation import Call
from kempelen.operations.reviewing.reviewable import became_reviewable
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import groups, hits, ledger
from kempelen.store.hits import Hit


def free_slots(call: Call, hit: int, *, slots: int = 1) -> Hit:
    """Give pending slots of a HIT back, with all that follows; the HIT as it is then.

    The HIT may be acceptable again, or reviewable; of an expired one the slots' money is released.
    """
    after = hits.free_slots(call, hit, slots=slots)
    if after.status == HITStatus.ASSIGNABLE and after.open == slots:
        groups.change(call, after.hit_type, hits=1)
    if after.expired:
        ledger.release(call, after.requester, after.cost * slots, hit=after.key, number=after.holds)
    if after.status == HITStatus.REVIEWABLE:
        became_reviewable(call, after)
    return after
