"""Whether a worker may see, preview and accept the work of a HIT type, and why not."""

from __future__ import annotations

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.operations.people.eligibility import explanations, reasons, refuse_blocked
from kempelen.operations.people.standing import refuse_suspended, refuse_unless_in_standing
from kempelen.rules import content_warnings, preferences, task_settings
from kempelen.rules.requirements import WorkerAction, may
from kempelen.rules.sentences import together
from kempelen.store import hit_types
from kempelen.store import preferences as kept_preferences
from kempelen.store.hit_types import HITType


class HITGroupDoesNotExist(Refusal):
    """HIT group {group_id} does not exist."""

    code = "AWS.MechanicalTurk.HITGroupDoesNotExist"
    page_status = 404


class NotQualified(Refusal):
    """You do not meet what this work requires: {reasons}"""

    code = "AWS.MechanicalTurk.NotQualified"
    page_status = 422


class GroupPaused(Refusal):
    """This work is paused, so nothing of it can be accepted now. What you have accepted can be finished."""

    code = "Kempelen.HITGroupPaused"
    page_status = 409


class HiddenByChoice(Refusal):
    """This work has content that you have chosen not to be shown: {kinds}. Your preferences say so, and you
    can change them."""

    code = "Kempelen.HiddenByChoice"
    page_status = 422


def group(call: Call, group_id: str) -> HITType:
    """The HIT type of that group, by its own id or the group's. Raises `HITGroupDoesNotExist`."""
    hit_type = hit_types.by_either_id(call, group_id)
    if hit_type is None:
        raise HITGroupDoesNotExist(group_id=group_id)
    return hit_type


def refuse_unless_may(call: Call, hit_type: HITType, action: WorkerAction) -> None:
    """Raise `Blocked`, or `NotQualified` with the reasons of all requirements that are not met.

    What a worker may not even discover answers as if it were not there.
    """
    if action is WorkerAction.ACCEPT:
        refuse_unless_in_standing(call)
    elif action is WorkerAction.PREVIEW:
        refuse_suspended(call)
    refuse_blocked(call, hit_type.requester)
    found = explanations(call, hit_type)
    if may(action, found):
        return
    if not may(WorkerAction.DISCOVER, found):
        raise HITGroupDoesNotExist(group_id=hit_type.group_id)
    raise NotQualified(reasons=together(reasons(call, found)))


def refuse_unless_wanted(call: Call, hit_type: HITType) -> None:
    """Raise `GroupPaused`, or `HiddenByChoice` for content the acting worker does not want to be shown."""
    if hit_type.paused_at is not None:
        raise GroupPaused()
    warned = content_warnings.bits(task_settings.read(hit_type.settings).warnings)
    if not warned:
        return
    unwanted = warned & preferences.read(kept_preferences.of_actor(call)).hidden_warnings
    if unwanted:
        raise HiddenByChoice(kinds=together(content_warnings.said(unwanted), between=", "))
