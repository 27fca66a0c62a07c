"""Kinds of content that workers are warned of, as task settings name them and as bits of a group's row."""

from __future__ import annotations

from collections.abc import Iterable

from kempelen.rules.sentences import Sentence

KINDS = ("violence", "sexual", "hate", "abuse", "self_harm", "disturbing", "drugs", "other")
"""In the order of their bits; new ones come at the end."""
SAID = (
    Sentence("violence"),
    Sentence("sexual"),
    Sentence("hate"),
    Sentence("abuse"),
    Sentence("self harm"),
    Sentence("disturbing"),
    Sentence("drugs"),
    Sentence("other"),
)
"""The same in words."""


def bits(kinds: Iterable[str]) -> int:
    """These kinds as one number."""
    found = 0
    for kind in kinds:
        found |= 1 << KINDS.index(kind)
    return found


def kinds(number: int) -> list[str]:
    """The kinds that a number stands for."""
    return [kind for place, kind in enumerate(KINDS) if number >> place & 1]


def said(number: int) -> list[Sentence]:
    """The kinds that a number stands for, in words."""
    return [kind for place, kind in enumerate(SAID) if number >> place & 1]
