"""Watching: now and then, steps that look for what somebody waits to be told of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kempelen.market import Market
from kempelen.operation import Call

MOST_STEPS = 200
"""How many steps of a kind one round takes at most; the next round goes on."""
Step = Callable[[Call], int]


def watch(market: Market, steps: Sequence[Step]) -> int:
    """Take each kind of step, each in its own transaction, until it finds nothing; answers what all found."""
    found = 0
    for step in steps:
        for _ in range(MOST_STEPS):
            moved = int(market.system(step))
            found += moved
            if not moved:
                break
    return found
