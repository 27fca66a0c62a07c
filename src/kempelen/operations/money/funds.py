"""Deposits: an operator books money that came in from outside."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.money.balances import PLAY_BALANCE
from kempelen.rules.money import Money
from kempelen.store import ledger, parties

MOST = 100_000_000_000
"""The largest deposit, in minor units."""
LONGEST = 20
"""Characters of an amount, leading zeros and all."""
CURRENCY = "USD"
"""What every account is in."""


class CurrenciesDiffer(Refusal):
    """The money is in {given} and the account in {currency}. Nothing is exchanged here: give {currency}."""

    code = "Kempelen.CurrenciesDiffer"


@command("Deposit", by=Role.OPERATOR)
def deposit(
    call: Call, *, account_id: str, amount: str, currency: str = CURRENCY, note: str | None = None
) -> dict[str, Any]:
    """Credit a requester with money that has arrived. Money of another currency is refused."""
    if currency != CURRENCY:
        raise CurrenciesDiffer(given=currency, currency=CURRENCY)
    organisation = call.directory.requester(account_id)
    if organisation is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    cents = cents_of(amount, "Amount")
    if cents == 0:
        raise _no_amount(amount, "Amount")
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


@query("GetAccount", by=Role.OPERATOR)
def get_account(call: Call, *, account_id: str) -> dict[str, Any]:
    """A requester's name and money in this world."""
    organisation = call.directory.requester(account_id)
    if organisation is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    answer = {"AccountId": account_id, "Name": organisation.name}
    if call.traits.play_money:
        return answer | {"AvailableBalance": PLAY_BALANCE}
    available, held = ledger.balance(call, ledger.available(organisation.key))
    return answer | {"AvailableBalance": str(Money(available)), "OnHoldBalance": str(Money(held))}


def cents_of(amount: str, parameter: str) -> int:
    """An amount that operators write, in minor units: 0 to `MOST`. Raises `ParameterValidationError`."""
    cents = Money.parse(amount).cents if len(amount) <= LONGEST else MOST + 1
    if cents > MOST:
        raise _no_amount(amount, parameter)
    return cents


def _no_amount(amount: str, parameter: str) -> ParameterValidationError:
    return ParameterValidationError(
        f'The value "{amount[:LONGEST]}" is not valid for the parameter {parameter}. '
        f"Give 0.01 to {Money(MOST)}."
    )
