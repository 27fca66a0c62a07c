"""What a group tells beside its work: what an hour of it pays, and how its requester treats workers."""

from __future__ import annotations

from typing import Any

import pytest

from people import Requester, Town, Worker


def submit(worker: Worker, hit_id: str, *, seconds: int | None = None) -> str:
    """Accept and hand in, telling an active time."""
    assignment = worker.accept(hit_id)
    worker.town.advance(seconds=120)
    told = {} if seconds is None else {"ActiveSeconds": seconds}
    fields = [{"Name": "answer", "Value": "cat"}]
    worker("SubmitAssignment", AssignmentId=assignment, Fields=fields, **told)
    return assignment


def group(worker: Worker, hit: dict[str, Any]) -> dict[str, Any]:
    """The group as the worker sees it, after the background work."""
    worker.town.advance(seconds=31)
    worker.town.market.settle()
    found: dict[str, Any] = worker("GetHITGroup", HITGroupId=hit["HITGroupId"])["HITGroup"]
    return found


@pytest.fixture
def crowd(town: Town) -> list[Worker]:
    """Six workers."""
    return [town.worker(f"Worker{number}") for number in range(6)]


def test_pay_per_hour_is_shown_from_five_workers_on(
    rosa: Requester, wei: Worker, crowd: list[Worker]
) -> None:
    hit = rosa.create_hit(Reward="0.10", MaxAssignments=9)
    for worker in crowd[:4]:
        submit(worker, hit["HITId"], seconds=60)
    assert "PayPerHour" not in group(wei, hit)
    submit(crowd[4], hit["HITId"], seconds=30)
    assert group(wei, hit)["PayPerHour"] == {
        "Amount": "6.00", "Low": "6.00", "High": "12.00", "Workers": 5, "Basis": "ActiveTime",
    }  # fmt: skip
    submit(crowd[5], hit["HITId"])
    told = group(wei, hit)["PayPerHour"]
    assert (told["Workers"], told["Basis"]) == (6, "Mixed")


def test_groups_are_found_and_sorted_by_pay_per_hour(
    rosa: Requester, wei: Worker, crowd: list[Worker]
) -> None:
    hits = [
        rosa.create_hit(Title=title, Reward="0.10", MaxAssignments=9)["HITId"] for title in ("Slow", "Quick")
    ]
    rosa.create_hit(Title="Unknown")
    for worker in crowd[:5]:
        for hit, seconds in zip(hits, (100, 10), strict=True):
            submit(worker, hit, seconds=seconds)
    wei.town.advance(seconds=31)
    wei.town.market.settle()

    def titles(**members: Any) -> list[str]:
        return [each["Title"] for each in wei("ListHITGroups", **members)["HITGroups"]]

    assert titles(Sort="pay_desc") == ["Quick", "Slow", "Unknown"]
    assert titles(Sort="pay_asc") == ["Unknown", "Slow", "Quick"]
    assert titles(MinPayPerHour="3.60", Sort="pay_desc") == ["Quick", "Slow"]
    assert titles(MinPayPerHour="3.61") == ["Quick"]
    assert titles(Sort="pay_desc", Qualified=True) == ["Quick", "Slow", "Unknown"]


def test_a_requester_is_known_by_decisions_and_how_long_they_take(
    rosa: Requester, wei: Worker, crowd: list[Worker]
) -> None:
    hit = rosa.create_hit(MaxAssignments=9, LifetimeInSeconds=90 * 86_400)
    fresh = group(wei, hit)["Requester"]
    assert fresh["Approved30"] == fresh["Rejected"] == 0
    assert not {"ApprovalRate30", "MedianSecondsToPay"} & fresh.keys()
    assignments = [submit(worker, hit["HITId"], seconds=60) for worker in crowd[:3]]
    wei.town.advance(hours=2)
    for each in assignments[:2]:
        rosa("ApproveAssignment", AssignmentId=each)
    rosa("RejectAssignment", AssignmentId=assignments[2], RequesterFeedback="No.")
    told = group(wei, hit)["Requester"]
    assert (told["Approved30"], told["Rejected30"]) == (told["Approved"], told["Rejected"]) == (2, 1)
    assert (told["ApprovalRate30"], told["RejectionRate30"]) == ("66.7", "33.3")
    assert abs(told["MedianSecondsToPay30"] - 7_320) < 7_320 * 0.06
    wei.town.advance(days=29)
    rosa("ApproveAssignment", AssignmentId=assignments[2], OverrideRejection=True)
    told = group(wei, hit)["Requester"]
    assert (told["Approved30"], told["Rejected30"]) == (3, 0)
    wei.town.advance(days=31)
    told = group(wei, hit)["Requester"]
    assert (told["Approved30"], told["Rejected30"], told["Approved"]) == (0, 0, 3)
    assert "MedianSecondsToPay30" not in told
    assert told["MedianSecondsToPay"] > 0


def test_silence_counts_as_the_approval_it_is(rosa: Requester, wei: Worker, crowd: list[Worker]) -> None:
    hit = rosa.create_hit(MaxAssignments=3, AutoApprovalDelayInSeconds=3_600, LifetimeInSeconds=86_400)
    submit(crowd[0], hit["HITId"], seconds=60)
    wei.town.advance(hours=3)
    told = group(wei, hit)["Requester"]
    assert told["Approved30"] == 1
    assert abs(told["MedianSecondsToPay"] - 3_600) < 3_600 * 0.06
