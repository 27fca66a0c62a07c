"""What workers are told: by NotifyWorkers, and when something happens to their qualifications."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command, query
from kempelen.rules.correspondence import Sender, excerpt
from kempelen.store import messages, outbox, paging, parties, threads

NO_WORK = "Cannot send a notification to a worker who has not done any work for you"


@command("NotifyWorkers", by=Role.REQUESTER)
def notify_workers(call: Call, *, subject: str, message_text: str, worker_ids: list[str]) -> dict[str, Any]:
    """Write to workers who have worked for the caller; whoever cannot be written to is listed, and the
    others are. An id given twice gets one message."""
    parties.know_requester(call, call.actor)
    failures: list[dict[str, Any]] = []
    known: set[int] = set()
    for worker_id in dict.fromkeys(worker_ids):
        worker = _own_worker(call, worker_id)
        if worker is None:
            failures.append(
                {
                    "NotifyWorkersFailureCode": "HardFailure",
                    "NotifyWorkersFailureMessage": NO_WORK,
                    "WorkerId": worker_id,
                }
            )
        else:
            known.add(worker)
    for worker in sorted(known):  # in one order, so that two such calls never wait for each other
        tell(call, worker, requester=call.actor.account, subject=subject, text=message_text)
    if known:
        call.emit(Event(EventKind.WorkersNotified, call.actor.account, detail=str(len(known))))
    return {"NotifyWorkersFailureStatuses": failures}


def _own_worker(call: Call, worker_id: str) -> int | None:
    """A worker who has worked for the caller. An unknown id answers as a stranger's does."""
    try:
        worker = parties.worker_key(call, worker_id)
    except ParameterValidationError:
        return None
    return worker if messages.has_worked_for(call, requester=call.actor.account, worker=worker) else None


def tell(
    call: Call, worker: int, *, requester: int | None, subject: str, text: str, by_mail: bool = True
) -> None:
    """Keep a message for a worker, in the thread of what this requester, or the market, tells them at large,
    and send it by mail, which leaves only where money is real."""
    subject = " ".join(subject.split())
    thread, _, at = threads.write(
        call,
        worker=worker,
        requester=requester,
        sender=Sender.NOTICE,
        subject=subject,
        excerpt=excerpt(text),
    )
    messages.add(
        call,
        thread=thread,
        worker=worker,
        requester=requester,
        sender=Sender.NOTICE,
        subject=subject,
        body=text,
        at=at,
    )
    if by_mail and not call.traits.play_money:
        payload = {"worker": worker, "subject": subject, "text": text, "requester": requester}
        outbox.put(call, kind="mail", lane="mail", payload=payload)


@query("ListMessages", by=Role.WORKER)
def list_messages(
    call: Call, *, max_results: int | None = None, next_token: str | None = None
) -> dict[str, Any]:
    """What the worker was told, newest first."""
    page = paging.read(call, next_token, max_results, start=paging.NEWEST)
    found = messages.own(call, before=(int(page.after[0]), int(page.after[1])), count=page.count)
    items = [_as_answer(call, one) for one in found]
    return paging.answer(call, page, "Messages", items, positions=[(one.at, one.key) for one in found])


def _as_answer(call: Call, message: messages.Message) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "MessageId": str(message.key),
        "Subject": message.subject,
        "Body": message.body,
        "Time": message.at,
    }
    if message.requester is not None:
        answer["RequesterId"], answer["RequesterName"] = parties.requester(call, message.requester)
    return answer
