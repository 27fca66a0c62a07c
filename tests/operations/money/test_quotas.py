"""Quotas: what an account or key may do at most, and when it may again."""

from __future__ import annotations

import pytest

from kempelen.errors import AccessDenied, ParameterValidationError, ThrottlingException
from kempelen.operations.money.quotas import QuotaExceeded
from people import Requester, Town, Worker


def test_hits_a_day_are_counted_from_midnight_even_before_the_quota(town: Town, rosa: Requester) -> None:
    rosa.create_hit()
    town.operator("PutQuota", AccountId=rosa.id, Name="hits_a_day", Most=2)
    rosa.create_hit()
    with pytest.raises(QuotaExceeded, match=r"hits_a_day of this account is 2.*anew at 2026-09-22T00:00:00Z"):
        rosa.create_hit()
    assert QuotaExceeded.code == "Kempelen.QuotaExceeded" and QuotaExceeded.status == 400
    assert rosa.balance == ("999.88", "0.12")
    town.advance(days=1)
    rosa.create_hit()


def test_spend_is_reward_and_fee(town: Town, rosa: Requester) -> None:
    town.operator("PutQuota", AccountId=rosa.id, Name="spend_a_day", Most=119)
    town.operator("PutQuota", AccountId=rosa.id, Name="spend_a_month", Most=300)
    with pytest.raises(QuotaExceeded, match=r"is \$1.19, and this request would make it \$1.20"):
        rosa.create_hit(Reward="1.00")
    town.operator("PutQuota", AccountId=rosa.id, Name="spend_a_day", Most=120)
    rosa.create_hit(Reward="1.00")
    town.advance(days=1)
    rosa.create_hit(Reward="1.00")
    town.advance(days=1)
    with pytest.raises(QuotaExceeded, match=r"spend_a_month .*anew at 2026-10-01T00:00:00Z"):
        rosa.create_hit(Reward="1.00")


def test_open_hits_become_fewer_when_they_are_disposed_of(town: Town, rosa: Requester) -> None:
    rosa.create_hit()
    town.operator("PutQuota", AccountId=rosa.id, Name="open_hits", Most=2)
    town.operator("PutQuota", AccessKeyId=rosa.access_key, Name="open_hits", Most=1)
    hit = rosa.create_hit()
    with pytest.raises(QuotaExceeded, match=rf"open_hits of the access key {rosa.access_key} is 1.*deleted"):
        rosa.create_hit()
    rosa("UpdateExpirationForHIT", HITId=hit["HITId"], ExpireAt=0)
    rosa("DeleteHIT", HITId=hit["HITId"])
    rosa.create_hit()
    used = {(each["Scope"], each["Name"]): each.get("Used") for each in rosa("GetQuotas")["Quotas"]}
    assert used[rosa.id, "open_hits"] == 2
    assert used[rosa.access_key, "open_hits"] == 1


def test_a_requester_limits_a_key_of_their_own(
    town: Town, rosa: Requester, omar: Requester, wei: Worker
) -> None:
    rosa("PutQuota", AccessKeyId=rosa.access_key, Name="hits_a_day", Most=0)
    with pytest.raises(QuotaExceeded):
        rosa.create_hit()
    rosa("PutQuota", AccessKeyId=rosa.access_key, Name="hits_a_day")
    rosa.create_hit()
    for members in ({"AccessKeyId": omar.access_key}, {"AccountId": rosa.id}, {"AccessKeyId": "AKIAX"}, {}):
        with pytest.raises(ParameterValidationError):
            rosa("PutQuota", Name="hits_a_day", Most=5, **members)
    with pytest.raises(AccessDenied):
        wei("PutQuota", AccessKeyId=wei.access_key, Name="hits_a_day", Most=5)


def test_quotas_are_shown_with_what_is_used(town: Town, rosa: Requester) -> None:
    rosa.create_hit(Reward="1.00")
    town.operator("PutQuota", AccountId=rosa.id, Name="spend_a_month", Most=5000)
    town.operator("PutQuota", AccountId=rosa.id, Name="requests_a_second", Most=50)
    shown = {each["Name"]: each for each in town.operator("ListQuotas", AccountId=rosa.id)["Quotas"]}
    assert shown["spend_a_month"]["Most"] == 5000 and shown["spend_a_month"]["Used"] == 120
    assert shown["spend_a_month"]["RenewalTime"] == 1_790_812_800
    assert shown["hits_a_day"]["Used"] == 1 and "Most" not in shown["hits_a_day"]
    assert shown["requests_a_second"]["Most"] == 50
    assert town.operator("ListQuotas", AccessKeyId=rosa.access_key)["Quotas"] == []
    with pytest.raises(ParameterValidationError):
        town.operator("ListQuotas")


def test_a_request_rate_throttles_within_a_second_and_lets_go_again(
    town: Town, rosa: Requester, omar: Requester
) -> None:
    rosa("GetAccountBalance")
    town.operator("PutQuota", AccountId=rosa.id, Name="requests_a_second", Most=2)
    town.advance(milliseconds=999)
    for _ in range(4):
        rosa("GetAccountBalance")
    with pytest.raises(ThrottlingException, match=r"^Rate exceeded$"):
        rosa("GetAccountBalance")
    omar("GetAccountBalance")
    town.advance(milliseconds=500)
    rosa("GetAccountBalance")
    with pytest.raises(ThrottlingException):
        rosa("GetAccountBalance")
    town.operator("PutQuota", AccountId=rosa.id, Name="requests_a_second")
    town.advance(milliseconds=999)
    for _ in range(10):
        rosa("GetAccountBalance")


def test_a_rate_of_nothing_lets_nothing_through(town: Town, rosa: Requester) -> None:
    rosa("PutQuota", AccessKeyId=rosa.access_key, Name="requests_a_second", Most=0)
    town.advance(seconds=1)
    with pytest.raises(ThrottlingException):
        rosa("GetAccountBalance")


def test_quotas_of_one_world_are_not_the_others(town: Town, sandbox: Town, rosa: Requester) -> None:
    town.operator("PutQuota", AccountId=rosa.id, Name="hits_a_day", Most=0)
    Requester(sandbox, rosa.actor).create_hit()
    with pytest.raises(QuotaExceeded):
        rosa.create_hit()
