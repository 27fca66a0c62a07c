"""Taking a HIT down: it ends for good, and whoever held or submitted it has their money."""

import pytest

from kempelen import audit
from kempelen.app import App
from kempelen.errors import Refusal
from kempelen.operations.ending import taking_down
from kempelen.operations.ending.expiring import TakenDown
from kempelen.operations.ending.taking_down import AlreadyTakenDown
from kempelen.operations.reviewing.deciding import PaidOut
from kempelen.store.hits import HITDoesNotExist, InvalidHITState
from people import Operator, Requester, Town, Worker

WHY = "It shows people who did not agree to it."


def take_down(operator: Operator, hit_id: str) -> dict[str, int]:
    answer: dict[str, int] = operator("TakeDownHIT", HITId=hit_id, Reason=WHY)
    return answer


def test_whoever_holds_or_has_submitted_is_paid(
    app: App, town: Town, operator: Operator, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(Reward="1.00", MaxAssignments=4)["HITId"]
    submitted, held = wei.do(hit), ana.accept(hit)
    assert take_down(operator, hit) == {"Paid": 2, "Remaining": 0}
    assert wei("GetTask", AssignmentId=submitted)["Task"]["Status"] == "Approved"
    assert ana("GetTask", AssignmentId=held)["Task"]["Status"] == "Approved"
    assert rosa.balance == ("997.60", "0.00"), "two rewards with their fees; the rest is back"
    for worker in (wei, ana):
        message = worker("ListMessages")["Messages"][0]
        assert WHY in message["Body"] and "$1.00" in message["Body"]
    assert rosa.hit(hit)["HITStatus"] == "Reviewable"
    assert audit.violations(audit.run(app)) == []


def test_it_cannot_be_reopened(operator: Operator, rosa: Requester, town: Town) -> None:
    hit = rosa.create_hit()["HITId"]
    take_down(operator, hit)
    with pytest.raises(TakenDown, match="taken down"):
        rosa("UpdateExpirationForHIT", HITId=hit, ExpireAt=(town.now + 86_400_000) // 1000)
    with pytest.raises(TakenDown):
        rosa("CreateAdditionalAssignmentsForHIT", HITId=hit, NumberOfAdditionalAssignments=1)
    with pytest.raises(AlreadyTakenDown):
        take_down(operator, hit)
    rosa("DeleteHIT", HITId=hit)
    with pytest.raises((InvalidHITState, AlreadyTakenDown)):
        take_down(operator, hit)


def test_nothing_of_it_is_handed_out(operator: Operator, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    take_down(operator, hit["HITId"])
    with pytest.raises(Refusal):
        wei.accept(hit["HITId"])
    assert wei("ListHITGroups")["HITGroups"] == []


def test_many_are_paid_in_steps_and_none_can_be_rejected_meanwhile(
    app: App, town: Town, operator: Operator, rosa: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_down, "AT_ONCE", 2)
    hit = rosa.create_hit(Reward="1.00", MaxAssignments=5)["HITId"]
    workers = [town.worker(f"Worker{number}") for number in range(5)]
    assignments = [each.do(hit) for each in workers[:3]] + [each.accept(hit) for each in workers[3:]]
    answer = take_down(operator, hit)
    assert (answer["Paid"], answer["Remaining"]) == (2, 3)
    waiting = next(
        each["AssignmentId"]
        for each in rosa("ListAssignmentsForHIT", HITId=hit, MaxResults=100)["Assignments"]
        if each["AssignmentStatus"] == "Submitted"
    )
    with pytest.raises(PaidOut):
        rosa("RejectAssignment", AssignmentId=waiting, RequesterFeedback="No.")
    town.market.settle()
    states = {
        each("GetTask", AssignmentId=assignment)["Task"]["Status"]
        for each, assignment in zip(workers, assignments, strict=True)
    }
    assert states == {"Approved"}
    assert audit.violations(audit.run(app)) == []


def test_an_answer_that_comes_in_between_is_paid_at_once(
    town: Town, operator: Operator, rosa: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_down, "AT_ONCE", 1)
    hit = rosa.create_hit(Reward="1.00", MaxAssignments=2, AutoApprovalDelayInSeconds=86_400)["HITId"]
    workers = sorted((town.worker(name) for name in ("Iva", "Jan")), key=lambda each: each.actor.account)
    held = [each.accept(hit) for each in workers]
    take_down(operator, hit)
    workers[1].submit(held[1])
    assert workers[1]("GetTask", AssignmentId=held[1])["Task"]["Status"] == "Approved"


def test_what_was_rejected_before_stays_rejected(operator: Operator, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=2)["HITId"]
    rejected = wei.do(hit)
    rosa("RejectAssignment", AssignmentId=rejected, RequesterFeedback="No cat.")
    take_down(operator, hit)
    assert wei("GetTask", AssignmentId=rejected)["Task"]["Status"] == "Rejected"


def test_only_operators_take_down(rosa: Requester, wei: Worker, operator: Operator) -> None:
    hit = rosa.create_hit()["HITId"]
    for somebody in (rosa, wei):
        with pytest.raises(Refusal):
            somebody("TakeDownHIT", HITId=hit, Reason=WHY)
    with pytest.raises(HITDoesNotExist):
        take_down(operator, "3NONE")
