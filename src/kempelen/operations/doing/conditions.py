"""Conditions of experiments: each worker stands in one, and the numbers stay in balance."""

from __future__ import annotations

from kempelen.operation import Call
from kempelen.rules.task_settings import TaskSettings, least_filled
from kempelen.store import conditions


def assign(call: Call, hit_type: int, settings: TaskSettings) -> None:
    """The acting worker takes an assignment: in the condition they had, else in the least filled one."""
    worker = call.actor.account
    had = conditions.given(call, hit_type, worker)
    if had is not None and had[0] in {one.name for one in settings.conditions}:
        conditions.give(call, hit_type, worker, had[0], fills=had[1] == 0)
        return
    fills = conditions.fills_locked(call, hit_type)
    name = least_filled(settings.conditions, fills, call.random)
    conditions.give(call, hit_type, worker, name, fills=True)
