"""The work on an assignment as its page tells it meanwhile: templates submit by themselves."""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, command
from kempelen.operations.doing.returning import refuse_gone
from kempelen.store import activity, assignments
from kempelen.store.activity import Activity


@command("RecordActivity", by=Role.WORKER)
def record_activity(
    call: Call,
    *,
    assignment_id: str,
    start_time: int | None = None,
    active_seconds: int | None = None,
    instructions_version: str | None = None,
    ai_help: bool | None = None,
) -> dict[str, Any]:
    """Say how the work goes on, as often as one likes: the first start stays, active seconds only grow.

    Neither can say more than the time since the assignment was accepted. What is not said with the answer
    itself is taken from here.
    """
    assignment = assignments.of_worker(call, assignment_id)
    if start_time is not None:
        start_time = min(max(start_time, assignment.accepted_at), call.now)
    if active_seconds is not None:
        active_seconds = min(active_seconds, (call.now - assignment.accepted_at + 999) // 1000)
    told = Activity(start_time, active_seconds, instructions_version, ai_help)
    if not activity.record(call, assignment.key, told):
        refuse_gone(assignments.by_key(call, assignment.key))
    kept = activity.told(call, assignment.key)
    return {"StartTime": kept.started_at, "ActiveSeconds": kept.active_seconds}
