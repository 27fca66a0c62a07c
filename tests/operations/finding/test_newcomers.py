"""Unproven workers are let into work that asks for a record: up to a cap, and where answers are checked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kempelen.errors import Refusal
from kempelen.operations.doing.accepting import NoMoreHITs
from kempelen.operations.finding.admission import NotQualified
from kempelen.operations.people.newcomers import NewcomersFull, NotForNewcomers
from people import Requester, Town, Worker

HUNDRED_APPROVED = [
    {
        "QualificationTypeId": "00000000000000000040",
        "Comparator": "GreaterThanOrEqualTo",
        "IntegerValues": [100],
        "ActionsGuarded": "PreviewAndAccept",
    }
]
GOLD = {
    "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
    "Parameters": [
        {"Key": "AnswerKey", "MapEntries": [{"Key": "answer", "Values": ["cat"]}]},
        {"Key": "RejectIfKnownAnswerScoreIsLessThan", "Values": ["50"]},
    ],
}


def publish(rosa: Requester, *, checked: bool = True, most: int = 2, **members: Any) -> dict[str, Any]:
    """A HIT for proven workers that lets so many newcomers in."""
    gold = {"AssignmentReviewPolicy": GOLD} if checked else {}
    given = {"MaxAssignments": 9, "QualificationRequirements": HUNDRED_APPROVED} | gold | members
    hit = rosa.create_hit(**given)
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings={"NewcomerCap": {"Most": most}})
    return hit


def found(worker: Worker) -> list[str]:
    """The groups the worker could accept from."""
    groups = worker("ListHITGroups", Qualified=True)["HITGroups"]
    return [each["HITGroupId"] for each in groups]


def test_without_the_setting_a_record_is_asked_of_everybody(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(QualificationRequirements=HUNDRED_APPROVED, AssignmentReviewPolicy=GOLD)
    assert found(wei) == []
    with pytest.raises(NotQualified):
        wei.accept(hit["HITId"])


def test_newcomers_see_do_and_fill_what_is_open_to_them(
    rosa: Requester, wei: Worker, ana: Worker, town: Town
) -> None:
    hit = publish(rosa)
    assert found(wei) == [hit["HITGroupId"]]
    group = wei("GetHITGroup", HITGroupId=hit["HITGroupId"])["HITGroup"]
    assert (group["OpenToNewcomers"], group["Standing"], group["MayPreview"]) == (True, "Qualified", True)
    wei.do(hit["HITId"])
    ana.do(hit["HITId"])
    late = town.worker("Late")
    assert found(late) == []
    with pytest.raises(NotQualified):
        late.accept(hit["HITId"])
    assert not wei("ListHITGroups")["HITGroups"][0]["OpenToNewcomers"]


def test_a_place_given_back_is_free_again(rosa: Requester, wei: Worker, ana: Worker, town: Town) -> None:
    hit = publish(rosa, most=1, AssignmentDurationInSeconds=60)
    assignment = wei.accept(hit["HITId"])
    assert found(ana) == []
    wei("ReturnAssignment", AssignmentId=assignment)
    assert found(ana) == [hit["HITGroupId"]]
    ana.accept(hit["HITId"])
    assert found(wei) == []
    town.advance(seconds=61)
    assert found(wei) == [hit["HITGroupId"]]


def test_only_where_answers_are_checked(rosa: Requester, wei: Worker, town: Town) -> None:
    unchecked = publish(rosa, checked=False)
    assert found(wei) == []
    checked = rosa("CreateHITWithHITType", HITTypeId=unchecked["HITTypeId"], LifetimeInSeconds=3_600,
                   MaxAssignments=9, Question=unchecked["Question"], AssignmentReviewPolicy=GOLD)  # fmt: skip
    assert found(wei) == [unchecked["HITGroupId"]]
    with pytest.raises(NotForNewcomers):
        wei.accept(unchecked["HITId"])
    task = wei("AcceptHIT", HITGroupId=unchecked["HITGroupId"])["Task"]
    assert task["HITId"] == checked["HIT"]["HITId"]


def test_newcomers_pass_a_long_row_of_unchecked_tasks_by(rosa: Requester, wei: Worker) -> None:
    unchecked = publish(rosa, checked=False)
    again = {
        "HITTypeId": unchecked["HITTypeId"], "LifetimeInSeconds": 3_600, "Question": unchecked["Question"],
    }  # fmt: skip
    for _ in range(10):
        rosa("CreateHITWithHITType", **again)
    checked = rosa("CreateHITWithHITType", **again, AssignmentReviewPolicy=GOLD)["HIT"]
    assert wei("AcceptHIT", HITGroupId=unchecked["HITGroupId"])["Task"]["HITId"] == checked["HITId"]
    with pytest.raises(NoMoreHITs):
        wei("AcceptHIT", HITGroupId=unchecked["HITGroupId"])


def test_nothing_but_the_record_is_waived(rosa: Requester, wei: Worker, ana: Worker) -> None:
    portugal = {
        "QualificationTypeId": "00000000000000000071",
        "Comparator": "EqualTo",
        "LocaleValues": [{"Country": "PT"}],
    }
    hit = publish(rosa, QualificationRequirements=[*HUNDRED_APPROVED, portugal])
    assert found(wei) == []
    assert found(ana) == [hit["HITGroupId"]]


def test_proven_workers_take_no_newcomers_place(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit = publish(rosa, most=1, QualificationRequirements=[HUNDRED_APPROVED[0] | {"IntegerValues": [1]}])
    rosa("ApproveAssignment", AssignmentId=wei.do(rosa.create_hit(Title="Else")["HITId"]))
    wei.accept(hit["HITId"])
    ana.accept(hit["HITId"])
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings={})
    assert not wei("GetHITGroup", HITGroupId=hit["HITGroupId"])["HITGroup"]["OpenToNewcomers"]


def test_of_many_at_once_only_so_many_come_in(rosa: Requester, town: Town) -> None:
    hit = publish(rosa, most=3)
    workers = [town.worker(f"Worker{number}") for number in range(9)]

    def accepts(worker: Worker) -> bool:
        try:
            worker.accept(hit["HITId"])
        except (NotQualified, NewcomersFull):
            return False
        except Refusal as refusal:
            raise AssertionError(str(refusal)) from refusal
        return True

    with ThreadPoolExecutor(9) as pool:
        assert sum(pool.map(accepts, workers)) == 3
