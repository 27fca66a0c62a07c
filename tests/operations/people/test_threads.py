"""Threads between workers and requesters: who may write, how much, what is unread, and the letters."""

from dataclasses import replace
from typing import Any

import pytest

from kempelen.errors import AccessDenied, ParameterValidationError, Refusal
from kempelen.operations.people.blocks import NotBlocked
from kempelen.operations.people.eligibility import Blocked
from kempelen.operations.people.standing import NotConfirmed
from kempelen.operations.people.threads import NobodyToAnswer
from kempelen.rules.correspondence import TooManyMessages, WaitForAnswer
from kempelen.store.assignments import AssignmentDoesNotExist
from kempelen.store.hit_types import HITTypeDoesNotExist
from kempelen.store.threads import ThreadDoesNotExist
from mailing import mail, notify, work
from people import Requester, Town, Worker
from qualification_papers import make_type


def ask(worker: Worker, hit: dict[str, Any], text: str = "Is a lynx a cat?", **members: Any) -> str:
    """Write about a HIT's type; answers the thread's id."""
    given = {"HITTypeId": hit["HITTypeId"], "Subject": "Lynxes", "MessageText": text} | members
    return str(worker("SendMessage", **given)["ThreadId"])


def said(person: Worker | Requester, thread: str) -> list[tuple[str, str]]:
    """Who said what, oldest first."""
    found = person("GetThread", ThreadId=thread)["Messages"]
    return [(each["By"], each["Body"]) for each in found[::-1]]


def test_a_worker_asks_and_the_requester_answers_in_one_thread(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit(Title="Cats")
    thread = ask(wei, hit)
    town.advance(seconds=1)
    rosa("SendMessage", ThreadId=thread, MessageText="It is.")
    town.advance(seconds=1)
    wei("SendMessage", ThreadId=thread, MessageText="Thank you.")
    wanted = [("Worker", "Is a lynx a cat?"), ("Requester", "It is."), ("Worker", "Thank you.")]
    assert said(wei, thread) == said(rosa, thread) == wanted
    mine, theirs = (person("ListThreads")["Threads"][0] for person in (wei, rosa))
    assert mine["RequesterName"] == "Rosa"
    assert (mine["Title"], mine["HITTypeId"], mine["Subject"]) == ("Cats", hit["HITTypeId"], "Lynxes")
    assert (theirs["WorkerId"], theirs["LastBy"], theirs["Excerpt"]) == (wei.id, "Worker", "Thank you.")
    assert "WorkerId" not in mine


def test_one_thing_has_one_thread_and_another_thing_another(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    assignment = wei.do(hit["HITId"])
    first = ask(wei, hit)
    assert ask(wei, hit, "And a puma?") == first
    about = wei("SendMessage", AssignmentId=assignment, Subject="Oops", MessageText="I typed the wrong one.")
    assert about["ThreadId"] != first
    thread = rosa("GetThread", ThreadId=about["ThreadId"])["Thread"]
    assert (thread["AssignmentId"], thread["HITId"], thread["Title"]) == (
        assignment,
        hit["HITId"],
        hit["Title"],
    )


def test_a_requester_begins_a_thread_about_an_assignment_of_theirs(
    rosa: Requester, omar: Requester, wei: Worker
) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    members = {"AssignmentId": assignment, "Subject": "Your answer", "MessageText": "Which cat?"}
    thread = rosa("SendMessage", **members)["ThreadId"]
    assert said(wei, thread) == [("Requester", "Which cat?")]
    with pytest.raises(AssignmentDoesNotExist):
        omar("SendMessage", **members)
    with pytest.raises(ParameterValidationError, match="Workers alone"):
        rosa("SendMessage", HITTypeId=rosa.create_hit()["HITTypeId"], Subject="x", MessageText="x")


def test_what_is_unread_is_counted_until_it_is_read(rosa: Requester, wei: Worker) -> None:
    thread = ask(wei, rosa.create_hit())
    ask(wei, rosa.create_hit(), "Another")
    assert wei("GetWorkerSummary")["Unread"] == 0
    assert rosa("ListThreads", Unread=True)["Threads"][0]["Unread"] == 2
    rosa("MarkThreadRead", ThreadId=thread)
    assert rosa("ListThreads", Unread=True)["NumResults"] == 0
    rosa("SendMessage", ThreadId=thread, MessageText="It is.")
    assert wei("GetWorkerSummary")["Unread"] == 1
    assert [each["ThreadId"] for each in wei("ListThreads", Unread=True)["Threads"]] == [thread]
    wei("MarkThreadRead", ThreadId=thread)
    assert wei("GetWorkerSummary")["Unread"] == 0
    rosa("SendMessage", ThreadId=thread, MessageText="And a puma, too.")
    wei("SendMessage", ThreadId=thread, MessageText="Thank you.")
    assert wei("GetWorkerSummary")["Unread"] == 0
    assert rosa("GetThread", ThreadId=thread)["Thread"]["Unread"] == 1


def test_what_requesters_notify_and_the_market_tells_are_threads_too(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    work(rosa, wei)
    notify(rosa, wei.id)
    made = make_type(rosa)["QualificationTypeId"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=made, WorkerId=wei.id)
    (thread,) = wei("ListThreads")["Threads"]
    assert (thread["RequesterName"], thread["Unread"]) == ("Rosa", 2)
    assert len(said(wei, thread["ThreadId"])) == wei("ListMessages")["NumResults"] == 2
    town.advance(seconds=1)
    wei("SendMessage", ThreadId=thread["ThreadId"], MessageText="Good.")
    assert said(rosa, thread["ThreadId"])[-1] == ("Worker", "Good.")
    assert wei("ListMessages")["NumResults"] == 2


def test_nobody_answers_the_market(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit()
    wei.accept(hit["HITId"])
    town.operator("TakeDownHIT", HITId=hit["HITId"], Reason="It harms.")
    (thread,) = wei("ListThreads")["Threads"]
    assert "RequesterId" not in thread
    assert thread["LastBy"] == "Market"
    assert wei("GetThread", ThreadId=thread["ThreadId"])["MayAnswer"] is False
    with pytest.raises(NobodyToAnswer):
        wei("SendMessage", ThreadId=thread["ThreadId"], MessageText="Why?")


def test_strangers_see_and_write_nothing(
    rosa: Requester, omar: Requester, wei: Worker, ana: Worker, town: Town
) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    thread = ask(wei, rosa.create_hit())
    for stranger in (ana, omar):
        assert stranger("ListThreads")["NumResults"] == 0
        for operation in ("GetThread", "MarkThreadRead"):
            with pytest.raises(ThreadDoesNotExist):
                stranger(operation, ThreadId=thread)
        with pytest.raises(ThreadDoesNotExist):
            stranger("SendMessage", ThreadId=thread, MessageText="Hello")
    with pytest.raises(AssignmentDoesNotExist):
        ana("SendMessage", AssignmentId=assignment, Subject="x", MessageText="x")
    with pytest.raises(HITTypeDoesNotExist):
        ana("SendMessage", HITTypeId="3NOTHING", Subject="x", MessageText="x")
    with pytest.raises(AccessDenied):
        town.operator("ListThreads")


@pytest.mark.parametrize(
    "members",
    [
        {"MessageText": ""},
        {"MessageText": " \n\t "},
        {"MessageText": "m" * 4001},
        {"Subject": "s" * 201},
        {"Subject": " "},
        {"AssignmentId": "3X"},
        {"HITTypeId": None},
    ],
)
def test_messages_have_bounds(town: Town, rosa: Requester, wei: Worker, members: dict[str, Any]) -> None:
    given = {"HITTypeId": rosa.create_hit()["HITTypeId"], "Subject": "s", "MessageText": "m"} | members
    with pytest.raises(Refusal, match=r"(?i)subject|messageText|exactly one"):
        wei("SendMessage", **{name: value for name, value in given.items() if value is not None})
    assert rosa("ListThreads")["NumResults"] == 0
    assert mail(town) == []


def test_a_requester_who_does_not_answer_gets_five_in_a_week(
    town: Town, rosa: Requester, omar: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit()
    thread = {ask(wei, hit, str(number)) for number in range(5)}.pop()
    with pytest.raises(WaitForAnswer, match="5 messages"):
        ask(wei, rosa.create_hit(Title="Dogs"))
    ask(wei, omar.create_hit())
    ask(ana, hit)
    town.advance(seconds=1)
    rosa("SendMessage", ThreadId=thread, MessageText="Wait.")
    town.advance(seconds=1)
    for number in range(5):
        ask(wei, hit, str(number))
    with pytest.raises(WaitForAnswer):
        ask(wei, hit)
    town.advance(days=7, seconds=1)
    ask(wei, rosa.create_hit(Title="Dogs"))


def test_a_broadcast_is_no_answer(town: Town, rosa: Requester, wei: Worker) -> None:
    work(rosa, wei)
    hit = rosa.create_hit()
    for number in range(5):
        ask(wei, hit, str(number))
    town.advance(seconds=1)
    notify(rosa, wei.id)
    with pytest.raises(WaitForAnswer):
        ask(wei, hit)


def test_a_worker_sends_fifty_a_day(town: Town, rosa: Requester, wei: Worker) -> None:
    thread = ask(wei, rosa.create_hit())
    for _ in range(49):
        town.advance(milliseconds=1)
        rosa("SendMessage", ThreadId=thread, MessageText="Yes.")
        town.advance(milliseconds=1)
        wei("SendMessage", ThreadId=thread, MessageText="And?")
    with pytest.raises(TooManyMessages, match="50 messages"):
        wei("SendMessage", ThreadId=thread, MessageText="And?")
    town.advance(days=1)
    wei("SendMessage", ThreadId=thread, MessageText="And?")


def test_who_is_blocked_writes_about_work_they_have_done_and_nothing_else(
    rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit(MaxAssignments=2)
    assignment = wei.do(hit["HITId"])
    thread = ask(wei, hit)
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="x")
    for members in ({"HITTypeId": hit["HITTypeId"], "Subject": "x"}, {"ThreadId": thread}):
        with pytest.raises(Blocked):
            wei("SendMessage", MessageText="Why?", **members)
    assert wei("GetThread", ThreadId=thread)["MayAnswer"] is False
    assert wei("GetContact", HITTypeId=hit["HITTypeId"])["MayWrite"] is False
    about = wei("GetContact", AssignmentId=assignment)
    assert (about["MayWrite"], about["Title"]) == (True, hit["Title"])
    wei("SendMessage", AssignmentId=assignment, Subject="Pay", MessageText="When is it decided?")
    assert rosa("ListThreads")["NumResults"] == 2


def test_an_address_that_is_not_confirmed_sends_nothing(rosa: Requester, wei: Worker) -> None:
    wei.actor = replace(wei.actor, verified=False)
    with pytest.raises(NotConfirmed):
        ask(wei, rosa.create_hit())


def test_each_side_is_told_by_mail_and_mail_names_no_names(town: Town, rosa: Requester, wei: Worker) -> None:
    thread = ask(wei, rosa.create_hit(Title="Cats"), "Line one\r\nLine two\x1b")
    (letter,) = mail(town)
    assert letter["subject"] == "Lynxes"
    assert letter["text"].startswith("Line one\nLine two\n\n-- \n")
    assert wei.id in letter["text"]
    assert thread in letter["text"]
    assert "Wei" not in letter["text"]
    rosa("SendMessage", ThreadId=thread, MessageText="It is.")
    (answered,) = [each for each in mail(town) if each["worker"] == wei.actor.account]
    assert answered["requester"] == rosa.actor.account
    assert f"/messages/{thread}" in answered["text"]


def test_no_mail_leaves_the_sandbox(sandbox: Town) -> None:
    sam, sue = sandbox.requester("Sam"), sandbox.worker("Sue")
    thread = ask(sue, sam.create_hit())
    sam("SendMessage", ThreadId=thread, MessageText="Yes.")
    assert mail(sandbox) == []


def test_a_pseudonym_is_kept_in_threads_and_mail(town: Town, wei: Worker) -> None:
    clinic = town.requester("Clinic", funds="10.00", Pseudonymous=True)
    thread = ask(wei, clinic.create_hit())
    shown = clinic("GetThread", ThreadId=thread)["Thread"]["WorkerId"]
    assert shown != wei.id
    assert wei.id not in mail(town)[0]["text"]
    assert shown in mail(town)[0]["text"]
    clinic("CreateWorkerBlock", WorkerId=shown, Reason="x")  # the id can be read back


def test_threads_and_messages_come_in_pages_newest_first(
    town: Town, rosa: Requester, omar: Requester, wei: Worker
) -> None:
    first = ask(wei, rosa.create_hit())
    for number in range(4):
        town.advance(seconds=1)
        rosa("SendMessage", ThreadId=first, MessageText=str(number))
    town.advance(seconds=1)
    second = ask(wei, omar.create_hit())
    page = wei("ListThreads", MaxResults=1)
    assert page["Threads"][0]["ThreadId"] == second
    page = wei("ListThreads", MaxResults=1, NextToken=page["NextToken"])
    assert page["Threads"][0]["ThreadId"] == first
    found = wei("GetThread", ThreadId=first, MaxResults=2)
    assert [each["Body"] for each in found["Messages"]] == ["3", "2"]
    token = found["NextToken"]
    found = wei("GetThread", ThreadId=first, MaxResults=2, NextToken=token)
    assert [each["Body"] for each in found["Messages"]] == ["1", "0"]
    with pytest.raises(ParameterValidationError, match="NextToken"):
        wei("GetThread", ThreadId=second, MaxResults=2, NextToken=token)


def test_a_worker_sees_who_blocks_them_and_the_cause_that_is_meant_for_them(
    town: Town, rosa: Requester, omar: Requester, wei: Worker, ana: Worker
) -> None:
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="My private note.")
    town.advance(seconds=1)
    omar("CreateWorkerBlock", WorkerId=wei.id, Reason="Another note.")
    omar("PutBlockNotice", WorkerId=wei.id, Notice="Half of the boxes were missing.")
    shown = wei("ListOwnBlocks")
    assert [(each["RequesterName"], each.get("Notice")) for each in shown["Blocks"]] == [
        ("Omar", "Half of the boxes were missing."),
        ("Rosa", None),
    ]
    assert "note" not in repr(shown)
    assert ana("ListOwnBlocks")["NumResults"] == 0
    omar("PutBlockNotice", WorkerId=wei.id)
    assert "Notice" not in wei("ListOwnBlocks")["Blocks"][0]
    with pytest.raises(NotBlocked):
        rosa("PutBlockNotice", WorkerId=ana.id, Notice="x")
    rosa("DeleteWorkerBlock", WorkerId=wei.id)
    assert wei("ListOwnBlocks")["NumResults"] == 1


def test_how_soon_a_requester_answers_is_a_fact_about_them(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(Title="Cats")
    thread = ask(wei, hit)
    town.advance(hours=2)
    rosa("SendMessage", ThreadId=thread, MessageText="It is.")
    rosa("SendMessage", ThreadId=thread, MessageText="And a lion too.")
    town.advance(seconds=60)
    facts = ana("GetHITGroup", HITGroupId=hit["HITGroupId"])["HITGroup"]["Requester"]
    assert facts["MedianSecondsToReply"] == pytest.approx(7_200, rel=0.05)
