"""The sealer: once a second it writes the access log and puts what is new at the end of the hash chain."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, Protocol

from kempelen import faultpoints
from kempelen.market import Market
from kempelen.operation import Call

log = logging.getLogger("kempelen.seals")
STEPS = 5
"""How many seals, of a thousand rows each, one round makes at most."""


class Chain(Protocol):
    """Where seals are made."""

    def next_block(self, connection: Any, *, kinds: tuple[int, ...]) -> Any: ...
    def seal(self, call: Call, block: Any) -> Any: ...


class Sealer:
    """The sealer of one database. `kinds`: the kinds of row it has."""

    def __init__(self, market: Market, chain: Chain, *, kinds: tuple[int, ...]) -> None:
        self._market = market
        self._chain = chain
        self._kinds = kinds

    def run_once(self) -> int:
        """Write what was noted and seal what waits; answers how many rows were sealed."""
        if not self._market.accesses.is_empty:
            self._market.system(self._market.accesses.write)
        sealed, head = 0, None
        for _ in range(STEPS):
            block = self._market.read(lambda call: self._chain.next_block(call.connection, kinds=self._kinds))
            if block is None:
                break
            faultpoints.reached("sealing.before")
            made = self._market.system(partial(self._sealed, block))
            if made is None:  # another process was first and goes on
                break
            sealed, head = sealed + made.count, made
        if head is not None:
            # The head outside of the database is what makes the chain worth something.
            log.info(
                '{"world": "%s", "seal": %d, "head": "%s"}',
                self._market.traits.name,
                head.number,
                head.digest.hex(),
            )
        return sealed

    def _sealed(self, block: Any, call: Call) -> Any:
        return self._chain.seal(call, block)
