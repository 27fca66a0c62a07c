"""Checks of comprehension: a question about the instructions, answered rightly before work is accepted."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operation import Call, Role, command
from kempelen.operations.finding.admission import group, refuse_unless_may
from kempelen.rules import task_settings
from kempelen.rules.requirements import WorkerAction
from kempelen.rules.task_settings import Check, TaskSettings
from kempelen.store import queue, taken


class CheckFirst(Refusal):
    """This work asks a question about its instructions. Answer it rightly before you accept."""

    code = "Kempelen.ComprehensionCheckOpen"
    page_status = 422


class CheckFailed(Refusal):
    """You have answered the question about the instructions wrongly as often as it may be answered."""

    code = "Kempelen.ComprehensionCheckFailed"
    page_status = 422


@command("AnswerComprehensionCheck", by=Role.WORKER)
def answer_comprehension_check(call: Call, *, hit_group_id: str, answer: str) -> dict[str, Any]:
    """Answer the question about a group's instructions; whether it was right, and how many tries are left."""
    queue.lock(call)
    hit_type = group(call, hit_group_id)
    refuse_unless_may(call, hit_type, WorkerAction.PREVIEW)
    check = task_settings.read(hit_type.settings).check
    if check is None:
        raise ParameterValidationError("This work asks no question about its instructions.")
    passed, wrong = _scopes(hit_type.key, check)
    if taken.count(call, passed):
        return {"Passed": True}
    if answer == check.right and taken.count(call, wrong) < check.tries:
        taken.take(call, passed)
        return {"Passed": True}
    if not taken.take(call, wrong, most=check.tries):
        raise CheckFailed()
    return {"Passed": False, "TriesLeft": check.tries - taken.count(call, wrong)}


def refuse_unless_understood(call: Call, hit_type: int, settings: TaskSettings) -> None:
    """Raise `CheckFirst` or `CheckFailed` where there is a question that the worker has not answered."""
    if settings.check is None:
        return
    passed, wrong = _scopes(hit_type, settings.check)
    if taken.count(call, passed):
        return
    raise CheckFailed() if taken.count(call, wrong) >= settings.check.tries else CheckFirst()


def _scopes(hit_type: int, check: Check) -> tuple[str, str]:
    return f"c{hit_type}:{check.digest}", f"w{hit_type}:{check.digest}"
