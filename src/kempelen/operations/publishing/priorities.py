"""PutHITPriority: how urgent one HIT is."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.store import dispatch, hits


@command("PutHITPriority", by=Role.REQUESTER)
def put_hit_priority(call: Call, *, hit_id: str, level: int) -> None:
    """Let a HIT stand at the end of another level's queue: 0 is the most urgent, 15 the least."""
    hit = hits.owned(call, hit_id)
    dispatch.move(call, hit.key, level=level)
    call.emit(Event(EventKind.PriorityChanged, hit.requester, hit.hit_type, hit.key, detail=str(level)))
