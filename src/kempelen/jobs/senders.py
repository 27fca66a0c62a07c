"""Senders: what is done for each kind of job. They join a job's row to the adapter that carries it out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Protocol

from kempelen.errors import Refusal
from kempelen.jobs.deliveries import Job
from kempelen.market import Market
from kempelen.operation import Call
from kempelen.plugins import blobs, channels

log = logging.getLogger("kempelen.deliveries")

Carrier = Callable[[str, channels.Message], None]
"""Takes a message to a destination. Raises `Undelivered`."""


class Document(Protocol):
    """Finds the facts of a notification: `id`, `body`, `group` and `created_at`; None if they are gone."""

    def __call__(self, call: Call, *, event: int, number: int) -> dict[str, Any] | None: ...


class UndeliveredTest(Refusal):
    """The notification could not be delivered: {reason}."""

    code = "AWS.MechanicalTurk.InvalidTransportEndpoint"


@dataclass(frozen=True, slots=True)
class Notifications:
    """Tells requesters of events. `carriers` by the channel's name."""

    document: Document
    carriers: Mapping[str, Carrier]

    def __call__(self, market: Market, job: Job) -> None:
        """Send one event's notification, the same at every try."""
        facts = json.loads(job.payload)
        found = market.read(lambda call: self.document(call, event=job.key, number=job.place))
        if found is None:
            raise channels.Undelivered("the event is no longer known", permanent=True)
        self._carry(facts | found)

    def test(self, facts: Mapping[str, Any]) -> None:
        """Send a test event. Raises `UndeliveredTest`."""
        try:
            self._carry(facts)
        except channels.Undelivered as fault:
            raise UndeliveredTest(reason=fault.reason.rstrip(".")) from fault

    def _carry(self, facts: Mapping[str, Any]) -> None:
        carrier = self.carriers.get(facts["channel"])
        if carrier is None:
            raise channels.Undelivered("this market sends nothing that way", permanent=True)
        message = channels.Message(
            id=facts["id"],
            subject=str(facts["created_at"]),
            body=facts["body"],
            group=facts["group"],
            created_at=facts["created_at"],
            topic=facts["topic"],
        )
        carrier(facts["destination"], message)


class Confirm(Protocol):
    """Asks a receiver whether it wants messages."""

    def __call__(
        self, destination: str, *, message_id: str, topic: str, token: str, subscribe_url: str, now: int
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Confirmations:
    """Sends SubscriptionConfirmation to https destinations."""

    confirm: Confirm

    def __call__(self, market: Market, job: Job) -> None:
        """Ask once."""
        facts = json.loads(job.payload)
        self.confirm(
            facts["destination"],
            message_id=f"confirmation-{market.traits.name}-{job.key}",
            topic=facts["topic"],
            token=facts["token"],
            subscribe_url=f"{market.traits.worker_site}/notifications/confirm?token={facts['token']}",
            now=job.created_at,
        )


class Letters(Protocol):
    """Sends letters."""

    def send(self, destination: str, mail: channels.Mail) -> None: ...


@dataclass(frozen=True, slots=True)
class Mails:
    """Mail to people of the house, whose addresses are looked up when it is sent.

    `channel`: None where no mail server is configured; then a letter is only noted.
    `sender`: `Name <address>`.
    """

    channel: Letters | None
    address_of: Callable[[int], str | None]
    wants: Callable[[int, str], bool]
    """Whether a person wants mail of a kind of `rules.profiles.MAIL_KINDS`."""
    sender: str

    def __call__(self, market: Market, job: Job) -> None:
        """Send one letter: `worker` (a person's key), `subject`, `text`; `address` if it is not theirs yet.

        `choice` is the kind of mail they can do without: `messages` if it is not said.
        """
        facts = json.loads(job.payload)
        if self.channel is None:
            log.info("no mail server is configured: the mail %d is not sent", job.key)
            return
        if not self.wants(int(facts["worker"]), str(facts.get("choice", "messages"))):
            return
        address = facts.get("address") or self.address_of(int(facts["worker"]))
        if address is None:
            raise channels.Undelivered("nobody has that account any more", permanent=True)
        letter_id = f"{market.traits.name}-{job.key}"
        text = str(facts.get("text", facts.get("body", "")))
        self._send(address, facts["subject"], text, letter_id=letter_id, created_at=job.created_at)

    def notification(self, destination: str, message: channels.Message) -> None:
        """Carry a notification as a letter with its JSON in it."""
        if self.channel is None:
            raise channels.Undelivered("this market has no mail server", permanent=True)
        self._send(
            destination,
            "Notification of your HITs",
            message.body,
            letter_id=message.id,
            created_at=message.created_at,
        )

    def _send(self, address: str, subject: str, text: str, *, letter_id: str, created_at: int) -> None:
        name, sender = parseaddr(self.sender)
        assert self.channel is not None
        letter = channels.Mail(letter_id, sender, name, subject, text, created_at)
        self.channel.send(address, letter)


class PushService(Protocol):
    """Sends push messages. Raises `SubscriptionGone` or `Undelivered`."""

    def send(self, to: Any, message: Mapping[str, str], *, now: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Pushes:
    """Push messages to workers' browsers, whose subscriptions are looked up when one is sent.

    `find` and `forget`: a subscription by its key. `gone`: what the service raises when there is none.
    """

    service: PushService
    find: Callable[[Call, int], Any]
    forget: Callable[[Call, int], None]
    gone: type[channels.Undelivered]

    def __call__(self, market: Market, job: Job) -> None:
        """Send one message; a browser that takes none any more is forgotten."""
        facts = json.loads(job.payload)
        key = int(facts["subscription"])
        found = market.read(lambda call: self.find(call, key))
        if found is None:
            return
        try:
            self.service.send(found, facts["message"], now=market.clock())
        except self.gone:
            market.system(lambda call: self.forget(call, key))


@dataclass(frozen=True, slots=True)
class Removals:
    """Removes blobs that no file has any more."""

    store: blobs.BlobStore

    def __call__(self, market: Market, job: Job) -> None:
        """Remove one; one that is gone already is as good."""
        self.store.delete(json.loads(job.payload)["blob"])
