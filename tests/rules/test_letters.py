"""Letters: each in every language, with the same places to fill."""

from __future__ import annotations

import string

import pytest

from kempelen.rules.letters import TEXTS, letter


def places(text: str) -> set[str | None]:
    """What a text is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_every_letter_is_written_in_every_language_with_the_same_places(language: str) -> None:
    assert TEXTS[language].keys() == TEXTS["en"].keys()
    for kind, (subject, text) in TEXTS[language].items():
        assert places(text) == places(TEXTS["en"][kind][1])
        assert subject and "\n" not in subject and not places(subject)


def test_a_language_we_do_not_write_gets_english() -> None:
    assert (
        letter("fi", "reset", link="x") == letter("en", "reset", link="x") == letter(None, "reset", link="x")
    )
