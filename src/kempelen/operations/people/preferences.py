"""A worker's preferences in one world, and the instructions they have folded away."""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, command, query
from kempelen.operations.finding.admission import group
from kempelen.rules import preferences as rules
from kempelen.store import preferences, queue


@command("PutPreferences", by=Role.WORKER)
def put_preferences(call: Call, *, preferences: dict[str, Any]) -> dict[str, Any]:
    """Change what is given and leave the rest; answers all of them.

    Work with one of HiddenContentWarnings is neither listed nor handed out. ContentWarningsADay caps how many
    tasks with any content warning are accepted in a day (UTC); 0 is no cap. Shortcuts is replaced as a whole.
    """
    queue.lock(call)
    kept = rules.joined(_kept(call), preferences)
    _put(call, kept)
    return {"Preferences": rules.whole(kept)}


@query("GetPreferences", by=Role.WORKER)
def get_preferences(call: Call, *, hit_group_id: str | None = None) -> dict[str, Any]:
    """The acting worker's preferences; with a group, whether its instructions are folded away."""
    answer: dict[str, Any] = {"Preferences": rules.whole(_kept(call))}
    if hit_group_id is not None:
        hit_type = group(call, hit_group_id)
        answer["InstructionsCollapsed"] = preferences.is_collapsed(call, hit_type.key)
    return answer


@command("PutInstructionsCollapsed", by=Role.WORKER)
def put_instructions_collapsed(call: Call, *, hit_group_id: str, collapsed: bool) -> None:
    """Remember that a group's instructions are folded away, or not any more."""
    preferences.put_collapsed(call, group(call, hit_group_id).key, collapsed=collapsed)


def _kept(call: Call) -> str | None:
    return preferences.of_actor(call)


def _put(call: Call, text: str) -> None:
    preferences.put(call, text)
