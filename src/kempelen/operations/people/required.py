"""Whether the qualification types that requirements name can be required."""

from __future__ import annotations

from collections.abc import Sequence

from kempelen.operation import Call
from kempelen.operations.people.eligibility import SYSTEM_TYPES, requirements_of
from kempelen.rules.requirements import Requirement
from kempelen.store import qualification_types
from kempelen.store.hit_types import HITType


def check_usable(call: Call, requirements: Sequence[Requirement]) -> None:
    """Raise `QualificationDoesNotExist` or `InvalidQualificationTypeState` for a type nobody can be
    asked for. One statement, or none where only system types are named."""
    named = (one.qualification_type_id for one in requirements)
    qualification_types.check_usable(call, [type_id for type_id in named if type_id not in SYSTEM_TYPES])


def check_hit_type_usable(call: Call, hit_type: HITType) -> None:
    """As `check_usable`, for a HIT type that exists: one of its qualification types may be deleted or
    inactive by now."""
    check_usable(call, requirements_of(hit_type.requirements))
