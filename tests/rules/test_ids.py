"""Public ids: their form, and that no letter is likelier than another."""

from __future__ import annotations

import re
from collections import Counter

from kempelen.rules.ids import ALPHABET, new_access_key_id, new_id, new_person_id, seeded_random


class MostlyUnfair:
    """Answers nothing but bytes that are thrown away, and once in a while others."""

    def __init__(self) -> None:
        self.asked = 0

    def getrandbits(self, bits: int, /) -> int:
        self.asked += 1
        return 2**bits - 1 if self.asked % 3 else 0


def test_ids_have_amazons_form() -> None:
    source = seeded_random(1)
    for _ in range(100):
        assert re.fullmatch("3[0-9A-Z]{29}", new_id(source))
        assert re.fullmatch("A[0-9A-Z]{13}", new_person_id(source))
        assert re.fullmatch("AKIA[0-9A-Z]{16}", new_access_key_id(source))


def test_every_letter_is_as_likely_as_every_other() -> None:
    source = seeded_random(2)
    counts = Counter("".join(new_id(source)[1:] for _ in range(20_000)))
    mean = 20_000 * 29 / len(ALPHABET)
    assert set(counts) == set(ALPHABET)
    assert all(abs(count - mean) < 6 * mean**0.5 for count in counts.values())


def test_bytes_that_are_thrown_away_are_asked_for_again() -> None:
    source = MostlyUnfair()
    assert new_id(source) == "3" + "0" * 29
    assert source.asked == 3
