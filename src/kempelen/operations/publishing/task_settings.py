"""PutTaskSettings and GetTaskSettings: what a HIT type's work is like beyond what MTurk knows."""

from __future__ import annotations

import json
from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.people.newcomers import adjust
from kempelen.rules import content_warnings
from kempelen.rules import task_settings as rules
from kempelen.store import conditions, groups, hit_types, paging, parties, taken, task_settings

LONGEST = 262_144
"""Characters of the settings of one HIT type, as JSON."""


@command("PutTaskSettings", by=Role.REQUESTER)
def put_task_settings(call: Call, *, hit_type_id: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Settings that hold for whatever is accepted from now on; those before are kept by version."""
    hit_type = hit_types.owned(call, hit_type_id)
    rules.refuse_wrong(settings)
    text = json.dumps(settings, sort_keys=True)
    if len(text) > LONGEST:
        raise ParameterValidationError(f"Task settings have at most {LONGEST} characters in all.")
    read = rules.read(text)
    excluded = [taken.of_type(hit_types.owned(call, each).key) for each in read.excluded_types]
    excluded += [taken.of_name(call.actor.account, name) for name in read.excluded_scopes]
    version = task_settings.put(call, hit_type.key, settings=text, excluded=excluded)
    groups.put_warnings(call, hit_type.key, content_warnings.bits(read.warnings))
    groups.put_marks(
        call,
        hit_type.key,
        language=settings.get("Language"),
        phone=settings.get("PhoneFriendly", False),
        keyboard=settings.get("KeyboardFriendly", False),
    )
    adjust(call, hit_type, read.newcomer_cap)
    for condition in sorted(one.name for one in read.conditions):
        conditions.prepare(call, hit_type.key, condition)
    call.emit(
        Event(EventKind.TaskSettingsChanged, call.actor.account, hit_type=hit_type.key, detail=str(version))
    )
    return {"Version": version}


@query("GetTaskSettings", by=Role.REQUESTER)
def get_task_settings(call: Call, *, hit_type_id: str) -> dict[str, Any]:
    """The settings of a HIT type, with their version; empty and 0 where there are none."""
    hit_type = hit_types.owned(call, hit_type_id)
    settings = {} if hit_type.settings is None else json.loads(hit_type.settings)
    return {"Settings": settings, "Version": hit_type.settings_version}


@query("ListConditions", by=Role.REQUESTER)
def list_conditions(
    call: Call, *, hit_type_id: str, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """How many workers stand in each condition of a HIT type, and, in pages, who in which."""
    hit_type = hit_types.owned(call, hit_type_id)
    page = paging.read(call, next_token, max_results, filter=[hit_type_id])
    rows = conditions.page(call, hit_type.key, after=int(page.after[0]), count=page.count)
    workers = [
        {"WorkerId": parties.worker_id(call, worker), "Condition": name, "AssignmentsTaken": count}
        for worker, name, count in rows
    ]
    answer = paging.answer(call, page, "Workers", workers, positions=[(row[0],) for row in rows])
    fills = conditions.fills(call, hit_type.key)
    answer["Conditions"] = [
        {"Name": one.name, "Weight": one.weight, "Workers": fills.get(one.name, 0)}
        for one in rules.read(hit_type.settings).conditions
    ]
    return answer
