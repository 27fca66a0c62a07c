"""The background work of one process: sweeps, deliveries, seals, and the daily look for orphans."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kempelen import faultpoints
from kempelen.jobs.deliveries import Deliveries
from kempelen.jobs.sealing import Sealer
from kempelen.market import Market

log = logging.getLogger("kempelen.jobs")
SWEEP_SECONDS = 0.5
SEAL_SECONDS = 1.0
CLEAN_SECONDS = 3600.0
WATCH_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Work:
    """What is done for one database. `clean`: removes what nobody needs, at times. `watch`: tells who waits
    for something new."""

    market: Market
    deliveries: Deliveries
    sealer: Sealer
    clean: Callable[[], int] | None = None
    watch: Callable[[], int] | None = None


class Jobs:
    """The background work of one process, in a few threads for each database."""

    def __init__(self, works: Sequence[Work]) -> None:
        self._ending = threading.Event()
        self._threads = [thread for work in works for thread in self._threads_of(work)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what is under way and end."""
        self._ending.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _threads_of(self, work: Work) -> list[threading.Thread]:
        market = work.market
        loops: dict[str, Callable[[], None]] = {
            "deliveries": lambda: work.deliveries.run(self._ending),
            "seals": lambda: self._repeat(work.sealer.run_once, SEAL_SECONDS, "sealing", market),
        }
        if not market.in_house:
            loops["sweeps"] = lambda: self._repeat(lambda: _sweep(market), SWEEP_SECONDS, "sweeping", market)
        clean = work.clean
        if clean is not None:
            loops["orphans"] = lambda: self._repeat(clean, CLEAN_SECONDS, "cleaning", market)
        watch = work.watch
        if watch is not None:
            loops["watching"] = lambda: self._repeat(watch, WATCH_SECONDS, "watching", market)
        return [
            threading.Thread(target=loop, name=f"{name}-{market.traits.name}", daemon=True)
            for name, loop in loops.items()
        ]

    def _repeat(self, step: Callable[[], int], seconds: float, doing: str, market: Market) -> None:
        while not self._ending.wait(seconds):
            try:
                step()
            except Exception:
                log.exception("%s %s failed; it is tried again", doing, market.traits.name)
        if doing == "sealing":
            step()


def _sweep(market: Market) -> int:
    faultpoints.reached("sweep.before")
    return market.settle()
