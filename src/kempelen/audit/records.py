"""The invariants of events, jobs and references: what happened is on record, and everything has an owner."""

from __future__ import annotations

from collections.abc import Iterator

from kempelen.audit.register import Look, Where, invariant
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import seals
from kempelen.store.audit import records as store
from kempelen.store.audit import work
from kempelen.store.connection import Row
from kempelen.store.events import ACCESS, EVENT, TRANSFER


@invariant("I35")
def events_of_hits(look: Look) -> Iterator[str]:
    """Every HIT was created once and disposed of at most once, its expiry is on record, and each has exactly
    one event for it."""
    for name, status, _, created, _, disposed in look.through(work.HIT_PAGES, work.HIT_EVENTS):
        if created != 1 or disposed != int(status == HITStatus.DISPOSED):
            yield f"HIT {name}: {created} events of its creation, {disposed} of its disposal"


@invariant("I36", where=Where.BOTH)
def dead_with_a_reason(look: Look) -> Iterator[str]:
    """A job that will not be tried again says why."""
    for key, kind, _, _, _, dead_at, error in look.through(store.JOB_PAGES, store.JOBS):
        if dead_at is not None and not error:
            yield f"job {key} ({kind}): given up at {dead_at} without a reason"


@invariant("I39")
def events_of_something(look: Look) -> Iterator[str]:
    """There is no event of something that was never kept."""
    for key, kind in look.through(store.EVENT_PAGES, store.EVENTS_OF_NOTHING):
        yield f"event {key} of kind {kind}: what it is about does not exist"


@invariant("I40", where=Where.BOTH)
def leases_are_fenced(look: Look) -> Iterator[str]:
    """Whoever holds a job's lease has a fencing token of its own, higher than all before."""
    for key, kind, tries, fence, lease_until, _, _ in look.through(store.JOB_PAGES, store.JOBS):
        if (lease_until > 0 and fence < 1) or tries > fence or min(tries, fence, lease_until) < 0:
            yield f"job {key} ({kind}): leased until {lease_until}, fence {fence}, {tries} tries"


@invariant("I43", where=Where.BOTH)
def sealed(look: Look) -> Iterator[str]:
    """No event, no transfer and no access was ever changed or taken away: the chain of seals verifies from
    its beginning, and every row is in it or waits to be sealed (I4)."""
    kinds = (EVENT, ACCESS) if look.in_house else (EVENT, TRANSFER, ACCESS)
    verdict = seals.verify(look.connection, kinds=kinds)
    look.checked += verdict.rows + verdict.unsealed
    if verdict.broken:
        yield verdict.broken


@invariant("I44")
def owned(look: Look) -> Iterator[str]:
    """Every HIT is of a requester this world knows and of one of their types, every assignment of a worker
    this world knows and of a HIT of its requester."""
    for (name,) in look.through(store.HIT_PAGES, store.HITS_OF_NOBODY):
        yield f"HIT {name}: of nobody, or of a type of somebody else"
    for (name,) in look.through(store.ASSIGNMENT_PAGES, store.ASSIGNMENTS_OF_NOBODY):
        yield f"assignment {name}: of nobody, or of a HIT of somebody else"


@invariant("I53")
def known_to_the_house(look: Look) -> Iterator[str]:
    """Every requester and worker of a world is in the house, under the same id."""
    pairs = (
        ("requester", store.REQUESTER_PAGES, store.REQUESTERS, store.ORGANISATION_PAGES, store.ORGANISATIONS),
        ("worker", store.WORKER_PAGES, store.WORKERS, store.PERSON_PAGES, store.PEOPLE),
    )
    for word, pages, statement, house_pages, house_statement in pairs:
        here = look.through(pages, statement)
        there = look.through_house(house_pages, house_statement)
        for key, public_id in _unmatched(here, there):
            yield f"{word} {public_id} ({key}): not in the house"


def _unmatched(here: Iterator[Row], there: Iterator[Row]) -> Iterator[Row]:
    """Rows that the other side does not have; both come in order of their key."""
    known: Row | None = None
    for row in here:
        while known is None or known[0] < row[0]:
            known = next(there, (2**63, ""))
        if known != row:
            yield row


@invariant("I56", where=Where.HOUSE)
def keys_of_somebody(look: Look) -> Iterator[str]:
    """Every access key is either one organisation's or one person's, and every member is a person in an
    organisation."""
    for (access_key_id,) in look.through(store.KEY_PAGES, store.KEYS_OF_NOBODY):
        yield f"access key {access_key_id}: of nobody, or of two"
    for organisation, person in look.through(store.PERSON_PAGES, store.MEMBERS_OF_NOTHING):
        yield f"member {person} of organisation {organisation}: one of them does not exist"
