"""Drafts: nothing typed is lost, nothing older overwrites, and whoever is overwritten is told."""

from typing import Any

import pytest

from kempelen.errors import Refusal
from kempelen.operations.doing.returning import NotHeld, TimeIsUp
from kempelen.rules.answers import TooMuchSubmitted
from kempelen.store.assignments import AssignmentDoesNotExist
from people import Requester, Town, Worker


def fields(text: str) -> list[dict[str, str]]:
    return [{"Name": "label", "Value": text}]


def put(worker: Worker, assignment: str, text: str, version: int, **members: Any) -> dict[str, Any]:
    return worker("PutDraft", AssignmentId=assignment, Fields=fields(text), Version=version, **members)


def kept(worker: Worker, assignment: str) -> str:
    draft = worker("GetDraft", AssignmentId=assignment)["Draft"]
    return str(draft["Fields"][0]["Value"])


def test_what_was_typed_is_there_on_another_device(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    assert wei("GetDraft", AssignmentId=assignment) == {}
    assert put(wei, assignment, "a c", 1)["Revision"] == 1
    assert put(wei, assignment, "a cat", 2)["Revision"] == 2
    draft = wei("GetDraft", AssignmentId=assignment)["Draft"]
    assert draft["Fields"] == fields("a cat")
    assert (draft["Version"], draft["Revision"], draft["AssignmentId"]) == (2, 2, assignment)


def test_a_draft_that_comes_late_does_not_overwrite_a_newer_one(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    put(wei, assignment, "a cat", 5)
    answer = put(wei, assignment, "a c", 4)
    assert answer["Kept"] is False
    assert answer["Standing"]["Fields"] == fields("a cat")
    assert kept(wei, assignment) == "a cat"
    assert put(wei, assignment, "a cat", 5)["Kept"] is True, "a repeat of what stands is no loss"
    assert put(wei, assignment, "a dog", 5)["Kept"] is False


def test_of_two_devices_the_last_wins_and_is_told_what_it_replaced(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    desk = put(wei, assignment, "from the desk", 7, Device="desk")
    phone = put(wei, assignment, "from the phone", 1, Device="phone")
    assert phone["Kept"] and phone["Conflict"]
    assert phone["Replaced"]["Fields"] == fields("from the desk")
    back = put(wei, assignment, "from the desk again", 8, Device="desk", Seen=desk["Revision"])
    assert back["Conflict"], "the desk knew nothing of the phone's draft"
    assert back["Replaced"]["Device"] == "phone"
    known = put(wei, assignment, "phone, knowing", 2, Device="phone", Seen=back["Revision"])
    assert known["Kept"] and not known["Conflict"]


def test_a_draft_goes_with_the_submission(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    put(wei, assignment, "a cat", 1)
    wei.submit(assignment)
    with pytest.raises(NotHeld):
        wei("GetDraft", AssignmentId=assignment)
    with pytest.raises(NotHeld):
        put(wei, assignment, "a dog", 2)


def test_after_the_deadline_it_can_be_read_for_seven_days(town: Town, rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60)["HITId"])
    put(wei, assignment, "a cat", 1)
    town.advance(seconds=61)
    with pytest.raises(TimeIsUp):
        put(wei, assignment, "a dog", 2)
    town.advance(days=6)
    assert kept(wei, assignment) == "a cat"
    town.advance(days=1)
    town.market.settle()
    assert wei("GetDraft", AssignmentId=assignment) == {}


def test_after_a_return_it_can_be_read_too(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    put(wei, assignment, "a cat", 1)
    wei("ReturnAssignment", AssignmentId=assignment)
    assert kept(wei, assignment) == "a cat"


def test_more_time_keeps_it_longer(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(AssignmentDurationInSeconds=60)
    settings = {"TimeExtensionSeconds": 86_400, "TimeExtensions": 1}
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)
    assignment = wei.accept(hit["HITId"])
    put(wei, assignment, "a cat", 1)
    deadline = wei("ExtendTime", AssignmentId=assignment)["Deadline"]
    draft = wei("GetDraft", AssignmentId=assignment)["Draft"]
    assert draft["KeptUntil"] == deadline + 7 * 86_400


def test_nobody_else_reads_or_writes_it(rosa: Requester, wei: Worker, ana: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    put(wei, assignment, "a cat", 1)
    with pytest.raises(AssignmentDoesNotExist):
        ana("GetDraft", AssignmentId=assignment)
    with pytest.raises(AssignmentDoesNotExist):
        put(ana, assignment, "a dog", 2)
    with pytest.raises(Refusal):
        rosa("GetDraft", AssignmentId=assignment)


def test_a_draft_is_no_larger_than_an_answer(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    with pytest.raises(TooMuchSubmitted):
        put(wei, assignment, "x" * 1_100_000, 1)
