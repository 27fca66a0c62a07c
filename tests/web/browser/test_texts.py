"""Every word of every page goes through the catalogues: in the pseudo-language all of them wear brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from furnished import Furnished, furnish
from stage import Stage

from kempelen.identity import Identity
from kempelen.rules.countries import COUNTRIES
from kempelen.web.display import Display
from kempelen.web.languages import NAMES
from people import Person, Requester, Town
from web.visitors import Visitor, visitor

SPOKEN = ("alt", "aria-label", "placeholder", "title")
"""Attributes that are read out or shown; those that begin with data- and have a space in them are too."""
SILENT = ("script", "style", "svg", "code", "kbd")
DATA = re.compile(r"⟪[^⟪⟫]*⟫")
SAID = re.compile(r"⟦[^⟦⟧]*⟧")
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
UNITS = "second|minute|hour|day|week|month|year|sec|min|hr|wk"
FACTS = re.compile(
    rf"\d+ (?:{MONTHS}) \d+|(?:{MONTHS}) \d+, \d+|\d+ (?:{UNITS})s?"
    r"|https?://\S+|\S+@\S+|\b[0-9A-Z]{11,}\b|\b[A-Z]{2}(?:-[A-Z]{2})?\b"
)
"""Moments, days, spans, addresses, ids and codes of countries."""
OWN = {*NAMES.values(), "Kempelen", "Rosa", "Omar", "Wei", "Europe/Lisbon"}
"""Names."""
TYPED = {"No", "look", "twice", "more", "Meow", "Woof", "What does it say?", "Why?", "en", "es"}
"""What people wrote without marks: choices, the formatted part of instructions, a test."""
KEPT_IN_ENGLISH = re.compile(r'You (have|were given|no longer have) the qualification "[^"]*".*')
"""What the market itself wrote to a worker is a message like another, kept as it was written."""


class Texts(HTMLParser):
    """What a page shows and reads out, piece by piece."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.attributes: list[str] = []
        self._silent: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is read out of attributes."""
        if tag in SILENT:
            self._silent.append(tag)
        for name, value in attrs:
            is_text = name in SPOKEN or (name.startswith("data-") and " " in (value or "").strip())
            if value and is_text and not value.startswith(("{", "[", "require(")):
                self.attributes.append(value)

    def handle_endtag(self, tag: str) -> None:
        """Such an element ends."""
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        """Note what is shown."""
        if not self._silent:
            self.shown.append(data)


def bare(html: str, names: set[str]) -> Iterator[str]:
    """The words of a page that came neither from a catalogue nor from anybody's data."""
    texts = Texts(html)
    for text in ("\n".join(texts.shown), *texts.attributes):
        text, before = DATA.sub("", text), ""
        while text != before:
            text, before = SAID.sub("", text), text
        for line in text.splitlines():
            for piece in KEPT_IN_ENGLISH.sub("", line.strip()).split(" · "):
                piece = piece.strip(" ·:,()+")
                if piece not in names and re.search(r"[^\W\d_]{2}", FACTS.sub("", piece)):
                    yield line.strip()


@pytest.fixture
def furnished(town: Town, rosa: Requester) -> Furnished:
    """A market whose people mark everything they write."""
    stage = Stage.__new__(Stage)
    stage.town = town
    return furnish(stage, rosa, lambda text: f"⟪{text}⟫")


def owner(town: Town) -> Person:
    """Rosa, who runs the house too."""
    added = town.operator("AddOperator", Name="Rosa", Email="rosa@example.org")
    found = Identity(town.app.directory).of_key(added["AccessKey"]["AccessKeyId"])
    assert found is not None
    return Person(town, found[0])


def pages(browser: Visitor, addresses: list[str]) -> Iterator[tuple[str, str]]:
    """Each address and its page in the pseudo-language, or the page it leads to."""
    for address in addresses:
        page = browser.get(f"{address}{'&' if '?' in address else '?'}language=qps")
        if page.status in (200, 403, 404, 409, 410, 422):
            yield address, page.html


def test_every_word_of_a_page_goes_through_the_catalogues(town: Town, furnished: Furnished) -> None:
    countries = {name.strip(")") for _, name in Display("en").countries(COUNTRIES)}
    names = OWN | TYPED | countries
    found: dict[str, list[str]] = {}
    looks: list[tuple[Person | None, list[str]]] = [
        (furnished.wei, furnished.addresses()),
        (None, furnished.addresses()),
        (owner(town), ["/operator/", "/requester/", "/account"]),
    ]
    for who, addresses in looks:
        for address, html in pages(visitor(town, who), addresses):
            for line in bare(html, names):
                found.setdefault(line, []).append(address)
    assert not found, "\n".join(f"{line!r} at {places[0]}" for line, places in found.items())


def test_a_bare_word_is_found() -> None:
    html = "<p>⟦Gööd⟧ ⟪cats⟫, 12 Nov 2026 <b>bad</b><img alt='worse'><i data-x='far ⟦möré⟧'></i></p>"
    assert [*bare(html, OWN)] == ["bad", "worse", "far"]
    assert not [*bare("<p>⟦Wörk öf ⟪Rosa⟫⟧ · Kempelen</p><script>let word</script>", OWN)]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("es", "ltr")])
def test_pages_in_other_languages_are_written_in_their_direction(
    town: Town, furnished: Furnished, language: str, direction: str
) -> None:
    browser = visitor(town, furnished.wei)
    for address in furnished.addresses():
        page = browser.get(f"{address}{'&' if '?' in address else '?'}language={language}")
        assert page.status < 500, address
        if page.status == 200:
            assert f'<html lang="{language}" dir="{direction}"' in page.html, address
