"""Answers that come after the deadline: refused, kept, and perhaps paid."""

import asyncio

import pytest

from kempelen.errors import ParameterValidationError
from kempelen.operations.doing.late_answers import LateAnswerAlreadyPaid, TimeRanOut, TimeRanOutLongAgo
from kempelen.operations.doing.submitting import AlreadySubmitted
from kempelen.store.assignments import AssignmentDoesNotExist
from kempelen.store.hits import HITDoesNotExist
from kempelen.store.late_answers import LateAnswerDoesNotExist
from kempelen.store.ledger import InsufficientFunds
from people import Requester, Town, Worker


def late(town: Town, requester: Requester, worker: Worker, *, label: str = "cat") -> tuple[str, str]:
    """A HIT and an assignment whose answer came a second too late."""
    hit = requester.create_hit(AssignmentDurationInSeconds=60, Reward="0.50")
    assignment = worker.accept(hit["HITId"])
    town.advance(seconds=61)
    with pytest.raises(TimeRanOut, match="The answer is kept"):
        worker.submit(assignment, label=label)
    return hit["HITId"], assignment


def listed(requester: Requester, **filters: str) -> list[dict[str, object]]:
    answers: list[dict[str, object]] = requester("ListLateAnswers", **filters)["LateAnswers"]
    return answers


def test_a_late_answer_is_refused_and_kept_where_only_its_requester_sees_it(
    town: Town, rosa: Requester, omar: Requester, wei: Worker
) -> None:
    hit, assignment = late(town, rosa, wei)
    [kept] = listed(rosa)
    assert kept["AssignmentId"] == assignment
    assert kept["HITId"] == hit
    assert kept["WorkerId"] == wei.id
    assert kept["ReceivedTime"] == town.now / 1000
    assert kept["KeptUntil"] == town.now / 1000 + 30 * 86_400
    assert "<FreeText>cat</FreeText>" in str(kept["Answer"])
    assert "PaidAmount" not in kept
    assert listed(omar) == []
    with pytest.raises(HITDoesNotExist):
        listed(omar, HITId=hit)


def test_a_late_answer_is_never_an_assignment(town: Town, rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit, assignment = late(town, rosa, wei)
    assert rosa("ListAssignmentsForHIT", HITId=hit)["NumResults"] == 0
    with pytest.raises(AssignmentDoesNotExist):
        rosa("GetAssignment", AssignmentId=assignment)
    assert rosa.hit(hit)["NumberOfAssignmentsAvailable"] == 1
    ana.do(hit)
    assert rosa.hit(hit)["HITStatus"] == "Reviewable"


def test_the_deadline_itself_is_too_late_and_the_moment_before_is_not(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    first, second = (
        wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60, RequesterAnnotation=name)["HITId"])
        for name in "ab"
    )
    town.advance(milliseconds=59_999)
    wei.submit(first)
    town.advance(milliseconds=1)
    with pytest.raises(TimeRanOut):
        wei.submit(second)


def test_only_the_first_late_answer_is_kept(town: Town, rosa: Requester, wei: Worker) -> None:
    late(town, rosa, wei, label="first")
    assignment = str(listed(rosa)[0]["AssignmentId"])
    with pytest.raises(TimeRanOut):
        wei.submit(assignment, label="second")
    [kept] = listed(rosa)
    assert "first" in str(kept["Answer"])


def test_an_answer_that_is_late_over_the_network_is_kept_too(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    assignment = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60)["HITId"])
    town.advance(seconds=61)
    members = {"AssignmentId": assignment, "Fields": [{"Name": "label", "Value": "cat"}]}
    with pytest.raises(TimeRanOut):
        asyncio.run(town.market.run_async("SubmitAssignment", wei.actor, members))
    assert [kept["AssignmentId"] for kept in listed(rosa)] == [assignment]


def test_nobody_is_late_with_somebody_else_s_assignment(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    assignment = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60)["HITId"])
    town.advance(seconds=61)
    with pytest.raises(AssignmentDoesNotExist):
        ana.submit(assignment)
    assert listed(rosa) == []


def test_what_was_submitted_or_returned_is_not_late(town: Town, rosa: Requester, wei: Worker) -> None:
    done = wei.do(rosa.create_hit(AssignmentDurationInSeconds=60, RequesterAnnotation="a")["HITId"])
    returned = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60, RequesterAnnotation="b")["HITId"])
    wei("ReturnAssignment", AssignmentId=returned)
    town.advance(seconds=61)
    for assignment in (done, returned):
        with pytest.raises(AlreadySubmitted):
            wei.submit(assignment)
    assert listed(rosa) == []


def test_a_late_answer_can_be_paid_once(town: Town, rosa: Requester, omar: Requester, wei: Worker) -> None:
    hit, assignment = late(town, rosa, wei)
    with pytest.raises(LateAnswerDoesNotExist):
        omar("PayLateAnswer", AssignmentId=assignment)
    available, held = rosa.balance
    assert rosa("PayLateAnswer", AssignmentId=assignment) == {"Amount": "0.50"}
    assert rosa.balance == (f"{float(available) - 0.60:.2f}", held)
    assert listed(rosa, HITId=hit)[0]["PaidAmount"] == "0.50"
    with pytest.raises(LateAnswerAlreadyPaid):
        rosa("PayLateAnswer", AssignmentId=assignment, Amount="0.01")


def test_a_late_answer_can_be_paid_with_another_amount(town: Town, rosa: Requester, wei: Worker) -> None:
    _, assignment = late(town, rosa, wei)
    with pytest.raises(ParameterValidationError, match=r"0\.01"):
        rosa("PayLateAnswer", AssignmentId=assignment, Amount="0.00")
    with pytest.raises(ParameterValidationError):
        rosa("PayLateAnswer", AssignmentId=assignment, Amount="1000000.01")
    with pytest.raises(InsufficientFunds):
        rosa("PayLateAnswer", AssignmentId=assignment, Amount="900000.00")
    assert rosa("PayLateAnswer", AssignmentId=assignment, Amount="0.2") == {"Amount": "0.20"}
    assert rosa.balance == ("999.16", "0.60")


def test_after_thirty_days_nothing_is_kept_and_nothing_comes_again(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    _, assignment = late(town, rosa, wei)
    town.advance(days=30)
    assert listed(rosa) == []
    with pytest.raises(LateAnswerDoesNotExist):
        rosa("PayLateAnswer", AssignmentId=assignment)
    with pytest.raises(TimeRanOutLongAgo, match="not kept"):
        wei.submit(assignment)
    assert listed(rosa) == []


def test_late_answers_come_in_pages(town: Town, rosa: Requester) -> None:
    hit = rosa.create_hit(MaxAssignments=3, AssignmentDurationInSeconds=60)
    workers = [town.worker(name) for name in ("Kim", "Lee", "Mia")]
    accepted = [worker.accept(hit["HITId"]) for worker in workers]
    town.advance(seconds=60)
    for worker, assignment in zip(workers, accepted, strict=True):
        with pytest.raises(TimeRanOut):
            worker.submit(assignment)
    first = rosa("ListLateAnswers", HITId=hit["HITId"], MaxResults=2)
    second = rosa("ListLateAnswers", HITId=hit["HITId"], MaxResults=2, NextToken=first["NextToken"])
    assert (first["NumResults"], second["NumResults"]) == (2, 1)
    ids = [each["AssignmentId"] for page in (first, second) for each in page["LateAnswers"]]
    assert sorted(ids) == sorted(accepted)
