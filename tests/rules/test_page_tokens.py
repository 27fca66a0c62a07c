"""Page tokens: opaque, bound to their context, and refused when anything about them is not ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kempelen.rules.tokens import LONGEST, InvalidToken, seal, unseal

SECRET = b"s" * 40
NAMES = st.text(st.characters(exclude_categories=["C"]), max_size=8)
"""Short names, as tokens hold: a control character takes six places of a token."""
POSITIONS = st.lists(st.integers(-(2**63), 2**63) | NAMES, max_size=4).map(tuple)


@given(POSITIONS, st.text(max_size=50))
def test_a_token_opens_where_it_was_made(position: tuple[int | str, ...], context: str) -> None:
    token = seal(SECRET, context, position)
    assert 1 <= len(token) <= LONGEST
    assert token.isascii()
    assert unseal(SECRET, context, token) == position


@given(POSITIONS, st.text(max_size=9), st.text(max_size=9))
def test_a_token_opens_nowhere_else(position: tuple[int | str, ...], context: str, other: str) -> None:
    if context != other:
        with pytest.raises(InvalidToken):
            unseal(SECRET, other, seal(SECRET, context, position))
    with pytest.raises(InvalidToken):
        unseal(b"t" * 40, context, seal(SECRET, context, position))


@given(st.text(max_size=300))
def test_what_we_never_made_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        unseal(SECRET, "", token)


def test_one_changed_letter_is_noticed() -> None:
    token = seal(SECRET, "ListHITs", (12, "name"))
    for place, letter in enumerate(token[:-1]):
        with pytest.raises(InvalidToken):
            unseal(SECRET, "ListHITs", token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :])


def test_a_token_shows_no_keys() -> None:
    assert "123456" not in seal(SECRET, "", (123456,))
    assert seal(SECRET, "", (1,)) != seal(SECRET, "", (2,))
