"""Amounts nobody should send: refused as what they are, never a fault, never a cent moved."""

from __future__ import annotations

import pytest

from kempelen.errors import Refusal
from people import Operator, Requester, Town, Worker

ODD = ("-1", "0", "NaN", "1e3", "٣", "0.01\n", " 1", "1,00", "0x1", "9" * 30, "9" * 5_000, "0.001", "")
"""No amount of money, or none that anybody can pay."""


def test_no_odd_amount_is_paid_or_breaks_anything(
    rosa: Requester, wei: Worker, town: Town, operator: Operator
) -> None:
    late = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=30)["HITId"])
    done = wei.do(rosa.create_hit()["HITId"])
    town.advance(seconds=31)
    with pytest.raises(Refusal):
        wei.submit(late)
    before = rosa.balance
    for amount in ODD:
        with pytest.raises(Refusal):
            rosa("PayLateAnswer", AssignmentId=late, Amount=amount)
        with pytest.raises(Refusal):
            rosa("SendBonus", AssignmentId=done, WorkerId=wei.id, BonusAmount=amount, Reason="Thanks")
        with pytest.raises(Refusal):
            operator("Deposit", AccountId=rosa.id, Amount=amount)
        if amount != "0":
            with pytest.raises(Refusal):
                rosa.create_hit(Reward=amount)
    assert rosa.balance == before
    assert not [finding for finding in town.app.audit() if finding.found]
