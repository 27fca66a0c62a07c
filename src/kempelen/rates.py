"""How many requests a second one credential may make: a token bucket each, in this process."""

from __future__ import annotations

import threading

from kempelen.errors import ThrottlingException
from kempelen.operation import Actor

MOST = 100_000
"""How many buckets are kept at most."""


class Rates:
    """Token buckets by credential, counted in thousandths of a request. A rate of 0 means no limit."""

    def __init__(self, *, requests_a_second: int = 0, burst_seconds: int = 2) -> None:
        self._rate = requests_a_second
        self._burst = burst_seconds
        self._limits: dict[str, int] = {}
        self._buckets: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def limit(self, limits: dict[str, int]) -> None:
        """Set the rates of single scopes (`key:AKIA…`, `requester:7`), which win over the general one."""
        self._limits = limits

    def take(self, actor: Actor, now: int) -> None:
        """Count one request of this actor, at that moment in milliseconds. Raises `ThrottlingException` beyond the rate."""
        if not self._rate and not self._limits:
            return
        for scope in (f"key:{actor.credential}", f"requester:{actor.account}"):
            rate = self._limits.get(scope, self._rate)
            if rate:
                self._take(scope, rate, now)

    def _take(self, scope: str, rate: int, now: int) -> None:
        most = rate * self._burst * 1000
        with self._lock:
            if len(self._buckets) > MOST:
                self._buckets.clear()
            left, at = self._buckets.get(scope, (most, now))
            left = min(most, left + (now - at) * rate)
            if left < 1000:
                raise ThrottlingException()
            self._buckets[scope] = (left - 1000, now)
