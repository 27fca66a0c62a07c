"""How many requests a second one access key or account may make: a token bucket each, in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kempelen.errors import ThrottlingException
from kempelen.operation import Actor, Role

MOST = 100_000
"""How many buckets are kept at most."""
LIFE = 500
"""How long the quotas that were read are believed, in milliseconds."""


class Rates:
    """Token buckets counted in thousandths of a request. The general rate is each access key's, 0 means none.

    `read` answers the rates of single scopes (`key:AKIA…`, `requester:7`), which win over the general one.
    """

    def __init__(
        self,
        *,
        requests_a_second: int = 0,
        burst_seconds: int = 2,
        read: Callable[[], dict[str, int]] = dict,
    ) -> None:
        self._rate = requests_a_second
        self._burst = burst_seconds
        self._read = read
        self._limits: dict[str, int] = {}
        self._read_at = -LIFE
        self._buckets: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def take(self, actor: Actor, now: int) -> None:
        """Count one request of this actor, at that moment in milliseconds.

        Raises `ThrottlingException` beyond the rate of their access key or account; such a request is not
        counted.
        """
        if actor.role is Role.SYSTEM:
            return
        if not 0 <= now - self._read_at < LIFE:
            self._limits, self._read_at = self._read(), now
        if not self._rate and not self._limits:
            return
        wanted: list[tuple[str, int]] = []
        if actor.credential:
            scope = f"key:{actor.credential}"
            rate = self._limits.get(scope, self._rate or None)
            wanted += [(scope, rate)] if rate is not None else []
        if actor.role is Role.REQUESTER:
            scope = f"requester:{actor.account}"
            wanted += [(scope, self._limits[scope])] if scope in self._limits else []
        self._take(wanted, now)

    def take_one(self, scope: str, now: int) -> None:
        """Count one request under this name, at the general rate. Raises `ThrottlingException`."""
        if self._rate:
            self._take([(scope, self._rate)], now)

    def _take(self, wanted: list[tuple[str, int]], now: int) -> None:
        with self._lock:
            if len(self._buckets) > MOST:
                self._buckets.clear()
            taken = {}
            for scope, rate in wanted:
                most = rate * self._burst * 1000
                left, at = self._buckets.get(scope, (most, now))
                left = min(most, left + max(0, now - at) * rate)
                if left < 1000:
                    raise ThrottlingException()
                taken[scope] = (left - 1000, max(now, at))
            self._buckets.update(taken)
