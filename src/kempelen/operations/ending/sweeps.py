"""What time does: bounded steps over rows whose moment has come, each a transaction of its own."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from kempelen.errors import Unavailable
from kempelen.events import Event, EventKind
from kempelen.operation import Call
from kempelen.operations.doing.freeing import free_slots
from kempelen.operations.doing.returning import uncount
from kempelen.operations.ending.deleting import dispose
from kempelen.operations.ending.expiring import after_expiry, expire
from kempelen.operations.ending.taking_down import pay_taken_down
from kempelen.operations.people.qualification_tests import end_overdue_tests
from kempelen.operations.reviewing.decisions import approve
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store import assignments, drafts, hits, paces, postings, statistics, sweeping, tallies
from kempelen.store.assignments import Assignment

log = logging.getLogger("kempelen.sweeps")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sweep:
    """One thing that time does."""

    step: Callable[[Call], int]
    """Handle due rows, at most a batch; answers how many, 0 when nothing is due."""
    due: Callable[[Call], list[int]] | None = None
    """The keys of a batch of due rows."""
    one: Callable[[Call, int], Any] | None = None
    """Handle one of them alone."""
    set_aside: Callable[[Call, int], None] | None = None
    """Make one that cannot be handled not due any more."""

    def __call__(self, call: Call) -> int:
        return self.step(call)


def rescue(run: Callable[[Callable[[Call], Any]], Any], sweep: Sweep, fault: Exception) -> int:
    """A step has failed: handle its rows one by one, so that one bad row does not stop the others.

    `run` does something in a transaction of its own. Answers how many rows are no longer due.
    """
    if isinstance(fault, Unavailable):
        raise fault
    log.error("a sweep failed and goes row by row: %s", sweep.step.__name__, exc_info=fault)
    if sweep.due is None or sweep.one is None or sweep.set_aside is None:
        return 0
    keys: list[int] = run(sweep.due)
    for key in keys:
        try:
            run(_about(sweep.one, key))
        except Unavailable:
            raise
        except Exception:
            log.exception("a sweep sets the row %d aside: %s", key, sweep.step.__name__)
            run(_about(sweep.set_aside, key))
    return len(keys)


def _about(work: Callable[[Call, int], T], key: int) -> Callable[[Call], T]:
    return lambda call: work(call, key)


def _expire_due(call: Call) -> int:
    expired = hits.expire_due(call)
    after_expiry(call, expired)
    return len(expired)


def _expire_one(call: Call, key: int) -> None:
    expire(call, hits.by_key(call, key))


def _abandon_overdue(call: Call) -> int:
    abandoned = sweeping.abandon(call)
    _after_abandonment(call, abandoned)
    return len(abandoned)


def _abandon_one(call: Call, key: int) -> None:
    _after_abandonment(call, sweeping.abandon(call, key))


def _after_abandonment(call: Call, abandoned: list[Assignment]) -> None:
    slots: dict[int, int] = {}
    for each in abandoned:
        slots[each.hit] = slots.get(each.hit, 0) + 1
    types = {hit: free_slots(call, hit, slots=count).hit_type for hit, count in sorted(slots.items())}
    for each in abandoned:
        uncount(call, each, types[each.hit])
        call.emit(
            Event(
                EventKind.AssignmentAbandoned,
                each.requester,
                types[each.hit],
                each.hit,
                each.key,
                each.worker,
            )
        )
    statistics.count_many(
        call,
        [
            {"requester": each.requester, "worker": each.worker, "abandoned": 1, "holding": -1}
            for each in abandoned
        ],
    )


def _approve_silent(call: Call) -> int:
    approved = sweeping.approve(call)
    if not approved:
        return 0
    types = sweeping.approve_slots(call, [each.key for each in approved])
    for each in approved:
        call.emit(
            Event(
                EventKind.AssignmentApproved,
                each.requester,
                types[each.hit],
                each.hit,
                each.key,
                each.worker,
            )
        )
    postings.pay_rewards(call, approved)
    pairs = Counter((each.requester, each.worker) for each in approved)
    statistics.count_many(
        call,
        [
            {"requester": requester, "worker": worker, "approved": count}
            for (requester, worker), count in pairs.items()
        ],
    )
    tallies.decided(call, [_decision(each, types[each.hit]) for each in approved])
    return len(approved)


def _decision(approved: sweeping.Approved, hit_type: int) -> tallies.Decision:
    return tallies.Decision(
        requester=approved.requester,
        worker=approved.worker,
        hit_type=hit_type,
        submitted_at=approved.submitted_at,
        decided_at=approved.approve_at,
        reward=approved.reward,
        approved=1,
        rejected=0,
        seconds=approved.worked_seconds or 0,
    )


def _approve_one(call: Call, key: int) -> None:
    assignment = assignments.by_key(call, key)
    hit = hits.by_key(call, assignment.hit)
    approve(call, assignment, hit, was=AssignmentStatus.SUBMITTED, feedback=None)


def _dispose_aged(call: Call) -> int:
    aged = sweeping.aged(call)
    for key, requester, hit_type in aged:
        if not dispose(call, key=key, requester=requester, hit_type=hit_type):
            sweeping.pause_disposal(call, key)
    return len(aged)


def _dispose_one(call: Call, key: int) -> None:
    hit = hits.by_key(call, key)
    if not dispose(call, key=key, requester=hit.requester, hit_type=hit.hit_type):
        sweeping.pause_disposal(call, key)


def _aged_keys(call: Call) -> list[int]:
    return [key for key, *_ in sweeping.aged(call)]


SWEEPS: tuple[Sweep, ...] = (
    Sweep(_expire_due, sweeping.ended, _expire_one, sweeping.set_expired),
    Sweep(_abandon_overdue, sweeping.overdue, _abandon_one, sweeping.set_abandoned),
    Sweep(_approve_silent, sweeping.silent, _approve_one, sweeping.pause_approval),
    Sweep(_dispose_aged, _aged_keys, _dispose_one, sweeping.pause_disposal),
    Sweep(end_overdue_tests),
    Sweep(sweeping.end_tokens),
    Sweep(sweeping.end_late_answers),
    Sweep(drafts.end_drafts),
    Sweep(pay_taken_down),
    Sweep(sweeping.fold_groups),
    Sweep(paces.refresh),
)
"""In this order."""
