"""GetHIT."""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.operations.publishing.hit_answers import hit_as_answer
from kempelen.store import hits
from kempelen.store.hit_listings import full_hit


@query("GetHIT", by=Role.REQUESTER)
def get_hit(call: Call, *, hit_id: str) -> dict[str, Any]:
    """One HIT, disposed ones too until they are purged."""
    return {"HIT": hit_as_answer(full_hit(call, hits.owned(call, hit_id).key))}
