"""Everybody at once at the same money: it moves once or not at all, and every account still adds up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from kempelen.errors import Refusal
from people import Requester, Town, Worker

THREADS = 8


def at_once(*wanted: Callable[[], Any]) -> list[Any]:
    """What each came to, its answer or its refusal, when all began together."""
    begin = Barrier(len(wanted))

    def one(act: Callable[[], Any]) -> Any:
        begin.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(wanted)) as threads:
        return list(threads.map(one, wanted))


def done(results: list[Any]) -> int:
    return sum(not isinstance(result, Refusal) for result in results)


def wrong(town: Town) -> list[Any]:
    return [finding for finding in town.app.audit() if finding.found]


def test_one_decision_stands_when_all_are_made_at_once(
    rosa: Requester, wei: Worker, ana: Worker, town: Town
) -> None:
    hit = rosa.create_hit(MaxAssignments=2, AutoApprovalDelayInSeconds=60)["HITId"]
    first, second = wei.do(hit), ana.do(hit)
    town.advance(milliseconds=59_999)
    results = at_once(
        lambda: rosa("ApproveAssignment", AssignmentId=first),
        lambda: rosa("RejectAssignment", AssignmentId=first, RequesterFeedback="No"),
        lambda: rosa("ApproveAssignment", AssignmentId=first, OverrideRejection=True),
        lambda: rosa("DeleteHIT", HITId=hit),
        lambda: rosa("UpdateExpirationForHIT", HITId=hit, ExpireAt=0),
        lambda: (town.advance(seconds=2), town.market.settle()),
        lambda: rosa("ApproveAssignment", AssignmentId=second),
        lambda: rosa("RejectAssignment", AssignmentId=second, RequesterFeedback="No"),
    )
    assert done(results) >= 2
    town.market.settle()
    assert rosa.balance[1] == "0.00"
    assert not wrong(town)


def test_holds_follow_slots_that_come_and_go_at_once(
    rosa: Requester, wei: Worker, ana: Worker, town: Town
) -> None:
    hit = rosa.create_hit(MaxAssignments=2, AssignmentDurationInSeconds=60)["HITId"]
    taken = wei.accept(hit)
    in_an_hour = town.now // 1000 + 3600
    at_once(
        *[lambda: rosa("CreateAdditionalAssignmentsForHIT", HITId=hit, NumberOfAdditionalAssignments=1)] * 2,
        *[lambda: rosa("UpdateExpirationForHIT", HITId=hit, ExpireAt=0)] * 2,
        *[lambda: rosa("UpdateExpirationForHIT", HITId=hit, ExpireAt=in_an_hour)] * 2,
        lambda: wei("ReturnAssignment", AssignmentId=taken),
        lambda: ana.accept(hit),
    )
    assert not wrong(town)
    town.advance(seconds=61)
    rosa("UpdateExpirationForHIT", HITId=hit, ExpireAt=0)
    assert rosa.balance == ("1000.00", "0.00")
    assert not wrong(town)


def test_one_token_pays_one_bonus_and_one_late_answer_is_paid_once(
    rosa: Requester, wei: Worker, ana: Worker, town: Town
) -> None:
    done_work = wei.do(rosa.create_hit()["HITId"])
    late = ana.accept(rosa.create_hit(AssignmentDurationInSeconds=30)["HITId"])
    town.advance(seconds=31)
    with pytest.raises(Refusal):
        ana.submit(late)
    bonus = {"AssignmentId": done_work, "WorkerId": wei.id, "BonusAmount": "1", "Reason": "Thanks"}
    half = THREADS // 2
    results = at_once(
        *[lambda: rosa("SendBonus", UniqueRequestToken="once", **bonus)] * half,
        *[lambda: rosa("PayLateAnswer", AssignmentId=late)] * half,
    )
    assert (done(results[:half]), done(results[half:])) == (1, 1)
    assert not wrong(town)


def test_nobody_spends_the_same_money_twice(town: Town, wei: Worker) -> None:
    poor = town.requester("Paula", funds="1.30")
    work = wei.do(poor.create_hit(Reward="0.01")["HITId"])
    bonus = {"AssignmentId": work, "WorkerId": wei.id, "BonusAmount": "0.50", "Reason": "Thanks"}
    results = at_once(
        *[lambda: poor("SendBonus", **bonus)] * (THREADS // 2),
        *[lambda: poor.create_hit(Reward="0.50")] * (THREADS // 2),
    )
    assert done(results) == 2
    assert not wrong(town)
