"""The document requesters are told events with, and the spelling of the places it may go to."""

from __future__ import annotations

import json

import pytest

from kempelen.rules.addresses import AllowList, DestinationRefused
from kempelen.rules.notifications import (
    EVENT_TYPES,
    NotifiedEvent,
    channel_of,
    event_document,
    region_of_queue,
    region_of_topic,
    sample_event,
)

AT = 1_565_385_436_789


def document(*events: NotifiedEvent) -> dict:
    return json.loads(event_document(events, account="123456789012", customer_id="AROSA", document_id="d1"))


def test_the_document_has_mturks_members_and_a_sequence_number():
    submitted = NotifiedEvent("AssignmentSubmitted", AT, "3HIT", "3TYPE", 7, assignment_id="3ASSIGNMENT")
    assert document(submitted) == {
        "Events": [
            {
                "EventType": "AssignmentSubmitted",
                "EventTimestamp": "2019-08-09T21:17:16Z",
                "HITId": "3HIT",
                "AssignmentId": "3ASSIGNMENT",
                "HITTypeId": "3TYPE",
                "SequenceNumber": 7,
            }
        ],
        "EventDocId": "d1",
        "SourceAccount": "123456789012",
        "CustomerId": "AROSA",
        "EventDocVersion": "2014-08-15",
    }


def test_events_keep_their_order_and_those_of_hits_have_no_assignment():
    events = document(NotifiedEvent("HITCreated", AT, "3HIT", "3TYPE", 1), sample_event("Ping", now=AT))[
        "Events"
    ]
    assert [event["EventType"] for event in events] == ["HITCreated", "Ping"]
    assert all("AssignmentId" not in event for event in events)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_test_event_has_ids_of_the_usual_shape(event_type):
    event = document(sample_event(event_type, now=AT))["Events"][0]
    assert ("AssignmentId" in event) is event_type.startswith("Assignment")
    assert all(len(event[name]) == 30 for name in ("HITId", "HITTypeId", "AssignmentId") if name in event)


@pytest.mark.parametrize(
    ("transport", "destination", "channel"),
    [
        ("SQS", "https://sqs.us-east-1.amazonaws.com/123456789012/rosa", "sqs"),
        ("SQS", "http://localhost:4566/000000000000/rosa.fifo", "sqs"),
        ("SNS", "arn:aws:sns:us-east-1:123456789012:rosa", "sns"),
        ("SNS", "arn:aws-cn:sns:cn-north-1:123456789012:rosa.fifo", "sns"),
        ("SNS", "https://hooks.example.org/rosa", "https"),
        ("Email", "rosa@example.org", "email"),
    ],
)
def test_transport_and_destination_name_a_channel(transport, destination, channel):
    assert channel_of(transport=transport, destination=destination, allowed=AllowList.parse()) == channel


@pytest.mark.parametrize(
    ("transport", "destination"),
    [
        ("SQS", "arn:aws:sqs:us-east-1:123456789012:rosa"),
        ("SQS", "https://sqs.us-east-1.amazonaws.com/123456789012/rosa\n"),
        ("SQS", "https://sqs.us-east-1.amazonaws.com/123456789012/rosa?Action=DeleteQueue"),
        ("SQS", "rosa"),
        ("SNS", "arn:aws:sns:us-east-1:1234:rosa"),
        ("SNS", "arn:aws:sqs:us-east-1:123456789012:rosa"),
        ("SNS", "http://hooks.example.org/rosa"),
        ("SNS", "https://127.0.0.1/rosa"),
        ("Email", "Rosa <rosa@example.org>"),
        ("REST", "https://hooks.example.org/"),
        ("sqs", "https://sqs.us-east-1.amazonaws.com/123456789012/rosa"),
    ],
)
def test_a_destination_that_does_not_fit_its_transport_is_refused(transport, destination):
    with pytest.raises(DestinationRefused):
        channel_of(transport=transport, destination=destination, allowed=AllowList.parse())


def test_regions_are_read_from_arns_and_from_amazons_hosts_alone():
    assert region_of_topic("arn:aws:sns:eu-west-1:123456789012:rosa") == "eu-west-1"
    assert region_of_topic("rosa") is None
    assert region_of_queue("https://sqs.eu-west-1.amazonaws.com/123456789012/x") == "eu-west-1"
    assert region_of_queue("https://eu-west-1.queue.amazonaws.com/123456789012/x") == "eu-west-1"
    assert region_of_queue("https://queue.amazonaws.com/123456789012/x") == "us-east-1"
    assert region_of_queue("http://localhost:4566/000000000000/x") is None
    assert region_of_queue("https://sqs.eu-west-1.amazonaws.com.evil.org/123456789012/x") is None
