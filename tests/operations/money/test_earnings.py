"""What a worker has earned."""

from __future__ import annotations

from people import Requester, Town, Worker


def test_earnings_follow_the_ledger(rosa: Requester, wei: Worker, town: Town) -> None:
    nothing = wei("GetEarnings")
    assert (nothing["Available"], nothing["PendingApproval"], nothing["AcceptedCount"]) == ("0.00", "0.00", 0)
    first = wei.do(rosa.create_hit(Reward="0.50")["HITId"])
    second = wei.do(rosa.create_hit(Reward="0.25")["HITId"])
    third = wei.do(rosa.create_hit(Reward="0.10")["HITId"])
    held = wei.accept(rosa.create_hit(Reward="0.07")["HITId"])
    wei("ReturnAssignment", AssignmentId=held)
    rosa("ApproveAssignment", AssignmentId=first)
    rosa("RejectAssignment", AssignmentId=third, RequesterFeedback="No")
    town.advance(seconds=1)
    rosa("SendBonus", WorkerId=wei.id, AssignmentId=first, BonusAmount="1.00", Reason="Well done")
    earned = wei("GetEarnings")
    assert earned["Available"] == "1.50"
    assert earned["PendingApproval"] == "0.25"
    assert earned["ApprovedToDate"] == "0.50"
    assert earned["BonusesToDate"] == "1.00"
    counts = [
        earned[f"{name}Count"] for name in ("Accepted", "Submitted", "Approved", "Rejected", "Returned")
    ]
    assert counts == [4, 3, 1, 1, 1]
    town.advance(seconds=1)
    rosa("ApproveAssignment", AssignmentId=second)
    lines = wei("ListEarnings")["Lines"]
    assert [(line["Cause"], line["Amount"], line["AssignmentId"]) for line in lines] == [
        ("Reward", "0.25", second),
        ("Bonus", "1.00", first),
        ("Reward", "0.50", first),
    ]
    assert lines[1]["Note"] == "Well done"


def test_earnings_come_in_pages_and_to_nobody_else(rosa: Requester, wei: Worker, ana: Worker) -> None:
    for _ in range(5):
        rosa("ApproveAssignment", AssignmentId=wei.do(rosa.create_hit()["HITId"]))
    first = wei("ListEarnings", MaxResults=3)
    second = wei("ListEarnings", MaxResults=3, NextToken=first["NextToken"])
    assert (first["NumResults"], second["NumResults"]) == (3, 2)
    assert ana("ListEarnings")["Lines"] == []


def test_a_line_leads_to_the_work_and_can_be_asked_for_by_cause(
    rosa: Requester, wei: Worker, town: Town
) -> None:
    first = wei.do(rosa.create_hit(Reward="0.50", Title="Find the cat")["HITId"])
    rosa("ApproveAssignment", AssignmentId=first)
    for number in range(3):
        town.advance(seconds=1)
        rosa("SendBonus", WorkerId=wei.id, AssignmentId=first, BonusAmount="0.10", Reason=f"Good {number}")
    bonuses = wei("ListEarnings", Cause="Bonus", MaxResults=2)
    assert [line["Note"] for line in bonuses["Lines"]] == ["Good 2", "Good 1"]
    assert {(line["Title"], line["RequesterName"]) for line in bonuses["Lines"]} == {("Find the cat", "Rosa")}
    rest = wei("ListEarnings", Cause="Bonus", MaxResults=2, NextToken=bonuses["NextToken"])
    assert [line["Note"] for line in rest["Lines"]] == ["Good 0"]
    (reward,) = wei("ListEarnings", Cause="Reward")["Lines"]
    assert (reward["AssignmentId"], reward["RequesterId"]) == (first, rosa.id)
    assert wei("ListEarnings", Cause="LateAnswer")["Lines"] == []
