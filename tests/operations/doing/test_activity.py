"""What a task's page tells of the work before the answer comes, which tells nothing of it."""

import pytest

from kempelen.operation import SYSTEM
from kempelen.operations.doing.returning import NotHeld
from kempelen.store.assignments import AssignmentDoesNotExist
from people import Requester, Town, Worker


def test_activity_that_was_told_before_goes_with_the_answer(town: Town, rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    town.advance(seconds=10)
    started = town.now
    wei("RecordActivity", AssignmentId=assignment, StartTime=started // 1000, InstructionsVersion="3")
    town.advance(seconds=60)
    told = wei("RecordActivity", AssignmentId=assignment, StartTime=started // 1000 + 30, ActiveSeconds=40)
    assert told["StartTime"] == started / 1000 and told["ActiveSeconds"] == 40
    wei("RecordActivity", AssignmentId=assignment, ActiveSeconds=25, AIHelp=True)
    wei.submit(assignment)
    work = rosa("GetWorkRecord", AssignmentId=assignment)
    assert work["ActiveSeconds"] == 40 and work["StartTime"] == started / 1000
    assert work["InstructionsVersion"] == "3" and work["AIHelp"] is True


def test_nobody_works_longer_than_since_they_accepted(town: Town, rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    town.advance(seconds=20)
    told = wei("RecordActivity", AssignmentId=assignment, StartTime=1, ActiveSeconds=9_999)
    assert told["ActiveSeconds"] == 20 and told["StartTime"] == town.now / 1000 - 20


def test_activity_of_others_and_of_finished_work_is_refused(
    rosa: Requester, wei: Worker, ana: Worker
) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    with pytest.raises(AssignmentDoesNotExist):
        ana("RecordActivity", AssignmentId=assignment, ActiveSeconds=1)
    wei.submit(assignment)
    with pytest.raises(NotHeld):
        wei("RecordActivity", AssignmentId=assignment, ActiveSeconds=1)


def test_who_knows_the_id_hands_in_as_its_worker(town: Town, rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    fields = [{"Name": "answer", "Value": "cat"}]
    answer = town.market.run("SubmitAssignment", SYSTEM, {"AssignmentId": assignment, "Fields": fields})
    assert answer["Status"] == "Submitted"
    assert rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["WorkerId"] == wei.id
    with pytest.raises(AssignmentDoesNotExist):
        town.market.run("SubmitAssignment", SYSTEM, {"AssignmentId": "3" + "A" * 29, "Fields": []})
