"""HTTPS: a message posted to a requester's own server, in the signed envelope SNS would use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kempelen.channels import Message, Undelivered
from kempelen.channels.envelope import Signer, encoded
from kempelen.egress import DestinationRefused, DestinationUnreachable, Egress

TIMEOUT_SECONDS = 10.0
MAX_ANSWER_BYTES = 4_096
GONE = 410


class HttpsChannel:
    """Posts signed envelopes through the guarded way out. Safe to share between threads.

    `unsubscribe_url` answers, for a destination, the page of ours that ends the subscription.
    """

    def __init__(self, egress: Egress, signer: Signer, *, unsubscribe_url: Callable[[str], str]) -> None:
        self._egress = egress
        self._signer = signer
        self._unsubscribe_url = unsubscribe_url

    def send(self, destination: str, message: Message) -> None:
        """Post a notification. Raises `Undelivered`, finally for 410 and for places that may not be used."""
        envelope = self._signer.notification(message, unsubscribe_url=self._unsubscribe_url(destination))
        self._post(destination, envelope)

    def confirm(
        self, destination: str, *, message_id: str, topic: str, token: str, subscribe_url: str, now: int
    ) -> None:
        """Ask a new receiver whether it wants messages: it answers by opening `subscribe_url`.

        Raises `Undelivered`.
        """
        envelope = self._signer.confirmation(
            message_id=message_id, topic=topic, token=token, subscribe_url=subscribe_url, now=now
        )
        self._post(destination, envelope)

    def _post(self, destination: str, envelope: Mapping[str, str]) -> None:
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Kempelen notifications",
            "x-amz-sns-message-type": envelope["Type"],
            "x-amz-sns-message-id": envelope["MessageId"],
            "x-amz-sns-topic-arn": envelope["TopicArn"],
        }
        try:
            answer = self._egress.post(
                destination,
                encoded(envelope),
                headers,
                timeout_seconds=TIMEOUT_SECONDS,
                max_answer_bytes=MAX_ANSWER_BYTES,
            )
        except DestinationRefused as refusal:
            raise Undelivered(refusal.message, permanent=True) from refusal
        except DestinationUnreachable as refusal:
            raise Undelivered(refusal.message) from refusal
        if not 200 <= answer.status < 300:
            raise Undelivered(f"the receiver answered {answer.status}", permanent=answer.status == GONE)
