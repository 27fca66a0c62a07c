"""What one HTTP connection, and all of them together, may use, and what is said beyond it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kempelen.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class HTTPLimits:
    """What one connection, and all of them together, may use."""

    head_bytes: int = 64 * 1024
    head_fields: int = 100
    body_bytes: int = 8 * 1024 * 1024
    body_bytes_of: Callable[[str], int] | None = None
    """The body limit of a path, in bytes, where `body_bytes` is not meant for it (uploads)."""
    pipelined_requests: int = 32
    connections: int = 8192
    connections_per_address: int = 512
    """An address is an IPv4 address or an IPv6 network of 64 bits. Raise it behind a proxy (one address)."""
    head_seconds: float = 10.0
    """From the connection, or the first byte of a later request, to the end of its head."""
    body_seconds: float = 30.0
    """The longest silence within a body."""
    bytes_per_second: int = 256
    """The least average rate of a body, and of an answer's reader, asked once its seconds are over."""
    keep_alive_seconds: float = 65.0
    write_seconds: float = 30.0
    """How long a client may leave a full send buffer, or a closing connection's last bytes, untouched."""
    linger_seconds: float = 2.0
    """How long a refused client's bytes are read and dropped, so that it can read the answer."""
    sweep_seconds: float = 1.0
    """How often deadlines are looked at; they end late by at most this."""


class MalformedRequest(Refusal):
    """The request is not well-formed HTTP: {reason}"""

    type = "MalformedHttpRequestException"
    page_status = 400
    stamped = False


class MethodNotImplemented(MalformedRequest):
    """This method is not implemented."""

    status = 501
    page_status = 501


class VersionNotSupported(MalformedRequest):
    """Only HTTP/1.0 and HTTP/1.1 are spoken here."""

    status = 505
    page_status = 505


class HeadTooLarge(MalformedRequest):
    """The request line and header fields are limited to {bytes} bytes and {fields} fields."""

    status = 431
    page_status = 431


class ExpectationFailed(MalformedRequest):
    """Only 100-continue can be expected."""

    status = 417
    page_status = 417


class BodyTooLarge(Refusal):
    """The request body is limited to {bytes} bytes."""

    type = "RequestEntityTooLargeException"
    status = 413
    page_status = 413
    stamped = False


class TooSlow(Refusal):
    """The request was not received in time."""

    type = "RequestTimeoutException"
    status = 408
    page_status = 408
    stamped = False


class TooManyConnections(Refusal):
    """There are too many open connections. Try again later."""

    type = "ServiceUnavailableException"
    status = 503
    page_status = 503
    stamped = False
