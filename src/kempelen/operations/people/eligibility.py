"""How the acting worker stands to what a HIT type requires: cheap enough to ask before every task.

A HIT type without requirements costs no statement; with requirements one for the worker's statistics, if a
requirement looks at them, and one for all qualifications together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.comparators import Locale, Value
from kempelen.rules.reasons import reason
from kempelen.rules.requirement_sets import WAIVED, explain_to
from kempelen.rules.requirements import (
    Explanation,
    Requirement,
    as_answer,
    explain,
    from_answer,
    locale_as_answer,
)
from kempelen.rules.sentences import Sentence
from kempelen.rules.system_qualifications import (
    ADULT,
    ALL_MASTERS,
    LOCALE,
    NUMBER_HITS_APPROVED,
    PRODUCTION_TYPES,
    SANDBOX_TYPES,
)
from kempelen.rules.system_qualifications import value as system_value
from kempelen.store import blocks, qualification_types, qualifications
from kempelen.store.hit_types import HITType

SYSTEM_TYPES = {**PRODUCTION_TYPES, **SANDBOX_TYPES}
"""Every system type of either set: requesters name both, wherever they are."""
_KNOWN_FROM_THE_ACCOUNT = {LOCALE, ADULT} | ALL_MASTERS
UNKNOWN = qualification_types.Face("", False, False)


class Blocked(Refusal):
    """This requester does not take work from you."""

    code = "AWS.MechanicalTurk.WorkerBlocked"
    page_status = 403


@lru_cache(maxsize=8_192)
def requirements_of(text: str) -> tuple[Requirement, ...]:
    """The requirements that a HIT type keeps as JSON."""
    return tuple(from_answer(one) for one in json.loads(text))


def explanations(call: Call, hit_type: HITType) -> tuple[Explanation, ...]:
    """Each requirement of the HIT type with what the acting worker brings to it.

    At most two statements. `rules.requirements.may` says what follows from them.
    """
    requirements = requirements_of(hit_type.requirements)
    if not requirements:
        return ()
    type_ids = {one.qualification_type_id for one in requirements}
    if not hit_type.newcomers or not type_ids & WAIVED:
        return explain(requirements, _values(call, type_ids))
    values = _values(call, type_ids | {NUMBER_HITS_APPROVED})
    return explain_to(requirements, values, newcomers=hit_type.newcomers)


def needs_waiver(call: Call, hit_type: HITType) -> bool:
    """Whether the acting worker could not accept this work if newcomers were not let in."""
    requirements = requirements_of(hit_type.requirements)
    type_ids = {one.qualification_type_id for one in requirements} & WAIVED
    if not type_ids:
        return False
    found = explain(requirements, _values(call, type_ids))
    return any(not one.met for one in found if one.requirement.qualification_type_id in WAIVED)


def _values(call: Call, type_ids: set[str]) -> dict[str, Value]:
    own = type_ids - SYSTEM_TYPES.keys()
    values = qualifications.held(call, own, worker=call.actor.account) if own else {}
    system = type_ids - own
    if system:
        record = qualifications.own_record(call, with_statistics=not system <= _KNOWN_FROM_THE_ACCOUNT)
        for type_id in system:
            held = system_value(type_id, record)
            if held is not None:
                values[type_id] = held
    return values


def blocked(call: Call, requester: int) -> bool:
    """Whether this requester has blocked the acting worker. One statement."""
    return blocks.stands(call, requester=requester, worker=call.actor.account)


def refuse_blocked(call: Call, requester: int) -> None:
    """Raise `Blocked` if this requester has blocked the acting worker. One statement."""
    if blocked(call, requester):
        raise Blocked()


def eligibility_as_answer(call: Call, explanations: Sequence[Explanation]) -> list[dict[str, Any]]:
    """The explanations as `Eligibility` structures, each with a sentence that says why. At most one
    statement."""
    return eligibility_by_faces(explanations, _faces(call, explanations))


def reasons(call: Call, explanations: Sequence[Explanation]) -> list[Sentence]:
    """A sentence for each requirement that the acting worker does not meet. At most one statement."""
    unmet = [one for one in explanations if not one.met]
    faces = _faces(call, unmet)
    return [reason(one, faces.get(one.requirement.qualification_type_id, UNKNOWN).name) for one in unmet]


def _faces(call: Call, explanations: Sequence[Explanation]) -> dict[str, qualification_types.Face]:
    type_ids = {one.requirement.qualification_type_id for one in explanations}
    own = type_ids - SYSTEM_TYPES.keys()
    faces = {
        type_id: qualification_types.Face(SYSTEM_TYPES[type_id].name, False, False)
        for type_id in type_ids - own
    }
    if own:
        faces |= qualification_types.faces(call, own)
    return faces


def eligibility_by_faces(
    explanations: Sequence[Explanation], faces: Mapping[str, qualification_types.Face]
) -> list[dict[str, Any]]:
    """As `eligibility_as_answer`, with what is known of the qualification types."""
    return [
        _as_answer(one, faces.get(one.requirement.qualification_type_id, UNKNOWN)) for one in explanations
    ]


def _as_answer(explanation: Explanation, face: qualification_types.Face) -> dict[str, Any]:
    held = explanation.held
    return {
        "QualificationRequirement": as_answer(explanation.requirement),
        "QualificationName": face.name,
        "Met": explanation.met,
        "Reason": str(reason(explanation, face.name)),
        "HeldIntegerValue": held if isinstance(held, int) else None,
        "HeldLocaleValue": locale_as_answer(held) if isinstance(held, Locale) else None,
        "IsRequestable": face.is_requestable,
        "HasTest": face.has_test,
    }
