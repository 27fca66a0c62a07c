"""Which language a visitor gets, and what the languages have."""

from __future__ import annotations

import pytest

from kempelen.web import languages


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("fr, ar;q=0.5, en;q=0.4", "ar"),
        ("en;q=0.2, es;q=0.3", "es"),
        ("de", "en"),
        ("es;q=nonsense", "en"),
        ("*", "en"),
        ("es;q=0", "en"),
    ],
)
def test_the_browser_is_asked_what_its_reader_prefers(header: str, language: str) -> None:
    assert languages.preferred(header) == language


def test_arabic_is_written_from_the_right() -> None:
    assert languages.direction("ar") == "rtl"
    assert languages.direction("es") == "ltr"


def test_the_pseudo_language_marks_what_went_through_a_catalogue() -> None:
    said = languages.words("qps").gettext("Keep %(name)s in <b>mind</b>")
    assert said == "⟦Kéép %(name)s îñ <b>mîñd</b>⟧"


def test_an_unknown_language_is_english() -> None:
    assert languages.words("../../etc/passwd").gettext("Sign in") == "Sign in"
