"""The invariants of requesters' media, and of what tasks' pages tell of the work."""

from __future__ import annotations

from collections.abc import Iterator

from kempelen.audit.register import Look, invariant
from kempelen.store.audit import media as store


@invariant("I90")
def media_counted(look: Look) -> Iterator[str]:
    """What every requester is said to keep of media is what they keep."""
    for requester, *counts in look.through(store.TOTAL_PAGES, store.TOTALS):
        said, found = counts[:2], [int(each) for each in counts[2:]]
        if said != found:
            yield f"requester {requester}: said to keep {said} (files, bytes), keeps {found}"
    for requester, name in look.through(store.MEDIA_PAGES, store.UNCOUNTED):
        yield f"requester {requester}: {name} is not counted"


@invariant("I91")
def nobody_worked_before_accepting(look: Look) -> Iterator[str]:
    """No page told of more work than there was time between accepting and submitting."""
    rows = look.through(store.ASSIGNMENT_PAGES, store.TOLD)
    for name, accepted_at, submitted_at, started_at, active in rows:
        if started_at is not None and not accepted_at <= started_at <= submitted_at:
            yield f"assignment {name}: begun at {started_at}, accepted at {accepted_at}"
        if active is not None and (active - 1) * 1000 > submitted_at - accepted_at:
            yield f"assignment {name}: {active} active seconds of {submitted_at - accepted_at} milliseconds"
