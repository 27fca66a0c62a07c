"""Kinds of content that workers are warned of, as task settings name them and as bits of a group's row."""

from __future__ import annotations

from collections.abc import Iterable

KINDS = ("violence", "sexual", "hate", "abuse", "self_harm", "disturbing", "drugs", "other")
"""In the order of their bits; new ones come at the end."""


def bits(kinds: Iterable[str]) -> int:
    """These kinds as one number."""
    found = 0
    for kind in kinds:
        found |= 1 << KINDS.index(kind)
    return found


def kinds(number: int) -> list[str]:
    """The kinds that a number stands for."""
    return [kind for place, kind in enumerate(KINDS) if number >> place & 1]
