"""What a review policy hands back: rows for the report, and what it would like to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Subject = Literal["Assignment", "HIT"]

LARGEST_SMALL_HIT = 9
"""A HIT of nine assignments or fewer is never extended to ten: from ten on another fee is due."""


@dataclass(frozen=True, slots=True)
class Result:
    """One `ReviewResultDetail`, without the ActionId of the run, which the caller gives."""

    subject_type: Subject
    subject_id: str
    question_id: str | None
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Action:
    """One `ReviewActionDetail` in the state Intended: the caller tries it and notes what came of it.

    `feedback` is what the worker reads (approve, reject; may be empty). `minimum_seconds` is how long the HIT
    must still be open after an extend by one assignment; 0 leaves its expiration where it is.
    """

    name: Literal["approve", "reject", "extend"]
    target_type: Subject
    target_id: str
    feedback: str = ""
    minimum_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Extension:
    """When a policy adds an assignment: below which score, up to how many, for at least how many seconds."""

    if_score_is_less_than: int
    maximum_assignments: int
    minimum_seconds: int

    def of(self, hit_id: str, *, score: int, max_assignments: int) -> tuple[Action, ...]:
        """The extension of a HIT that has `max_assignments` now, or nothing."""
        is_full = max_assignments >= self.maximum_assignments or max_assignments == LARGEST_SMALL_HIT
        if is_full or score >= self.if_score_is_less_than:
            return ()
        return (Action("extend", "HIT", hit_id, minimum_seconds=self.minimum_seconds),)


@dataclass(frozen=True, slots=True)
class Decision:
    """When a policy approves or rejects by itself, and what it then tells the worker.

    A threshold of `None` means never. Where both apply, the worker is approved: doubt is not his loss.
    """

    approve_if_score_is_at_least: int | None
    approve_reason: str
    reject_if_score_is_less_than: int | None
    reject_reason: str

    def of(self, assignment_id: str, *, score: int) -> tuple[Action, ...]:
        """The decision on an assignment with this score (0–100), or nothing."""
        approve_at, reject_below = self.approve_if_score_is_at_least, self.reject_if_score_is_less_than
        if approve_at is not None and score >= approve_at:
            return (Action("approve", "Assignment", assignment_id, self.approve_reason),)
        if reject_below is not None and score < reject_below:
            return (Action("reject", "Assignment", assignment_id, self.reject_reason),)
        return ()
