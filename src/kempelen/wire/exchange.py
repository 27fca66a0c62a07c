"""One request and its answer, as ASGI sees them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kempelen.wire.protocol import Connection

logger = logging.getLogger("kempelen.http")

Application = Callable[
    [dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]

STATUS_LINES: Final = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}
FAULT: Final = json.dumps(
    {
        "__type": "ServiceFault",
        "Message": "There was an error with this request.",
        "TurkErrorCode": "AWS.MechanicalTurk.ServiceFault",
    }
).encode()


def error_answer(status: int, body: bytes, *, request_id: str) -> bytes:
    """A whole JSON answer after which the connection closes."""
    return (
        b"%scontent-type: application/x-amz-json-1.1\r\nx-amzn-requestid: %s\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n%s"
    ) % (STATUS_LINES[status], request_id.encode(), len(body), body)


class Exchange:
    """The body comes in bounded pieces, the head of the answer leaves with the first piece of its body."""

    __slots__ = (
        "began", "body", "body_limit", "chunked", "complete", "connection", "delivered", "disconnected",
        "event", "expects_continue", "head", "keep_alive", "more_body", "received", "received_before",
        "remaining", "scope", "started", "status",
    )  # fmt: skip

    def __init__(
        self,
        connection: Connection,
        scope: dict[str, Any],
        *,
        body_limit: int,
        keep_alive: bool,
        expects_continue: bool,
    ) -> None:
        self.connection = connection
        self.scope = scope
        self.body_limit = body_limit
        self.keep_alive = keep_alive
        self.expects_continue = expects_continue
        self.body = b""
        self.more_body = True
        self.delivered = False  # the application has the last piece
        self.received = self.received_before = 0
        self.began = 0.0
        self.disconnected = False
        self.complete = False
        self.event: asyncio.Event | None = None
        self.status = 0
        self.head: list[bytes] = []
        self.started = False  # bytes of the answer have left
        self.remaining: int | None = None
        self.chunked = False

    async def run(self, app: Application) -> None:
        """Let the application answer; a crash is a ServiceFault, or ends the connection in mid-answer."""
        try:
            await app(self.scope, self.receive, self.send)
            if not self.complete and not self.disconnected:
                logger.error("The application returned without a complete answer: %r", self.scope["path"])
        except asyncio.CancelledError:
            self._give_up()
            raise
        except Exception:
            if not self.disconnected:
                logger.exception("The application failed: %r", self.scope["path"])
        if not self.complete and not self.disconnected:
            self._give_up()

    async def receive(self) -> dict[str, Any]:
        """The next piece of the body, or http.disconnect once there is nobody to answer."""
        connection = self.connection
        if self.expects_continue and not self.started and not self.disconnected:
            self.expects_continue = False
            connection.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not (self.disconnected or self.complete):
            if self.body or not (self.more_body or self.delivered):
                body, self.body = self.body, b""
                self.delivered = not self.more_body
                return {"type": "http.request", "body": body, "more_body": self.more_body}
            if not connection.waiting:
                connection.resume_reading()
            if self.event is None:
                self.event = asyncio.Event()
            self.event.clear()
            await self.event.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """Take the head or a piece of the answer; waits for a client that does not read.

        Raises RuntimeError when an application says things in the wrong order or length.
        """
        writable = self.connection.writable
        if writable is not None:
            await asyncio.shield(writable)
        if self.disconnected:
            return
        kind = message["type"]
        if kind == "http.response.start" and not self.status:
            self._begin(message["status"], message.get("headers", ()))
        elif kind == "http.response.body" and self.status and not self.complete:
            self._write(message.get("body", b""), more=message.get("more_body", False))
        else:
            raise RuntimeError(f"ASGI message {kind!r} at the wrong time")

    def disconnect(self) -> None:
        """Nobody listens any more."""
        self.disconnected = True
        self.wake()

    def wake(self) -> None:
        if self.event is not None:
            self.event.set()

    def too_slow(self, now: float) -> bool:
        """Whether the body trickles in below the least rate. `now` is the loop's time in seconds."""
        limits, seconds = self.connection.limits, now - self.began
        if seconds <= limits.body_seconds:
            return False
        return self.received - self.received_before < seconds * limits.bytes_per_second

    def _begin(self, status: int, headers: Any) -> None:
        line = STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status
        defaults = self.connection.server_state.default_headers
        head = [line, *[name + b": " + value + b"\r\n" for name, value in defaults]]
        for name, value in headers:
            name = name.lower()
            if name == b"content-length":
                self.remaining = int(value)
            elif name == b"transfer-encoding":
                continue  # how the body is framed is ours to say
            elif name == b"connection":
                if b"close" in value.lower():
                    self.keep_alive = False
                continue
            head.append(name + b": " + value + b"\r\n")
        whole = b"".join(head)
        if whole.count(b"\n") != len(head) or whole.count(b"\r") != len(head) or b"\0" in whole:
            raise RuntimeError("a response header has a line break or NUL")
        self.status = status
        self.head = [whole]

    def _write(self, body: bytes, *, more: bool) -> None:
        bodiless = self.scope["method"] == "HEAD" or self.status in (204, 304)
        pieces: list[bytes] = []
        if not self.started:
            self._frame(bodiless=bodiless, length=None if more else len(body))
            pieces = self.head
            self.started = True
        if bodiless:
            pass
        elif self.chunked:
            if body:
                pieces += (b"%x\r\n" % len(body), body, b"\r\n")
            if not more:
                pieces.append(b"0\r\n\r\n")
        elif body:
            if self.remaining is not None:
                self.remaining -= len(body)
                if self.remaining < 0:
                    raise RuntimeError("the answer is longer than its Content-Length")
            pieces.append(body)
        if not more and self.remaining and not bodiless:
            raise RuntimeError("the answer is shorter than its Content-Length")
        if pieces:
            self.connection.transport.write(b"".join(pieces))
        if not more:
            self.complete = True
            self.wake()
            self.connection.exchange_ended(self)

    def _frame(self, *, bodiless: bool, length: int | None) -> None:
        """Close the head with how the body ends. `length` is its bytes where they are known."""
        if self.expects_continue:
            self.keep_alive = False  # whether the body still comes, only the client knows
        if not bodiless and self.remaining is None:
            if length is not None:
                self.remaining = length
                self.head.append(b"content-length: %d\r\n" % length)
            elif self.scope["http_version"] == "1.1":
                self.chunked = True
                self.head.append(b"transfer-encoding: chunked\r\n")
            else:
                self.keep_alive = False
        self.head.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")

    def _give_up(self) -> None:
        if self.disconnected or self.complete:
            return
        connection = self.connection
        self.keep_alive = False
        if self.started:
            self.disconnect()
            connection.transport.abort()
            return
        connection.transport.write(error_answer(500, FAULT, request_id=type(connection).new_request_id()))
        self.started = self.complete = True
        connection.exchange_ended(self)
