"""What time does: bounded steps over rows whose moment has come, each a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable

from kempelen.operation import Call

Sweep = Callable[[Call], int]

SWEEPS: tuple[Sweep, ...] = ()
"""In this order; each answers how many rows it changed, 0 when nothing is due."""
