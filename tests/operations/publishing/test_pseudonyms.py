"""Ids of an organisation's own: nothing it is answered names a worker's public id, and its ids work."""

from __future__ import annotations

import json

import pytest

from kempelen.errors import ParameterValidationError
from people import Requester, Town, Worker


@pytest.fixture
def vera(town: Town) -> Requester:
    """A requester whose organisation knows workers by pseudonyms only."""
    return town.requester("Vera", funds="1000.00", Pseudonymous=True)


def everything(requester: Requester, hit_id: str, assignment: str, type_id: str) -> dict[str, str]:
    """What every operation that shows workers answers, as text."""
    hit = requester.hit(hit_id)
    calls = {
        "GetHIT": {"HITId": hit_id},
        "ListHITs": {},
        "ListReviewableHITs": {},
        "ListAssignmentsForHIT": {"HITId": hit_id},
        "GetAssignment": {"AssignmentId": assignment},
        "ListBonusPayments": {"HITId": hit_id},
        "ListWorkerBlocks": {},
        "ListWorkersWithQualificationType": {"QualificationTypeId": type_id},
        "ListQualificationRequests": {},
        "ListReviewPolicyResultsForHIT": {"HITId": hit_id},
        "ListConditions": {"HITTypeId": hit["HITTypeId"]},
        "ListLateAnswers": {},
        "GetAccountBalance": {},
        "GetTaskSettings": {"HITTypeId": hit["HITTypeId"]},
    }
    return {name: json.dumps(requester(name, **members), default=str) for name, members in calls.items()}


def worked(requester: Requester, worker: Worker, *, before: dict[str, bool] | None = None) -> tuple[str, ...]:
    """The worker does a HIT and asks for a qualification; the HIT, the assignment, the id that is shown."""
    hit = requester.create_hit(Title="Study", MaxAssignments=5)
    if before is not None:
        requester("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=before)
    assignment = worker.do(hit["HITId"])
    shown = requester("GetAssignment", AssignmentId=assignment)["Assignment"]["WorkerId"]
    return hit["HITId"], assignment, shown


def test_no_answer_names_the_public_id_and_the_pseudonym_works(
    vera: Requester, wei: Worker, town: Town
) -> None:
    hit, assignment, name = worked(vera, wei)
    assert name != wei.id
    made = vera("CreateQualificationType", Name="Good", Description="Good", QualificationTypeStatus="Active")
    type_id = made["QualificationType"]["QualificationTypeId"]
    wei("RequestQualification", QualificationTypeId=type_id)
    asked = vera("ListQualificationRequests")["QualificationRequests"]
    assert [each["WorkerId"] for each in asked] == [name]
    vera("AcceptQualificationRequest", QualificationRequestId=asked[0]["QualificationRequestId"])
    vera("AssociateQualificationWithWorker", QualificationTypeId=type_id, WorkerId=name, IntegerValue=7)
    got = vera("GetQualificationScore", QualificationTypeId=type_id, WorkerId=name)["Qualification"]
    assert got["WorkerId"] == name
    vera("SendBonus", WorkerId=name, AssignmentId=assignment, BonusAmount="0.10", Reason="Thanks")
    vera("NotifyWorkers", Subject="Hello", MessageText="Hello", WorkerIds=[name])
    vera("CreateWorkerBlock", WorkerId=name, Reason="Enough")
    answers = everything(vera, hit, assignment, type_id)
    assert [operation for operation, text in answers.items() if wei.id in text] == []
    naming = {operation for operation, text in answers.items() if name in text}
    assert naming >= {"ListAssignmentsForHIT", "ListBonusPayments", "ListWorkerBlocks"}
    vera("DeleteWorkerBlock", WorkerId=name)


def test_the_public_id_means_nobody_there(vera: Requester, wei: Worker) -> None:
    _, assignment, _ = worked(vera, wei)
    with pytest.raises(ParameterValidationError):
        vera("CreateWorkerBlock", WorkerId=wei.id, Reason="Spam")
    with pytest.raises(ParameterValidationError):
        vera("SendBonus", WorkerId=wei.id, AssignmentId=assignment, BonusAmount="0.10", Reason="Thanks")


def test_organisations_know_the_same_worker_by_different_ids(
    vera: Requester, rosa: Requester, town: Town, wei: Worker
) -> None:
    violet = town.requester("Violet", funds="1000.00", Pseudonymous=True)
    names = [worked(requester, wei)[2] for requester in (vera, violet, rosa)]
    assert len(set(names)) == 3
    assert names[2] == wei.id
    assert worked(vera, wei)[2] == names[0]
    with pytest.raises(ParameterValidationError):
        violet("CreateWorkerBlock", WorkerId=names[0], Reason="Spam")


def test_a_type_can_ask_for_pseudonyms(rosa: Requester, omar: Requester, wei: Worker, ana: Worker) -> None:
    _, assignment, name = worked(rosa, wei, before={"Pseudonyms": True})
    assert name != wei.id
    rosa("SendBonus", WorkerId=name, AssignmentId=assignment, BonusAmount="0.10", Reason="Thanks")
    with pytest.raises(ParameterValidationError):
        rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="Spam")
    rosa("CreateWorkerBlock", WorkerId=name, Reason="Spam")
    assert wei.id not in json.dumps(rosa("ListWorkerBlocks"))
    rosa("CreateWorkerBlock", WorkerId=ana.id, Reason="Spam")
    assert worked(omar, wei)[2] == wei.id


def test_workers_are_known_to_themselves(vera: Requester, wei: Worker) -> None:
    hit = vera.create_hit()
    task = wei("AcceptHIT", HITId=hit["HITId"])["Task"]
    assert task["WorkerId"] == wei.id


def test_a_task_says_by_which_id_its_requester_knows_the_worker(
    vera: Requester, rosa: Requester, wei: Worker
) -> None:
    for requester in (vera, rosa):
        task = wei("AcceptHIT", HITId=requester.create_hit()["HITId"])["Task"]
        wei.submit(task["AssignmentId"])
        shown = requester("GetAssignment", AssignmentId=task["AssignmentId"])["Assignment"]
        assert task["WorkerIdForRequester"] == shown["WorkerId"]
    assert task["WorkerIdForRequester"] == wei.id
    preview = wei("PreviewHIT", HITId=vera.create_hit()["HITId"])["Task"]
    assert not preview.keys() & {"WorkerId", "WorkerIdForRequester"}
