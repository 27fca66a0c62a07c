"""One structured line and one counter a call. No secret and no answer is ever in either."""

from __future__ import annotations

import json
import logging
import time
from types import TracebackType

from prometheus_client import CollectorRegistry, Counter, Histogram

from kempelen.errors import Refusal
from kempelen.operation import Actor

log = logging.getLogger("kempelen.calls")
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Observer:
    """Counts calls and writes their lines."""

    def __init__(self, *, lines: bool = True) -> None:
        self.registry = CollectorRegistry()
        self._lines = lines
        self._calls = Counter(
            "kempelen_calls", "Calls by world, operation and outcome", ("world", "operation", "outcome"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "kempelen_call_seconds", "Time a call took", ("world",), buckets=_BUCKETS, registry=self.registry
        )
        self._counters: dict[tuple[str, str, str], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def call(self, world: str, operation: str, actor: Actor, request_id: str) -> _Observed:
        """A context manager around one call."""
        return _Observed(self, world, operation, actor, request_id)

    def ended(self, seen: _Observed, outcome: str, seconds: float) -> None:
        """Count one call and write its line."""
        key = (seen.world, seen.operation if outcome != "UnknownOperation" else "?", outcome)
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = self._calls.labels(*key)
        counter.inc()
        timer = self._timers.get(seen.world)
        if timer is None:
            timer = self._timers[seen.world] = self._seconds.labels(seen.world)
        timer.observe(seconds)
        if self._lines and log.isEnabledFor(logging.INFO):
            log.info(
                json.dumps(
                    {
                        "world": seen.world,
                        "operation": seen.operation[:64],
                        "actor": seen.actor.public_id,
                        "credential": seen.actor.credential,
                        "request": seen.request_id,
                        "outcome": outcome,
                        "ms": round(seconds * 1000, 2),
                    }
                )
            )


class _Observed:
    __slots__ = ("_observer", "_started", "actor", "operation", "request_id", "world")

    def __init__(self, observer: Observer, world: str, operation: str, actor: Actor, request_id: str) -> None:
        self._observer = observer
        self.world = world
        self.operation = operation
        self.actor = actor
        self.request_id = request_id
        self._started = 0.0

    def __enter__(self) -> _Observed:
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        outcome = "OK"
        if isinstance(fault, Refusal):
            outcome = fault.code.rpartition(".")[2] or type(fault).__name__
        elif fault is not None:
            outcome = "ServiceFault"
            logging.getLogger("kempelen").error(
                "%s failed (request %s)", self.operation, self.request_id, exc_info=fault
            )
        self._observer.ended(self, outcome, time.perf_counter() - self._started)
