"""Mail that waits in a world's outbox, and what requesters write to workers who have worked for them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from kempelen.store.sql import Sql
from kempelen.store.tables.shared import outbox
from people import Requester, Town, Worker

MAIL = Sql(select(outbox.c.payload).where(outbox.c.kind == "mail").order_by(outbox.c.id))


def mail(town: Town) -> list[dict[str, Any]]:
    """The letters that wait, in order."""
    return [json.loads(payload) for (payload,) in town.market.read(lambda call: call.rows(MAIL))]


def notify(requester: Requester, *workers: str, **members: Any) -> list[dict[str, str]]:
    """Write to workers; answers who could not be written to."""
    given = {"Subject": "More cats", "MessageText": "There are more.", "WorkerIds": list(workers)} | members
    failures: list[dict[str, str]] = requester("NotifyWorkers", **given)["NotifyWorkersFailureStatuses"]
    return failures


def work(requester: Requester, worker: Worker, decision: str = "ApproveAssignment") -> None:
    """Let a worker do something and decide on it."""
    assignment = worker.do(requester.create_hit()["HITId"])
    members = {"RequesterFeedback": "no"} if decision == "RejectAssignment" else {}
    requester(decision, AssignmentId=assignment, **members)
