"""Qualification tests: their time, their answers, their scores, and the key that nobody sees."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kempelen.operations.people.qualification_requests import (
    QualificationTypeDoesNotAllowRetake,
    QualificationTypeRetryDelayNotElapsed,
)
from kempelen.operations.people.qualification_tests import (
    AnswersTooLong,
    TimeForTestRanOut,
    end_overdue_tests,
)
from kempelen.rules.answers import AnswerNotTaken, TooMuchSubmitted
from kempelen.store.qualification_requests import (
    InvalidQualificationRequestState,
    QualificationRequestDoesNotExist,
)
from people import Requester, Town, Worker
from qualification_papers import KEY, OTHER_TEST, TEST, make_type

MINUTE = 60


@pytest.fixture
def keyed(rosa: Requester) -> str:
    """The id of a type with a test of one minute and a key."""
    made = make_type(rosa, Test=TEST, AnswerKey=KEY, TestDurationInSeconds=MINUTE, RetryDelayInSeconds=3600)
    return str(made["QualificationTypeId"])


def begin(worker: Worker, type_id: str) -> dict[str, Any]:
    return worker("RequestQualification", QualificationTypeId=type_id)


def hand_in(worker: Worker, attempt: dict[str, Any], **fields: str) -> dict[str, Any]:
    pairs = [{"Name": name, "Value": value} for name, value in fields.items()]
    request = attempt["QualificationRequestId"]
    return worker("SubmitQualificationTest", QualificationRequestId=request, Fields=pairs)


def history(worker: Worker) -> list[str]:
    return [one["Status"] for one in worker("ListOwnQualificationRequests")["QualificationRequests"]]


def test_a_request_opens_the_test_and_its_time_begins(rosa: Requester, wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)
    assert attempt["Status"] == "TestOpen"
    assert attempt["Test"] == TEST
    assert attempt["Deadline"] == wei.town.now / 1000 + MINUTE
    assert rosa("ListQualificationRequests")["NumResults"] == 0
    assert history(wei) == ["TestOpen"]


def test_opening_it_again_shows_the_same_test_with_the_same_deadline(wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)
    wei.town.advance(seconds=30)
    assert begin(wei, keyed) == attempt


@pytest.mark.parametrize(("said", "value"), [("meow", 73), ("woof", 7)])
def test_with_a_key_the_score_is_granted_at_once(
    rosa: Requester, wei: Worker, keyed: str, said: str, value: int
) -> None:
    assert hand_in(wei, begin(wei, keyed), cat=said) == {"Status": "Granted", "IntegerValue": value}
    held = rosa("GetQualificationScore", QualificationTypeId=keyed, WorkerId=wei.id)["Qualification"]
    assert held["IntegerValue"] == value
    assert rosa("ListQualificationRequests")["NumResults"] == 0


def test_without_a_key_the_requester_reads_the_answers(rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, Test=TEST, TestDurationInSeconds=MINUTE)["QualificationTypeId"]
    attempt = begin(wei, made)
    wei.town.advance(seconds=10)
    assert hand_in(wei, attempt, cat="meow", why="grün") == {"Status": "Pending"}
    asked = rosa("ListQualificationRequests", QualificationTypeId=made)["QualificationRequests"][0]
    assert asked["Test"] == TEST
    assert asked["SubmitTime"] == wei.town.now / 1000
    assert "<SelectionIdentifier>meow</SelectionIdentifier>" in asked["Answer"]
    assert "<FreeText>gr&#252;n</FreeText>" in asked["Answer"]
    rosa("AcceptQualificationRequest", QualificationRequestId=asked["QualificationRequestId"])
    held = rosa("GetQualificationScore", QualificationTypeId=made, WorkerId=wei.id)["Qualification"]
    assert held["IntegerValue"] == 1


def test_a_test_is_taken_until_its_last_millisecond(wei: Worker, ana: Worker, keyed: str) -> None:
    in_time, too_late = begin(wei, keyed), begin(ana, keyed)
    wei.town.advance(milliseconds=MINUTE * 1000 - 1)
    assert hand_in(wei, in_time, cat="meow")["Status"] == "Granted"
    wei.town.advance(milliseconds=1)
    with pytest.raises(TimeForTestRanOut, match="ran out") as refused:
        hand_in(ana, too_late, cat="meow")
    assert refused.value.page_status == 410


def test_a_test_that_ran_out_counts_as_taken(rosa: Requester, wei: Worker, keyed: str) -> None:
    once = make_type(rosa, Name="Once", Test=TEST, TestDurationInSeconds=MINUTE)["QualificationTypeId"]
    begin(wei, keyed)
    begin(wei, once)
    wei.town.advance(seconds=MINUTE)
    assert history(wei) == ["Expired", "Expired"]
    with pytest.raises(QualificationTypeRetryDelayNotElapsed):
        begin(wei, keyed)
    with pytest.raises(QualificationTypeDoesNotAllowRetake):
        begin(wei, once)
    wei.town.advance(hours=1)
    assert begin(wei, keyed)["Status"] == "TestOpen"


def test_a_test_left_counts_as_taken(wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)
    wei("WithdrawQualificationRequest", QualificationRequestId=attempt["QualificationRequestId"])
    with pytest.raises(QualificationTypeRetryDelayNotElapsed):
        begin(wei, keyed)
    with pytest.raises(InvalidQualificationRequestState, match="'Withdrawn'"):
        hand_in(wei, attempt, cat="meow")


def test_a_score_is_not_raised_by_handing_in_twice(rosa: Requester, wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)
    hand_in(wei, attempt, cat="woof")
    with pytest.raises(InvalidQualificationRequestState, match="a status of: TestOpen") as refused:
        hand_in(wei, attempt, cat="meow")
    assert refused.value.page_status == 409
    held = rosa("GetQualificationScore", QualificationTypeId=keyed, WorkerId=wei.id)["Qualification"]
    assert held["IntegerValue"] == 7


def test_of_answers_handed_in_at_once_one_counts(rosa: Requester, wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)

    def submit(said: str) -> int | None:
        try:
            return int(hand_in(wei, attempt, cat=said)["IntegerValue"])
        except (InvalidQualificationRequestState, TimeForTestRanOut):
            return None

    with ThreadPoolExecutor(4) as threads:
        values = [value for value in threads.map(submit, ("meow", "woof", "meow", "woof")) if value]
    held = rosa("GetQualificationScore", QualificationTypeId=keyed, WorkerId=wei.id)["Qualification"]
    assert values == [held["IntegerValue"]]


def test_answers_the_test_does_not_allow_are_refused_while_its_time_goes_on(wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)
    with pytest.raises(AnswerNotTaken, match="cat: Please answer this question"):
        hand_in(wei, attempt, why="because")
    with pytest.raises(AnswerNotTaken, match='"moo" is not one of the choices'):
        hand_in(wei, attempt, cat="moo")
    with pytest.raises(AnswerNotTaken, match=r"\{0\}"):
        hand_in(wei, attempt, cat="{0}")
    with pytest.raises(AnswersTooLong, match="65535"):
        hand_in(wei, attempt, cat="meow", why="x" * 65_535)
    with pytest.raises(TooMuchSubmitted):
        hand_in(wei, attempt, cat="meow", why="x" * 1_048_576)
    assert hand_in(wei, attempt, cat="meow", unknown="dropped")["IntegerValue"] == 73


def test_nobody_hands_in_for_another(wei: Worker, ana: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)
    with pytest.raises(QualificationRequestDoesNotExist):
        hand_in(ana, attempt, cat="woof")


def test_a_requester_cannot_decide_while_the_test_is_open(rosa: Requester, wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)["QualificationRequestId"]
    for operation in ("AcceptQualificationRequest", "RejectQualificationRequest"):
        with pytest.raises(QualificationRequestDoesNotExist):
            rosa(operation, QualificationRequestId=attempt)
    assert history(wei) == ["TestOpen"]


def test_a_test_changed_meanwhile_is_not_scored_by_the_new_key(
    rosa: Requester, wei: Worker, keyed: str
) -> None:
    attempt = begin(wei, keyed)
    rosa("UpdateQualificationType", QualificationTypeId=keyed, Test=OTHER_TEST, TestDurationInSeconds=5)
    assert begin(wei, keyed) == attempt
    assert hand_in(wei, attempt, cat="meow") == {"Status": "Pending"}
    asked = rosa("ListQualificationRequests")["QualificationRequests"][0]
    assert asked["Test"] == TEST


def test_a_type_deleted_meanwhile_ends_the_test(rosa: Requester, wei: Worker, keyed: str) -> None:
    attempt = begin(wei, keyed)
    rosa("DeleteQualificationType", QualificationTypeId=keyed)
    with pytest.raises(InvalidQualificationRequestState, match="'Rejected'"):
        hand_in(wei, attempt, cat="meow")


def test_the_sweep_ends_what_is_due_and_says_how_much(town: Town, rosa: Requester, wei: Worker) -> None:
    for number in range(3):
        made = make_type(rosa, Name=f"q{number}", Test=TEST, TestDurationInSeconds=MINUTE + number)
        begin(wei, made["QualificationTypeId"])
    assert town.market.system(end_overdue_tests) == 0
    town.advance(seconds=MINUTE + 1)
    assert town.market.system(end_overdue_tests) == 2
    assert town.market.system(end_overdue_tests) == 0
    assert history(wei) == ["TestOpen", "Expired", "Expired"]


def test_the_answer_key_never_reaches_a_worker(rosa: Requester, wei: Worker, ana: Worker, keyed: str) -> None:
    requirement = {"QualificationTypeId": keyed, "Comparator": "GreaterThan", "IntegerValues": [50]}
    rosa.create_hit(QualificationRequirements=[requirement])
    attempt = begin(wei, keyed)
    seen = [attempt, begin(wei, keyed)]
    with pytest.raises(AnswerNotTaken) as refused:
        hand_in(wei, attempt, cat="moo")
    seen += [{"refusal": refused.value.message}, hand_in(wei, attempt, cat="woof")]
    for name in ("ListOwnQualifications", "ListOwnQualificationRequests", "ListMessages"):
        seen.append(wei(name))
    seen.append(ana("GetQualificationType", QualificationTypeId=keyed))
    for query in ({}, {"Query": "AnswerScore"}, {"Query": "Cats"}):
        seen.append(ana("ListQualificationTypes", MustBeRequestable=False, **query))
    for answer in seen:
        text = repr(answer)
        assert "AnswerKey" not in text
        assert "AnswerScore" not in text
        assert "73" not in text.replace(str(attempt), "")
