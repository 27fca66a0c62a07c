"""GetAccountBalance: also what scripts use to see whether their keys work."""

from __future__ import annotations

from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.rules.money import Money
from kempelen.store import ledger

PLAY_BALANCE = "10000.00"


@query("GetAccountBalance", by=Role.REQUESTER)
def get_account_balance(call: Call) -> dict[str, Any]:
    """What can be spent and, in production, what is on hold."""
    if call.traits.play_money:
        return {"AvailableBalance": PLAY_BALANCE}
    available, held = ledger.balance(call, ledger.available(call.actor.account))
    return {"AvailableBalance": str(Money(available)), "OnHoldBalance": str(Money(held))}
