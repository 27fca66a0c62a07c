"""Qualifications: granted, changed, revoked, discarded, listed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kempelen.errors import ParameterValidationError
from kempelen.store.qualification_types import InvalidQualificationTypeState, QualificationDoesNotExist
from kempelen.store.qualifications import InvalidQualificationState
from people import Requester, Town, Worker
from qualification_papers import make_type


@pytest.fixture
def cats(rosa: Requester) -> str:
    """The id of a type of Rosa's."""
    return str(make_type(rosa)["QualificationTypeId"])


def grant(requester: Requester, cats: str, worker: Worker, **members: Any) -> None:
    answer = requester(
        "AssociateQualificationWithWorker", QualificationTypeId=cats, WorkerId=worker.id, **members
    )
    assert answer == {}


def score(requester: Requester, cats: str, worker: Worker) -> dict[str, Any]:
    answer: dict[str, Any] = requester("GetQualificationScore", QualificationTypeId=cats, WorkerId=worker.id)
    return answer["Qualification"]


def revoke(requester: Requester, cats: str, worker: Worker, **members: Any) -> None:
    requester("DisassociateQualificationFromWorker", QualificationTypeId=cats, WorkerId=worker.id, **members)


def messages(worker: Worker) -> list[str]:
    return [one["Subject"] for one in worker("ListMessages")["Messages"]]


def test_a_grant_is_worth_one_unless_it_says_otherwise(rosa: Requester, wei: Worker, cats: str) -> None:
    grant(rosa, cats, wei)
    assert score(rosa, cats, wei) == {
        "QualificationTypeId": cats,
        "WorkerId": wei.id,
        "GrantTime": rosa.town.now / 1000,
        "IntegerValue": 1,
        "Status": "Granted",
    }


@pytest.mark.parametrize("value", [0, -5, 2**31 - 1])
def test_zero_is_a_value_and_so_is_any_other(rosa: Requester, wei: Worker, cats: str, value: int) -> None:
    grant(rosa, cats, wei, IntegerValue=value)
    assert score(rosa, cats, wei)["IntegerValue"] == value


def test_a_second_grant_changes_value_and_time(rosa: Requester, wei: Worker, cats: str) -> None:
    grant(rosa, cats, wei, IntegerValue=3)
    rosa.town.advance(hours=1)
    grant(rosa, cats, wei, IntegerValue=0)
    assert score(rosa, cats, wei)["IntegerValue"] == 0
    assert score(rosa, cats, wei)["GrantTime"] == rosa.town.now / 1000
    listed = rosa("ListWorkersWithQualificationType", QualificationTypeId=cats)
    assert listed["NumResults"] == 1


def test_grants_at_once_leave_one_qualification(rosa: Requester, wei: Worker, cats: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda value: grant(rosa, cats, wei, IntegerValue=value), range(4)))
    assert rosa("ListWorkersWithQualificationType", QualificationTypeId=cats)["NumResults"] == 1
    assert score(rosa, cats, wei)["IntegerValue"] in range(4)


def test_a_worker_is_told_of_news_unless_the_requester_says_no(
    rosa: Requester, wei: Worker, cats: str
) -> None:
    grant(rosa, cats, wei, SendNotification=False)
    assert messages(wei) == []
    grant(rosa, cats, wei)
    assert messages(wei) == []
    grant(rosa, cats, wei, IntegerValue=0)
    assert messages(wei) == ['You have the qualification "Cats"']


def test_who_never_held_it_does_not_exist(rosa: Requester, wei: Worker, cats: str) -> None:
    with pytest.raises(QualificationDoesNotExist, match="requested a Qualification that does not exist"):
        score(rosa, cats, wei)
    with pytest.raises(QualificationDoesNotExist):
        revoke(rosa, cats, wei)


def test_a_revoked_one_says_so_and_can_be_granted_again(rosa: Requester, wei: Worker, cats: str) -> None:
    grant(rosa, cats, wei, IntegerValue=9)
    revoke(rosa, cats, wei, Reason="Too many dogs")
    for attempt in (score, revoke):
        with pytest.raises(InvalidQualificationState, match="can be called with a status of: Granted"):
            attempt(rosa, cats, wei)
    own = wei("ListOwnQualifications")["Qualifications"]
    assert [(one["Status"], one["Reason"]) for one in own] == [("Revoked", "Too many dogs")]
    assert messages(wei)[0] == 'You no longer have the qualification "Cats"'
    grant(rosa, cats, wei, IntegerValue=4)
    assert score(rosa, cats, wei)["IntegerValue"] == 4
    assert "Reason" not in wei("ListOwnQualifications")["Qualifications"][0]


def test_losing_a_qualification_leaves_accepted_work(rosa: Requester, wei: Worker, cats: str) -> None:
    grant(rosa, cats, wei)
    requirement = {"QualificationTypeId": cats, "Comparator": "Exists"}
    assignment = wei.accept(rosa.create_hit(QualificationRequirements=[requirement])["HITId"])
    revoke(rosa, cats, wei)
    wei.submit(assignment)


def test_foreign_and_market_types_are_as_missing(
    rosa: Requester, omar: Requester, wei: Worker, cats: str
) -> None:
    grant(rosa, cats, wei)
    for type_id, requester in ((cats, omar), ("00000000000000000040", rosa), ("3UNKNOWN", rosa)):
        for attempt in (grant, score, revoke):
            with pytest.raises(QualificationDoesNotExist):
                attempt(requester, type_id, wei)
        with pytest.raises(QualificationDoesNotExist):
            requester("ListWorkersWithQualificationType", QualificationTypeId=type_id)


def test_an_unknown_worker_is_named(rosa: Requester, cats: str) -> None:
    for operation in (
        "AssociateQualificationWithWorker",
        "DisassociateQualificationFromWorker",
        "GetQualificationScore",
    ):
        with pytest.raises(ParameterValidationError, match='The value "ANOBODY" is not valid'):
            rosa(operation, QualificationTypeId=cats, WorkerId="ANOBODY")


def test_a_deleted_type_is_granted_to_nobody_and_kept_by_those_who_have_it(
    rosa: Requester, wei: Worker, cats: str
) -> None:
    grant(rosa, cats, wei)
    rosa("DeleteQualificationType", QualificationTypeId=cats)
    for attempt in (grant, score, revoke):
        with pytest.raises(InvalidQualificationTypeState, match="Active,Inactive"):
            attempt(rosa, cats, wei)
    assert wei("ListOwnQualifications")["Qualifications"][0]["Status"] == "Granted"


def test_holders_are_listed_by_status_in_pages(rosa: Requester, town: Town, cats: str) -> None:
    workers = [town.worker(f"Worker{number}") for number in range(5)]
    for worker in workers:
        town.advance(seconds=1)
        grant(rosa, cats, worker, SendNotification=False)
    revoke(rosa, cats, workers[1])
    grant(rosa, cats, workers[0], IntegerValue=7)

    def listed(**members: Any) -> list[str]:
        members |= {"QualificationTypeId": cats, "MaxResults": 2}
        ids: list[str] = []
        answer = rosa("ListWorkersWithQualificationType", **members)
        while answer["NumResults"]:
            ids += [one["WorkerId"] for one in answer["Qualifications"]]
            token = answer["NextToken"]
            answer = rosa("ListWorkersWithQualificationType", **members, NextToken=token)
        return ids

    assert listed() == [workers[number].id for number in (0, 2, 3, 4)]
    assert listed(Status="Granted") == listed()
    assert listed(Status="Revoked") == [workers[1].id]


def test_a_worker_gives_a_qualification_up(rosa: Requester, wei: Worker, ana: Worker, cats: str) -> None:
    grant(rosa, cats, wei)
    wei("DiscardQualification", QualificationTypeId=cats)
    with pytest.raises(InvalidQualificationState):
        score(rosa, cats, wei)
    with pytest.raises(InvalidQualificationState):
        wei("DiscardQualification", QualificationTypeId=cats)
    with pytest.raises(QualificationDoesNotExist):
        ana("DiscardQualification", QualificationTypeId=cats)
    with pytest.raises(QualificationDoesNotExist):
        ana("DiscardQualification", QualificationTypeId="00000000000000000060")


def test_own_qualifications_come_in_pages(rosa: Requester, wei: Worker, ana: Worker) -> None:
    made = [make_type(rosa, Name=f"q{number}")["QualificationTypeId"] for number in range(3)]
    for type_id in made:
        grant(rosa, type_id, wei)
    first = wei("ListOwnQualifications", MaxResults=2)
    second = wei("ListOwnQualifications", MaxResults=2, NextToken=first["NextToken"])
    shown = [one["QualificationTypeId"] for page in (first, second) for one in page["Qualifications"]]
    assert sorted(shown) == sorted(made)
    assert {one["Name"] for one in first["Qualifications"]} < {"q0", "q1", "q2"}
    assert ana("ListOwnQualifications") == {"Qualifications": [], "NumResults": 0}


def test_a_requester_with_pseudonyms_never_sees_a_worker_s_own_id(town: Town, wei: Worker) -> None:
    paula = town.requester("Paula", funds="10.00", Pseudonymous=True)
    made = make_type(paula)["QualificationTypeId"]
    with pytest.raises(ParameterValidationError):
        grant(paula, made, wei)
    wei("RequestQualification", QualificationTypeId=made)
    asked = paula("ListQualificationRequests")["QualificationRequests"][0]
    assert asked["WorkerId"] != wei.id
    paula("AcceptQualificationRequest", QualificationRequestId=asked["QualificationRequestId"])
    held = paula("GetQualificationScore", QualificationTypeId=made, WorkerId=asked["WorkerId"])
    assert held["Qualification"]["WorkerId"] == asked["WorkerId"]
    listed = paula("ListWorkersWithQualificationType", QualificationTypeId=made)["Qualifications"]
    assert listed[0]["WorkerId"] == asked["WorkerId"]
