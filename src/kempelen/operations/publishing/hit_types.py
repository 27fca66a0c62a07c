"""HIT types: equal values are one type."""

from __future__ import annotations

from typing import Any

from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.people.required import check_usable
from kempelen.rules.hit_types import HITTypeProperties
from kempelen.rules.money import Money
from kempelen.rules.requirements import parse_requirements
from kempelen.store import hit_types, parties

DEFAULT_AUTO_APPROVAL_DELAY_SECONDS = 2_592_000


@command("CreateHITType", by=Role.REQUESTER)
def create_hit_type(
    call: Call,
    *,
    assignment_duration_in_seconds: int,
    reward: str,
    title: str,
    description: str,
    auto_approval_delay_in_seconds: int = DEFAULT_AUTO_APPROVAL_DELAY_SECONDS,
    keywords: str = "",
    qualification_requirements: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The id of the type with these values, made now if it is new."""
    hit_type = find_or_make(
        call,
        assignment_duration_in_seconds=assignment_duration_in_seconds,
        reward=reward,
        title=title,
        description=description,
        auto_approval_delay_in_seconds=auto_approval_delay_in_seconds,
        keywords=keywords,
        qualification_requirements=qualification_requirements,
    )
    return {"HITTypeId": hit_type.public_id}


def find_or_make(
    call: Call,
    *,
    assignment_duration_in_seconds: int,
    reward: str,
    title: str,
    description: str,
    auto_approval_delay_in_seconds: int,
    keywords: str,
    qualification_requirements: list[dict[str, Any]] | None,
) -> hit_types.HITType:
    """The acting requester's type with these values. Refuses requirements that cannot be used."""
    requirements = parse_requirements(qualification_requirements or [])
    check_usable(call, requirements)
    parties.know_requester(call, call.actor)
    properties = HITTypeProperties(
        title=title,
        description=description,
        keywords=keywords,
        reward=Money.parse(reward),
        assignment_duration_seconds=assignment_duration_in_seconds,
        auto_approval_delay_seconds=auto_approval_delay_in_seconds,
        requirements=requirements,
    )
    hit_type, is_new = hit_types.find_or_make(call, properties)
    if is_new:
        call.emit(Event(EventKind.HITTypeCreated, requester=call.actor.account, hit_type=hit_type.key))
    return hit_type
