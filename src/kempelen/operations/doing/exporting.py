"""A worker's own records of one world, to take along."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.rules.answers import unpack
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.rules.money import Money
from kempelen.store import assignments, paging, queue
from kempelen.store.assignments import MAX_PAGE_BYTES, VISIBLE
from kempelen.store.queue import Entry


@query("ExportOwnWork", by=Role.WORKER)
def export_own_work(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """Everything the worker ever accepted here, latest first, with the answers they gave: JSON, a list of
    names and values, or for a file its name, size and key. A page ends early when it gets large."""
    page = paging.read(call, next_token, max_results, default=100, start=paging.NEWEST)
    moment, key = page.after
    items: list[dict[str, Any]] = []
    positions: list[tuple[int, int]] = []
    size = 0
    for entry in queue.history(call, before=(int(moment), int(key)), count=page.count):
        answer = _answer(call, entry)
        size += len(answer or "")
        if items and size > MAX_PAGE_BYTES:
            break
        items.append(_as_answer(entry, answer))
        positions.append((entry.accepted_at, entry.key))
    return paging.answer(call, page, "Work", items, positions=positions)


def _answer(call: Call, entry: Entry) -> str | None:
    if entry.status not in VISIBLE:
        return None
    fields = unpack(assignments.answer(call, entry.key))
    return json.dumps([list(astuple(field)) for field in fields], ensure_ascii=False)


def _as_answer(entry: Entry, answer: str | None) -> dict[str, Any]:
    return {
        "AssignmentId": entry.public_id,
        "HITId": entry.hit_id,
        "RequesterId": entry.requester_id,
        "RequesterName": entry.requester_name,
        "Title": entry.title,
        "Reward": str(Money(entry.reward)),
        "Status": AssignmentStatus(entry.status).label,
        "AcceptTime": entry.accepted_at,
        "SubmitTime": entry.submitted_at,
        "DecisionTime": entry.decided_at,
        "RequesterFeedback": entry.feedback,
        "Answer": answer,
    }
