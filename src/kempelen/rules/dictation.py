"""Dictations: how near what somebody typed is to the sentence they heard.

A sentence counts by the share of its characters that are right. The distance is Levenshtein's (Binary codes
capable of correcting deletions, insertions, and reversals, Soviet Physics Doklady 10, 1966), computed with
the bit vectors of Myers (A fast bit-vector algorithm for approximate string matching based on dynamic
programming, Journal of the ACM 46, 1999) in the form that Hyyrö gave them for two whole strings (2003): one
step a character.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from fractions import Fraction

STRICTNESS = 2
"""How often a wrong character is taken off: half of a sentence wrong is no point, as guesses and other
sentences of the language share about a quarter of their characters with any sentence."""

_SAME = {
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ـ": "",
    "\u093c": "",  # the dot below of Hindi, which many leave out
    "ँ": "ं",
}
"""Spellings that careful writers mix; the Arabic ones as in light stemming (Larkey, Ballesteros, Connell,
Improving stemming for Arabic information retrieval, SIGIR 2002)."""
_ARABIC_SIGNS = {*map(chr, range(0x0610, 0x061B)), *map(chr, range(0x064B, 0x0660)), "\u0670"}
_SILENT = {*_ARABIC_SIGNS, *(sign for sign, other in _SAME.items() if not other)}


def score(sentences: Iterable[tuple[str, str]]) -> int:
    """0 to 100 for pairs of what was said and what was typed: the mean over the sentences, rounded to the
    nearest whole number."""
    shares = [sentence_share(said, typed) for said, typed in sentences]
    return 0 if not shares else int(100 * sum(shares) / len(shares) + Fraction(1, 2))


def sentence_share(said: str, typed: str) -> Fraction:
    """From 0 to 1: what is left of a sentence when each wrong character was taken off `STRICTNESS` times."""
    wanted, given = normalised(said), normalised(typed)
    assert wanted, "a sentence has letters"
    most = len(wanted) // STRICTNESS
    if abs(len(wanted) - len(given)) > most:
        return Fraction(0)
    return max(Fraction(0), 1 - Fraction(STRICTNESS * distance(wanted, given), len(wanted)))


def normalised(text: str) -> str:
    """The text as it is compared: composed (NFC), case folded, one space where spaces or punctuation stood,
    without vowel signs of Arabic and with mixed spellings made one."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    signs = (_SAME.get(sign, sign) for sign in folded if sign not in _SILENT)
    return " ".join("".join(_spaced(sign) for sign in signs).split())


def _spaced(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf":
        return ""
    return " " if category[0] in "PSZC" else sign


def distance(first: str, second: str) -> int:
    """How many characters must be put in, taken out or replaced to make one text of the other."""
    if not first:
        return len(second)
    places: dict[str, int] = {}
    for number, sign in enumerate(first):
        places[sign] = places.get(sign, 0) | 1 << number
    everything, last = (1 << len(first)) - 1, 1 << (len(first) - 1)
    more, less, found = everything, 0, len(first)
    for sign in second:
        equal = places.get(sign, 0)
        diagonal = (((equal & more) + more) ^ more) | equal | less
        rises, falls = less | ~(diagonal | more), diagonal & more
        found += bool(rises & last) - bool(falls & last)
        rises, falls = rises << 1 | 1, falls << 1
        more, less = (falls | ~(diagonal | rises)) & everything, rises & diagonal & everything
    return found
