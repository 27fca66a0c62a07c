"""What known tools send, in the order in which they send it: psiTurk, Dallinger, Mephisto, oTree."""

from __future__ import annotations

import json
import xml.etree.ElementTree
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from people import Requester, Town, Worker, external_question
from services.serving import MTURK, Served

LONG_AGO = datetime(2015, 1, 1)
TASK: dict[str, Any] = {
    "Title": "A study",
    "Description": "Take part in a study.",
    "Keywords": "psychology",
    "Reward": "1.00",
    "AssignmentDurationInSeconds": 3600,
    "LifetimeInSeconds": 86_400,
    "Question": external_question("ad?campaign=7&amp;mode=live"),
    "AutoApprovalDelayInSeconds": 604_800,
}


@pytest.fixture
def mturk(served: Served, rosa: Requester) -> Any:
    return served.boto3(rosa)


def test_psiturk_and_dallinger_expire_and_delete(mturk: Any, rosa: Requester, wei: Worker) -> None:
    """Whatever state a HIT is in, they end it in the past and delete it in the next call."""
    untouched = mturk.create_hit(**TASK, MaxAssignments=3)["HIT"]["HITId"]
    done = mturk.create_hit(**TASK)["HIT"]["HITId"]
    mturk.approve_assignment(AssignmentId=wei.do(done, code="1"), OverrideRejection=False)
    for hit, moment in ((untouched, LONG_AGO), (done, 0)):
        mturk.update_expiration_for_hit(HITId=hit, ExpireAt=moment)
        assert mturk.get_hit(HITId=hit)["HIT"]["HITStatus"] == "Reviewable"
        mturk.delete_hit(HITId=hit)
    # Dallinger disables it once more, and takes this refusal for success.
    for call, given in ((mturk.update_expiration_for_hit, {"ExpireAt": 0}), (mturk.delete_hit, {})):
        with pytest.raises(ClientError, match="currently in the state 'Disposed'"):
            call(HITId=done, **given)
    assert mturk.list_hits()["NumResults"] == 0
    assert rosa.balance == ("998.80", "0.00")


def test_psiturk_counts_what_needs_a_decision(mturk: Any, wei: Worker, ana: Worker, town: Town) -> None:
    """It subtracts: all, less those free, under way and decided."""
    hit = mturk.create_hit(**TASK, MaxAssignments=4)["HIT"]["HITId"]
    mturk.approve_assignment(AssignmentId=wei.do(hit))
    ana.do(hit)
    town.worker("Kofi").accept(hit)
    found = mturk.get_hit(HITId=hit)["HIT"]
    waiting = found["MaxAssignments"] - sum(
        found[f"NumberOfAssignments{name}"] for name in ("Available", "Pending", "Completed")
    )
    assert waiting == 1
    for each in mturk.list_assignments_for_hit(HITId=hit, AssignmentStatuses=["Submitted"])["Assignments"]:
        mturk.reject_assignment(AssignmentId=each["AssignmentId"], RequesterFeedback="")


def test_mephisto_cleans_up(mturk: Any, wei: Worker) -> None:
    """It deletes first, and on any refusal expires."""
    held, free = (mturk.create_hit(**TASK)["HIT"]["HITId"] for _ in range(2))
    assignment = wei.accept(held)
    for hit in (held, free):
        with pytest.raises(ClientError) as refused:
            mturk.delete_hit(HITId=hit)
        assert refused.value.response["Error"]["Code"] == "RequestError"
        mturk.update_expiration_for_hit(HITId=hit, ExpireAt=LONG_AGO)
    mturk.delete_hit(HITId=free)
    assert mturk.get_hit(HITId=held)["HIT"]["HITStatus"] == "Unassignable"
    wei.submit(assignment)
    assert mturk.get_hit(HITId=held)["HIT"]["HITStatus"] == "Reviewable"
    with pytest.raises(ClientError, match="RequestError"):
        mturk.delete_hit(HITId=held)
    mturk.approve_assignment(AssignmentId=assignment, RequesterFeedback="Good", OverrideRejection=True)
    mturk.delete_hit(HITId=held)


def test_mephisto_finds_what_it_left_behind(mturk: Any) -> None:
    """It reads pages until one is empty, and takes the token of every other one for granted."""
    made = {mturk.create_hit(**TASK)["HIT"]["HITId"] for _ in range(3)}
    found, page = set(), mturk.list_hits(MaxResults=2)
    while page["NumResults"] > 0:
        found |= {each["HITId"] for each in page["HITs"]}
        page = mturk.list_hits(NextToken=page["NextToken"], MaxResults=2)
    assert found == made


def test_mephisto_reads_all_answers_at_once(mturk: Any, town: Town) -> None:
    """It asks for the answers of a HIT once and never turns a page."""
    hit = mturk.create_hit(**TASK, MaxAssignments=12)["HIT"]["HITId"]
    for number in range(12):
        town.worker(f"Worker{number}").do(hit)
    assert len(mturk.list_assignments_for_hit(HITId=hit)["Assignments"]) == 12


def test_mephisto_makes_and_finds_its_qualification(mturk: Any, wei: Worker) -> None:
    made = mturk.create_qualification_type(
        Name="allowlist",
        Description="Worker is allowed",
        Keywords="allow",
        QualificationTypeStatus="Active",
        AutoGranted=False,
    )["QualificationType"]["QualificationTypeId"]
    listed = mturk.list_qualification_types(
        Query="allowlist", MustBeRequestable=True, MustBeOwnedByCaller=True, MaxResults=100
    )["QualificationTypes"]
    assert [each["QualificationTypeId"] for each in listed if each["Name"] == "allowlist"] == [made]
    mturk.associate_qualification_with_worker(
        QualificationTypeId=made, WorkerId=wei.id, IntegerValue=1, SendNotification=False
    )
    for reason in ("", "No longer"):
        given = {"Reason": reason} if reason else {}
        mturk.create_worker_block(WorkerId=wei.id, Reason="Enough")
        mturk.delete_worker_block(WorkerId=wei.id, **given)


def test_dallinger_waits_until_its_qualification_is_listed(mturk: Any) -> None:
    """It makes a type, asks for it by name until it appears, and takes an existing one for its own."""
    name = "dallinger-3f8a experiment #7 (group)"
    made = {"Name": name, "Description": "Took part", "QualificationTypeStatus": "Active"}
    mturk.create_qualification_type(**{**made, "Name": name + " 2"})
    type_id = mturk.create_qualification_type(**made)["QualificationType"]["QualificationTypeId"]
    found = mturk.list_qualification_types(
        Query=name, MustBeRequestable=True, MustBeOwnedByCaller=True, MaxResults=2
    )["QualificationTypes"]
    assert [each["QualificationTypeId"] for each in found if each["Name"] == name] == [type_id]
    with pytest.raises(ClientError) as refused:
        mturk.create_qualification_type(**made)
    assert "already created a QualificationType with this name" in refused.value.response["Error"]["Message"]
    mturk.delete_qualification_type(QualificationTypeId=type_id)
    assert mturk.create_qualification_type(**made)["QualificationType"]["QualificationTypeId"] != type_id


def test_dallinger_asks_for_scores(mturk: Any, wei: Worker) -> None:
    """It tells never held from taken away by the words of the refusal, and adds one to what there is."""
    made = {"Name": "took part", "Description": "Took part", "QualificationTypeStatus": "Active"}
    type_id = mturk.create_qualification_type(**made)["QualificationType"]["QualificationTypeId"]
    given = {"QualificationTypeId": type_id, "WorkerId": wei.id}
    with pytest.raises(ClientError, match="does not exist"):
        mturk.get_qualification_score(**given)
    for score in (1, 2):
        mturk.associate_qualification_with_worker(**given, IntegerValue=score, SendNotification=False)
        assert mturk.get_qualification_score(**given)["Qualification"]["IntegerValue"] == score
    mturk.disassociate_qualification_from_worker(**given, Reason="")
    with pytest.raises(ClientError, match="operation can be called with a status of: Granted"):
        mturk.get_qualification_score(**given)


def test_dallinger_extends(mturk: Any, wei: Worker, town: Town) -> None:
    """More assignments first, then more time, counted from the end there was."""
    hit = mturk.create_hit(**TASK)["HIT"]
    wei.do(hit["HITId"])
    town.advance(days=1)
    mturk.create_additional_assignments_for_hit(
        HITId=hit["HITId"], NumberOfAdditionalAssignments=2, UniqueRequestToken="extend"
    )
    later = datetime.fromtimestamp(hit["Expiration"].timestamp() + 7200, UTC)
    mturk.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=later)
    found = mturk.get_hit(HITId=hit["HITId"])["HIT"]
    assert (found["HITStatus"], found["MaxAssignments"], found["Expiration"]) == ("Assignable", 3, later)


def test_otree(served: Served, town: Town, rosa: Requester, wei: Worker, ana: Worker) -> None:
    """It signs by itself, reads every body as JSON, follows tokens, compares moments, reads answers' XML."""

    def call(operation: str, **members: Any) -> dict[str, Any]:
        answer = served.post(
            f"{MTURK}.{operation}", members, access_key=rosa.access_key, secret_key=rosa.secret_key
        )
        body: dict[str, Any] = json.loads(answer.text)
        assert answer.status_code == 200, body
        return body

    hit = call("CreateHIT", **TASK, MaxAssignments=2, UniqueRequestToken="session-1")["HIT"]
    assert hit["Expiration"] > town.now / 1000
    for worker, code in ((wei, "one"), (ana, "two")):
        worker.do(hit["HITId"], taskAnswers=json.dumps([{"completion_code": code}]))
        town.advance(seconds=1)
    found: list[dict[str, Any]] = []
    page = call("ListAssignmentsForHIT", HITId=hit["HITId"], MaxResults=1)
    while page["NumResults"]:
        found += page["Assignments"]
        page = call("ListAssignmentsForHIT", HITId=hit["HITId"], MaxResults=1, NextToken=page["NextToken"])
    codes = {}
    for each in found:
        (answer,) = xml.etree.ElementTree.fromstring(each["Answer"])
        assert answer[0].text == "taskAnswers" and answer[1].text
        codes[each["WorkerId"]] = json.loads(answer[1].text)[0]["completion_code"]
    assert codes == {wei.id: "one", ana.id: "two"}
    for each in found:
        assert call("ApproveAssignment", AssignmentId=each["AssignmentId"]) == {}
        bonus = {"WorkerId": each["WorkerId"], "AssignmentId": each["AssignmentId"], "BonusAmount": "0.50"}
        token = f"bonus-{each['AssignmentId']}"
        assert call("SendBonus", **bonus, Reason="Thank you", UniqueRequestToken=token) == {}
    assert call("UpdateExpirationForHIT", HITId=hit["HITId"], ExpireAt=0) == {}
    town.advance(seconds=1)
    assert call("GetHIT", HITId=hit["HITId"])["HIT"]["Expiration"] < town.now / 1000
    assert float(call("GetAccountBalance")["AvailableBalance"]) == 1000 - 2.4 - 1.2
