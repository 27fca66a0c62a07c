"""How long people wait for something, kept as counts in a fixed number of buckets, and the median of that.

The buckets grow by a tenth, so that a median read from them is within a twentieth of the true one, from a
second to more than a year: a histogram of constant relative error (C. Masson, J. E. Rim, H. K. Lee: DDSketch,
VLDB 2019, section 2). Buckets of any number of days are added up by adding their counts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from enum import IntEnum

LONGEST_SECONDS = 40_000_000


class Wait(IntEnum):
    """What is waited for."""

    PAY = 1
    """From submitting to the approval."""
    REPLY = 2
    """From a worker's message to the answer."""


def _ends() -> tuple[int, ...]:
    ends = [1]
    while ends[-1] < LONGEST_SECONDS:
        ends.append(max(ends[-1] + 1, ends[-1] * 11 // 10))
    return tuple(ends)


ENDS = _ends()
"""The longest wait of each bucket, in seconds."""


def bucket(seconds: int) -> int:
    """The bucket of a wait."""
    return min(len(ENDS) - 1, bisect_left(ENDS, max(0, seconds)))


def median(counts: Mapping[int, int]) -> int | None:
    """The median in seconds of what was counted by bucket; None if that is nothing."""
    total = sum(counts.values())
    passed = 0
    for number, count in sorted(counts.items()):
        passed += count
        if count and 2 * passed >= total:
            return (ENDS[number - 1] + ENDS[number] + 1) // 2 if number else ENDS[0]
    return None
