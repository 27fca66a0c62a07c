"""Deposits: an operator books money that came in from outside."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.rules.money import Money
from kempelen.store import ledger, parties

MOST = 100_000_000_000
"""The largest deposit, in minor units."""


@command("Deposit", by=Role.OPERATOR)
def deposit(call: Call, *, account_id: str, amount: str, note: str | None = None) -> dict[str, Any]:
    """Credit a requester with money that has arrived."""
    organisation = call.directory.requester(account_id)
    if organisation is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    cents = Money.parse(amount).cents
    if not 0 < cents <= MOST:
        raise ParameterValidationError(
            f'The value "{amount}" is not valid for the parameter Amount. Give 0.01 to {Money(MOST)}.'
        )
    call.do(
        parties.KNOW_REQUESTER,
        id_=organisation.key,
        public_id_=organisation.public_id,
        name_=organisation.name,
    )
    ledger.deposit(call, organisation.key, cents)
    call.emit(Event(EventKind.Deposited, requester=organisation.key, detail=note))
    available, _ = ledger.balance(call, ledger.available(organisation.key))
    return {"AvailableBalance": str(Money(available))}
