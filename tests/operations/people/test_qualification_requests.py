"""Requests for qualifications: every state, every retry rule, and whoever is first."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kempelen.errors import Refusal
from kempelen.operations.people.eligibility import Blocked
from kempelen.operations.people.qualification_requests import (
    AlreadyAsked,
    NotRequestable,
    QualificationTypeDoesNotAllowRetake,
    QualificationTypeRetryDelayNotElapsed,
)
from kempelen.store.qualification_requests import (
    InvalidQualificationRequestState,
    QualificationRequestDoesNotExist,
)
from kempelen.store.qualification_types import InvalidQualificationTypeState, QualificationDoesNotExist
from people import Requester, Worker
from qualification_papers import KEY, TEST, make_type


def ask(worker: Worker, type_id: str) -> dict[str, Any]:
    return worker("RequestQualification", QualificationTypeId=type_id)


def pending(requester: Requester, **members: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = requester("ListQualificationRequests", **members)["QualificationRequests"]
    return listed


def history(worker: Worker) -> list[str]:
    return [one["Status"] for one in worker("ListOwnQualificationRequests")["QualificationRequests"]]


def score(requester: Requester, type_id: str, worker: Worker) -> int:
    answer = requester("GetQualificationScore", QualificationTypeId=type_id, WorkerId=worker.id)
    return int(answer["Qualification"]["IntegerValue"])


def test_a_request_waits_until_the_requester_grants_it(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    asked = ask(wei, made)
    assert asked["Status"] == "Pending"
    assert pending(rosa) == [
        {
            "QualificationRequestId": asked["QualificationRequestId"],
            "QualificationTypeId": made,
            "WorkerId": wei.id,
            "SubmitTime": rosa.town.now / 1000,
        }
    ]
    rosa("AcceptQualificationRequest", QualificationRequestId=asked["QualificationRequestId"])
    assert score(rosa, made, wei) == 1
    assert pending(rosa) == []
    assert history(wei) == ["Granted"]
    assert wei("ListMessages")["Messages"][0]["Subject"] == 'You have the qualification "Cats"'


@pytest.mark.parametrize("value", [0, 42])
def test_the_requester_says_what_it_is_worth(rosa: Requester, wei: Worker, value: int) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    asked = ask(wei, made)["QualificationRequestId"]
    rosa("AcceptQualificationRequest", QualificationRequestId=asked, IntegerValue=value)
    assert score(rosa, made, wei) == value


def test_a_rejected_worker_is_told_why_and_keeps_what_they_have(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, RetryDelayInSeconds=0)["QualificationTypeId"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=made, WorkerId=wei.id, IntegerValue=5)
    asked = ask(wei, made)["QualificationRequestId"]
    rosa("RejectQualificationRequest", QualificationRequestId=asked, Reason="Not {yet}")
    assert score(rosa, made, wei) == 5
    shown = wei("ListOwnQualificationRequests")["QualificationRequests"][0]
    assert (shown["Status"], shown["Reason"], shown["Name"]) == ("Rejected", "Not {yet}", "Cats")
    assert wei("ListMessages")["Messages"][0]["Body"] == "Not {yet}"


def test_a_decision_is_made_once(rosa: Requester, wei: Worker, ana: Worker) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    granted, rejected = (ask(worker, made)["QualificationRequestId"] for worker in (wei, ana))
    rosa("AcceptQualificationRequest", QualificationRequestId=granted)
    rosa("RejectQualificationRequest", QualificationRequestId=rejected)
    for request in (granted, rejected):
        for operation in ("AcceptQualificationRequest", "RejectQualificationRequest"):
            with pytest.raises(InvalidQualificationRequestState, match="a status of: Pending"):
                rosa(operation, QualificationRequestId=request)


def test_of_decisions_made_at_once_one_holds(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    request = ask(wei, made)["QualificationRequestId"]

    def decide(value: int) -> int | None:
        try:
            rosa("AcceptQualificationRequest", QualificationRequestId=request, IntegerValue=value)
        except InvalidQualificationRequestState:
            return None
        return value

    with ThreadPoolExecutor(4) as threads:
        decided = [value for value in threads.map(decide, range(4)) if value is not None]
    assert decided == [score(rosa, made, wei)]


def test_requests_made_at_once_are_one(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, AutoGranted=True)["QualificationTypeId"]

    def attempt(_: int) -> str:
        try:
            return str(ask(wei, made)["Status"])
        except (QualificationTypeDoesNotAllowRetake, AlreadyAsked):
            return "refused"

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(attempt, range(4))) == ["Granted", "refused", "refused", "refused"]
    assert history(wei) == ["Granted"]


def test_foreign_and_unknown_requests_do_not_exist(rosa: Requester, omar: Requester, wei: Worker) -> None:
    request = ask(wei, make_type(rosa)["QualificationTypeId"])["QualificationRequestId"]
    for operation in ("AcceptQualificationRequest", "RejectQualificationRequest"):
        for requester, request_id in ((omar, request), (rosa, "nothing"), (rosa, "' OR 1=1")):
            with pytest.raises(QualificationRequestDoesNotExist, match="does not exist"):
                requester(operation, QualificationRequestId=request_id)
    assert history(wei) == ["Pending"]


def test_an_auto_granted_type_grants_at_once(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, AutoGranted=True, AutoGrantedValue=0)["QualificationTypeId"]
    asked = ask(wei, made)
    assert (asked["Status"], asked["IntegerValue"]) == ("Granted", 0)
    assert score(rosa, made, wei) == 0
    assert pending(rosa) == []


def test_a_pending_request_blocks_a_second(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, RetryDelayInSeconds=0)["QualificationTypeId"]
    ask(wei, made)
    with pytest.raises(AlreadyAsked, match="already") as refused:
        ask(wei, made)
    assert refused.value.page_status == 409


@pytest.mark.parametrize("outcome", ["grant", "reject", "withdraw"])
def test_without_a_retry_delay_there_is_one_request_ever(rosa: Requester, wei: Worker, outcome: str) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    end(rosa, wei, ask(wei, made)["QualificationRequestId"], outcome)
    rosa.town.advance(days=3000)
    with pytest.raises(QualificationTypeDoesNotAllowRetake, match="only once"):
        ask(wei, made)
    assert len(history(wei)) == 1


@pytest.mark.parametrize("outcome", ["grant", "reject", "withdraw"])
def test_with_a_retry_delay_the_next_request_comes_after_it(
    rosa: Requester, wei: Worker, outcome: str
) -> None:
    made = make_type(rosa, RetryDelayInSeconds=3600)["QualificationTypeId"]
    end(rosa, wei, ask(wei, made)["QualificationRequestId"], outcome)
    rosa.town.advance(milliseconds=3_599_001)
    with pytest.raises(QualificationTypeRetryDelayNotElapsed, match="again in 1 seconds"):
        ask(wei, made)
    rosa.town.advance(milliseconds=999)
    assert ask(wei, made)["Status"] == "Pending"


def end(requester: Requester, worker: Worker, request: str, outcome: str) -> None:
    if outcome == "withdraw":
        worker("WithdrawQualificationRequest", QualificationRequestId=request)
    elif outcome == "grant":
        requester("AcceptQualificationRequest", QualificationRequestId=request)
    else:
        requester("RejectQualificationRequest", QualificationRequestId=request)


def test_a_grant_without_a_request_counts_too(rosa: Requester, wei: Worker) -> None:
    once = make_type(rosa)["QualificationTypeId"]
    often = make_type(rosa, Name="Dogs", RetryDelayInSeconds=60)["QualificationTypeId"]
    for type_id in (once, often):
        rosa("AssociateQualificationWithWorker", QualificationTypeId=type_id, WorkerId=wei.id)
        wei("DiscardQualification", QualificationTypeId=type_id)
    rosa.town.advance(seconds=59)
    with pytest.raises(QualificationTypeDoesNotAllowRetake):
        ask(wei, once)
    with pytest.raises(QualificationTypeRetryDelayNotElapsed):
        ask(wei, often)
    rosa.town.advance(seconds=1)
    ask(wei, often)


def test_a_retry_delay_of_zero_allows_the_next_request_at_once(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, AutoGranted=True, RetryDelayInSeconds=0)["QualificationTypeId"]
    ask(wei, made)
    rosa("UpdateQualificationType", QualificationTypeId=made, AutoGrantedValue=8)
    assert ask(wei, made)["IntegerValue"] == 8
    assert history(wei) == ["Granted", "Granted"]


def test_a_delay_set_later_opens_the_way(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, AutoGranted=True)["QualificationTypeId"]
    ask(wei, made)
    with pytest.raises(QualificationTypeDoesNotAllowRetake):
        ask(wei, made)
    rosa("UpdateQualificationType", QualificationTypeId=made, RetryDelayInSeconds=0)
    ask(wei, made)


def test_what_cannot_be_asked_for(rosa: Requester, wei: Worker) -> None:
    inactive = make_type(rosa, QualificationTypeStatus="Inactive")["QualificationTypeId"]
    deleted = make_type(rosa, Name="Gone")["QualificationTypeId"]
    rosa("DeleteQualificationType", QualificationTypeId=deleted)
    refused: list[tuple[str, type[Refusal]]] = [
        (inactive, InvalidQualificationTypeState),
        (deleted, InvalidQualificationTypeState),
        ("3UNKNOWN", QualificationDoesNotExist),
        ("00000000000000000040", NotRequestable),
    ]
    for type_id, refusal in refused:
        with pytest.raises(refusal):
            ask(wei, type_id)
    assert history(wei) == []


def test_a_blocked_worker_asks_in_vain(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="secret reason")
    with pytest.raises(Blocked) as refused:
        ask(wei, made)
    assert refused.value.page_status == 403
    assert "secret" not in refused.value.message


def test_deleting_a_type_rejects_what_waits(rosa: Requester, wei: Worker, ana: Worker) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    request = ask(wei, made)["QualificationRequestId"]
    other = make_type(rosa, Name="Other")["QualificationTypeId"]
    ask(ana, other)
    rosa("DeleteQualificationType", QualificationTypeId=made)
    shown = wei("ListOwnQualificationRequests")["QualificationRequests"][0]
    assert (shown["Status"], shown["Reason"]) == ("Rejected", "The qualification type was deleted.")
    with pytest.raises(InvalidQualificationRequestState, match="'Rejected'"):
        rosa("AcceptQualificationRequest", QualificationRequestId=request)
    assert [one["QualificationTypeId"] for one in pending(rosa)] == [other]


def test_only_what_waits_can_be_withdrawn_and_only_by_who_asked(
    rosa: Requester, wei: Worker, ana: Worker
) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    request = ask(wei, made)["QualificationRequestId"]
    with pytest.raises(QualificationRequestDoesNotExist):
        ana("WithdrawQualificationRequest", QualificationRequestId=request)
    wei("WithdrawQualificationRequest", QualificationRequestId=request)
    assert history(wei) == ["Withdrawn"]
    assert pending(rosa) == []
    with pytest.raises(InvalidQualificationRequestState, match="TestOpen,Pending"):
        wei("WithdrawQualificationRequest", QualificationRequestId=request)


def test_what_waits_is_listed_by_time_for_one_type_or_for_all(
    rosa: Requester, omar: Requester, wei: Worker, ana: Worker
) -> None:
    types = [make_type(rosa, Name=f"q{number}")["QualificationTypeId"] for number in range(3)]
    asked = []
    for type_id in types:
        for worker in (wei, ana):
            rosa.town.advance(seconds=1)
            asked.append(ask(worker, type_id)["QualificationRequestId"])
    shown: list[str] = []
    answer = rosa("ListQualificationRequests", MaxResults=4)
    while answer["NumResults"]:
        shown += [one["QualificationRequestId"] for one in answer["QualificationRequests"]]
        answer = rosa("ListQualificationRequests", MaxResults=4, NextToken=answer["NextToken"])
    assert shown == asked
    of_one = [one["QualificationRequestId"] for one in pending(rosa, QualificationTypeId=types[1])]
    assert of_one == asked[2:4]
    assert pending(omar) == []
    with pytest.raises(QualificationDoesNotExist):
        pending(omar, QualificationTypeId=types[0])


def test_own_requests_are_listed_newest_first(rosa: Requester, wei: Worker, ana: Worker) -> None:
    types = [make_type(rosa, Name=f"q{number}")["QualificationTypeId"] for number in range(3)]
    for type_id in types:
        rosa.town.advance(seconds=1)
        ask(wei, type_id)
    first = wei("ListOwnQualificationRequests", MaxResults=2)
    second = wei("ListOwnQualificationRequests", MaxResults=2, NextToken=first["NextToken"])
    shown = [one["Name"] for page in (first, second) for one in page["QualificationRequests"]]
    assert shown == ["q2", "q1", "q0"]
    assert history(ana) == []


def test_a_key_that_comes_later_scores_what_waits(rosa: Requester, wei: Worker, ana: Worker) -> None:
    made = make_type(rosa, Test=TEST, TestDurationInSeconds=60)["QualificationTypeId"]
    for worker, said in ((wei, "meow"), (ana, "woof")):
        fields = [{"Name": "cat", "Value": said}, {"Name": "why", "Value": "<it> & ü"}]
        request = ask(worker, made)["QualificationRequestId"]
        answer = worker("SubmitQualificationTest", QualificationRequestId=request, Fields=fields)
        assert answer == {"Status": "Pending"}
    rosa(
        "UpdateQualificationType",
        QualificationTypeId=made,
        Test=TEST,
        AnswerKey=KEY,
        TestDurationInSeconds=60,
    )
    for one in pending(rosa):
        assert one["Test"] == TEST
        rosa("AcceptQualificationRequest", QualificationRequestId=one["QualificationRequestId"])
    assert (score(rosa, made, wei), score(rosa, made, ana)) == (73, 7)
