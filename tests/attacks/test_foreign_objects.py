"""Every operation against what belongs to somebody else: refused, and in the words for what does not exist.

The tables below name every operation of requesters and workers; a new one has to be added to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from kempelen.errors import AccessDenied, Refusal
from kempelen.operation import REGISTER, SYSTEM, Actor, Role
from kempelen.rules.policies import BUILT_IN
from people import Person, Requester, Town, Worker, external_question

FIELDS = [{"Name": "answer", "Value": "cat"}]
MISSING = "3MISSING0000000000000000000000"
QUEUE = {
    "Destination": "https://sqs.us-east-1.amazonaws.com/123456789012/events", "Transport": "SQS",
    "Version": "2014-08-15", "EventTypes": ["HITExpired"],
}  # fmt: skip

Members = dict[str, Any]
OF_REQUESTERS: dict[str, Members] = {
    "AcceptQualificationRequest": {"QualificationRequestId": "$request"},
    "ApproveAssignment": {"AssignmentId": "$submitted"},
    "AssociateQualificationWithWorker": {
        "QualificationTypeId": "$qualification", "WorkerId": "$worker", "IntegerValue": 1,
    },
    "CreateAdditionalAssignmentsForHIT": {"HITId": "$hit", "NumberOfAdditionalAssignments": 1},
    "CreateHITWithHITType": {
        "HITTypeId": "$hit_type", "LifetimeInSeconds": 60, "Question": external_question(),
    },
    "DeleteHIT": {"HITId": "$hit"},
    "DeleteQualificationType": {"QualificationTypeId": "$qualification"},
    "DisassociateQualificationFromWorker": {"QualificationTypeId": "$qualification", "WorkerId": "$worker"},
    "GetAssignment": {"AssignmentId": "$submitted"},
    "GetFileUploadURL": {"AssignmentId": "$submitted", "QuestionIdentifier": "q"},
    "GetHIT": {"HITId": "$hit"},
    "GetHITLayout": {"HITLayoutId": "$layout"},
    "GetNotificationSettings": {"HITTypeId": "$hit_type"},
    "GetPolicy": {"Name": "$policy"},
    "GetQualificationScore": {"QualificationTypeId": "$qualification", "WorkerId": "$worker"},
    "GetTaskSettings": {"HITTypeId": "$hit_type"},
    "GetThread": {"ThreadId": "$thread"},
    "GetWorkRecord": {"AssignmentId": "$submitted"},
    "ListAssignmentsForHIT": {"HITId": "$hit"},
    "ListBonusPayments": {"HITId": "$hit"},
    "ListConditions": {"HITTypeId": "$hit_type"},
    "ListLateAnswers": {"HITId": "$hit"},
    "ListQualificationRequests": {"QualificationTypeId": "$qualification"},
    "ListReviewPolicyResultsForHIT": {"HITId": "$hit"},
    "ListWorkersWithQualificationType": {"QualificationTypeId": "$qualification"},
    "MarkThreadRead": {"ThreadId": "$thread"},
    "DeleteMedia": {"Name": "$media"},
    "ListTaskReports": {"HITGroupId": "$group"},
    "PauseHITGroup": {"HITGroupId": "$group"},
    "PayLateAnswer": {"AssignmentId": "$late"},
    "PutAccessKey": {"AccessKeyId": "$key", "Active": False},
    "PutHITPriority": {"HITId": "$hit", "Level": "high"},
    "PutQuota": {"AccessKeyId": "$key", "Name": "hits_a_day", "Most": 0},
    "PutTaskSettings": {"HITTypeId": "$hit_type", "Settings": {}},
    "RejectAssignment": {"AssignmentId": "$submitted", "RequesterFeedback": "No"},
    "RejectQualificationRequest": {"QualificationRequestId": "$request"},
    "ResumeHITGroup": {"HITGroupId": "$group"},
    "RevokeToken": {"TokenId": "$token"},
    "SendBonus": {
        "AssignmentId": "$submitted", "WorkerId": "$worker", "BonusAmount": "1", "Reason": "Thanks",
    },
    "SendMessage": {"ThreadId": "$thread", "MessageText": "Hello"},
    "UpdateExpirationForHIT": {"HITId": "$hit", "ExpireAt": 0},
    "UpdateHITReviewStatus": {"HITId": "$hit"},
    "UpdateHITTypeOfHIT": {"HITId": "$hit", "HITTypeId": "$own_type"},
    "UpdateNotificationSettings": {"HITTypeId": "$hit_type", "Notification": QUEUE},
    "UpdateQualificationType": {"QualificationTypeId": "$qualification", "Description": "Mine"},
}  # fmt: skip
"""What a requester sends to reach what is another's. `$own_type` is their own."""
OF_REQUESTERS_ALONE = {
    "CreateAccessKey", "CreateHIT", "CreateHITLayout", "CreateHITType", "CreateQualificationType",
    "CreateMediaUploadURL", "CreateToken", "CreateWorkerBlock", "DeleteWorkerBlock", "GetAccountBalance",
    "GetQuotas",
    "ListAccessKeys", "ListHITLayouts", "ListHITsForQualificationType", "ListHITs",
    "ListMedia", "ListReviewableHITs", "ListThreads", "ListWorkerBlocks", "PutBlockNotice",
    "NotifyWorkers", "PutPolicy", "SendTestEventNotification",
}  # fmt: skip
"""Operations that name nothing a stranger could own, or that have tests of their own below."""
OF_EVERYBODY = {"GetQualificationType", "ListQualificationTypes"}
OF_WORKERS: dict[str, Members] = {
    "ExtendTime": {"AssignmentId": "$accepted"},
    "GetFileAnswerLimits": {"AssignmentId": "$accepted", "QuestionIdentifier": "q"},
    "GetOwnAssignment": {"AssignmentId": "$accepted"},
    "GetContact": {"AssignmentId": "$accepted"},
    "GetDraft": {"AssignmentId": "$accepted"},
    "GetTask": {"AssignmentId": "$accepted"},
    "GetThread": {"ThreadId": "$thread"},
    "KeepFileAnswer": {
        "AssignmentId": "$accepted", "QuestionIdentifier": "q", "Blob": "b", "FileName": "f",
        "ContentType": "t", "Size": 1,
    },
    "MarkThreadRead": {"ThreadId": "$thread"},
    "PutAccessKey": {"AccessKeyId": "$key", "Active": False},
    "PutDraft": {"AssignmentId": "$accepted", "Fields": FIELDS, "Version": 1},
    "RecordActivity": {"AssignmentId": "$accepted", "ActiveSeconds": 1},
    "ReportTask": {"AssignmentId": "$accepted", "Reason": "broken"},
    "ReturnAssignment": {"AssignmentId": "$accepted"},
    "RevokeToken": {"TokenId": "$token"},
    "SendMessage": {"ThreadId": "$thread", "MessageText": "Hello"},
    "SubmitAssignment": {"AssignmentId": "$accepted", "Fields": FIELDS},
    "SubmitQualificationTest": {"QualificationRequestId": "$request", "Fields": FIELDS},
    "WithdrawQualificationRequest": {"QualificationRequestId": "$request"},
}  # fmt: skip
OF_WORKERS_ALONE = {
    "AcceptHIT", "AnswerComprehensionCheck", "CheckEligibility", "CreateAccessKey", "CreateToken",
    "DiscardQualification", "GetEarnings", "GetHITGroup", "GetWorkerQualificationType", "ListOwnBlocks",
    "ListThreads", "ListWorkerQualificationTypes", "ListAccessKeys", "ListEarnings",
    "ListHITGroups", "ListMessages", "ListOwnAssignments", "ListOwnQualificationRequests",
    "ListOwnQualifications", "ListTasks", "PreviewHIT", "RequestQualification",
    "DeletePushSubscription", "DeleteSavedSearch", "ExportOwnWork", "GetDashboard", "GetPreferences",
    "GetPushKey", "GetWorkerSummary", "HideWork", "ListHidden", "ListRealisedPay", "ListSavedSearches",
    "ListWorkDays", "PutInstructionsCollapsed", "PutPreferences", "PutPushSubscription", "PutSavedSearch",
    "UnhideWork",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """What Rosa and Wei have, by the names in the tables."""

    ids: dict[str, str]

    def members(self, written: Members, **instead: str) -> Members:
        known = self.ids | instead
        return {
            name: known[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            for name, value in written.items()
        }


@pytest.fixture
def place(town: Town, rosa: Requester, omar: Requester, wei: Worker) -> Place:
    """A day's work of Rosa's and Wei's."""
    hit = rosa.create_hit(
        MaxAssignments=3, AssignmentDurationInSeconds=60, AutoApprovalDelayInSeconds=864_000
    )
    other = rosa.create_hit()
    late = wei.accept(hit["HITId"])
    town.advance(seconds=61)
    with pytest.raises(Refusal):
        wei.submit(late)
    kind = rosa(
        "CreateQualificationType", Name="Cats", Description="Knows cats", QualificationTypeStatus="Active"
    )["QualificationType"]["QualificationTypeId"]
    request = wei("RequestQualification", QualificationTypeId=kind)
    submitted = wei.do(rosa.create_hit(AutoApprovalDelayInSeconds=864_000)["HITId"])
    thread = wei("SendMessage", AssignmentId=submitted, Subject="Cats", MessageText="Hello")["ThreadId"]
    policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    rosa("PutPolicy", Name="RosasOwn", Document=policy)
    return Place(
        {
            "late": late,
            "submitted": submitted,
            "thread": thread,
            "accepted": wei.accept(other["HITId"]),
            "hit": hit["HITId"],
            "hit_type": hit["HITTypeId"],
            "group": hit["HITGroupId"],
            "media": "rosas-own.png",
            "own_type": omar.create_hit()["HITTypeId"],
            "qualification": kind,
            "request": _id(request, "QualificationRequestId"),
            "layout": _id(rosa("CreateHITLayout", HTML="<p>${x}</p>"), "HITLayoutId"),
            "policy": "RosasOwn",
            "key": rosa.access_key,
            "token": rosa("CreateToken", Scopes=["*"], LifetimeInSeconds=600)["TokenId"],
            "worker": wei.id,
        }
    )


def _id(answer: Members, name: str) -> str:
    return next(str(value) for found, value in _leaves(answer) if found == name)


def _leaves(answer: Any) -> Iterator[tuple[str, Any]]:
    for name, value in answer.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield name, value


def _refused(person: Person, operation: str, members: Members) -> Refusal:
    with pytest.raises(Refusal) as refused:
        person(operation, **members)
    return refused.value


def _told(person: Person, operation: str, members: Members) -> tuple[Any, ...]:
    """What comes of it, without the ids that were sent."""
    try:
        return "done", person(operation, **members)
    except Refusal as refusal:
        text = refusal.message
        for value in members.values():
            if isinstance(value, str) and len(value) > 5:
                text = text.replace(value, "…")
        return type(refusal), refusal.type, refusal.code, refusal.status, text


def _is_told_alike(person: Person, operation: str, written: Members, place: Place) -> None:
    """The one thing that is not the caller's is told of as if there were none."""
    targets = [v[1:] for v in written.values() if isinstance(v, str) and v.startswith("$")]
    target = next(name for name in targets if name not in ("worker", "own_type"))
    # Ids of people, keys and policies look like themselves, so that no pattern tells them apart.
    missing = {"key": "AKIAMISSINGMISSING00", "policy": "NobodysOwn", "media": "nobodys.png"}.get(
        target, MISSING
    )
    foreign, absent = place.members(written), place.members(written, **{target: missing})
    told = _told(person, operation, foreign)
    assert told == _told(person, operation, absent), operation
    # A list may also be empty.
    assert told[0] != "done" or told[1].get("NumResults") == 0, operation
    assert told[0] is not AccessDenied, operation


def test_what_another_requester_has_is_missing(
    place: Place, rosa: Requester, omar: Requester, town: Town
) -> None:
    before = _everything(rosa)
    for operation, written in OF_REQUESTERS.items():
        _is_told_alike(omar, operation, written, place)
    assert _everything(rosa) == before
    assert not [finding for finding in town.app.audit() if finding.found]


def test_what_another_worker_has_is_missing(place: Place, wei: Worker, ana: Worker, town: Town) -> None:
    before = wei("ListTasks"), wei("ListOwnAssignments"), wei("ListOwnQualificationRequests")
    for operation, written in OF_WORKERS.items():
        _is_told_alike(ana, operation, written, place)
    assert (wei("ListTasks"), wei("ListOwnAssignments"), wei("ListOwnQualificationRequests")) == before


def _everything(requester: Requester) -> list[Any]:
    asked = ("ListHITs", "GetAccountBalance", "ListAccessKeys", "GetQuotas", "ListHITLayouts")
    kinds = requester("ListQualificationTypes", MustBeRequestable=False, MustBeOwnedByCaller=True)
    return [requester(each) for each in asked] + [kinds, requester("ListQualificationRequests")]


def test_every_operation_is_in_one_of_the_tables() -> None:
    ours = {each.name for each in REGISTER.values() if Role.REQUESTER in each.by}
    assert ours == {*OF_REQUESTERS, *OF_REQUESTERS_ALONE, *OF_EVERYBODY}
    theirs = {each.name for each in REGISTER.values() if Role.WORKER in each.by}
    assert theirs == {*OF_WORKERS, *OF_WORKERS_ALONE, *OF_EVERYBODY}


def test_a_page_token_opens_nothing_of_anybody_else(rosa: Requester, omar: Requester) -> None:
    for _ in range(2):
        rosa.create_hit()
        omar.create_hit()
    token = rosa("ListHITs", MaxResults=1)["NextToken"]
    for operation, members in (("ListHITs", {}), ("ListReviewableHITs", {}), ("ListWorkerBlocks", {})):
        assert "NextToken" in _refused(omar, operation, members | {"NextToken": token}).message
    assert "NextToken" in _refused(rosa, "ListReviewableHITs", {"NextToken": token}).message


def test_a_request_token_is_each_accounts_own(rosa: Requester, omar: Requester) -> None:
    first = rosa.create_hit(UniqueRequestToken="one")
    second = omar.create_hit(UniqueRequestToken="one")
    assert first["HITId"] != second["HITId"]


def test_roles_do_what_is_theirs_and_nothing_else(rosa: Requester, wei: Worker, town: Town) -> None:
    for operation in REGISTER.values():
        for actor in (rosa.actor, wei.actor, Actor(Role.OPERATOR, 0, "AOPERATOR")):
            market = town.app.house if operation.in_house else town.market
            if actor.role not in operation.by:
                with pytest.raises(AccessDenied):
                    market.run(operation.name, actor, {})
    assert SYSTEM.role is Role.SYSTEM


def test_a_read_only_key_changes_nothing_and_makes_no_credentials(rosa: Requester, town: Town) -> None:
    for policy in ("KempelenReadOnly", "AmazonMechanicalTurkReadOnly"):
        reader = Actor(Role.REQUESTER, rosa.actor.account, rosa.id, policies=(BUILT_IN[policy],))
        for operation in REGISTER.values():
            if operation.writes:
                market = town.app.house if operation.in_house else town.market
                with pytest.raises(AccessDenied):
                    market.run(operation.name, reader, {})
