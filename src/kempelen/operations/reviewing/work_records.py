"""How an answer came about: when the work began, how long it was active, which instructions were shown."""

from __future__ import annotations

import json
from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.store import assignments


@query("GetWorkRecord", by=Role.REQUESTER)
def get_work_record(call: Call, *, assignment_id: str) -> dict[str, Any]:
    """What is known of the work behind one's own submitted assignment; what was not told is left out."""
    assignment = assignments.submitted(call, assignment_id)
    written, settings_version = assignments.work_record(call, assignment.key)
    told = json.loads(written) if written else {}
    return {
        "AssignmentId": assignment.public_id,
        "AcceptTime": assignment.accepted_at,
        "StartTime": told.get("start"),
        "SubmitTime": assignment.submitted_at,
        "ActiveSeconds": told.get("active_seconds"),
        "InstructionsVersion": told.get("instructions"),
        "AIHelp": told.get("ai_help"),
        "SettingsVersion": settings_version or None,
    }
