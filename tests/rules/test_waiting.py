"""Waits are counted in buckets, and the median read from them is near the true one."""

from __future__ import annotations

import random
from collections import Counter

from kempelen.rules.waiting import ENDS, bucket, median


def test_the_median_is_within_a_twentieth_of_the_true_one() -> None:
    source = random.Random(3)
    for scale in (30, 3_000, 300_000, 30_000_000):
        waits = [source.randrange(scale // 3, scale) for _ in range(999)]
        found = median(Counter(map(bucket, waits)))
        assert found is not None
        true = sorted(waits)[499]
        assert abs(found - true) <= max(1, true * 0.06)


def test_of_nothing_there_is_no_median() -> None:
    assert median({}) is None
    assert median({4: 0}) is None


def test_every_wait_has_a_bucket() -> None:
    assert bucket(-5) == bucket(0) == bucket(1) == 0
    assert bucket(10**12) == len(ENDS) - 1
    assert len(ENDS) < 200
