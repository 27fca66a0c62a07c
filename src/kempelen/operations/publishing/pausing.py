"""Pausing a HIT group: nothing of it is previewed, accepted or listed; every state of the AWS API stays."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.finding.admission import HITGroupDoesNotExist, group
from kempelen.store import groups, hit_types, paging, task_reports
from kempelen.store.hit_types import HITType


class AlreadyPaused(Refusal):
    """HIT group {group_id} is paused already."""

    code = "Kempelen.HITGroupPaused"
    page_status = 409


class NotPaused(Refusal):
    """HIT group {group_id} is not paused."""

    code = "Kempelen.HITGroupNotPaused"
    page_status = 409


@command("PauseHITGroup", by=Role.REQUESTER)
def pause_hit_group(call: Call, *, hit_group_id: str) -> dict[str, Any]:
    """Hand nothing of a group out until it is resumed, by its own id or its HIT type's. Whoever has accepted
    something may finish it."""
    hit_type = _owned(call, hit_group_id)
    if not groups.pause(call, hit_type.key):
        raise AlreadyPaused(group_id=hit_group_id)
    call.emit(Event(EventKind.HITGroupPaused, hit_type.requester, hit_type.key, detail="by its requester"))
    return _as_answer(call, hit_type)


@command("ResumeHITGroup", by=Role.REQUESTER)
def resume_hit_group(call: Call, *, hit_group_id: str) -> dict[str, Any]:
    """Hand a paused group's work out again. Reports made until now do not pause it once more."""
    hit_type = _owned(call, hit_group_id)
    if not groups.resume(call, hit_type.key):
        raise NotPaused(group_id=hit_group_id)
    call.emit(Event(EventKind.HITGroupResumed, hit_type.requester, hit_type.key))
    return _as_answer(call, hit_type)


@query("ListTaskReports", by=Role.REQUESTER)
def list_task_reports(
    call: Call,
    *,
    hit_group_id: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> dict[str, Any]:
    """What workers have reported of one's own tasks, latest first; of one group with whether it is paused.

    Counted says whether a report counts towards a pause. Who made it is not told.
    """
    hit_type = None if hit_group_id is None else _owned(call, hit_group_id)
    key = None if hit_type is None else hit_type.key
    page = paging.read(call, next_token, max_results, start=paging.NEWEST, filter=[key])
    before = int(page.after[0]), int(page.after[1])
    found = task_reports.page(call, hit_type=key, before=before, count=page.count)
    items = [
        {
            "HITId": each.hit_id,
            "HITGroupId": each.group_id,
            "Reason": each.reason,
            "Comment": each.comment or None,
            "Time": each.at,
            "Counted": bool(each.counts),
        }
        for each in found
    ]
    answer = paging.answer(call, page, "Reports", items, positions=[(each.at, each.key) for each in found])
    if hit_type is not None:
        answer["PausedSince"] = hit_type.paused_at
    return answer


def _owned(call: Call, group_id: str) -> HITType:
    hit_type = group(call, group_id)
    if hit_type.requester != call.actor.account:
        raise HITGroupDoesNotExist(group_id=group_id)
    return hit_type


def _as_answer(call: Call, hit_type: HITType) -> dict[str, Any]:
    now = hit_types.by_key(call, hit_type.key)
    return {"HITGroupId": now.group_id, "HITTypeId": now.public_id, "PausedSince": now.paused_at}
