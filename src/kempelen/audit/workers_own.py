"""The invariants of what workers keep, report and are warned of, and of what was taken down."""

from __future__ import annotations

from collections.abc import Iterator

from kempelen.audit.register import Look, invariant
from kempelen.rules import content_warnings, task_settings
from kempelen.store.audit import workers_own as store


@invariant("I70")
def drafts_of_their_own(look: Look) -> Iterator[str]:
    """Every draft is of an assignment of its own worker's that was not submitted."""
    for assignment, worker, owner, status in look.through(store.DRAFT_PAGES, store.STRAY_DRAFTS):
        yield f"draft of assignment {assignment} by worker {worker}: it is {owner}'s, in state {status}"


@invariant("I71")
def taken_down_is_paid(look: Look) -> Iterator[str]:
    """A HIT that was taken down has ended, and nobody who held or submitted it is left unpaid."""
    for name, expired, pending, submitted, paid_through in look.through(store.HIT_PAGES, store.TAKEN_DOWN):
        if not expired:
            yield f"HIT {name}: taken down and not ended"
        if paid_through is None and (pending or submitted):
            yield f"HIT {name}: taken down with {pending} held and {submitted} submitted unpaid"


@invariant("I72")
def reports_count_once(look: Look) -> Iterator[str]:
    """No worker counts twice towards the pause of a group."""
    for hit_type, worker, count in look.through(store.REPORT_PAGES, store.COUNTED_TWICE):
        yield f"HIT type {hit_type}: worker {worker} counts {count} times"


@invariant("I73")
def warnings_as_settings_say(look: Look) -> Iterator[str]:
    """Every group warns of what its task settings say, so that nobody is handed what they have hidden."""
    for name, warnings, settings in look.through(store.GROUP_PAGES, store.WARNINGS):
        said = content_warnings.bits(task_settings.read(settings).warnings)
        if warnings != said:
            yield f"group {name}: warns of {warnings}, by its settings {said}"
