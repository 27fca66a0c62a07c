"""The states of HITs and assignments, and what each is a function of (contract §5)."""

from __future__ import annotations

from enum import IntEnum

from kempelen.rules.sentences import Sentence

DAY = 86_400_000
OVERRIDE_WINDOW = 30 * DAY
"""A rejection can be turned into an approval this long after submission."""
DISPOSAL_DELAY = 120 * DAY
"""A HIT is disposed of this long after it last became reviewable."""
FEE_STEP = 10
"""A HIT made with fewer assignments never grows to this many."""
MOST_ASSIGNMENTS = 1_000_000_000
"""How many assignments a HIT has at most."""
EXTENDABLE_SINCE = 1_437_523_200_000
"""HITs made before 22 July 2015 had other fees and are never extended."""


class HITStatus(IntEnum):
    """A HIT's status as it is stored; `label` is the contract's word."""

    ASSIGNABLE = 1
    UNASSIGNABLE = 2
    REVIEWABLE = 3
    REVIEWING = 4
    DISPOSED = 5

    @property
    def label(self) -> str:
        return self.name.capitalize()


class AssignmentStatus(IntEnum):
    """An assignment's status as it is stored. Only the middle three are seen through the AWS API."""

    ASSIGNED = 1
    SUBMITTED = 2
    APPROVED = 3
    REJECTED = 4
    RETURNED = 5
    ABANDONED = 6

    @property
    def label(self) -> str:
        return self.name.capitalize()


SAID = {
    AssignmentStatus.ASSIGNED: Sentence("assigned"),
    AssignmentStatus.SUBMITTED: Sentence("submitted"),
    AssignmentStatus.APPROVED: Sentence("approved"),
    AssignmentStatus.REJECTED: Sentence("rejected"),
    AssignmentStatus.RETURNED: Sentence("returned"),
    AssignmentStatus.ABANDONED: Sentence("abandoned"),
}
"""The statuses in words, within a sentence."""

HOLDS_SLOT = (
    AssignmentStatus.ASSIGNED,
    AssignmentStatus.SUBMITTED,
    AssignmentStatus.APPROVED,
    AssignmentStatus.REJECTED,
)
"""The states in which an assignment takes up one of its HIT's slots."""


def hit_status(*, open_slots: int, pending: int, expired: bool, reviewing: bool, disposed: bool) -> HITStatus:
    """The status that follows from the facts; what is stored must equal it (invariant I26)."""
    if disposed:
        return HITStatus.DISPOSED
    if not expired and open_slots > 0:
        return HITStatus.ASSIGNABLE
    if pending > 0:
        return HITStatus.UNASSIGNABLE
    return HITStatus.REVIEWING if reviewing else HITStatus.REVIEWABLE


def time_allowed(seconds: int, *, percent: int) -> tuple[int, int]:
    """The milliseconds a worker gets who has this standing accommodation, and how many of them it adds."""
    usual = seconds * 1000
    longer = usual * (percent - 100) // 100
    return usual + longer, longer


def can_grow(*, max_assignments: int, by: int) -> bool:
    """Whether a HIT may get more assignments: one with fewer than ten never reaches ten."""
    return max_assignments >= FEE_STEP or max_assignments + by < FEE_STEP


def can_override(*, submitted_at: int, now: int) -> bool:
    """Whether a rejected assignment may still be approved."""
    return now - submitted_at <= OVERRIDE_WINDOW
