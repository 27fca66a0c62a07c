"""Threads: workers write to requesters about work, requesters answer, and both read it in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.operations.people.eligibility import blocked, refuse_blocked
from kempelen.operations.people.standing import NotConfirmed
from kempelen.operations.telling.requesters import tell_requester
from kempelen.rules import correspondence
from kempelen.rules.correspondence import A_DAY, UNANSWERED, About, Sender, TooManyMessages, WaitForAnswer
from kempelen.store import (
    assignments,
    hit_types,
    hits,
    messages,
    outbox,
    paging,
    parties,
    tallies,
    terms,
    threads,
)
from kempelen.store.hit_types import HITType, HITTypeDoesNotExist
from kempelen.store.threads import Thread

BY = {Sender.NOTICE: "Requester", Sender.WORKER: "Worker", Sender.REQUESTER: "Requester"}
MESSAGES_A_PAGE = 50


class NobodyToAnswer(Refusal):
    """Kempelen itself wrote this, so there is nobody to answer."""

    code = "Kempelen.NobodyToAnswer"


@dataclass(frozen=True, slots=True)
class Topic:
    """Between whom a message goes, and what it is about."""

    worker: int
    requester: int
    about: About
    key: int
    subject: str = ""
    """Of the thread that is gone on with."""


@command("SendMessage", by=(Role.WORKER, Role.REQUESTER))
def send_message(
    call: Call,
    *,
    message_text: str,
    thread_id: str | None = None,
    hit_type_id: str | None = None,
    assignment_id: str | None = None,
    subject: str | None = None,
) -> dict[str, Any]:
    """Write in a thread, or begin one: a worker about a HIT type or an assignment of their own, a requester
    about an assignment of theirs. The other side is told by mail, which leaves only where money is real.

    A worker sends at most fifty a day, and to one requester five in a week without an answer. Who is blocked
    can still write about work they have done.
    """
    if [thread_id, hit_type_id, assignment_id].count(None) != 2:
        raise ParameterValidationError("Give exactly one of ThreadId, HITTypeId and AssignmentId.")
    is_worker = call.actor.role is Role.WORKER
    if is_worker and not call.actor.verified:
        raise NotConfirmed()
    if thread_id is not None:
        thread = threads.own(call, thread_id)
        topic = _topic_of_thread(thread)
        if not is_worker and thread.last_by == Sender.WORKER:
            tallies.replied(call, requester=topic.requester, seconds=(call.now - thread.last_at) // 1000)
    elif hit_type_id is not None:
        topic = _topic_of_type(call, hit_type_id)
    else:
        topic = _topic_of_assignment(call, assignment_id or "")
    line = correspondence.subject_line(subject or "") or topic.subject
    if not line:
        raise ParameterValidationError("Subject must not be empty.")
    text = correspondence.plain(message_text, parameter="MessageText")
    if is_worker:
        _refuse_too_many(call, topic)
    return _sent(call, topic, line, text)


def _topic_of_thread(thread: Thread) -> Topic:
    if thread.requester == threads.MARKET:
        raise NobodyToAnswer()
    return Topic(thread.worker, thread.requester, About(thread.kind), thread.about, thread.subject)


def _topic_of_type(call: Call, hit_type_id: str) -> Topic:
    if call.actor.role is not Role.WORKER:
        raise ParameterValidationError("Workers alone begin threads about a HIT type.")
    hit_type = _hit_type(call, hit_type_id)
    return Topic(call.actor.account, hit_type.requester, About.HIT_TYPE, hit_type.key)


def _topic_of_assignment(call: Call, assignment_id: str) -> Topic:
    find = assignments.of_worker if call.actor.role is Role.WORKER else assignments.owned
    assignment = find(call, assignment_id)
    return Topic(assignment.worker, assignment.requester, About.ASSIGNMENT, assignment.key)


def _hit_type(call: Call, hit_type_id: str) -> HITType:
    found = hit_types.by_either_id(call, hit_type_id)
    if found is None:
        raise HITTypeDoesNotExist(hit_type_id=hit_type_id)
    return found


def _refuse_too_many(call: Call, topic: Topic) -> None:
    """Refuse a worker whom the requester has blocked, unless it is about work done, and one who has written
    enough. The count of the day is a row of the worker's own, so of two at once the second sees the first."""
    if topic.about is not About.ASSIGNMENT:
        refuse_blocked(call, topic.requester)
    scope, day = f"worker:{call.actor.account}", terms.day(call.now)
    if terms.use(call, scope=scope, name="messages", period=day, amount=1) > A_DAY:
        raise TooManyMessages(most=A_DAY)
    if messages.unanswered(call, topic.requester) >= UNANSWERED:
        raise WaitForAnswer(most=UNANSWERED)


def _sent(call: Call, topic: Topic, subject: str, text: str) -> dict[str, Any]:
    is_worker = call.actor.role is Role.WORKER
    sender = Sender.WORKER if is_worker else Sender.REQUESTER
    name = _introduced(call, topic) if is_worker else ""
    thread, thread_id, at = threads.write(
        call,
        worker=topic.worker,
        requester=topic.requester,
        about=topic.about,
        key=topic.key,
        sender=sender,
        subject=subject,
        excerpt=correspondence.excerpt(text),
    )
    key = messages.add(
        call,
        thread=thread,
        worker=topic.worker,
        requester=topic.requester,
        sender=sender,
        subject=subject,
        body=text,
        at=at,
    )
    if is_worker:
        _mail_requester(call, topic, threads.own(call, thread_id), name=name, text=text)
    else:
        _mail_worker(call, topic, thread_id, subject=subject, text=text)
    call.emit(Event(EventKind.MessageSent, topic.requester, worker=topic.worker, detail=thread_id))
    return {"ThreadId": thread_id, "MessageId": str(key)}


def _introduced(call: Call, topic: Topic) -> str:
    """The id by which the requester knows the worker who writes, kept so that it can be read back."""
    parties.know_worker(call, call.actor.account, call.actor.public_id)
    organisation = call.directory.organisation(topic.requester)
    if organisation is None or not organisation.pseudonymous:
        return parties.employer(call, topic.requester)[2]
    return parties.introduce(call, requester=topic.requester, worker=topic.worker, pseudonymous=True)


def _mail_requester(call: Call, topic: Topic, thread: Thread, *, name: str, text: str) -> None:
    about = f'"{thread.title}"' if thread.title else f'"{thread.subject}"'
    if thread.assignment_id is not None:
        about += f", assignment {thread.assignment_id}"
    letter = correspondence.letter_to_requester(name=name, about=about, thread=thread.public_id, text=text)
    tell_requester(call, topic.requester, subject=thread.subject, text=letter)


def _mail_worker(call: Call, topic: Topic, thread_id: str, *, subject: str, text: str) -> None:
    parties.know_requester(call, call.actor)
    if call.traits.play_money:
        return
    person = call.directory.person(topic.worker)
    letter = correspondence.letter_to_worker(
        person.site_language if person is not None else None,
        name=call.actor.name,
        text=text,
        link=f"{call.traits.worker_site}/messages/{thread_id}",
    )
    payload = {"worker": topic.worker, "subject": subject, "text": letter, "requester": topic.requester}
    outbox.put(call, kind="mail", lane="mail", payload=payload)


@query("ListThreads", by=(Role.WORKER, Role.REQUESTER), personal=True)
def list_threads(
    call: Call, *, unread: bool = False, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """The caller's threads, the last written first; with Unread those that hold something unread."""
    page = paging.read(call, next_token, max_results, start=paging.NEWEST, filter=[unread])
    before = int(page.after[0]), int(page.after[1])
    found = threads.page(call, unread=unread, before=before, count=page.count)
    items = [_as_answer(call, each) for each in found]
    return paging.answer(call, page, "Threads", items, positions=[(each.last_at, each.key) for each in found])


@query("GetThread", by=(Role.WORKER, Role.REQUESTER), personal=True)
def get_thread(
    call: Call, *, thread_id: str, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """A thread of the caller's with its messages, newest first, and whether the caller may go on with it."""
    thread = threads.own(call, thread_id)
    page = paging.read(
        call, next_token, max_results, default=MESSAGES_A_PAGE, start=paging.NEWEST, filter=[thread_id]
    )
    before = int(page.after[0]), int(page.after[1])
    found = messages.of_thread(call, thread.key, before=before, count=page.count)
    items = [_message_as_answer(each) for each in found]
    answer = paging.answer(call, page, "Messages", items, positions=[(each.at, each.key) for each in found])
    return answer | {"Thread": _as_answer(call, thread), "MayAnswer": _may_answer(call, thread)}


def _may_answer(call: Call, thread: Thread) -> bool:
    if thread.requester == threads.MARKET:
        return False
    return (
        call.actor.role is not Role.WORKER
        or thread.kind == About.ASSIGNMENT
        or not blocked(call, thread.requester)
    )


@command("MarkThreadRead", by=(Role.WORKER, Role.REQUESTER))
def mark_thread_read(call: Call, *, thread_id: str) -> None:
    """Say that everything in a thread of the caller's has been read."""
    threads.mark_read(call, threads.own(call, thread_id).key)


@query("GetContact", by=Role.WORKER)
def get_contact(
    call: Call, *, hit_type_id: str | None = None, assignment_id: str | None = None
) -> dict[str, Any]:
    """Whom the worker would write to about a HIT type or an assignment of theirs, and the thread if there is
    one."""
    if (hit_type_id is None) is (assignment_id is None):
        raise ParameterValidationError("Give exactly one of HITTypeId and AssignmentId.")
    if assignment_id is not None:
        assignment = assignments.of_worker(call, assignment_id)
        hit_type = hit_types.by_key(call, hits.by_key(call, assignment.hit).hit_type)
        about, key = About.ASSIGNMENT, assignment.key
    else:
        hit_type = _hit_type(call, hit_type_id or "")
        about, key = About.HIT_TYPE, hit_type.key
    requester_id, name = parties.requester(call, hit_type.requester)
    return {
        "RequesterId": requester_id,
        "RequesterName": name,
        "HITTypeId": hit_type.public_id,
        "Title": hit_type.title,
        "AssignmentId": assignment_id,
        "ThreadId": threads.find(call, requester=hit_type.requester, about=about, key=key),
        "MayWrite": about is About.ASSIGNMENT or not blocked(call, hit_type.requester),
    }


def _as_answer(call: Call, thread: Thread) -> dict[str, Any]:
    is_worker = call.actor.role is Role.WORKER
    is_market = thread.requester == threads.MARKET
    return {
        "ThreadId": thread.public_id,
        "RequesterId": None if is_market else thread.requester_id,
        "RequesterName": None if is_market else thread.requester_name,
        "WorkerId": None if is_worker else parties.worker_id(call, thread.worker),
        "Subject": thread.subject,
        "HITTypeId": thread.hit_type_id,
        "Title": thread.title,
        "AssignmentId": thread.assignment_id,
        "HITId": thread.hit_id,
        "LastTime": thread.last_at,
        "LastBy": _by(thread.last_by, market=is_market),
        "Excerpt": thread.excerpt,
        "Unread": thread.worker_unread if is_worker else thread.requester_unread,
    }


def _message_as_answer(message: messages.Message) -> dict[str, Any]:
    return {
        "MessageId": str(message.key),
        "By": _by(message.sender, market=message.requester is None),
        "Subject": message.subject,
        "Body": message.body,
        "Time": message.at,
    }


def _by(sender: int, *, market: bool) -> str:
    return "Market" if market else BY[Sender(sender)]
