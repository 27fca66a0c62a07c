"""The languages of the pages: their catalogues, and which of them a visitor gets.

Texts stand in English in the code and the templates; `catalogues/<language>.po` has each of them in another
language. `qps` is no language but a test: every text that goes through a catalogue comes out in brackets.
"""

from __future__ import annotations

import gettext
import io
import re
from functools import cache
from pathlib import Path

from kempelen.errors import Refusal
from kempelen.rules import sentences

FOLDER = Path(__file__).parent / "catalogues"
ENGLISH = "en"
PSEUDO = "qps"
NAMES = {"en": "English", "es": "Español", "ar": "العربية"}
"""The languages a visitor can choose, by the name their speakers give them."""
RIGHT_TO_LEFT = frozenset({"ar"})

_PLACE = re.compile(r"(%\([a-z_]+\)[sd]|%%|\{[a-z_0-9]*\}|<[^>]*>)")
_ACCENTED = str.maketrans("aceinouyACEINOUY", "àçéîñöûýÀÇÉÎÑÖÛÝ")


@cache
def words(language: str) -> gettext.NullTranslations:
    """The catalogue of a language, with `gettext` and `ngettext`; English for one that there is not."""
    if language == PSEUDO:
        return _Pseudo()
    path = FOLDER / f"{language}.po"
    if language not in NAMES or not path.exists():
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    compiled = io.BytesIO()
    with path.open("rb") as source:
        mofile.write_mo(compiled, pofile.read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def later(text: str) -> str:
    """Marks a text of a table for the catalogues; whoever shows it looks it up."""
    return text


def said(refusal: Refusal, language: str) -> str:
    """The message of a refusal in a language; of one that was made up on the spot what can be translated."""
    translate = words(language).gettext
    if refusal.template is not None:
        return sentences.said(refusal.template, refusal.facts, translate)
    text = translate(refusal.message) if refusal.message else ""
    if text != refusal.message or language == ENGLISH:
        return text
    lead = words(language).gettext("This cannot be taken as it stands: {detail}")
    return lead.format(detail=refusal.message)


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def preferred(header: str) -> str:
    """The language of an Accept-Language header (RFC 9110, 12.5.4) that we have; else English."""
    best, weight = ENGLISH, 0.0
    for part in header[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = parameter.strip().removeprefix("q=")
        try:
            value = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language in NAMES and weight < value <= 1:
            best, weight = language, value
    return best


class _Pseudo(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        parts = _PLACE.split(message)
        return (
            "⟦"
            + "".join(each if _PLACE.fullmatch(each) else each.translate(_ACCENTED) for each in parts)
            + "⟧"
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)
