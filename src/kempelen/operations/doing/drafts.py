"""Drafts: every change is kept, so that a crash, a lost login or another device loses nothing.

A device counts its drafts, and one that arrives late never overwrites a newer one of the same device. Between
devices the last to arrive stands; a device that did not know of what it replaced is told, and given it.
"""

from __future__ import annotations

from typing import Any

from kempelen.operation import Arguments, Call, Role, Traits, command, query
from kempelen.operations.doing.returning import NotHeld, refuse_gone
from kempelen.rules.answers import Field, pack, unpack
from kempelen.rules.lifecycle import SAID, AssignmentStatus
from kempelen.store import assignments, drafts
from kempelen.store.assignments import Assignment
from kempelen.store.drafts import Draft

_READABLE = (AssignmentStatus.ASSIGNED, AssignmentStatus.ABANDONED, AssignmentStatus.RETURNED)


def prepare(arguments: Arguments, traits: Traits) -> bytes:
    """Pack the fields. Refuses more than an answer may have."""
    return pack([Field(each["Name"], each["Value"]) for each in arguments["fields"]])


@command("PutDraft", by=Role.WORKER, prepare=prepare)
def put_draft(
    call: Call,
    *,
    assignment_id: str,
    fields: list[dict[str, str]],
    version: int,
    device: str = "",
    seen: int = 0,
) -> dict[str, Any]:
    """Keep what the worker has typed so far, until it is submitted or seven days after the deadline.

    Version is the device's own count: one that is not above the device's last is not kept, and Standing is
    what stands. Seen is the Revision the device knew: where another device's draft came after it, this one
    stands all the same, Conflict is true, and Replaced is that other draft.
    """
    assignment = assignments.of_worker(call, assignment_id)
    assignments.lock(call, assignment.key)
    assignment = assignments.by_key(call, assignment.key)
    if assignment.status != AssignmentStatus.ASSIGNED or call.now >= assignment.abandon_at:
        refuse_gone(assignment)
    packed: bytes = call.prepared
    before = drafts.find(call, assignment.key)
    if before is not None and before.device == device and version <= before.version:
        return _not_kept(assignment, before, is_repeat=version == before.version and packed == before.fields)
    revision = 1 if before is None else before.revision + 1
    draft = Draft(packed, version, device, revision, call.now, assignment.abandon_at + drafts.KEPT)
    drafts.put(call, assignment.key, draft)
    answer: dict[str, Any] = {"Kept": True, "Revision": revision, "Conflict": False}
    if before is not None and before.device != device and seen < before.revision:
        answer |= {"Conflict": True, "Replaced": _as_answer(assignment, before)}
    return answer


@query("GetDraft", by=Role.WORKER)
def get_draft(call: Call, *, assignment_id: str) -> dict[str, Any]:
    """The draft of one's own assignment, for seven days after its deadline too; none once it is submitted."""
    assignment = assignments.of_worker(call, assignment_id)
    if assignment.status not in _READABLE:
        raise NotHeld(state=SAID[AssignmentStatus(assignment.status)])
    draft = drafts.find(call, assignment.key)
    return {} if draft is None else {"Draft": _as_answer(assignment, draft)}


def _not_kept(assignment: Assignment, standing: Draft, *, is_repeat: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"Kept": is_repeat, "Revision": standing.revision, "Conflict": False}
    return answer if is_repeat else answer | {"Standing": _as_answer(assignment, standing)}


def _as_answer(assignment: Assignment, draft: Draft) -> dict[str, Any]:
    fields = [
        {"Name": field.name, "Value": field.value}
        for field in unpack(draft.fields)
        if isinstance(field, Field)
    ]
    return {
        "AssignmentId": assignment.public_id,
        "Fields": fields,
        "Version": draft.version,
        "Device": draft.device,
        "Revision": draft.revision,
        "SaveTime": draft.saved_at,
        "KeptUntil": draft.keep_until,
    }
