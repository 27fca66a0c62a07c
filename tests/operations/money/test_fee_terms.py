"""Fee terms of single requesters."""

from __future__ import annotations

import pytest

from kempelen.errors import ParameterValidationError
from people import Requester, Town


def held(rosa: Requester, **members: object) -> str:
    """What one HIT puts on hold."""
    before = rosa.balance[1]
    rosa.create_hit(**members)
    return f"{(int(rosa.balance[1].replace('.', '')) - int(before.replace('.', ''))) / 100:.2f}"


def test_terms_count_for_one_requester_and_end_again(town: Town, rosa: Requester, omar: Requester) -> None:
    town.operator("PutFeeTerms", AccountId=rosa.id, RewardRate=1000)
    assert held(rosa, Reward="1.00") == "1.10"
    assert held(omar, Reward="1.00") == "1.20"
    assert held(rosa, Reward="1.00", MaxAssignments=10) == "13.00"
    town.operator("PutFeeTerms", AccountId=rosa.id)
    assert held(rosa, Reward="1.00") == "1.20"


def test_volume_lowers_the_fee_from_the_amount_that_is_reached(town: Town, rosa: Requester) -> None:
    town.operator(
        "PutFeeTerms",
        AccountId=rosa.id,
        Discounts=[{"SpentThisMonth": "1.20", "RateOff": 500}, {"SpentThisMonth": "2.35", "RateOff": 1000}],
    )
    assert [held(rosa, Reward="1.00") for _ in range(3)] == ["1.20", "1.15", "1.10"]
    town.advance(days=30)
    assert rosa("GetQuotas")["Quotas"][2]["Used"] == 0
    before = rosa.balance[0]
    rosa.create_hit(Reward="1.00")
    assert round(float(before) - float(rosa.balance[0]), 2) == 1.20


def test_a_minimum_is_the_least_fee(town: Town, rosa: Requester) -> None:
    town.operator("PutFeeTerms", AccountId=rosa.id, Minimum=5)
    assert held(rosa, Reward="0.01") == "0.06"
    town.operator("PutFeeTerms", AccountId=rosa.id, Minimum=0, RewardRate=0)
    assert held(rosa, Reward="0.01") == "0.01"


def test_wrong_terms_are_refused(town: Town, rosa: Requester) -> None:
    with pytest.raises(ParameterValidationError, match="AccountId"):
        town.operator("PutFeeTerms", AccountId="ANOBODY", RewardRate=1)
    discount = {"SpentThisMonth": "1.00", "RateOff": 1001}
    with pytest.raises(ParameterValidationError, match="more than the rates"):
        town.operator("PutFeeTerms", AccountId=rosa.id, RewardRate=1000, Discounts=[discount])
    with pytest.raises(ParameterValidationError, match="SpentThisMonth"):
        huge = {"SpentThisMonth": "9" * 5000, "RateOff": 1}
        town.operator("PutFeeTerms", AccountId=rosa.id, Discounts=[huge])
