"""UpdateNotificationSettings, GetNotificationSettings and SendTestEventNotification."""

from __future__ import annotations

from typing import Any

import pytest

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.rules.addresses import DestinationRefused
from kempelen.store.hit_types import HITTypeDoesNotExist
from people import Requester
from subscribing import ALL, hit_type_of

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/events"


def specification(**members: Any) -> dict[str, Any]:
    given = {"Destination": QUEUE, "Transport": "SQS", "Version": "2014-08-15", "EventTypes": ALL}
    return given | members


def test_settings_replace_each_other_and_can_be_switched(rosa: Requester) -> None:
    hit_type = hit_type_of(rosa)
    assert rosa("GetNotificationSettings", HITTypeId=hit_type) == {}
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification())
    assert rosa("GetNotificationSettings", HITTypeId=hit_type) == {
        "Notification": specification(),
        "Active": True,
    }
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Active=False)
    assert rosa("GetNotificationSettings", HITTypeId=hit_type)["Active"] is False
    other = specification(
        EventTypes=["HITExpired"], Version="2006-05-05", Transport="Email", Destination="rosa@example.org"
    )
    rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=other, Active=False)
    assert rosa("GetNotificationSettings", HITTypeId=hit_type) == {"Notification": other, "Active": False}


def test_something_must_be_given_and_active_alone_needs_settings(rosa: Requester) -> None:
    hit_type = hit_type_of(rosa)
    with pytest.raises(ParameterValidationError, match="At least one"):
        rosa("UpdateNotificationSettings", HITTypeId=hit_type)
    with pytest.raises(ParameterValidationError, match="no notification specification"):
        rosa("UpdateNotificationSettings", HITTypeId=hit_type, Active=True)


def test_a_foreign_hit_type_is_a_missing_one(rosa: Requester, omar: Requester) -> None:
    hit_type = hit_type_of(omar)
    with pytest.raises(HITTypeDoesNotExist):
        rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification())


@pytest.mark.parametrize(
    "wrong",
    [
        {"EventTypes": ["Ping"]},
        {"EventTypes": []},
        {"EventTypes": ["Nonsense"]},
        {"Version": "2020-01-01"},
        {"Destination": "https://example.org/not-a-queue"},
        {"Destination": "arn:aws:sns:us-east-1:1:x", "Transport": "SNS"},
        {"Destination": "http://127.0.0.1/", "Transport": "SNS"},
        {"Destination": "https://169.254.169.254/latest", "Transport": "SNS"},
        {"Destination": "https://[::ffff:10.0.0.1]/", "Transport": "SNS"},
        {"Destination": "nobody", "Transport": "Email"},
        {"Transport": "Pigeon"},
    ],
)
def test_what_cannot_be_used_is_refused_at_once(rosa: Requester, wrong: dict[str, Any]) -> None:
    hit_type = hit_type_of(rosa)
    with pytest.raises(Refusal):
        rosa("UpdateNotificationSettings", HITTypeId=hit_type, Notification=specification(**wrong))
    assert rosa("GetNotificationSettings", HITTypeId=hit_type) == {}


def test_a_test_event_to_a_forbidden_place_is_refused(rosa: Requester) -> None:
    forbidden = specification(Destination="https://10.0.0.1/", Transport="SNS")
    with pytest.raises(DestinationRefused):
        rosa("SendTestEventNotification", Notification=forbidden, TestEventType="Ping")


def test_a_test_event_without_a_mail_server_fails_at_once(rosa: Requester) -> None:
    mail = specification(Destination="rosa@example.org", Transport="Email")
    with pytest.raises(Refusal) as refused:
        rosa("SendTestEventNotification", Notification=mail, TestEventType="Ping")
    assert refused.value.code == "AWS.MechanicalTurk.InvalidTransportEndpoint"
