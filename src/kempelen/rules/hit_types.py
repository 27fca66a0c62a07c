"""What makes two HITs of one requester the same kind of work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from kempelen.rules.comparators import Comparator
from kempelen.rules.money import Money
from kempelen.rules.requirements import Requirement, as_answer
from kempelen.rules.system_qualifications import ADULT, ALL_MASTERS, PRODUCTION_TYPES, SANDBOX_TYPES

SYSTEM_IDS = PRODUCTION_TYPES.keys() | SANDBOX_TYPES.keys()

_FORMAT = "hit type 1"
"""Digests are stored: whoever changes what goes into one changes this and migrates them."""


@dataclass(frozen=True, slots=True)
class HITTypeProperties:
    """The seven properties that are a HIT type's identity. Absent keywords are the empty text."""

    title: str
    description: str
    keywords: str
    reward: Money
    assignment_duration_seconds: int
    auto_approval_delay_seconds: int
    requirements: tuple[Requirement, ...] = ()

    def digest(self) -> bytes:
        """32 bytes, equal for equal types of one requester whatever the order of the requirements."""
        parts = [
            _FORMAT,
            self.title,
            self.description,
            self.keywords,
            [self.reward.cents, self.reward.currency],
            self.assignment_duration_seconds,
            self.auto_approval_delay_seconds,
            sorted(_canonical(as_answer(one)) for one in self.requirements),
        ]
        return hashlib.sha256(_canonical(parts).encode("ascii")).digest()


def requires_masters(requirements: Iterable[Requirement]) -> bool:
    """Whether only masters may work on it, for which a further fee is due."""
    return any(
        one.qualification_type_id in ALL_MASTERS and one.comparator is Comparator.EXISTS
        for one in requirements
    )


def asks_for_qualifications(requirements: Iterable[Requirement]) -> bool:
    """Whether only workers who hold some requester's qualification may work on it."""
    return any(
        one.qualification_type_id not in SYSTEM_IDS and one.comparator is not Comparator.DOES_NOT_EXIST
        for one in requirements
    )


def is_adult(requirements: Iterable[Requirement]) -> bool:
    """Whether it is for workers who agreed to see adult content, and is to be marked so."""
    return any(one.qualification_type_id == ADULT for one in requirements)


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
