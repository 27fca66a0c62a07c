"""SNS: a message published to a requester's topic, through boto3 and the endpoint the operator configured.

The topic's policy must allow the operator's AWS identity `sns:Publish`.
"""

from __future__ import annotations

from typing import Any

from kempelen.channels import Message
from kempelen.channels.aws import Clients, delivering
from kempelen.rules.notifications import region_of_topic

PERMANENT = ("NotFound", "NotFoundException", "InvalidParameter", "InvalidParameterValue", "EndpointDisabled")


class SnsChannel:
    """Publishes a message's JSON, with its moment as the subject. Safe to share between threads."""

    def __init__(self, *, region: str | None = None) -> None:
        self._clients = Clients("sns", region=region)

    def send(self, destination: str, message: Message) -> None:
        """Publish to the topic with this ARN. A FIFO topic keeps the order of each HIT and drops repeats.

        Raises `Undelivered`.
        """
        order: dict[str, Any] = {}
        if destination.endswith(".fifo"):
            order = {"MessageGroupId": message.group, "MessageDeduplicationId": message.id}
        with delivering(permanent=PERMANENT):
            client = self._clients.of(region_of_topic(destination))
            client.publish(TopicArn=destination, Message=message.body, Subject=message.subject, **order)
