"""Previewing a HIT: what a worker would get, without taking it. A preview names no worker."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call, Role, query
from kempelen.operations.doing.accepting import NoMoreHITs
from kempelen.operations.finding.admission import group, refuse_unless_may, refuse_unless_wanted
from kempelen.operations.finding.task_answers import task_as_answer
from kempelen.rules.lifecycle import HITStatus
from kempelen.rules.requirements import WorkerAction
from kempelen.store import cursors, dispatch, hit_types, hits
from kempelen.store.hits import Hit, HITDoesNotExist


@query("PreviewHIT", by=Role.WORKER)
def preview_hit(
    call: Call,
    *,
    hit_id: str | None = None,
    hit_group_id: str | None = None,
    after_hit_id: str | None = None,
) -> dict[str, Any]:
    """One given HIT, or the one of a group that the worker would get next.

    With AfterHITId, the next behind that one, which stays where it is; behind the last comes the first.
    """
    if (hit_id is None) == (hit_group_id is None):
        raise ParameterValidationError("Exactly one of HITId and HITGroupId must be given.")
    if hit_id is not None:
        hit = hits.by_id(call, hit_id)
        if hit.status == HITStatus.DISPOSED:
            raise HITDoesNotExist(hit_id=hit_id)
        hit_type = hit_types.by_key(call, hit.hit_type)
        refuse_unless_may(call, hit_type, WorkerAction.PREVIEW)
        refuse_unless_wanted(call, hit_type)
        if hit.status != HITStatus.ASSIGNABLE or hit.expires_at <= call.now:
            raise NoMoreHITs()
    else:
        assert hit_group_id is not None
        hit_type = group(call, hit_group_id)
        refuse_unless_may(call, hit_type, WorkerAction.PREVIEW)
        refuse_unless_wanted(call, hit_type)
        hit = _after(call, hit_type.key, after_hit_id) or _next(call, hit_type.key)
    return {"Task": task_as_answer(call, None, hit, hit_type, settings=hit_type.settings)}


def _after(call: Call, hit_type: int, hit_id: str | None) -> Hit | None:
    """The HIT behind that one, in its level or the next; None if there is none."""
    if hit_id is None:
        return None
    skipped = hits.by_id(call, hit_id)
    if skipped.hit_type != hit_type:
        raise HITDoesNotExist(hit_id=hit_id)
    level: int | None = skipped.level
    after = dispatch.position(call, skipped.key)
    while level is not None:
        place = dispatch.peek(call, hit_type, level=level, after=after)
        if place is not None:
            return hits.by_key(call, place.hit)
        level, after = dispatch.next_level(call, hit_type, above=level), 0
    return None


def _next(call: Call, hit_type: int) -> Hit:
    """The first HIT after where the worker is, of the most urgent level; else any. One window a level."""
    reached, _ = cursors.read(call, hit_type)
    for positions in (reached, {}) if reached else (reached,):
        level = dispatch.next_level(call, hit_type, above=-1)
        while level is not None:
            place = dispatch.peek(call, hit_type, level=level, after=positions.get(level, 0))
            if place is not None:
                return hits.by_key(call, place.hit)
            level = dispatch.next_level(call, hit_type, above=level)
    raise NoMoreHITs()
