"""Egress: the one way out. Every request to a place that somebody else has named is made here.

A host is resolved once, every address it has is judged, and the connection is made to one of exactly those
addresses, so a name that changes in between (DNS rebinding) changes nothing. No redirect is followed, no
cookie or credential is kept, and one deadline covers resolving, connecting, the handshake and every byte.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from time import monotonic
from typing import TYPE_CHECKING, Any

from kempelen.errors import Refusal
from kempelen.rules.addresses import (
    AllowList,
    DestinationRefused,
    Endpoint,
    literal_address,
    parse_endpoint,
    refused,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = [
    "AllowList",
    "Answer",
    "Destination",
    "DestinationRefused",
    "DestinationUnreachable",
    "Egress",
    "addresses_of",
]

RESOLVE_SECONDS = 5.0
MOST_ADDRESSES = 16
"""A host with more addresses is judged, and reached, by its first ones."""
MOST_ATTEMPTS = 3
"""Addresses of one host that are tried in turn."""
CHUNK = 16_384

Resolve = Callable[[str, int], list[str]]


class DestinationUnreachable(Refusal):
    """The destination could not be reached: {reason}"""

    code = "AWS.MechanicalTurk.InvalidTransportEndpoint"


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL that may be used, and the addresses, all judged, that its host had at that moment."""

    endpoint: Endpoint
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, a redirect too. `body` is cut at the size asked for."""

    status: int
    body: bytes
    is_cut: bool = False


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses the system's resolver has for a host, best first. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Egress:
    """Requests to outside places, under the operator's rules. Safe to share between threads.

    `proxy` (`host:port`): an HTTP proxy whose CONNECT carries every request, to the address judged here.
    `resolve` and `tls` stand in for the system's resolver and trusted certificates.
    """

    def __init__(
        self,
        allowed: AllowList | None = None,
        *,
        proxy: str | None = None,
        resolve: Resolve = addresses_of,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed or AllowList.parse()
        self._proxy = _proxy_address(proxy) if proxy else None
        self._resolve = resolve
        self._given_tls = tls

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made when something is sent first: reading the system's certificates takes a tenth of a second."""
        return self._given_tls or ssl.create_default_context()

    def check(self, url: str, *, timeout_seconds: float = RESOLVE_SECONDS) -> Destination:
        """Where a URL leads, resolved once.

        Raises `DestinationRefused` if it may not be used, `DestinationUnreachable` if no address is found.
        """
        endpoint = parse_endpoint(url, allowed=self._allowed)
        addresses = self._addresses(endpoint, timeout_seconds)
        listed = self._allowed.names(endpoint.host, endpoint.port)
        for text in addresses:
            if "%" in text:
                raise DestinationRefused(reason="its address belongs to one network interface.")
            why = refused(ip_address(text), allowed=self._allowed, listed=listed)
            if why is not None:
                raise DestinationRefused(reason=why)
        return Destination(endpoint, addresses)

    def _addresses(self, endpoint: Endpoint, timeout_seconds: float) -> tuple[str, ...]:
        if literal_address(endpoint.host) is not None:
            return (endpoint.host,)
        found: list[list[str]] = []
        # The system's resolver knows no deadline, so it is left behind in its thread when it takes too long.
        worker = threading.Thread(target=lambda: found.append(self._resolved(endpoint)), daemon=True)
        worker.start()
        worker.join(timeout_seconds)
        if not found or not found[0]:
            raise DestinationUnreachable(reason=f"no address was found for {endpoint.host}.")
        return tuple(found[0][:MOST_ADDRESSES])

    def _resolved(self, endpoint: Endpoint) -> list[str]:
        try:
            return self._resolve(endpoint.host, endpoint.port)
        except (OSError, UnicodeError):
            return []

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout_seconds: float = 10.0,
        max_answer_bytes: int = 65_536,
    ) -> Answer:
        """POST a body and read the answer, whatever its status, all within `timeout_seconds`.

        Raises `DestinationRefused` if the place may not be used, `DestinationUnreachable` if none answered.
        """
        return self._exchange("POST", url, body, headers, timeout_seconds, max_answer_bytes)

    def get(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        timeout_seconds: float = 10.0,
        max_answer_bytes: int = 65_536,
    ) -> Answer:
        """GET a page and read the answer, as `post` does."""
        return self._exchange("GET", url, b"", headers, timeout_seconds, max_answer_bytes)

    def _exchange(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], seconds: float, most: int
    ) -> Answer:
        deadline = monotonic() + seconds
        destination = self.check(url, timeout_seconds=seconds)
        try:
            with self._connected(destination, deadline) as sock:
                return _asked(_Line(sock, deadline), method, destination.endpoint, body, headers, most)
        except TimeoutError:
            reason = f"it did not answer within {seconds:g} seconds."
            raise DestinationUnreachable(reason=reason) from None
        except ssl.SSLCertVerificationError as error:
            reason = f"its certificate is not valid: {error.verify_message}."
            raise DestinationUnreachable(reason=reason) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DestinationUnreachable(reason=f"{type(error).__name__}.") from None

    def _connected(self, destination: Destination, deadline: float) -> socket.socket:
        """A connection to one of the judged addresses, through TLS where the URL says https."""
        endpoint = destination.endpoint
        if self._proxy is None:
            sock = _dialled(destination, deadline)
        else:
            sock = socket.create_connection(self._proxy, timeout=_left(deadline))
        try:
            if self._proxy is not None:
                _tunnel(_Line(sock, deadline), destination.addresses[0], endpoint.port)
            if endpoint.scheme != "https":
                return sock
            sock.settimeout(_left(deadline))
            return self._tls.wrap_socket(sock, server_hostname=endpoint.host)
        except BaseException:
            sock.close()
            raise


def _dialled(destination: Destination, deadline: float) -> socket.socket:
    """A connection to the first judged address that takes one."""
    candidates = destination.addresses[:MOST_ATTEMPTS]
    for place, address in enumerate(candidates):
        left = _left(deadline) / (len(candidates) - place)
        try:
            return socket.create_connection((address, destination.endpoint.port), timeout=left)
        except OSError:
            if place == len(candidates) - 1:
                raise
    raise AssertionError("a destination has at least one address")


def _asked(
    line: _Line, method: str, endpoint: Endpoint, body: bytes, headers: Mapping[str, str], most: int
) -> Answer:
    connection = http.client.HTTPConnection(endpoint.host, endpoint.port)
    connection.auto_open = 0  # it must never dial by itself: that would resolve the name again
    connection.sock = line
    connection.putrequest(method, endpoint.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", endpoint.host_header)
    for name, value in headers.items():
        connection.putheader(name, value)
    if body or method == "POST":
        connection.putheader("Content-Length", str(len(body)))
    connection.putheader("Connection", "close")
    connection.endheaders(body or None)
    response = connection.getresponse()
    content = bytearray()
    while len(content) <= most and (part := response.read(min(CHUNK, most + 1 - len(content)))):
        content += part
    return Answer(response.status, bytes(content[:most]), is_cut=len(content) > most)


def _tunnel(line: _Line, address: str, port: int) -> None:
    """Ask a proxy for a connection. Raises `OSError` if it will not make one."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    line.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        one = line.receive(1)  # one by one, so that nothing behind the head is taken from the other side
        head += one
        if not one or len(head) > CHUNK:
            raise ConnectionError("the proxy's answer cannot be read")
    if head.split(b" ", 2)[1:2] != [b"200"]:
        raise ConnectionError("the proxy refused the connection")


class _Line:
    """A socket as `http.client` uses one, on which everything together ends by one deadline.

    A socket's own timeout starts anew with every byte, so that a drop a second would keep it open for ever.
    """

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def receive(self, most: int) -> bytes:
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv(most)

    def receive_into(self, buffer: WriteableBuffer) -> int:
        self._sock.settimeout(_left(self._deadline))
        return self._sock.recv_into(buffer)

    def sendall(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            self._sock.settimeout(_left(self._deadline))
            rest = rest[self._sock.send(rest[:CHUNK]) :]

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """The connection is closed by who opened it."""


class _Incoming(io.RawIOBase):
    def __init__(self, line: _Line) -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._line.receive_into(buffer)


def _left(deadline: float) -> float:
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _proxy_address(proxy: str) -> tuple[str, int]:
    host, colon, port = proxy.removeprefix("http://").removesuffix("/").rpartition(":")
    if not colon or not host or not port.isdecimal():
        raise ValueError(f"the egress proxy must read host:port, not {proxy}")
    return host.strip("[]"), int(port)
