"""Time, as a thing one is given: real in `app.py`, hand-turned in tests, fast in rehearsals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Answers the present moment in UTC milliseconds."""


def system_clock() -> int:
    """The machine's clock, in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def sleep(seconds: float) -> None:
    """Wait. The only place that does, so that tests can see who waits."""
    time.sleep(seconds)


class HandClock:
    """A clock that stands still until somebody turns it."""

    def __init__(self, start: int) -> None:
        self._now = start
        self._lock = threading.Lock()

    def __call__(self) -> int:
        return self._now

    def advance(self, milliseconds: int) -> int:
        """Turn the clock forward and answer the new moment."""
        assert milliseconds >= 0, "time does not go back"
        with self._lock:
            self._now += milliseconds
            return self._now


class SteadyClock:
    """Another clock, kept from going backwards: it answers the highest moment seen so far."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        now = self._clock()
        if now > self._last:
            self._last = now
        return self._last
