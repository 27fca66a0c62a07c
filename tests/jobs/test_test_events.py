"""SendTestEventNotification is delivered before it is answered, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kempelen.errors import Refusal
from people import Requester


def test_a_test_event_is_there_when_the_call_returns(rosa: Requester, receiver: Any) -> None:
    notification = {
        "Destination": receiver.url,
        "Transport": "SNS",
        "Version": "2006-05-05",
        "EventTypes": ["HITExpired"],
    }
    assert rosa("SendTestEventNotification", Notification=notification, TestEventType="Ping") == {}
    (event,) = receiver.events
    assert event["EventType"] == "Ping"
    receiver.answers = [500]
    with pytest.raises(Refusal, match="could not be delivered") as refused:
        rosa("SendTestEventNotification", Notification=notification, TestEventType="AssignmentAccepted")
    assert refused.value.code == "AWS.MechanicalTurk.InvalidTransportEndpoint"


def test_a_queue_gets_a_test_event_with_ids_of_nothing(rosa: Requester, aws: Any) -> None:
    queue = aws("sqs").create_queue(QueueName="tests")["QueueUrl"]
    notification = {"Destination": queue, "Transport": "SQS", "Version": "2014-08-15", "EventTypes": []}
    rosa("SendTestEventNotification", Notification=notification, TestEventType="AssignmentSubmitted")
    (received,) = aws("sqs").receive_message(QueueUrl=queue)["Messages"]
    (event,) = json.loads(received["Body"])["Events"]
    assert event["EventType"] == "AssignmentSubmitted" and event["AssignmentId"].startswith("3TEST")
