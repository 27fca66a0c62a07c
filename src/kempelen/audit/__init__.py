"""The audit: everything that must be true of the money and the work, recounted from the rows themselves.

It trusts no counter, no balance and no status, and shares no statement with the operations that write them.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from typing import TYPE_CHECKING

from kempelen.audit import correspondence, figures, house, media, money, records, work, workers_own
from kempelen.audit.register import INVARIANTS, Finding, Invariant, Look, Where
from kempelen.market import Market

if TYPE_CHECKING:
    from kempelen.app import App

__all__ = [
    "INVARIANTS",
    "Finding",
    "Invariant",
    "correspondence",
    "figures",
    "house",
    "media",
    "money",
    "records",
    "run",
    "work",
    "workers_own",
]

SETTLINGS = 100
"""How often an audit lets a market carry out what is due before it looks regardless."""


def run(
    app: App, *, only: Collection[str] | None = None, databases: Collection[str] | None = None
) -> list[Finding]:
    """Check every invariant in both worlds and the house, each at one moment of its database.

    What is due is carried out first. `only` names invariants, `databases` some of `production`, `sandbox`
    and `house`. Memory is bounded by a page of rows, not by the size of the market.
    """
    findings: list[Finding] = []
    for market in (*app.worlds, app.house):
        if databases is None or market.traits.name in databases:
            findings += _audited(market, app.house, only)
    return findings


def violations(findings: list[Finding]) -> list[str]:
    """What is wrong, in lines to read; none when all is well."""
    return [
        f"{finding.database} {finding.name}: {violation}"
        for finding in findings
        for violation in finding.violations
    ]


def _audited(market: Market, house: Market, only: Collection[str] | None) -> list[Finding]:
    settled_at = _settled(market)
    kinds = (Where.BOTH, Where.HOUSE if market.in_house else Where.WORLD)
    with ExitStack() as stack:
        # The house after the world: whoever stands in the world was in the house before.
        connection = stack.enter_context(market.database.snapshot())
        at_home = connection if market.in_house else stack.enter_context(house.database.snapshot())
        return [
            each.looked_at(Look(connection, at_home, market.traits, settled_at))
            for each in INVARIANTS
            if each.where in kinds and (only is None or each.name in only)
        ]


def _settled(market: Market) -> int:
    """Carry out what is due; the moment, in milliseconds, up to which that is done."""
    for _ in range(SETTLINGS):
        now = market.clock()
        if not market.settle():
            return now
    return 0
