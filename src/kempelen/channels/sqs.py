"""SQS: a message into a requester's queue, through boto3 and the endpoint the operator has configured.

The queue's URL is a name and is never fetched: boto3 takes `AWS_ENDPOINT_URL_SQS`, `AWS_ENDPOINT_URL` or the
region's own endpoint. The queue's policy must allow the operator's AWS identity `sqs:SendMessage`; that
identity should have no rights of its own to queues, since any requester can name any queue.
"""

from __future__ import annotations

from typing import Any

from kempelen.channels import Message
from kempelen.channels.aws import Clients, delivering
from kempelen.rules.notifications import region_of_queue

# Not tried again: what the queue, or the message, would have to change for.
PERMANENT = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "InvalidAddress",
    "InvalidMessageContents",
    "InvalidParameterValue",
    "MissingParameter",
    "AWS.SimpleQueueService.UnsupportedOperation",
    "UnsupportedOperation",
)


class SqsChannel:
    """Sends a message's JSON, bare, as the body. Safe to share between threads.

    `region` is used for queues whose URL does not tell one; without it, AWS's usual settings are.
    """

    def __init__(self, *, region: str | None = None) -> None:
        self._clients = Clients("sqs", region=region)

    def send(self, destination: str, message: Message) -> None:
        """Send to the queue with this URL. A FIFO queue keeps the order of each HIT and drops repeats.

        Raises `Undelivered`.
        """
        order: dict[str, Any] = {}
        if destination.endswith(".fifo"):
            order = {"MessageGroupId": message.group, "MessageDeduplicationId": message.id}
        with delivering(permanent=PERMANENT):
            client = self._clients.of(region_of_queue(destination))
            client.send_message(QueueUrl=destination, MessageBody=message.body, **order)
