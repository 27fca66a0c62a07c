"""When something that failed is tried again: later and later, with some chance in it, and not for ever."""

from __future__ import annotations

from kempelen.rules.ids import RandomSource

FIRST = 1_000
LONGEST = 4 * 3_600_000
GIVE_UP_AFTER = 72 * 3_600_000
"""All in milliseconds; the last counts from the first try."""
LANE_LONGEST = 15 * 60_000
"""A destination that fails is tried at least this often while anything waits for it."""


def delay(tries: int, random: RandomSource, *, longest: int = LONGEST) -> int:
    """Milliseconds to wait after that many tries: doubling, and up to a quarter less by chance."""
    assert tries >= 1
    full = min(longest, FIRST << min(tries - 1, 40))
    return full - random.getrandbits(16) * (full // 4) // 65_536


def next_try(*, tries: int, first_tried_at: int, now: int, random: RandomSource) -> int | None:
    """The moment of the next try; None when three days of tries are over."""
    last = first_tried_at + GIVE_UP_AFTER
    return None if now >= last else min(now + delay(tries, random), last)
