"""A worker's own figures: what was done on which day, what it came to, and each line of it."""

from __future__ import annotations

from typing import Any

import pytest

from kempelen.errors import ParameterValidationError
from people import Requester, Town, Worker

DAY = "2026-09-{:02}"
"""Tests begin on 2026-09-21."""


def do(worker: Worker, hit: dict[str, Any], *, seconds: int) -> str:
    """Do a HIT in so many active seconds."""
    assignment = worker.accept(hit["HITId"])
    worker.town.advance(seconds=seconds)
    fields = [{"Name": "answer", "Value": "cat"}]
    worker("SubmitAssignment", AssignmentId=assignment, Fields=fields, ActiveSeconds=seconds)
    return assignment


def test_a_day_shows_what_became_of_what_was_handed_in_on_it(
    rosa: Requester, wei: Worker, town: Town
) -> None:
    made = [do(wei, rosa.create_hit(Reward="0.50"), seconds=90) for _ in range(3)]
    town.advance(days=1)
    late = do(wei, rosa.create_hit(Reward="0.20"), seconds=60)
    rosa("ApproveAssignment", AssignmentId=made[0])
    rosa("RejectAssignment", AssignmentId=made[1], RequesterFeedback="No.")
    rosa("ApproveAssignment", AssignmentId=late)
    board = wei("GetDashboard")
    newest, first = board["Days"]
    assert first == {
        "Date": newest["Date"][:-2] + first["Date"][-2:], "Submitted": 3, "Approved": 1, "Rejected": 1,
        "Pending": 1, "Earned": "0.50", "WorkedSeconds": 180, "PayPerHour": "10.00",
    }  # fmt: skip
    assert (newest["Submitted"], newest["Earned"], newest["PayPerHour"]) == (1, "0.20", "12.00")
    assert (board["Available"], board["PendingApproval"], board["Withdrawn"]) == ("0.70", "0.50", "0.00")
    assert (board["ApprovedToDate"], board["BonusesToDate"], board["TotalToDate"]) == ("0.70", "0.00", "0.70")
    assert (board["ApprovalRate"], board["RejectionRate"], board["PendingCount"]) == ("66.7", "33.3", 1)
    assert (board["EarnedBeforeThisYear"], board["EarnedBeforeLastYear"]) == ("0.00", "0.00")


def test_an_override_moves_the_day_it_was_handed_in(rosa: Requester, wei: Worker, town: Town) -> None:
    made = do(wei, rosa.create_hit(Reward="0.50"), seconds=90)
    rosa("RejectAssignment", AssignmentId=made, RequesterFeedback="No.")
    town.advance(days=2)
    rosa("ApproveAssignment", AssignmentId=made, OverrideRejection=True)
    (day,) = wei("GetDashboard")["Days"]
    assert (day["Approved"], day["Rejected"], day["Earned"], day["WorkedSeconds"]) == (1, 0, "0.50", 90)


def test_the_dashboard_looks_back_45_days_and_the_list_of_days_further(
    rosa: Requester, wei: Worker, town: Town
) -> None:
    for _ in range(3):
        do(wei, rosa.create_hit(), seconds=5)
        town.advance(days=23)
    assert len(wei("GetDashboard")["Days"]) == 1
    page = wei("ListWorkDays", MaxResults=2)
    dates = [each["Date"] for each in page["Days"]]
    dates += [each["Date"] for each in wei("ListWorkDays", NextToken=page["NextToken"])["Days"]]
    assert len(set(dates)) == 3 and dates == sorted(dates, reverse=True)


def test_the_turn_of_the_year_parts_what_was_earned(rosa: Requester, wei: Worker, town: Town) -> None:
    rosa("ApproveAssignment", AssignmentId=do(wei, rosa.create_hit(Reward="0.50"), seconds=5))
    town.advance(days=200)
    assert wei("GetDashboard")["EarnedBeforeThisYear"] == "0.50"
    assert wei("GetDashboard")["EarnedBeforeLastYear"] == "0.00"
    town.advance(days=365)
    assert wei("GetDashboard")["EarnedBeforeLastYear"] == "0.50"


def test_hours_are_paid_by_requester_and_by_task(
    rosa: Requester, omar: Requester, wei: Worker, town: Town
) -> None:
    first, second = rosa.create_hit(Reward="0.10", Title="A"), rosa.create_hit(Reward="0.30", Title="B")
    rosa("ApproveAssignment", AssignmentId=do(wei, first, seconds=60))
    rosa("RejectAssignment", AssignmentId=do(wei, second, seconds=60), RequesterFeedback="No.")
    do(wei, omar.create_hit(Title="C"), seconds=60)
    by_requester = {each["RequesterId"]: each for each in wei("ListRealisedPay", By="Requester")["Lines"]}
    assert by_requester[rosa.id]["PayPerHour"] == "3.00"
    assert by_requester[rosa.id]["Earned"] == "0.10"
    assert "PayPerHour" not in by_requester[omar.id]
    by_task = {each["Title"]: each for each in wei("ListRealisedPay", By="HITType")["Lines"]}
    assert (by_task["A"]["PayPerHour"], by_task["B"]["PayPerHour"]) == ("6.00", "0.00")
    assert by_task["A"]["HITGroupId"] == first["HITGroupId"]
    page = wei("ListRealisedPay", By="HITType", MaxResults=2)
    rest = wei("ListRealisedPay", By="HITType", MaxResults=2, NextToken=page["NextToken"])
    assert (len(page["Lines"]), len(rest["Lines"])) == (2, 1)


def test_a_day_lists_its_assignments_in_pages_by_number_and_by_token(
    rosa: Requester, wei: Worker, town: Town
) -> None:
    made = []
    for _ in range(5):
        made.append(do(wei, rosa.create_hit(), seconds=5))
    returned = wei.accept(rosa.create_hit()["HITId"])
    wei("ReturnAssignment", AssignmentId=returned)
    town.advance(days=1)
    do(wei, rosa.create_hit(), seconds=5)
    day = wei("ListWorkDays")["Days"][-1]["Date"]

    def page(**members: Any) -> list[str]:
        answer = wei("ListOwnAssignments", Day=day, MaxResults=2, **members)
        assert answer["TotalNumResults"] == 5
        return [each["AssignmentId"] for each in answer["Assignments"]]

    latest = made[::-1]
    assert [page(PageNumber=number) for number in (1, 2, 3, 4)] == [latest[:2], latest[2:4], latest[4:], []]
    token = wei("ListOwnAssignments", Day=day, MaxResults=2)["NextToken"]
    assert page(NextToken=token) == latest[2:4]
    entry = wei("ListOwnAssignments", Day=day)["Assignments"][0]
    assert entry["AutoApprovalTime"] > entry["SubmitTime"]
    assert entry["WorkedSeconds"] == 5
    assert wei("ListOwnAssignments", Day="2001-01-01")["TotalNumResults"] == 0
    for wrong in ({"Day": "2026-13-01"}, {"Day": "20260921xx"}, {"PageNumber": 1},
                  {"Day": day, "Status": "Approved"}):  # fmt: skip
        with pytest.raises(ParameterValidationError):
            wei("ListOwnAssignments", **wrong)
