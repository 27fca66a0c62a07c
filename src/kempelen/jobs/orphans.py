"""Blobs without a file: what an upload left behind that was cut off, or whose process died."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from kempelen.market import Market
from kempelen.operation import Call
from kempelen.plugins import blobs

log = logging.getLogger("kempelen.orphans")
GRACE = 24 * 3_600_000
"""Milliseconds a blob may be without a file: uploads take their time."""
PAGE = 500
Unknown = Callable[[Call, Sequence[str]], list[str]]


def remove_orphans(market: Market, store: blobs.BlobStore, unknown: Unknown) -> int:
    """Remove the blobs of one world that are a day old and belong to no file; answers how many."""
    before, after, removed = market.clock() - GRACE, "", 0
    while names := store.older(before, after=after, most=PAGE):
        after = names[-1]
        for name in market.read(partial(_asked, unknown, names)):
            store.delete(name)
            removed += 1
    if removed:
        log.info("%d blobs of %s belonged to no file and were removed", removed, market.traits.name)
    return removed


def _asked(unknown: Unknown, names: list[str], call: Call) -> list[str]:
    return unknown(call, names)
