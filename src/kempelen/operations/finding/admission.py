"""Whether a worker may see, preview and accept the work of a HIT type, and why not."""

from __future__ import annotations

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.operations.people.eligibility import eligibility_as_answer, explanations, refuse_blocked
from kempelen.rules.requirements import Explanation, WorkerAction, may
from kempelen.store import hit_types
from kempelen.store.hit_types import HITType


class HITGroupDoesNotExist(Refusal):
    """HIT group {group_id} does not exist."""

    code = "AWS.MechanicalTurk.HITGroupDoesNotExist"
    page_status = 404


class NotQualified(Refusal):
    """You do not meet what this work requires: {reasons}"""

    code = "AWS.MechanicalTurk.NotQualified"
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
    refuse_blocked(call, hit_type.requester)
    found = explanations(call, hit_type)
    if may(action, found):
        return
    if not may(WorkerAction.DISCOVER, found):
        raise HITGroupDoesNotExist(group_id=hit_type.group_id)
    raise NotQualified(reasons=" ".join(reasons(call, found)))


def reasons(call: Call, found: tuple[Explanation, ...]) -> list[str]:
    """A sentence for each requirement that the acting worker does not meet."""
    unmet = [one for one in found if not one.met]
    return [one["Reason"] for one in eligibility_as_answer(call, unmet)] if unmet else []
