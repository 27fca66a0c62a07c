"""A mail server that keeps what it is sent."""

import email
import email.policy
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.ports import free_port


class MailSink:
    """Messages in the order of their arrival, and where to send them."""

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.refusal: str | None = None
        """An SMTP answer, such as "451 Try again later", given instead of keeping the message."""

    def sent_to(self, address: str) -> list[EmailMessage]:
        """What was addressed to this person, by the envelope rather than the header."""
        return [message for message in self.messages if address in message["X-Envelope-To"].split(", ")]

    def wait_for(self, count: int, *, seconds: float = 5) -> list[EmailMessage]:
        """All messages, once there are at least `count`. Raises AssertionError when they do not come."""
        deadline = time.monotonic() + seconds
        while len(self.messages) < count:
            assert time.monotonic() < deadline, f"{len(self.messages)} of {count} messages came"
            time.sleep(0.01)
        return self.messages

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd, under this name, for each message."""
        if self.refusal:
            return self.refusal
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 Message accepted for delivery"


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailSink]:
    """One server a worker; tests take `mail`, which begins empty."""
    sink = MailSink()
    controller = _start(sink)
    yield sink
    controller.stop()


@pytest.fixture
def mail(mail_server: MailSink) -> MailSink:
    """An empty mail sink: send to its `host` and `port`, read its `messages`."""
    mail_server.messages.clear()
    mail_server.refusal = None
    return mail_server


def _start(sink: MailSink) -> Controller:
    problem: OSError | None = None
    for _ in range(3):
        sink.port = free_port()
        controller = Controller(sink, hostname=sink.host, port=sink.port)
        try:
            controller.start()
        except OSError as taken:
            problem = taken
        else:
            return controller
    assert problem is not None
    raise problem
