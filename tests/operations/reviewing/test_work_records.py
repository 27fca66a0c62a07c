"""A requester can see how an answer came about."""

import pytest

from kempelen.store.assignments import AssignmentDoesNotExist
from people import Requester, Town, Worker


def test_what_was_told_at_submission_is_shown(town: Town, rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    accepted = town.now
    town.advance(seconds=40)
    wei(
        "SubmitAssignment",
        AssignmentId=assignment,
        Fields=[{"Name": "a", "Value": "b"}],
        StartTime=(accepted + 5_000) / 1000,
        ActiveSeconds=31,
        InstructionsVersion="v3",
    )
    record = rosa("GetWorkRecord", AssignmentId=assignment)
    assert record["SubmitTime"] - record["AcceptTime"] == 40
    assert record["StartTime"] - record["AcceptTime"] == 5
    assert record["ActiveSeconds"] == 31
    assert record["InstructionsVersion"] == "v3"


def test_only_its_requester_sees_it_and_only_once_submitted(
    rosa: Requester, omar: Requester, wei: Worker
) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    with pytest.raises(AssignmentDoesNotExist):
        rosa("GetWorkRecord", AssignmentId=assignment)
    wei.submit(assignment)
    with pytest.raises(AssignmentDoesNotExist):
        omar("GetWorkRecord", AssignmentId=assignment)
    assert "ActiveSeconds" not in rosa("GetWorkRecord", AssignmentId=assignment)


def test_a_worker_can_say_that_ai_helped(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    fields = [{"Name": "label", "Value": "cat"}]
    wei("SubmitAssignment", AssignmentId=assignment, Fields=fields, AIHelp=True)
    assert rosa("GetWorkRecord", AssignmentId=assignment)["AIHelp"] is True
    assert "AIHelp" not in rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["Answer"]
    silent = wei.do(rosa.create_hit()["HITId"])
    assert "AIHelp" not in rosa("GetWorkRecord", AssignmentId=silent)
