"""Dictations: what was typed, compared with what was said."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kempelen.rules.dictation import distance, normalised, score, sentence_share

SAID = "She had hardly closed the window when it began to rain."


def _textbook(first: str, second: str) -> int:
    """Wagner and Fischer's table, row by row."""
    row = list(range(len(second) + 1))
    for number, sign in enumerate(first, start=1):
        above, row[0] = row[0], number
        for place, other in enumerate(second, start=1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (sign != other))
    return row[-1]


@given(st.text("abcä ", max_size=40), st.text("abcä ", max_size=40))
def test_the_distance_is_that_of_the_textbook(first: str, second: str) -> None:
    assert distance(first, second) == _textbook(first, second)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_anything_typed_has_a_share_between_nothing_and_all(typed: str, said: str) -> None:
    if normalised(said):
        assert 0 <= sentence_share(said, typed) <= 1


@given(st.text(max_size=40))
def test_what_is_compared_stays_when_it_is_compared_again(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        (SAID, "she had hardly closed the window  when it began to rain"),
        ("L’école, d'août.", "l'ecole\u0301 d’aou\u0302t".replace("ecole\u0301", "e\u0301cole")),
        ("وَصَلَتِ الرِّسَالَةُ بَعْدَ أَنْ غَادَرَ أَخِي.", "وصلت الرسالة بعد ان غادر اخي"),
        ("هٰذا عَلَى الطـاولة", "هذا علي الطاولة"),
        ("उसने दरवाज़ा खोला, मिलूँगा।", "उसने दरवाजा खोला मिलूंगा"),
        ("खुद की आवाज़", "ख़ुद की आवाज\u093c"),
    ],
)
def test_case_punctuation_vowel_signs_and_mixed_spellings_do_not_count(said: str, typed: str) -> None:
    assert sentence_share(said, typed) == 1


def test_a_wrong_letter_costs_its_share_twice() -> None:
    assert sentence_share("abcdefghij", "abcdefghix") == Fraction(8, 10)
    assert sentence_share("abcdefghij", "abcdefghi") == Fraction(8, 10)
    assert sentence_share("año", "ano") < 1


@pytest.mark.parametrize(
    "typed", ["", "?!", "Nobody noticed that the clock in the station had stopped.", "x" * 300]
)
def test_nothing_other_words_and_a_flood_of_letters_are_worth_nothing(typed: str) -> None:
    assert sentence_share(SAID, typed) == 0


def test_the_score_is_the_mean_of_the_sentences() -> None:
    assert score([(SAID, SAID), (SAID, SAID)]) == 100
    assert score([(SAID, SAID), (SAID, "")]) == 50
    assert score([(SAID, SAID), (SAID, SAID), (SAID, "")]) == 67
    assert score([(SAID, SAID.replace("hardly", "hardley")), (SAID, SAID)]) == 98
    assert score([]) == 0
