"""The invariants of HITs, assignments and answers: nothing is lost, and nothing happens out of turn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kempelen.audit.register import Look, invariant
from kempelen.rules.lifecycle import (
    HOLDS_SLOT,
    OVERRIDE_WINDOW,
    AssignmentStatus,
    HITStatus,
    hit_status,
)
from kempelen.store.audit import work as store

_ANSWERED = (AssignmentStatus.SUBMITTED, AssignmentStatus.APPROVED, AssignmentStatus.REJECTED)
_DECIDED = tuple(status for status in AssignmentStatus if status >= AssignmentStatus.APPROVED)


@invariant("I20")
def counters(look: Look) -> Iterator[str]:
    """The counters of every HIT are what its assignments add up to, never below zero, and together with its
    open slots its MaxAssignments."""
    for row in look.through(store.HIT_PAGES, store.HITS):
        name, most, open_slots, *stored = row[:7]
        recounted = row[12:]
        if tuple(stored) != tuple(recounted) or min(open_slots, *stored) < 0:
            yield f"HIT {name}: counts {stored} pending … rejected, by its rows {list(recounted)}"
        if open_slots + sum(recounted) != most:
            yield f"HIT {name}: {open_slots} open and {sum(recounted)} taken are not {most}"


@invariant("I21")
def never_more_than_max(look: Look) -> Iterator[str]:
    """The accepted, submitted and judged assignments of a HIT are never more than its MaxAssignments."""
    for row in look.through(store.HIT_PAGES, store.HITS):
        if sum(row[12:]) > row[1]:
            yield f"HIT {row[0]}: {sum(row[12:])} assignments of {row[1]}"


@invariant("I22")
def once_each(look: Look) -> Iterator[str]:
    """No worker holds, or has submitted, two assignments of one HIT."""
    for hit, worker, count in look.through(store.HIT_PAGES, store.TWICE):
        yield f"HIT {hit}: worker {worker} has {count} assignments"


@invariant("I23")
def accepted_in_time(look: Look) -> Iterator[str]:
    """No assignment was accepted after its HIT had expired."""
    for name, accepted_at, expired_at in look.through(store.HIT_PAGES, store.LATE_ACCEPTS):
        yield f"assignment {name}: accepted at {accepted_at}, its HIT expired at {expired_at}"


@invariant("I24")
def submitted_in_time(look: Look) -> Iterator[str]:
    """No answer was submitted before its assignment was accepted, or at or after its deadline; what came
    later is no assignment."""
    for row in look.through(store.ASSIGNMENT_PAGES, store.ASSIGNMENTS):
        name, status, accepted_at, abandon_at, submitted_at = row[:5]
        late_answers = row[8]
        if submitted_at is not None and not accepted_at <= submitted_at < abandon_at:
            yield f"assignment {name}: accepted {accepted_at}, due {abandon_at}, submitted {submitted_at}"
        if late_answers and status in _ANSWERED:
            yield f"assignment {name}: in state {status}, with an answer that came too late"


@invariant("I25")
def states(look: Look) -> Iterator[str]:
    """Every assignment has the moments of its state, in their order, and came to it by the permitted steps,
    each with its event: accepted, then submitted, returned or abandoned, then approved or rejected, and from
    rejected to approved within thirty days."""
    for row in look.through(store.ASSIGNMENT_PAGES, store.ASSIGNMENTS):
        name, status, accepted_at, _, submitted_at, approve_at, decided_at = row[:7]
        moments = (submitted_at is not None, approve_at is not None, decided_at is not None)
        wanted = (status in _ANSWERED, status in _ANSWERED, status in _DECIDED)
        in_order = [each for each in (accepted_at, submitted_at, decided_at) if each is not None]
        if moments != wanted or in_order != sorted(in_order):
            yield f"assignment {name}: state {status} with the moments {row[2:7]}"
    for row in look.through(store.HIT_PAGES, store.ASSIGNMENT_EVENTS):
        name, status, submitted_at, *told = row
        counted, approved_at, rejected_at = told[:6], told[6], told[7]
        if not _is_a_history(status, [int(count) for count in counted]):
            yield f"assignment {name}: state {status}, but its events are {[int(each) for each in counted]}"
        elif (
            approved_at is not None
            and rejected_at is not None
            and (not rejected_at <= approved_at <= (submitted_at or 0) + OVERRIDE_WINDOW)
        ):
            yield f"assignment {name}: rejected at {rejected_at}, then approved at {approved_at}"


def _is_a_history(status: int, told: list[int]) -> bool:
    """Whether these events, accepted, submitted, returned, abandoned, approved, rejected, lead there."""
    histories = {
        AssignmentStatus.ASSIGNED: ([1, 0, 0, 0, 0, 0],),
        AssignmentStatus.SUBMITTED: ([1, 1, 0, 0, 0, 0],),
        AssignmentStatus.APPROVED: ([1, 1, 0, 0, 1, 0], [1, 1, 0, 0, 1, 1]),
        AssignmentStatus.REJECTED: ([1, 1, 0, 0, 0, 1],),
        AssignmentStatus.RETURNED: ([1, 0, 1, 0, 0, 0],),
        AssignmentStatus.ABANDONED: ([1, 0, 0, 1, 0, 0],),
    }
    return told in histories.get(AssignmentStatus(status), ())


@invariant("I26")
def status_follows(look: Look) -> Iterator[str]:
    """The status of every HIT is the one that follows from its slots, its expiry and its review."""
    for row in look.through(store.HIT_PAGES, store.HITS):
        name, _, open_slots, pending, _, _, _, status, expired, reviewing, expires_at, _ = row[:12]
        due = expires_at <= look.settled_at
        follows = hit_status(
            open_slots=open_slots,
            pending=pending,
            expired=bool(expired),
            reviewing=bool(reviewing),
            disposed=status == HITStatus.DISPOSED,
        )
        if status != follows:
            yield f"HIT {name}: status {status}, which should be {int(follows)}"
        if due and not expired and status != HITStatus.DISPOSED:
            yield f"HIT {name}: ended at {expires_at} and has not expired"


@invariant("I27")
def answers_kept(look: Look) -> Iterator[str]:
    """Every submitted assignment has exactly its answer, byte for byte as it was received, and no other
    assignment has one."""
    for row in look.through(store.ASSIGNMENT_PAGES, store.ASSIGNMENTS):
        name, status, kept = row[0], row[1], row[7]
        if kept != int(status in _ANSWERED):
            yield f"assignment {name}: {kept} answers in state {status}"
    for name, fields, digest, told in look.through(store.ANSWER_PAGES, store.ANSWERS):
        found = hashlib.sha256(bytes(fields)).digest()
        if found != bytes(digest) or (told is not None and found.hex() != told):
            yield f"assignment {name}: the answer is not the one that was submitted"
    for (assignment,) in look.through(store.ANSWER_PAGES, store.STRAY_ANSWERS):
        yield f"answer of {assignment}, an assignment that does not exist"


@invariant("I28")
def approved_by_the_clock(look: Look) -> Iterator[str]:
    """Time alone approves no assignment before its AutoApprovalTime, and none that is due is left."""
    for name, approved_at, approve_at in look.through(store.HIT_PAGES, store.BY_THE_CLOCK):
        yield f"assignment {name}: approved by the clock at {approved_at}, due at {approve_at}"
    overdue = look.through(store.ASSIGNMENT_PAGES, store.OVERDUE, now=look.settled_at)
    for name, status in overdue:
        if status == AssignmentStatus.SUBMITTED:
            yield f"assignment {name}: its AutoApprovalTime has passed"


@invariant("I29")
def abandoned_in_time(look: Look) -> Iterator[str]:
    """An assignment is abandoned when its own deadline has passed and never before, so that no HIT's expiry
    strikes work that was accepted."""
    for row in look.through(store.ASSIGNMENT_PAGES, store.ASSIGNMENTS):
        name, status, _, abandon_at, _, _, decided_at = row[:7]
        if status == AssignmentStatus.ABANDONED and (decided_at is None or decided_at < abandon_at):
            yield f"assignment {name}: abandoned at {decided_at}, due at {abandon_at}"
    overdue = look.through(store.ASSIGNMENT_PAGES, store.OVERDUE, now=look.settled_at)
    for name, status in overdue:
        if status == AssignmentStatus.ASSIGNED:
            yield f"assignment {name}: its deadline has passed"


@invariant("I31")
def blocked_accept_nothing(look: Look) -> Iterator[str]:
    """No worker accepted an assignment of a requester after being blocked by that requester."""
    for name, accepted_at, blocked_at in look.through(store.ASSIGNMENT_PAGES, store.AFTER_BLOCK):
        yield f"assignment {name}: accepted at {accepted_at}, blocked since {blocked_at}"


@invariant("I32")
def disposed_is_over(look: Look) -> Iterator[str]:
    """A disposed HIT holds no money, no undecided assignment and no file."""
    for name, held, undecided, files in look.through(store.HIT_PAGES, store.DISPOSED):
        if held or undecided or files:
            yield f"HIT {name}: holds for {held}, {undecided} undecided assignments, {files} files"


@invariant("I54")
def groups_counted(look: Look) -> Iterator[str]:
    """Every group says how many of its HITs can be accepted."""
    for name, said, found in look.through(store.GROUP_PAGES, store.GROUPS):
        if said != found:
            yield f"group {name}: says {said} HITs, has {found}"


@invariant("I55")
def people_counted(look: Look) -> Iterator[str]:
    """What is counted of every worker, in all and for each requester, is what their assignments add up to."""
    for name, *counts in look.through(store.WORKER_PAGES, store.WORKERS):
        stored, found = counts[:7], [int(each) for each in counts[7:]]
        if stored != found:
            yield f"worker {name}: counted {stored}, by the rows {found}"
    for requester, worker, *counts in look.through(store.WORKER_PAGES, store.RELATIONS):
        stored, found = counts[:4], [int(each) for each in counts[4:]]
        if stored != found:
            yield f"worker {worker} for requester {requester}: counted {stored}, by the rows {found}"
    for requester, worker in look.through(store.ASSIGNMENT_PAGES, store.UNRELATED):
        yield f"worker {worker} for requester {requester}: not counted at all"


assert tuple(HOLDS_SLOT) == (
    AssignmentStatus.ASSIGNED,
    AssignmentStatus.SUBMITTED,
    AssignmentStatus.APPROVED,
    AssignmentStatus.REJECTED,
), "the recount of slots is in this order"
