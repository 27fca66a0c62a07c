"""Unproven workers: let into work that asks for a record, up to a cap, where their answers are checked.

Only requirements of approval counts and percentages are waived, and only for HITs with known answers or
agreement to check an answer by. The cap is exact: it is one conditional update.
"""

from __future__ import annotations

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.operations.people.eligibility import needs_waiver, requirements_of
from kempelen.rules import task_settings
from kempelen.rules.task_settings import NewcomerCap
from kempelen.store import hit_types, newcomers
from kempelen.store.assignments import Assignment
from kempelen.store.hit_types import HITType
from kempelen.store.hits import Hit


class NewcomersFull(Refusal):
    """This work asks for a record of approved answers, and the places for workers without one are taken."""

    code = "Kempelen.NewcomersFull"
    page_status = 422


class NotForNewcomers(Refusal):
    """This work asks for a record of approved answers, and this task of it cannot check the answers of
    workers without one."""

    code = "Kempelen.NotForNewcomers"
    page_status = 422


def is_newcomer(call: Call, hit_type: HITType) -> bool:
    """Whether the acting worker is let in only because newcomers are."""
    return bool(hit_type.newcomers) and needs_waiver(call, hit_type)


def count(call: Call, hit: Hit, hit_type: HITType, assignment: Assignment) -> None:
    """Count a newcomer's assignment, which has just been accepted. Raises `NewcomersFull` or
    `NotForNewcomers`."""
    cap = task_settings.read(hit_type.settings).newcomer_cap
    if hit.policies is None:
        raise NotForNewcomers()
    if cap is None:
        raise NewcomersFull()
    filled = newcomers.take(call, hit_type.key, assignment.key, most=cap.most)
    if filled is None:
        raise NewcomersFull()
    if filled == cap.most:
        _let_in(call, hit_type, below=0)


def give_back(call: Call, assignment: Assignment, hit_type: HITType) -> None:
    """A newcomer's assignment was returned or abandoned: its place is free again."""
    if assignment.newcomer:
        newcomers.give_back(call, hit_type.key)
        adjust(call, hit_type, task_settings.read(hit_type.settings).newcomer_cap)


def checks_answers(call: Call, hit_type: HITType) -> None:
    """A HIT of the type has known answers or agreement to check answers by."""
    if newcomers.has_checks(call, hit_type.key):
        adjust(call, hit_type, task_settings.read(hit_type.settings).newcomer_cap)


def adjust(call: Call, hit_type: HITType, cap: NewcomerCap | None) -> None:
    """Let newcomers in, or no more, as the cap, the checks and the places taken say."""
    below = 0
    if cap is not None and newcomers.is_checked(call, hit_type.key):
        below = cap.approved_below if newcomers.filled(call, hit_type.key) < cap.most else 0
    _let_in(call, hit_type, below=below)


def _let_in(call: Call, hit_type: HITType, *, below: int) -> None:
    if below == hit_types.newcomers(call, hit_type.key):
        return
    text = hit_type.requirements
    newcomers.let_in(call, hit_type.key, requirements_of(text), text=text, below=below)
