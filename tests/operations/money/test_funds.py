"""Deposits and what an operator sees of an account's money."""

from __future__ import annotations

import pytest

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operations.money.funds import CurrenciesDiffer
from people import Requester, Town


def test_a_deposit_can_be_spent(town: Town, rosa: Requester) -> None:
    answer = town.operator("Deposit", AccountId=rosa.id, Amount="0.5", Note="cheque 7")
    assert answer == {"AvailableBalance": "1000.50"}
    assert rosa.balance == ("1000.50", "0.00")


@pytest.mark.parametrize("amount", ["0", "0.00", "1000000000.01", "9" * 5000, "-1", "1,5", "1.005", ""])
def test_what_is_no_deposit_is_refused(town: Town, rosa: Requester, amount: str) -> None:
    with pytest.raises(Refusal):
        town.operator("Deposit", AccountId=rosa.id, Amount=amount)
    assert rosa.balance[0] == "1000.00"


def test_money_of_another_currency_is_refused(town: Town, rosa: Requester) -> None:
    town.operator("Deposit", AccountId=rosa.id, Amount="1.00", Currency="USD")
    with pytest.raises(CurrenciesDiffer, match="in EUR and the account in USD"):
        town.operator("Deposit", AccountId=rosa.id, Amount="1.00", Currency="EUR")
    assert rosa.balance[0] == "1001.00"


def test_the_operator_sees_what_an_account_has(town: Town, sandbox: Town, rosa: Requester) -> None:
    rosa.create_hit()
    shown = town.operator("GetAccount", AccountId=rosa.id)
    assert shown == {
        "AccountId": rosa.id,
        "Name": "Rosa",
        "AvailableBalance": "999.94",
        "OnHoldBalance": "0.06",
    }
    in_sandbox = sandbox.operator("GetAccount", AccountId=rosa.id)
    assert in_sandbox["AvailableBalance"] == "10000.00" and "OnHoldBalance" not in in_sandbox
    with pytest.raises(ParameterValidationError, match="ANOBODY"):
        town.operator("GetAccount", AccountId="ANOBODY")
