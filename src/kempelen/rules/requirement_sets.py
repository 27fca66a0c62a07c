"""Lists of requirements that many groups share: each is judged once for a worker, whatever it stands in.

An unproven worker, one with few approved answers, may be let in though a requirement asks for a number or a
percentage of approved ones. Only those two kinds are waived.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum, StrEnum

from kempelen.rules.comparators import Comparator, Value
from kempelen.rules.hit_types import SYSTEM_IDS
from kempelen.rules.requirements import ActionsGuarded, Explanation, Requirement, explain
from kempelen.rules.system_qualifications import NUMBER_HITS_APPROVED, PERCENT_ASSIGNMENTS_APPROVED

_HIDES = ActionsGuarded.DISCOVER_PREVIEW_AND_ACCEPT
WAIVED = frozenset({NUMBER_HITS_APPROVED, PERCENT_ASSIGNMENTS_APPROVED})
"""What newcomers need not meet where they are let in."""


class Gate(IntEnum):
    """What a list of requirements asks, as far as finding the groups behind it is concerned."""

    OPEN = 0
    """Nothing."""
    SYSTEM = 1
    """Only what every account has."""
    SYSTEM_HIDDEN = 2
    """As well, and some who lack it may not even see the group."""
    ASKING = 3
    """A qualification of a requester's."""
    ASKING_HIDDEN = 4
    """As well, and some who lack what every account has may not even see the group."""
    ASKING_TO_SEE = 5
    """A qualification of a requester's, and who lacks it may not even see the group."""


class Standing(StrEnum):
    """How a worker stands to a group."""

    QUALIFIED = "Qualified"
    TEST_NOW = "TestNow"
    """What is missing can be had by tests that can be taken now."""
    REQUEST_NOW = "RequestNow"
    """What is missing can be asked for now."""
    NOT_ELIGIBLE = "NotEligible"


def gate_of(requirements: Sequence[Requirement]) -> Gate:
    """The gate of such a list."""
    if not requirements:
        return Gate.OPEN
    hiding = [one for one in requirements if one.actions_guarded is _HIDES]
    if any(asks(one) for one in hiding):
        return Gate.ASKING_TO_SEE
    if any(asks(one) for one in requirements):
        return Gate.ASKING_HIDDEN if hiding else Gate.ASKING
    return Gate.SYSTEM_HIDDEN if hiding else Gate.SYSTEM


def standing(
    found: Sequence[Explanation], *, requestable: Container[str], tested: Container[str]
) -> Standing:
    """How a worker with these explanations stands.

    `requestable` are the ids of the types that can be asked for now, `tested` of those with a test.
    """
    unmet = [one for one in found if not one.met]
    if not unmet:
        return Standing.QUALIFIED
    missing = [one.requirement.qualification_type_id for one in unmet]
    can_ask = all(one.held is None and asks(one.requirement) for one in unmet)
    if not can_ask or not all(each in requestable for each in missing):
        return Standing.NOT_ELIGIBLE
    return Standing.TEST_NOW if any(each in tested for each in missing) else Standing.REQUEST_NOW


def asks(requirement: Requirement) -> bool:
    """Whether only who holds some requester's qualification can meet it."""
    return (
        requirement.qualification_type_id not in SYSTEM_IDS
        and requirement.comparator is not Comparator.DOES_NOT_EXIST
    )


def digest(requirements: str, *, newcomers: int) -> bytes:
    """32 bytes, equal for equal lists: the requirements as JSON, and who is let in as a newcomer."""
    listed = sorted(json.dumps(one, sort_keys=True) for one in json.loads(requirements))
    return hashlib.sha256(json.dumps([listed, newcomers]).encode()).digest()


def explain_to(
    requirements: Sequence[Requirement], values: Mapping[str, Value], *, newcomers: int
) -> tuple[Explanation, ...]:
    """Every requirement with what this worker, who holds `values`, brings to it.

    Where workers with fewer than `newcomers` approved answers are let in, they meet what is waived for them.
    """
    found = explain(requirements, values)
    return waive(found) if newcomers and is_newcomer(values, newcomers=newcomers) else found


def is_newcomer(values: Mapping[str, Value], *, newcomers: int) -> bool:
    """Whether the worker has fewer approved answers than that."""
    approved = values.get(NUMBER_HITS_APPROVED, 0)
    return isinstance(approved, int) and approved < newcomers


def waive(found: Iterable[Explanation]) -> tuple[Explanation, ...]:
    """The same with everything met that newcomers need not meet."""
    return tuple(
        replace(one, met=True) if one.requirement.qualification_type_id in WAIVED else one for one in found
    )
