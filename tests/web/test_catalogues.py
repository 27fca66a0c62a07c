"""The catalogues hold every text of the pages, translated whole; and pages can be written from the right."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from kempelen.errors import Refusal
from kempelen.rules.reasons import reason
from kempelen.rules.requirements import explain, parse_requirements
from kempelen.rules.sentences import Sentence, together
from kempelen.web import languages

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src" / "kempelen" / "web"
PLACES = re.compile(r"%\([a-z_]+\)[sd]|(?<!\{)\{[a-z_0-9]*\}")
SIDED = re.compile(
    r"(?:^|[{;\s])((?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)[\w-]*"
    r"|left|right|(?:border-(?:top|bottom)-(?:left|right)-radius))\s*:"
    r"|(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right)\b"
)
STYLES = sorted((*(WEB / "static" / "css").glob("*.css"), *(WEB / "task" / "static").glob("*.css")))
LANGUAGES = [each for each in languages.NAMES if each != languages.ENGLISH]


def catalogue(language: str) -> Catalog:
    with (languages.FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def translations(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def keys(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def test_the_catalogues_have_every_text_and_every_translation() -> None:
    command = [sys.executable, str(ROOT / "environment" / "catalogues.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_missing_or_a_guess(language: str) -> None:
    for message in catalogue(language):
        if message.id:
            assert all(translations(message)), message.id
            assert not message.fuzzy, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    for message in catalogue(language):
        wanted = set(PLACES.findall(keys(message)[-1])) if message.id else set()
        for text in translations(message) if message.id else ():
            # A singular may do without its number: "one try left".
            assert set(PLACES.findall(text)) <= wanted, text
        if message.id and not message.pluralizable:
            assert sorted(PLACES.findall(message.string)) == sorted(PLACES.findall(message.id)), message.id


@pytest.mark.parametrize(("language", "forms"), [("es", 2), ("ar", 6)])
def test_numbers_have_as_many_forms_as_the_language(language: str, forms: int) -> None:
    known = catalogue(language)
    assert known.num_plurals == forms
    counted = [message for message in known if message.id and message.pluralizable]
    assert counted
    assert all(len(translations(message)) == forms for message in counted)
    words, (singular, plural) = languages.words(language), keys(counted[0])
    assert len({words.ngettext(singular, plural, n) for n in (0, 1, 2, 3, 11, 100)}) == forms


def test_a_text_of_the_site_is_said_in_the_readers_language() -> None:
    assert languages.words("es").gettext("Find work") == "Buscar trabajo"
    assert languages.words("ar").gettext("Find work") == "ابحث عن عمل"


class Missing(Refusal):
    """HIT group {group_id} does not exist."""


class Unmet(Refusal):
    """You do not meet what this work requires: {reasons}"""


def test_a_refusal_is_said_in_the_readers_language() -> None:
    assert languages.said(Missing(group_id="3X"), "es") == "El grupo de HIT 3X no existe."
    assert languages.said(Missing(group_id="3X"), "en") == "HIT group 3X does not exist."
    assert "3X" in languages.said(Missing(group_id="3X"), "qps")


def test_the_reasons_within_a_refusal_are_said_in_that_language_too() -> None:
    asked = parse_requirements(
        [{"QualificationTypeId": "3CATS", "Comparator": "GreaterThan", "IntegerValues": [5]}]
    )
    why = reason(explain(asked, {"3CATS": 2})[0], "Cats")
    assert why == 'You need the qualification "Cats" with a value of more than 5; yours is 2.'
    spanish = languages.said(Unmet(reasons=together([why, why])), "es")
    assert spanish.count("Necesitas la cualificación «Cats» con este valor: más de 5; el tuyo es 2.") == 2


def test_what_was_made_up_on_the_spot_is_introduced_in_that_language() -> None:
    refusal = Refusal("A Query has at most 12 words.")
    assert languages.said(refusal, "en") == "A Query has at most 12 words."
    assert languages.said(refusal, "es").startswith("Esto no se puede aceptar tal como está: A Query")


def test_a_sentence_is_a_text_and_remembers_how_it_was_made() -> None:
    sentence = Sentence("at least {number}", number=Sentence("{first} or {last}", first="1", last="{2}"))
    assert sentence == "at least 1 or {2}"
    assert sentence.said(lambda text: f"<{text}>") == "<at least <1 or {2}>>"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_style_names_a_side_that_is_another_in_arabic(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not [found.group(0).strip() for found in SIDED.finditer(css)]


@pytest.mark.parametrize(
    "rule", ["p{left: 0}", "p {margin-left:1px}", "p { text-align: right }", "a;right:0"]
)
def test_a_style_with_a_side_is_seen(rule: str) -> None:
    assert SIDED.search(rule)
