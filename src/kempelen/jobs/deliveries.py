"""Deliveries: jobs of the outbox, claimed by lease and carried out, any number of processes together.

A job is done at least once: a process that dies between sending and saying so lets its lease run out, and
another sends again, with the same ids.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Protocol

from kempelen import faultpoints
from kempelen.market import Market
from kempelen.operation import Call
from kempelen.plugins import channels

log = logging.getLogger("kempelen.deliveries")
THREADS = 8
POLL_SECONDS = 0.25
BUSY_SECONDS = 0.01
STOP_SECONDS = 25


class Job(Protocol):
    """What is to be done."""

    @property
    def key(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def lane(self) -> str: ...
    @property
    def place(self) -> int: ...
    @property
    def payload(self) -> str: ...
    @property
    def created_at(self) -> int: ...
    @property
    def tries(self) -> int: ...


class Queue(Protocol):
    """Where jobs stand."""

    def is_due(self, call: Call) -> bool: ...
    def claim(self, call: Call, most: int) -> list[Any]: ...
    def done(self, call: Call, job: Any) -> bool: ...
    def failed(self, call: Call, job: Any, reason: str, *, permanent: bool = False) -> bool: ...


Sender = Callable[[Market, Job], None]
"""Carries out one job. Raises `Undelivered`."""


class Deliveries:
    """The deliveries of one database, by one thread that claims and a few that send."""

    def __init__(
        self, market: Market, queue: Queue, senders: Mapping[str, Sender], *, threads: int = THREADS
    ) -> None:
        self._market = market
        self._queue = queue
        self._senders = senders
        self._most = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"delivery-{market.traits.name}")
        self._under_way: set[Future[None]] = set()

    def run(self, ending: threading.Event) -> None:
        """Deliver until told to end; what is under way is finished first."""
        while not ending.is_set():
            try:
                claimed = self.start()
            except Exception:
                log.exception("claiming deliveries of %s failed; it is tried again", self._market.traits.name)
                claimed = 0
            ending.wait(BUSY_SECONDS if claimed or self._under_way else POLL_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._under_way, timeout=STOP_SECONDS)

    def start(self) -> int:
        """Begin what can be begun now; answers how many deliveries."""
        self._under_way = {each for each in self._under_way if not each.done()}
        free = self._most - len(self._under_way)
        if not free or not self._market.read(self._queue.is_due):
            return 0
        jobs: list[Any] = self._market.system(lambda call: self._queue.claim(call, free))
        self._under_way |= {self._pool.submit(self._deliver, job) for job in jobs}
        return len(jobs)

    def drain(self) -> int:
        """Do everything that is due, and wait for it; answers how many deliveries were tried."""
        total = 0
        while started := self.start():
            wait(self._under_way)
            total += started
        return total

    def _deliver(self, job: Job) -> None:
        try:
            faultpoints.reached("delivery.before_send")
            self._send(job)
            faultpoints.reached("delivery.after_send")
        except channels.Undelivered as fault:
            self._failed(job, fault.reason, permanent=fault.permanent)
        except Exception as fault:
            log.exception("the %s %d broke its sender", job.kind, job.key)
            self._failed(job, f"{type(fault).__name__}: see the log", permanent=False)
        else:
            self._end(lambda call: self._queue.done(call, job), job)

    def _send(self, job: Job) -> None:
        sender = self._senders.get(job.kind)
        if sender is None:
            raise channels.Undelivered(f"nobody here delivers a {job.kind}", permanent=True)
        sender(self._market, job)

    def _failed(self, job: Job, reason: str, *, permanent: bool) -> None:
        log.warning(
            "the %s %d to %s was not delivered (try %d): %s", job.kind, job.key, job.lane, job.tries, reason
        )
        self._end(lambda call: self._queue.failed(call, job, reason, permanent=permanent), job)

    def _end(self, work: Callable[[Call], bool], job: Job) -> None:
        try:
            if not self._market.system(work):
                log.warning("the lease of the %s %d had run out", job.kind, job.key)
        except Exception:
            log.exception("the end of the %s %d could not be kept; it goes out again", job.kind, job.key)
