"""Channels: how a message leaves. One file a channel, one class in it, with one method `send`.

Adapters: they are called from a delivery's job and never from an operation. A channel either returns, and
then the other side has taken the message, or raises `Undelivered`; how often to try is the job's to decide.
"""

from __future__ import annotations

from dataclasses import dataclass


class Undelivered(Exception):
    """A message was not taken. `permanent`: trying again cannot help, as when the queue does not exist."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Message:
    """A notification on its way: the same, `id` included, at every attempt.

    `subject`: milliseconds since 1970 as text, as MTurk writes it; `body`: JSON text; `group`: the HIT's id,
    whose messages keep their order; `created_at`: UTC milliseconds; `topic`: the ARN an envelope names as its
    source.
    """

    id: str
    subject: str
    body: str
    group: str
    created_at: int
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter in plain text. `sender` is an address, `sender_name` what people see before it.

    `unsubscribe`: the https page that ends such mail, empty in letters that answer a request of the reader.
    `created_at`: UTC milliseconds.
    """

    id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    created_at: int
    unsubscribe: str = ""
