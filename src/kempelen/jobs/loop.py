"""One thread a world that carries out what is due, whether or not anybody calls."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from kempelen.market import Market

if TYPE_CHECKING:
    from kempelen.app import App

log = logging.getLogger("kempelen.jobs")
PAUSE_SECONDS = 0.5


class Jobs:
    """The background work of one process."""

    def __init__(self, app: App) -> None:
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(
                target=self._sweep, args=(market,), name=f"sweeps-{market.traits.name}", daemon=True
            )
            for market in app.worlds
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the step under way and end."""
        self._ending.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _sweep(self, market: Market) -> None:
        while not self._ending.wait(PAUSE_SECONDS):
            try:
                market.settle()
            except Exception:
                log.exception("sweeping %s failed; it is tried again", market.traits.name)
