"""Notifications: the JSON document a requester is told about events with, and where it may be sent.

The document is MTurk's of version 2014-08-15 (Amazon Mechanical Turk Developer Guide, "Notifications"), with
one member more in each event: `SequenceNumber`, which counts the events of one HIT, so that a receiver of
at-least-once messages can drop repeats and see gaps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from kempelen.rules.addresses import AllowList, DestinationRefused, is_mail_address, parse_endpoint

DOCUMENT_VERSION = "2014-08-15"
MOST_EVENTS = 100
"""Events of one document; a longer list is sent as several."""

EVENT_TYPES = (
    "AssignmentAccepted",
    "AssignmentAbandoned",
    "AssignmentReturned",
    "AssignmentSubmitted",
    "AssignmentRejected",
    "AssignmentApproved",
    "HITCreated",
    "HITExtended",
    "HITDisposed",
    "HITReviewable",
    "HITExpired",
    "Ping",
)
"""MTurk's event types. `Ping` is only ever sent as a test."""


@dataclass(frozen=True, slots=True)
class NotifiedEvent:
    """One event as its requester is told it; `assignment_id` only where an assignment is concerned.

    `at` is UTC milliseconds; `sequence_number` counts from 1 within the HIT.
    """

    type: str
    at: int
    hit_id: str
    hit_type_id: str
    sequence_number: int
    assignment_id: str = ""


def event_document(
    events: Sequence[NotifiedEvent], *, account: str, customer_id: str, document_id: str
) -> str:
    """The message for these events, as JSON text.

    `account`: the twelve digits of the requester's account; `customer_id`: the requester's public id;
    `document_id`: the same for every attempt to deliver this document, so that receivers can drop repeats.
    """
    assert 1 <= len(events) <= MOST_EVENTS, "a document has between one and a hundred events"
    document = {
        "Events": [_event(each) for each in events],
        "EventDocId": document_id,
        "SourceAccount": account,
        "CustomerId": customer_id,
        "EventDocVersion": DOCUMENT_VERSION,
    }
    return json.dumps(document, separators=(",", ":"))


def _event(event: NotifiedEvent) -> dict[str, str | int]:
    told: dict[str, str | int] = {
        "EventType": event.type,
        "EventTimestamp": datetime.fromtimestamp(event.at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "HITId": event.hit_id,
    }
    if event.assignment_id:
        told["AssignmentId"] = event.assignment_id
    return told | {"HITTypeId": event.hit_type_id, "SequenceNumber": event.sequence_number}


def sample_event(event_type: str, *, now: int) -> NotifiedEvent:
    """The event that SendTestEventNotification sends: of the type asked for, with ids of nothing."""
    assert event_type in EVENT_TYPES, event_type
    return NotifiedEvent(
        type=event_type,
        at=now,
        hit_id="3TESTHIT".ljust(30, "0"),
        hit_type_id="3TESTHITTYPE".ljust(30, "0"),
        sequence_number=1,
        assignment_id="3TESTASSIGNMENT".ljust(30, "0") if event_type.startswith("Assignment") else "",
    )


class Channel(StrEnum):
    """The adapters that can carry a message."""

    SQS = "sqs"
    SNS = "sns"
    HTTPS = "https"
    EMAIL = "email"


_QUEUE_URL = re.compile(
    r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?/[0-9]{12}/[A-Za-z0-9_-]{1,80}(\.fifo)?", re.ASCII
)
_TOPIC_ARN = re.compile(
    r"arn:aws[a-z-]{0,16}:sns:(?P<region>[a-z0-9-]{1,32}):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?", re.ASCII
)
_AWS_HOST = re.compile(
    r"https?://(sqs\.(?P<new>[a-z0-9-]{1,32})|((?P<old>[a-z0-9-]{1,32})\.)?queue)\.amazonaws\.com(\.cn)?/",
    re.ASCII,
)


def channel_of(*, transport: str, destination: str, allowed: AllowList) -> Channel:
    """The channel for a notification's Transport and Destination.

    Transport `SNS` with a URL instead of an ARN means our own POST of SNS's HTTP envelope. Only the spelling
    is judged: nothing is looked up. Raises `DestinationRefused`.
    """
    if transport == "SQS":
        if not _QUEUE_URL.fullmatch(destination):
            reason = "an SQS queue is written https://sqs.<region>.amazonaws.com/<account>/<name>."
            raise DestinationRefused(reason=reason)
        return Channel.SQS
    if transport == "Email":
        if not is_mail_address(destination):
            raise DestinationRefused(reason="it is not an e-mail address.")
        return Channel.EMAIL
    if transport != "SNS":
        raise DestinationRefused(reason="the transport must be SQS, SNS or Email.")
    if _TOPIC_ARN.fullmatch(destination):
        return Channel.SNS
    if not destination.lower().startswith(("https://", "http://")):
        reason = "an SNS topic is written arn:aws:sns:<region>:<account>:<name>, or give an https URL."
        raise DestinationRefused(reason=reason)
    parse_endpoint(destination, allowed=allowed)
    return Channel.HTTPS


def region_of_topic(arn: str) -> str | None:
    """The region in an SNS topic's ARN; None for what is not one."""
    match = _TOPIC_ARN.fullmatch(arn)
    return match["region"] if match else None


def region_of_queue(url: str) -> str | None:
    """The region in the host of an SQS queue's URL; None where it does not tell, as with an emulator."""
    match = _AWS_HOST.match(url)
    if match is None:
        return None
    return match["new"] or match["old"] or "us-east-1"
