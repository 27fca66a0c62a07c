"""Whether the qualification types that requirements name can be required."""

from __future__ import annotations

from collections.abc import Sequence

from kempelen.operation import Call
from kempelen.rules.requirements import Requirement
from kempelen.rules.system_qualifications import PRODUCTION_TYPES, SANDBOX_TYPES
from kempelen.store import qualification_types


def check_usable(call: Call, requirements: Sequence[Requirement]) -> None:
    """Raise `QualificationDoesNotExist` or `InvalidQualificationTypeState` for a type nobody can be
    asked for."""
    for requirement in requirements:
        type_id = requirement.qualification_type_id
        if type_id not in PRODUCTION_TYPES and type_id not in SANDBOX_TYPES:
            qualification_types.usable(call, type_id)
