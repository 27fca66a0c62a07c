"""Invariants of the figures that people are shown: kept sums are what the rows add up to."""

from __future__ import annotations

from collections.abc import Iterator

from kempelen.audit.register import Look, invariant
from kempelen.rules.requirement_sets import digest
from kempelen.store.audit import figures as store


@invariant("I60")
def days_add_up(look: Look) -> Iterator[str]:
    """What is kept of every worker's days, HIT types and requesters is what their assignments add up to."""
    for pages, statement, what in (
        (store.WORKER_PAGES, store.DAYS, "on day"),
        (store.WORKER_PAGES, store.PACES, "in HIT type"),
        (store.WORKER_PAGES, store.RELATIONS, "for requester"),
    ):
        for worker, about, *amounts in look.through(pages, statement):
            half = len(amounts) // 2
            kept, found = amounts[:half], [int(each) for each in amounts[half:]]
            if kept != found:
                yield f"worker {worker} {what} {about}: kept {kept}, by the rows {found}"
    for (name,) in look.through(store.ASSIGNMENT_PAGES, store.NO_DAY):
        yield f"assignment {name}: its day is not kept"


@invariant("I61")
def requesters_add_up(look: Look) -> Iterator[str]:
    """A requester's days, and how long workers waited, hold as many decisions as there were."""
    for name, *counts in look.through(store.REQUESTER_PAGES, store.REQUESTERS):
        approved, rejected, waits, waits_of_days, true_approved, true_rejected = map(int, counts)
        if (approved, rejected) != (true_approved, true_rejected):
            yield f"requester {name}: days hold {approved} and {rejected} of {true_approved}, {true_rejected}"
        if waits != true_approved or waits_of_days != true_approved:
            yield f"requester {name}: {waits} and {waits_of_days} waits for {true_approved} approvals"


@invariant("I62")
def groups_found_by_what_they_ask(look: Look) -> Iterator[str]:
    """Every group is found by the list of requirements that its HIT type has."""
    for name, requirements, newcomers, kept, gate, kept_gate in look.through(store.GROUP_PAGES, store.GROUPS):
        if kept is None or bytes(kept) != digest(requirements, newcomers=newcomers) or gate != kept_gate:
            yield f"group {name}: is found by another list of requirements than its own"


@invariant("I63")
def newcomers_counted(look: Look) -> Iterator[str]:
    """As many answers of unproven workers are counted for a HIT type as it has."""
    for hit_type, filled, found in look.through(store.FILL_PAGES, store.FILLS):
        if filled != found:
            yield f"HIT type {hit_type}: {filled} answers of newcomers are counted, there are {found}"
