"""HTTP/1.1 with bounds on everything: the protocol uvicorn gives every connection to.

uvicorn keeps the process (sockets, TLS, signals, lifespan, graceful end); this file owns the connection.
httptools parses; what it lets through and should not, and every limit of size, number and time, is decided
here. Why it is our own and no subclass: docs/decisions/0003-http-limits.md.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
from collections import deque
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast
from urllib.parse import unquote

import httptools

from kempelen.errors import Refusal
from kempelen.wire.exchange import Application, Exchange, error_answer
from kempelen.wire.limits import (
    BodyTooLarge,
    ExpectationFailed,
    HeadTooLarge,
    HTTPLimits,
    MalformedRequest,
    MethodNotImplemented,
    TooManyConnections,
    TooSlow,
    VersionNotSupported,
)

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

METHODS: Final = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"))
HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
READ_AHEAD_BYTES: Final = 65536


def bounded(limits: HTTPLimits, *, new_request_id: Callable[[], str]) -> type[asyncio.Protocol]:
    """The protocol class for `uvicorn.Config(http=...)`; one for each server, whose connections it counts.

    `new_request_id` names the refusals that are answered here, before any application has seen the request.
    """

    class Bounded(Connection):
        pass

    Bounded.limits, Bounded.census, Bounded.new_request_id = (
        limits,
        Census(limits),
        staticmethod(new_request_id),
    )
    return Bounded


class Census:
    """The open connections of one server: how many, from where, and a regular look at their deadlines."""

    def __init__(self, limits: HTTPLimits) -> None:
        self.limits = limits
        self.open: set[Connection] = set()
        self.by_address: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, connection: Connection) -> bool:
        """Count it. False if that is one too many."""
        self.open.add(connection)
        here = self.by_address[connection.address] = self.by_address.get(connection.address, 0) + 1
        if self._timer is None:
            self._timer = connection.loop.call_later(self.limits.sweep_seconds, self._sweep, connection.loop)
        return here <= self.limits.connections_per_address and len(self.open) <= self.limits.connections

    def leave(self, connection: Connection) -> None:
        """Forget it; the looking stops with the last one."""
        if connection not in self.open:
            return
        self.open.remove(connection)
        left = self.by_address[connection.address] - 1
        if left:
            self.by_address[connection.address] = left
        else:
            del self.by_address[connection.address]
        if not self.open and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_later(self.limits.sweep_seconds, self._sweep, loop)
        now = loop.time()
        for connection in list(self.open):
            connection.check_deadlines(now)


class Connection(asyncio.Protocol):
    """One client connection. `bounded` makes the class uvicorn is given."""

    limits: ClassVar[HTTPLimits]
    census: ClassVar[Census]
    new_request_id: ClassVar[Callable[[], str]]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self.app: Application = config.loaded_app
        self.root_path = config.root_path
        self.asgi = {"version": config.asgi_version, "spec_version": "2.3"}
        self.loop = _loop or asyncio.get_event_loop()
        self.server_state = server_state
        self.app_state = app_state
        self.address = ""
        self.transport: asyncio.Transport
        self.parser = httptools.HttpRequestParser(self)

        self.running: Exchange | None = None  # being answered
        self.waiting: deque[Exchange] = deque()  # pipelined behind it
        self.receiving: Exchange | None = None  # whose body is coming in
        self.in_head = False
        self.headers: list[tuple[bytes, bytes]] = []
        self.url = b""
        self.head_bytes = 0
        self.uncounted = 0  # bytes read since the parser last gave us something

        self.read_due = inf
        self.write_due = inf
        self.close_due = inf
        self.unsent: float = inf  # bytes that waited for the client at the last look
        self.refusal: Refusal | None = None
        self.ending = False  # nothing more is read from this client
        self.reading_paused = False
        self.writable: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        peer, local = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self.client = (str(peer[0]), int(peer[1])) if isinstance(peer, tuple) else None
        self.server = (str(local[0]), int(local[1])) if isinstance(local, tuple) else None
        self.scheme = "https" if transport.get_extra_info("sslcontext") else "http"
        self.address = _address(self.client[0]) if self.client else "local"
        self.server_state.connections.add(self)  # type: ignore[arg-type]
        self.read_due = self.loop.time() + self.limits.head_seconds
        if not self.census.enter(self):
            self._refuse(TooManyConnections())

    def connection_lost(self, exc: Exception | None) -> None:
        self.server_state.connections.discard(self)
        self.census.leave(self)
        self.ending = True
        for exchange in (self.running, self.receiving):
            if exchange is not None:
                exchange.disconnect()
        self.waiting.clear()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        if self.ending:
            return
        self.uncounted += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.ending = True  # answered as plain HTTP, then closed; what follows speaks something else
        except httptools.HttpParserError as error:
            reason = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else None
            self._refuse(reason if isinstance(reason, Refusal) else MalformedRequest(reason=_plain(error)))
            return
        if self.uncounted > self.limits.head_bytes:
            self._refuse(
                self._head_too_large() if self.in_head else MalformedRequest(reason="chunk too long")
            )

    def pause_writing(self) -> None:
        self.write_due = self.loop.time() + self.limits.write_seconds
        self.unsent = self.transport.get_write_buffer_size()
        self.writable = self.loop.create_future()

    def resume_writing(self) -> None:
        self.write_due = self.unsent = inf
        if self.writable is not None and not self.writable.done():
            self.writable.set_result(None)
        self.writable = None

    def shutdown(self) -> None:
        """Finish what is being answered, begin nothing new. Called by uvicorn."""
        self.waiting.clear()
        if self.running is None:
            self.close()
        else:
            self.running.keep_alive = False

    def check_deadlines(self, now: float) -> None:
        """End what has taken too long. `now` is the loop's time in seconds."""
        if now > self.write_due or now > self.close_due:
            self._check_reader(now)
        elif self.ending or self.reading_paused:
            return
        elif now > self.read_due:
            if self.in_head or self.receiving is not None:
                self._refuse(TooSlow())
            else:
                self.close()
        elif self.receiving is not None and self.receiving.too_slow(now):
            self._refuse(TooSlow())

    def _check_reader(self, now: float) -> None:
        """Cut off a client that took less than the least rate of what waits for it."""
        limits, unsent = self.limits, self.transport.get_write_buffer_size()
        if not unsent or unsent > self.unsent - limits.bytes_per_second * limits.write_seconds:
            self.transport.abort()
            return
        self.unsent = unsent
        if now > self.write_due:
            self.write_due = now + limits.write_seconds
        if now > self.close_due:
            self.close_due = now + limits.write_seconds

    # What the parser calls

    def on_message_begin(self) -> None:
        self.in_head = True
        self.uncounted = self.head_bytes = 0
        self.headers = []
        self.url = b""
        self.read_due = self.loop.time() + self.limits.head_seconds

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > self.limits.head_bytes:
            raise self._head_too_large()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.head_bytes += len(name) + len(value) + 4
        self.headers.append((name.lower(), value.rstrip(b" \t")))
        if len(self.headers) > self.limits.head_fields or self.head_bytes > self.limits.head_bytes:
            raise self._head_too_large()

    def on_headers_complete(self) -> None:
        if self.head_bytes + len(self.url) > self.limits.head_bytes:
            raise self._head_too_large()
        self.in_head = False
        self.uncounted = 0
        exchange = self._exchange()
        self.receiving = exchange
        exchange.began = self.loop.time()
        self.read_due = exchange.began + self.limits.body_seconds
        # Trailers come through on_header too; they are counted and belong to nobody.
        self.headers = []
        if self.running is None:
            self._start(exchange)
        elif len(self.waiting) < self.limits.pipelined_requests:
            self.waiting.append(exchange)
            self._pause_reading()
        else:
            self.receiving = None
            raise MalformedRequest(reason="too many requests before their answers")

    def on_body(self, body: bytes) -> None:
        self.uncounted = 0
        exchange = self.receiving
        assert exchange is not None
        exchange.received += len(body)
        if exchange.received > exchange.body_limit:
            raise BodyTooLarge(bytes=exchange.body_limit)
        self.read_due = self.loop.time() + self.limits.body_seconds
        if not exchange.complete:
            exchange.body += body
            exchange.wake()
            if len(exchange.body) > READ_AHEAD_BYTES:
                self._pause_reading()

    def on_message_complete(self) -> None:
        self.uncounted = 0
        exchange, self.receiving = self.receiving, None
        if exchange is None:
            return
        exchange.more_body = False
        exchange.wake()
        idle = self.running is None
        self.read_due = self.loop.time() + self.limits.keep_alive_seconds if idle else inf
        if not exchange.keep_alive:
            self.ending = True
            if exchange.complete:
                self.close()

    # Answers

    def exchange_ended(self, exchange: Exchange) -> None:
        """The application has sent its whole answer: the next one, or wait for one, or close."""
        self.server_state.total_requests += 1
        self.running = None
        if not exchange.keep_alive:
            self._close_gently() if exchange.more_body else self.close()
        elif self.waiting:
            self._start(self.waiting.popleft())
        elif self.refusal is not None:
            self._write_refusal(self.refusal)
        elif self.ending:
            self.close()
        elif self.receiving is None and not self.in_head:
            self.read_due = self.loop.time() + self.limits.keep_alive_seconds
        if not self.waiting:
            self.resume_reading()

    def close(self) -> None:
        """Close once what is written has left, or the client has had its time to take it."""
        self.ending = True
        self.close_due = min(self.close_due, self.loop.time() + self.limits.write_seconds)
        self.unsent = self.transport.get_write_buffer_size()
        self.transport.close()

    def resume_reading(self) -> None:
        if self.reading_paused and not self.transport.is_closing():
            self.reading_paused = False
            self.transport.resume_reading()
            if self.receiving is not None:
                # The client could not send meanwhile: its clock starts anew.
                self.receiving.began = self.loop.time()
                self.receiving.received_before = self.receiving.received
                self.read_due = self.receiving.began + self.limits.body_seconds
            elif self.in_head:
                self.read_due = self.loop.time() + self.limits.head_seconds

    def _pause_reading(self) -> None:
        if not self.reading_paused and not self.transport.is_closing():
            self.reading_paused = True
            self.transport.pause_reading()

    def _exchange(self) -> Exchange:
        """The request whose head is complete. Raises Refusal for what two servers could read in two ways."""
        length, chunked, expects_continue = self._framing()
        method = self.parser.get_method()
        if method not in METHODS:
            raise MethodNotImplemented()
        path, raw_path, query = self._target()
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise VersionNotSupported()
        if chunked and version == "1.0":
            raise MalformedRequest(reason="Transfer-Encoding in HTTP/1.0")
        upgrade = self.parser.should_upgrade()
        if upgrade and (chunked or length):
            raise MalformedRequest(reason="Upgrade with a body")
        limit = self._body_limit(path, length=length)
        scope = {
            "type": "http",
            "asgi": self.asgi,
            "http_version": version,
            "method": method.decode(),
            "scheme": self.scheme,
            "path": self.root_path + path,
            "raw_path": self.root_path.encode() + raw_path,
            "query_string": query,
            "root_path": self.root_path,
            "headers": self.headers,
            "client": self.client,
            "server": self.server,
            "state": self.app_state.copy(),
        }
        keep_alive = version == "1.1" and self.parser.should_keep_alive() and not upgrade
        return Exchange(
            self,
            scope,
            body_limit=limit,
            keep_alive=keep_alive,
            expects_continue=expects_continue and length != 0,
        )

    def _body_limit(self, path: str, *, length: int) -> int:
        """The most bytes this path takes. Raises BodyTooLarge if more are announced."""
        limits = self.limits
        limit = limits.body_bytes if limits.body_bytes_of is None else limits.body_bytes_of(path)
        if length > limit:
            raise BodyTooLarge(bytes=limit)
        return limit

    def _framing(self) -> tuple[int, bool, bool]:
        """Content-Length (0 when absent), whether the body is chunked, whether 100-continue is expected."""
        hosts = lengths = encodings = length = 0
        expects_continue = False
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
                if not HOST.fullmatch(value):
                    raise MalformedRequest(reason="Host is not a host")
            elif name == b"content-length":
                lengths += 1
                if not value.isdigit() or len(value) > 18:
                    raise MalformedRequest(reason="Content-Length is not a number")
                length = int(value)
            elif name == b"transfer-encoding":
                encodings += 1
                if value.lower() != b"chunked":
                    raise MalformedRequest(reason="Transfer-Encoding other than chunked")
            elif name == b"expect":
                expects_continue = True
                if value.lower() != b"100-continue":
                    raise ExpectationFailed()
        if hosts != 1:
            raise MalformedRequest(reason="there must be one Host header")
        if lengths + encodings > 1:
            raise MalformedRequest(reason="the length of the body is stated more than once")
        return (-1 if encodings else length), encodings == 1, expects_continue

    def _target(self) -> tuple[str, bytes, bytes]:
        """Path decoded, path as sent, and query."""
        url = self.url
        if not url.startswith(b"/") and not url == b"*":
            raise MalformedRequest(reason="the target must be a path")
        if not url.isascii() or b"#" in url or b"\\" in url:
            raise MalformedRequest(reason="the target has characters that must be encoded")
        raw_path, _, query = url.partition(b"?")
        path = raw_path.decode()
        if "%" in path:
            path = unquote(path)
            if "\0" in path:
                raise MalformedRequest(reason="the target has a NUL")
        return path, raw_path, query

    def _head_too_large(self) -> HeadTooLarge:
        return HeadTooLarge(bytes=self.limits.head_bytes, fields=self.limits.head_fields)

    def _start(self, exchange: Exchange) -> None:
        self.running = exchange
        task = self.loop.create_task(exchange.run(self.app))
        self.server_state.tasks.add(task)
        task.add_done_callback(self.server_state.tasks.discard)

    def _refuse(self, refusal: Refusal) -> None:
        """Answer with a refusal after the answers that are due before it, and read nothing more."""
        if self.refusal is not None:
            return
        self.ending = True
        self.refusal = refusal
        broken, self.receiving = self.receiving, None
        if broken is not None and broken in self.waiting:
            self.waiting.remove(broken)
        elif broken is not None and broken is self.running:
            broken.disconnect()
            self.running = None
            if broken.started:
                self.transport.abort()  # half an answer cannot be taken back
                return
        self.resume_reading()
        if self.running is None:
            self._write_refusal(refusal)

    def _write_refusal(self, refusal: Refusal) -> None:
        body = json.dumps({"__type": refusal.type, "Message": refusal.message}).encode()
        self.transport.write(error_answer(refusal.status, body, request_id=type(self).new_request_id()))
        self._close_gently()

    def _close_gently(self) -> None:
        """Closing with unread bytes resets the connection, and the client never reads our answer."""
        self.ending = True
        if self.transport.is_closing():
            return
        if not self.transport.can_write_eof():
            self.close()
            return
        unsent = self.transport.get_write_buffer_size()
        seconds = self.limits.write_seconds if unsent else self.limits.linger_seconds
        self.transport.write_eof()
        self.close_due = min(self.close_due, self.loop.time() + seconds)


def _address(host: str) -> str:
    """The address that is counted: one customer's whole IPv6 network is one."""
    try:
        parsed = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
    return host


def _plain(error: Exception) -> str:
    """What the parser found, in one printable line."""
    return re.sub(r"[^ -~]", "?", str(error))[:200]
