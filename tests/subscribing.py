"""What tests of notifications share: subscribing, confirming, and a day's work."""

from __future__ import annotations

from typing import Any

from kempelen.jobs.deliveries import Deliveries
from kempelen.operation import SYSTEM
from people import Requester, Town, Worker

ALL = [
    "AssignmentAccepted", "AssignmentAbandoned", "AssignmentReturned", "AssignmentSubmitted",
    "AssignmentRejected", "AssignmentApproved", "HITCreated", "HITExpired", "HITReviewable", "HITExtended",
    "HITDisposed",
]  # fmt: skip


def subscribe(
    requester: Requester, hit_type: str, destination: str, *, transport: str = "SNS", events: list[str] = ALL
) -> None:
    """Have a HIT type's events sent somewhere."""
    specification = {
        "Destination": destination,
        "Transport": transport,
        "Version": "2014-08-15",
        "EventTypes": events,
    }
    requester("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification, Active=True)


def confirmed(town: Town, deliveries: Deliveries, receiver: Any) -> None:
    """Let the receiver open the link it was sent."""
    deliveries.drain()
    town.market.run("ConfirmNotifications", SYSTEM, {"Token": receiver.got[-1]["Token"]})


def hit_type_of(requester: Requester) -> str:
    """A HIT type like that of `create_hit`."""
    made: dict[str, Any] = requester(
        "CreateHITType",
        Title="Is there a cat?",
        Description="Look at one picture.",
        Reward="0.05",
        AssignmentDurationInSeconds=600,
    )
    return str(made["HITTypeId"])


def work_through(requester: Requester, worker: Worker) -> tuple[str, str]:
    """Publish, do and approve; answers the ids of HIT and assignment."""
    hit = requester.create_hit()["HITId"]
    assignment = worker.do(hit)
    requester("ApproveAssignment", AssignmentId=assignment)
    return hit, assignment
