"""NotifyWorkers, and what workers find among their messages."""

from typing import Any

import pytest

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operations.people.messages import NO_WORK
from mailing import mail, notify, work
from people import Requester, Town, Worker
from qualification_papers import make_type


@pytest.mark.parametrize("decision", ["ApproveAssignment", "RejectAssignment"])
def test_who_has_worked_for_a_requester_is_written_to(
    town: Town, rosa: Requester, wei: Worker, decision: str
) -> None:
    work(rosa, wei, decision)
    assert notify(rosa, wei.id) == []
    message = wei("ListMessages")["Messages"][0]
    del message["MessageId"]
    assert message == {
        "RequesterId": rosa.id,
        "RequesterName": "Rosa",
        "Subject": "More cats",
        "Body": "There are more.",
        "Time": town.now / 1000,
    }
    assert mail(town) == [
        {
            "worker": wei.actor.account,
            "subject": "More cats",
            "text": "There are more.",
            "requester": rosa.actor.account,
        }
    ]


def test_strangers_fail_for_good_and_the_others_are_written_to(
    town: Town, rosa: Requester, omar: Requester, wei: Worker, ana: Worker
) -> None:
    work(rosa, wei)
    work(omar, ana)
    undecided = town.worker("Undecided")
    undecided.do(rosa.create_hit()["HITId"])
    failures = notify(rosa, ana.id, wei.id, undecided.id, "ANOBODY")
    assert [one["WorkerId"] for one in failures] == [ana.id, undecided.id, "ANOBODY"]
    assert {one["NotifyWorkersFailureCode"] for one in failures} == {"HardFailure"}
    assert {one["NotifyWorkersFailureMessage"] for one in failures} == {NO_WORK}
    assert wei("ListMessages")["NumResults"] == 1
    assert ana("ListMessages") == {"Messages": [], "NumResults": 0}
    assert len(mail(town)) == 1


def test_an_id_given_twice_gets_one_message(town: Town, rosa: Requester, wei: Worker) -> None:
    work(rosa, wei)
    assert notify(rosa, wei.id, wei.id, "ANOBODY", "ANOBODY") == [
        {
            "NotifyWorkersFailureCode": "HardFailure",
            "NotifyWorkersFailureMessage": NO_WORK,
            "WorkerId": "ANOBODY",
        }
    ]
    assert wei("ListMessages")["NumResults"] == 1
    assert len(mail(town)) == 1


@pytest.mark.parametrize(
    "members",
    [
        {"Subject": ""},
        {"Subject": "s" * 201},
        {"Subject": "a\r\nBcc: everybody@example.org"},
        {"Subject": "a\nb"},
        {"MessageText": ""},
        {"MessageText": "m" * 4097},
        {"WorkerIds": []},
        {"WorkerIds": ["ANOBODY"] * 101},
        {"WorkerIds": ["nobody"]},
    ],
)
def test_messages_have_bounds_and_no_header_is_smuggled_in(
    town: Town, rosa: Requester, wei: Worker, members: dict[str, Any]
) -> None:
    work(rosa, wei)
    with pytest.raises(Refusal, match=r"(?i)subject|messageText|workerIds"):
        notify(rosa, wei.id, **members)
    assert mail(town) == []


def test_the_name_of_a_type_smuggles_no_header_in(town: Town, rosa: Requester, wei: Worker) -> None:
    made = make_type(rosa, Name="Cats\r\nBcc: everybody@example.org")["QualificationTypeId"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=made, WorkerId=wei.id)
    subject = mail(town)[0]["subject"]
    assert subject == 'You have the qualification "Cats Bcc: everybody@example.org"'


def test_a_revocation_reaches_the_worker_s_page_and_no_mailbox(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    made = make_type(rosa)["QualificationTypeId"]
    same = {"QualificationTypeId": made, "WorkerId": wei.id}
    rosa("AssociateQualificationWithWorker", **same, SendNotification=False)
    rosa("DisassociateQualificationFromWorker", **same, Reason="Buy my pills")
    assert wei("ListMessages")["Messages"][0]["Body"] == "Buy my pills"
    assert mail(town) == []


def test_no_mail_leaves_the_sandbox(sandbox: Town) -> None:
    sam, sue = sandbox.requester("Sam"), sandbox.worker("Sue")
    work(sam, sue)
    assert notify(sam, sue.id) == []
    assert sue("ListMessages")["NumResults"] == 1
    assert mail(sandbox) == []


def test_messages_are_shown_newest_first_in_pages(town: Town, rosa: Requester, wei: Worker) -> None:
    work(rosa, wei)
    for number in range(5):
        town.advance(seconds=1)
        notify(rosa, wei.id, Subject=str(number))
    pages = []
    answer = wei("ListMessages", MaxResults=2)
    while answer["NumResults"]:
        pages.append([one["Subject"] for one in answer["Messages"]])
        answer = wei("ListMessages", MaxResults=2, NextToken=answer["NextToken"])
    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_a_token_of_another_worker_is_refused(town: Town, rosa: Requester, wei: Worker, ana: Worker) -> None:
    work(rosa, wei)
    notify(rosa, wei.id)
    token = wei("ListMessages")["NextToken"]
    with pytest.raises(ParameterValidationError, match="NextToken"):
        ana("ListMessages", NextToken=token)
