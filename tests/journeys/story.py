"""One story that needs each of the 39 operations: a requester, two workers, tests, files, money, blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import httpx2
import pytest

from journeys.playing import Ask, Cast, Deed, Story, When, seconds
from kempelen.errors import Refusal
from people import Requester, Town, Worker, external_question
from qualification_papers import KEY, TEST
from services.serving import Served

FUNDS = {"production": ("1000.00", "996.46"), "sandbox": ("10000.00", "10000.00")}
"""What the requester has before and after, by world. Of the difference, with fees, the photo holds 0.60, the
labels cost 0.48 and their bonus 1.50, the checked answers cost 0.72, and the last HIT holds 0.24."""

PHOTO = (
    '<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/'
    'QuestionForm.xsd"><Question><QuestionIdentifier>photo</QuestionIdentifier><IsRequired>true</IsRequired>'
    "<QuestionContent><Text>A photo</Text></QuestionContent><AnswerSpecification><FileUploadAnswer>"
    "<MaxFileSizeInBytes>100000</MaxFileSizeInBytes><MinFileSizeInBytes>3</MinFileSizeInBytes>"
    "</FileUploadAnswer></AnswerSpecification></Question></QuestionForm>"
)
KNOWN = {
    "PolicyName": "ScoreMyKnownAnswers/2011-09-01",
    "Parameters": [
        {"Key": "AnswerKey", "MapEntries": [{"Key": "label", "Values": ["cat"]}]},
        {"Key": "ApproveIfKnownAnswerScoreIsAtLeast", "Values": ["100"]},
    ],
}
AGREED = {
    "PolicyName": "SimplePlurality/2011-09-01",
    "Parameters": [
        {"Key": "QuestionIds", "Values": ["label"]},
        {"Key": "QuestionAgreementThreshold", "Values": ["50"]},
    ],
}
TASK = {"Title": "Is there a cat?", "Description": "Look at one picture.", "AssignmentDurationInSeconds": 600}
NOTIFICATION = {"Destination": "$queue", "Transport": "SQS", "Version": "2014-08-15"}


def cast_of(
    served: Served, world: str, *, queue: str, troupe: str = "", follows_the_day: bool = False
) -> Cast:
    """New people for the story, in one world. Their names are told apart by the troupe's."""
    production = Town(served.app, served.app.production)
    people = (
        production.requester(f"Rosa{troupe}", funds=FUNDS["production"][0]),
        production.worker(f"Wei{troupe}", country="US", subdivision="WA"),
        production.worker(f"Ana{troupe}", country="PT"),
    )
    return cast_in(served, world, people, queue=queue, follows_the_day=follows_the_day)


def cast_in(
    served: Served,
    world: str,
    people: tuple[Requester, Worker, Worker],
    *,
    queue: str,
    follows_the_day: bool = False,
) -> Cast:
    """The same people, in one world."""
    town = Town(served.app, served.app.world(world))
    rosa, wei, ana = people
    before, after = FUNDS[world]
    kept = {"queue": queue, "wei": wei.id, "ana": ana.id, "balance": before, "left": after}
    return Cast(
        served,
        world,
        Requester(town, rosa.actor, access_key=rosa.access_key, secret_key=rosa.secret_key),
        Worker(town, wei.actor),
        Worker(town, ana.actor),
        kept,
        follows_the_day,
    )


def has(count: int) -> Callable[[Any], bool]:
    """The claim that a list has so many items."""
    return lambda items: len(items) == count


def both_ask(cast: Cast) -> None:
    cast.wei("RequestQualification", QualificationTypeId=cast.kept["reader"])
    cast.wei.town.advance(seconds=1)
    cast.ana("RequestQualification", QualificationTypeId=cast.kept["reader"])


def wei_takes_the_test(cast: Cast) -> None:
    attempt = cast.wei("RequestQualification", QualificationTypeId=cast.kept["exam"])
    fields = [{"Name": "cat", "Value": "meow"}, {"Name": "why", "Value": "It purrs."}]
    request = attempt["QualificationRequestId"]
    answer = cast.wei("SubmitQualificationTest", QualificationRequestId=request, Fields=fields)
    assert answer == {"Status": "Granted", "IntegerValue": 73}


def wei_sends_a_photo(cast: Cast) -> None:
    assignment = cast.wei.accept(cast.kept["photo"])
    address = f"{cast.served.url(cast.world)}/tasks/files/{assignment}/photo"
    sent = httpx2.post(address, files={"file": ("cat.png", b"a cat", "image/png")})
    assert sent.status_code == 200, sent.text
    cast.wei.submit(assignment, photo=sent.json()["FileKey"])
    cast.kept["photo_assignment"] = assignment


def the_test_event_came(cast: Cast) -> None:
    (message,) = boto3.client("sqs").receive_message(QueueUrl=cast.kept["queue"])["Messages"]
    (event,) = json.loads(message["Body"])["Events"]
    assert event["EventType"] == "AssignmentSubmitted"


def the_photo_is_fetched(cast: Cast) -> None:
    assert httpx2.get(cast.kept["photo_url"]).content == b"a cat"


def both_label(cast: Cast) -> None:
    cast.kept["good"] = cast.wei.do(cast.kept["labels"], label="cat")
    cast.wei.town.advance(seconds=1)
    cast.kept["poor"] = cast.ana.do(cast.kept["labels"], label="dog")


def ana_holds_the_last_slot(cast: Cast) -> None:
    cast.kept["held"] = cast.ana.accept(cast.kept["checked"])


def both_answer_what_is_known(cast: Cast) -> None:
    cast.ana.submit(cast.kept["held"], label="cat")
    cast.wei.do(cast.kept["checked"], label="cat")


def ana_is_blocked(cast: Cast) -> None:
    with pytest.raises(Refusal):
        cast.ana.accept(cast.kept["extra"])


def ana_is_welcome(cast: Cast) -> None:
    cast.ana("ReturnAssignment", AssignmentId=cast.ana.accept(cast.kept["extra"]))


def expires_after(lifetime: int) -> Callable[[Any], bool]:
    """The claim that a HIT's moments are moments, and an hour apart where its lifetime is an hour."""
    return lambda hit: seconds(hit["Expiration"]) - seconds(hit["CreationTime"]) == lifetime


QUALIFICATIONS: Story = [
    Ask("GetAccountBalance", shows={"AvailableBalance": "$balance"}),
    Ask(
        "CreateQualificationType",
        {
            "Name": "Readers of Portuguese",
            "Description": "Reads it well",
            "QualificationTypeStatus": "Active",
            "Keywords": "language, reading",
        },
        shows={"QualificationType.IsRequestable": True, "QualificationType.AutoGranted": False},
        keeps={"reader": "QualificationType.QualificationTypeId"},
    ),
    Ask(
        "CreateQualificationType",
        {"Name": "Readers of Portuguese", "Description": "Again", "QualificationTypeStatus": "Active"},
        refused="already created a QualificationType with this name",
    ),
    Ask(
        "CreateQualificationType",
        {
            "Name": "Knows cats",
            "Description": "Has passed a test",
            "QualificationTypeStatus": "Active",
            "Test": TEST,
            "AnswerKey": KEY,
            "TestDurationInSeconds": 600,
        },
        shows={"QualificationType.Test": TEST, "QualificationType.AnswerKey": KEY},
        keeps={"exam": "QualificationType.QualificationTypeId"},
    ),
    Ask(
        "UpdateQualificationType",
        {"QualificationTypeId": "$reader", "Description": "Reads it very well", "RetryDelayInSeconds": 0},
        shows={"QualificationType.Description": "Reads it very well"},
    ),
    Ask(
        "GetQualificationType",
        {"QualificationTypeId": "$reader"},
        shows={
            "QualificationType.RetryDelayInSeconds": 0,
            "QualificationType.Keywords": "language, reading",
        },
    ),
    Ask(
        "ListQualificationTypes",
        {"Query": "Readers of Portuguese", "MustBeRequestable": True, "MustBeOwnedByCaller": True},
        shows={"QualificationTypes.0.QualificationTypeId": "$reader"},
    ),
    Deed(both_ask),
    Deed(wei_takes_the_test),
    Ask(
        "ListQualificationRequests",
        {"QualificationTypeId": "$reader"},
        shows={"NumResults": 2, "QualificationRequests": has(2), "QualificationRequests.0.WorkerId": "$wei"},
        keeps={
            "first": "QualificationRequests.0.QualificationRequestId",
            "second": "QualificationRequests.1.QualificationRequestId",
        },
    ),
    Ask("AcceptQualificationRequest", {"QualificationRequestId": "$first", "IntegerValue": 80}),
    Ask("RejectQualificationRequest", {"QualificationRequestId": "$second", "Reason": "Not yet."}),
    Ask("ListQualificationRequests", shows={"NumResults": 0, "QualificationRequests": has(0)}),
    Ask(
        "GetQualificationScore",
        {"QualificationTypeId": "$exam", "WorkerId": "$wei"},
        shows={"Qualification.IntegerValue": 73, "Qualification.Status": "Granted"},
    ),
    Ask(
        "AssociateQualificationWithWorker",
        {
            "QualificationTypeId": "$reader",
            "WorkerId": "$ana",
            "IntegerValue": 0,
            "SendNotification": False,
        },
    ),
    Ask(
        "GetQualificationScore",
        {"QualificationTypeId": "$reader", "WorkerId": "$ana"},
        shows={"Qualification.IntegerValue": 0},
    ),
    Ask(
        "DisassociateQualificationFromWorker",
        {"QualificationTypeId": "$reader", "WorkerId": "$ana", "Reason": "A mistake."},
    ),
    Ask(
        "GetQualificationScore",
        {"QualificationTypeId": "$reader", "WorkerId": "$ana"},
        refused="operation can be called with a status of: Granted",
    ),
    Ask(
        "ListWorkersWithQualificationType",
        {"QualificationTypeId": "$reader", "Status": "Granted"},
        shows={
            "NumResults": 1,
            "Qualifications.0.WorkerId": "$wei",
            "Qualifications.0.IntegerValue": 80,
        },
    ),
]

PHOTOS: Story = [
    Ask(
        "CreateHITType",
        {
            **TASK,
            "Reward": "0.50",
            "QualificationRequirements": [
                {
                    "QualificationTypeId": "$reader",
                    "Comparator": "GreaterThanOrEqualTo",
                    "IntegerValues": [50],
                    "ActionsGuarded": "Accept",
                }
            ],
        },
        keeps={"readers_only": "HITTypeId"},
    ),
    Ask(
        "CreateHITWithHITType",
        {"HITTypeId": "$readers_only", "LifetimeInSeconds": 3600, "Question": PHOTO},
        shows={"HIT.HITTypeId": "$readers_only", "HIT.Question": PHOTO, "HIT": expires_after(3600)},
        keeps={"photo": "HIT.HITId"},
    ),
    Ask(
        "ListHITsForQualificationType",
        {"QualificationTypeId": "$reader"},
        shows={"NumResults": 1, "HITs.0.HITId": "$photo"},
    ),
    Ask(
        "UpdateNotificationSettings",
        {
            "HITTypeId": "$readers_only",
            "Notification": {**NOTIFICATION, "EventTypes": ["AssignmentSubmitted", "HITReviewable"]},
            "Active": True,
        },
    ),
    Ask(
        "SendTestEventNotification",
        {
            "Notification": {**NOTIFICATION, "EventTypes": ["AssignmentSubmitted"]},
            "TestEventType": "AssignmentSubmitted",
        },
    ),
    Deed(the_test_event_came),
    Deed(wei_sends_a_photo),
    Ask(
        "GetFileUploadURL",
        {"AssignmentId": "$photo_assignment", "QuestionIdentifier": "photo"},
        keeps={"photo_url": "FileUploadURL"},
    ),
    Deed(the_photo_is_fetched),
]

LABELS: Story = [
    Ask("GetHIT", {"HITId": "3NOSUCHHIT"}, refused="Hit 3NOSUCHHIT does not exist."),
    Ask(
        "CreateHIT",
        {
            **TASK,
            "Reward": "0.10",
            "LifetimeInSeconds": 3600,
            "Question": external_question("labels?a=1&amp;b=2"),
            "Keywords": "cats, pictures",
            "RequesterAnnotation": "batch 1",
            "UniqueRequestToken": "labels",
        },
        shows={
            "HIT.HITStatus": "Assignable",
            "HIT.MaxAssignments": 1,
            "HIT.Reward": "0.10",
            "HIT.QualificationRequirements": [],
            "HIT.NumberOfAssignmentsAvailable": 1,
            "HIT.NumberOfAssignmentsCompleted": 0,
            "HIT": expires_after(3600),
        },
        keeps={"labels": "HIT.HITId"},
    ),
    Ask(
        "CreateHIT",
        {
            **TASK,
            "Reward": "0.10",
            "LifetimeInSeconds": 3600,
            "Question": external_question("labels"),
            "UniqueRequestToken": "labels",
        },
        refused="already exists.",
    ),
    Ask("CreateHITType", {**TASK, "Reward": "0.20"}, keeps={"dearer": "HITTypeId"}),
    Ask("UpdateHITTypeOfHIT", {"HITId": "$labels", "HITTypeId": "$dearer"}),
    Ask("CreateAdditionalAssignmentsForHIT", {"HITId": "$labels", "NumberOfAdditionalAssignments": 2}),
    Ask(
        "GetHIT",
        {"HITId": "$labels"},
        shows={"HIT.Reward": "0.20", "HIT.MaxAssignments": 3, "HIT.HITTypeId": "$dearer"},
    ),
    Ask(
        "NotifyWorkers",
        {"Subject": "New work", "MessageText": "Come!", "WorkerIds": ["$ana"]},
        shows={
            "NotifyWorkersFailureStatuses": has(1),
            "NotifyWorkersFailureStatuses.0.NotifyWorkersFailureCode": "HardFailure",
        },
    ),
    Deed(both_label),
    Ask(
        "ListAssignmentsForHIT",
        {"HITId": "$labels", "AssignmentStatuses": ["Submitted"]},
        shows={"NumResults": 2, "Assignments.0.WorkerId": "$wei", "Assignments.1.WorkerId": "$ana"},
    ),
    Ask(
        "GetAssignment",
        {"AssignmentId": "$good"},
        shows={
            "Assignment.AssignmentStatus": "Submitted",
            "Assignment.Answer": lambda answer: "<FreeText>cat</FreeText>" in answer,
            "HIT.HITId": "$labels",
        },
    ),
    Ask("ApproveAssignment", {"AssignmentId": "$good", "RequesterFeedback": "Thank you."}),
    Ask("ApproveAssignment", {"AssignmentId": "$good"}, refused="called with a status of: Submitted"),
    Ask("RejectAssignment", {"AssignmentId": "$poor", "RequesterFeedback": ""}),
    Ask("ApproveAssignment", {"AssignmentId": "$poor", "OverrideRejection": True}),
    Ask(
        "SendBonus",
        {"WorkerId": "$wei", "AssignmentId": "$good", "BonusAmount": "1.25", "Reason": "Quick and right."},
    ),
    Ask(
        "ListBonusPayments",
        {"AssignmentId": "$good"},
        shows={"NumResults": 1, "BonusPayments.0.BonusAmount": "1.25"},
    ),
    Ask(
        "NotifyWorkers",
        {"Subject": "New work", "MessageText": "Come!", "WorkerIds": ["$wei", "$ana"]},
        shows={"NotifyWorkersFailureStatuses": []},
    ),
    Ask("DeleteHIT", {"HITId": "$labels"}, refused="in the state 'Assignable'"),
    Ask("UpdateExpirationForHIT", {"HITId": "$labels", "ExpireAt": When(0)}),
    Ask("ListReviewableHITs", {"HITTypeId": "$dearer"}, shows={"HITs.0.HITId": "$labels"}),
    Ask("UpdateHITReviewStatus", {"HITId": "$labels"}),
    Ask("ListReviewableHITs", {"Status": "Reviewing"}, shows={"NumResults": 1, "HITs.0.HITId": "$labels"}),
    Ask("DeleteHIT", {"HITId": "$labels"}),
    Ask("DeleteHIT", {"HITId": "$labels"}, refused="currently in the state 'Disposed'"),
]

POLICIES_AND_BLOCKS: Story = [
    Ask(
        "CreateHIT",
        {
            **TASK,
            "Reward": "0.30",
            "LifetimeInSeconds": 3600,
            "MaxAssignments": 2,
            "Question": external_question("checked"),
            "AssignmentReviewPolicy": KNOWN,
            "HITReviewPolicy": AGREED,
        },
        keeps={"checked": "HIT.HITId"},
    ),
    Deed(ana_holds_the_last_slot),
    Ask("CreateWorkerBlock", {"WorkerId": "$ana", "Reason": "Too many dogs."}),
    Deed(both_answer_what_is_known),
    Ask(
        "ListReviewPolicyResultsForHIT",
        {"HITId": "$checked", "PolicyLevels": ["Assignment", "HIT"], "MaxResults": 100},
        shows={
            "HITId": "$checked",
            "AssignmentReviewPolicy.PolicyName": KNOWN["PolicyName"],
            "HITReviewPolicy.PolicyName": AGREED["PolicyName"],
            "AssignmentReviewReport.ReviewResults": lambda rows: len(rows) == 8,
            "HITReviewReport.ReviewResults": lambda rows: len(rows) > 1,
        },
    ),
    Ask(
        "ListAssignmentsForHIT",
        {"HITId": "$checked", "AssignmentStatuses": ["Approved"]},
        shows={"NumResults": 2},
    ),
    Ask(
        "CreateHITWithHITType",
        {"HITTypeId": "$dearer", "LifetimeInSeconds": 60, "Question": external_question("extra")},
        keeps={"extra": "HIT.HITId"},
    ),
    Ask("ListWorkerBlocks", shows={"NumResults": 1, "WorkerBlocks.0.Reason": "Too many dogs."}),
    Deed(ana_is_blocked),
    Ask("DeleteWorkerBlock", {"WorkerId": "$ana"}),
    Deed(ana_is_welcome),
    Ask("DeleteQualificationType", {"QualificationTypeId": "$exam"}),
    Ask("ListHITs", {"MaxResults": 2}, shows={"NumResults": 2}, keeps={"token": "NextToken"}),
    Ask(
        "ListHITs",
        {"MaxResults": 2, "NextToken": "$token"},
        shows={"NumResults": 1},
        keeps={"end": "NextToken"},
    ),
    Ask("ListHITs", {"NextToken": "$end"}, shows={"NumResults": 0, "HITs": has(0), "NextToken": None}),
    Ask("GetAccountBalance", shows={"AvailableBalance": "$left"}),
]

STORY: Story = [*QUALIFICATIONS, *PHOTOS, *LABELS, *POLICIES_AND_BLOCKS]
