"""Notifications: who is told what of a HIT type, and a test of it.

Of an https destination the receiver has to agree first, as with SNS: until it has opened the SubscribeURL of
the confirmation it is sent, no event is written for it. Mail goes to members of the organisation alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Actor, Call, Role, command, query
from kempelen.rules import tokens
from kempelen.rules.addresses import DestinationRefused
from kempelen.rules.ids import new_secret
from kempelen.rules.notifications import Channel, channel_of, event_document, sample_event
from kempelen.store import hit_types, notifications, outbox
from kempelen.store.notifications import Settings

CONFIRMATION = "confirmation"
MOST_LANE = 400


class NoSuchToken(Refusal):
    """This link is not, or no longer, valid."""

    code = "AWS.MechanicalTurk.InvalidParameterValue"
    page_status = 404


@command("UpdateNotificationSettings", by=Role.REQUESTER)
def update_notification_settings(
    call: Call, *, hit_type_id: str, notification: Mapping[str, Any] | None = None, active: bool | None = None
) -> None:
    """Say where a HIT type's events go, or switch that on and off."""
    if notification is None and active is None:
        raise ParameterValidationError("At least one of Notification and Active must be given.")
    hit_type = hit_types.owned(call, hit_type_id)
    if notification is not None:
        _replace(call, hit_type, notification, active=active is not False)
    elif not notifications.activate(call, hit_type.key, active=bool(active)):
        raise ParameterValidationError(
            f"HITType {hit_type_id} has no notification specification that Active could switch."
        )
    call.emit(
        Event(EventKind.NotificationSettingsChanged, requester=call.actor.account, hit_type=hit_type.key)
    )


def _replace(
    call: Call, hit_type: hit_types.HITType, notification: Mapping[str, Any], *, active: bool
) -> None:
    destination, transport = notification["Destination"], notification["Transport"]
    event_types = tuple(dict.fromkeys(notification["EventTypes"]))
    if not event_types:
        raise ParameterValidationError("EventTypes must name at least one event type.")
    if "Ping" in event_types:
        raise ParameterValidationError(
            "Ping cannot be subscribed to: it is sent by SendTestEventNotification only."
        )
    channel = _channel(call, transport, destination)
    confirmed = channel is not Channel.HTTPS or notifications.is_confirmed(call, destination)
    token = None if confirmed else new_secret(call.random).replace("+", "-").replace("/", "_")
    topic = _topic(call.actor, hit_type.public_id)
    settings = Settings(
        destination, transport, notification["Version"], event_types, active, confirmed, token
    )
    lane = f"{channel}:{destination}"[:MOST_LANE]
    payload = {"channel": channel, "destination": destination, "topic": topic}
    notifications.keep(call, hit_type.key, settings, lane=lane, payload=json.dumps(payload))
    if token is not None and active:
        outbox.put(call, kind=CONFIRMATION, lane=lane, payload=payload | {"token": token})


def _channel(call: Call, transport: str, destination: str) -> Channel:
    """The channel that leads there. Raises `DestinationRefused`, for mail to anybody but members, too: nobody
    else has agreed to get any."""
    channel = channel_of(transport=transport, destination=destination, allowed=call.traits.egress_allowed)
    if channel is Channel.EMAIL and not _is_member(call, destination):
        reason = "mail goes to members of your organisation only. Ask the operator to make them one."
        raise DestinationRefused(reason=reason)
    return channel


def _is_member(call: Call, address: str) -> bool:
    person = call.directory.person_by_email(address)
    if person is None or not person.active:
        return False
    return call.actor.account in dict(call.directory.memberships(person.key))


def _topic(actor: Actor, hit_type_id: str) -> str:
    return f"arn:aws:sns:us-east-1:{account_number(actor.account)}:{hit_type_id}"


def account_number(account: int) -> str:
    """An account as AWS writes one: twelve digits."""
    return f"{account:012d}"


@query("GetNotificationSettings", by=Role.REQUESTER)
def get_notification_settings(call: Call, *, hit_type_id: str) -> dict[str, Any]:
    """A HIT type's settings; nothing if it has none."""
    hit_type = hit_types.owned(call, hit_type_id)
    settings = notifications.of_hit_type(call, hit_type.key)
    if settings is None:
        return {}
    specification = {
        "Destination": settings.destination,
        "Transport": settings.transport,
        "Version": settings.version,
        "EventTypes": list(settings.event_types),
    }
    return {"Notification": specification, "Active": settings.active}


@command("SendTestEventNotification", by=Role.REQUESTER, after="test notification")
def send_test_event_notification(
    call: Call, *, notification: Mapping[str, Any], test_event_type: str
) -> dict[str, Any]:
    """Send one event about nothing, at once, whatever the specification's EventTypes are.

    What is answered goes to the errand, which sends it after the commit and refuses if it could not.
    """
    destination = notification["Destination"]
    channel = _channel(call, notification["Transport"], destination)
    sample = sample_event(test_event_type, now=call.now)
    document_id = hashlib.sha256(call.request_id.encode()).hexdigest()[:40]
    return {
        "channel": channel,
        "destination": destination,
        "topic": _topic(call.actor, sample.hit_type_id),
        "id": document_id,
        "group": sample.hit_id,
        "created_at": call.now,
        "body": event_document(
            [sample],
            account=account_number(call.actor.account),
            customer_id=call.actor.public_id,
            document_id=document_id,
        ),
    }


@command("ConfirmNotifications", by=Role.SYSTEM)
def confirm_notifications(call: Call, *, token: str) -> None:
    """A receiver has opened its SubscribeURL. Once is as good as twice."""
    if not notifications.confirm(call, token):
        raise NoSuchToken()


@command("EndNotifications", by=Role.SYSTEM)
def end_notifications(call: Call, *, token: str) -> dict[str, Any]:
    """A receiver wants no more of what comes to its address."""
    try:
        (destination,) = tokens.unseal(
            call.directory.page_secret, unsubscribe_context(call.traits.name), token
        )
    except tokens.InvalidToken:
        raise NoSuchToken() from None
    notifications.end(call, str(destination))
    return {"Destination": destination}


def unsubscribe_context(world: str) -> str:
    """What the tokens of unsubscribe links are bound to."""
    return f"unsubscribe {world}"


def document_of(call: Call, *, event: int, number: int) -> dict[str, Any] | None:
    """An event's notification, the same at every call: `id`, `body` (JSON text), `group` and `created_at`.

    None if the event is no longer known.
    """
    told = notifications.told(call, event, number=number)
    if told is None:
        return None
    # Not a secret and no proof of anything: receivers use it to drop what they have seen.
    document_id = hashlib.sha256(f"{call.traits.name} {event}".encode()).hexdigest()[:40]
    return {
        "id": document_id,
        "group": told.event.hit_id,
        "created_at": told.event.at,
        "body": event_document(
            [told.event],
            account=account_number(told.requester),
            customer_id=told.requester_id,
            document_id=document_id,
        ),
    }
