"""The HTTP limits, over real sockets, against a real server."""

import asyncio
import itertools
import json
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest
import uvicorn

from kempelen.wire.limits import HTTPLimits
from kempelen.wire.protocol import bounded

LIMITS = HTTPLimits(sweep_seconds=0.05)
HOST = b"Host: market.example.org\r\n"
QUICK = replace(
    LIMITS,
    head_seconds=0.3,
    body_seconds=0.3,
    keep_alive_seconds=0.3,
    write_seconds=0.4,
    linger_seconds=0.2,
    bytes_per_second=100,
)


async def application(scope, receive, send):
    """Answers what it was sent: the body, or what the path asks for."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    path = scope["path"]
    body = b""
    if path != "/ignore":
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message["body"]
            more = message["more_body"]
    if path == "/slow":
        await asyncio.sleep(0.4)
    if path == "/crash":
        raise ValueError("a bug")
    if path == "/torn":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ValueError("a bug")
    if path == "/split":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"a\r\nb: c")]})
    if path == "/empty":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        return
    pieces = [body]
    if path == "/huge":
        pieces = [b"x" * 262144] * 256
    if path == "/whole":
        pieces = [b"x" * 33_554_432]
    if path == "/pieces":
        pieces = [b"one", b"two", b""]
    if path == "/headers":
        pieces = [json.dumps([[name.decode(), value.decode()] for name, value in scope["headers"]]).encode()]
    if path == "/target":
        pieces = [scope["raw_path"] + b"|" + scope["query_string"] + b"|" + scope["client"][0].encode()]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    for number, piece in enumerate(pieces, start=1):
        await send({"type": "http.response.body", "body": piece, "more_body": number < len(pieces)})


@contextmanager
def serving(limits, *, loop="uvloop", **settings):
    numbers = itertools.count(1)
    protocol = bounded(limits, new_request_id=lambda: f"request-{next(numbers)}")
    config = uvicorn.Config(
        application, http=protocol, log_level="critical", lifespan="on", loop=loop, **settings
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until(lambda: server.started)
    server.port, server.thread, server.census = listener.getsockname()[1], thread, protocol.census
    try:
        yield server
    finally:
        server.should_exit = server.force_exit = True
        thread.join(timeout=10)
        assert not thread.is_alive()


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def market(request):
    with serving(LIMITS, loop=request.param) as server:
        yield server


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def hasty(request):
    with serving(QUICK, loop=request.param) as server:
        yield server


def until(claim, seconds=5.0):
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


@contextmanager
def connected(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        yield client


def everything(client):
    """What the server says until it closes."""
    said = bytearray()
    while True:
        try:
            piece = client.recv(1 << 20)
        except ConnectionResetError:
            return bytes(said)
        if not piece:
            return bytes(said)
        said += piece


def answer(client, said=b""):
    """One answer with a Content-Length: status, headers, body, and what came after it."""
    while b"\r\n\r\n" not in said:
        piece = client.recv(65536)
        assert piece, said
        said += piece
    head, _, rest = said.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    length = int(headers.get("content-length", 0))
    while len(rest) < length:
        rest += client.recv(65536)
    return int(status.split()[1]), headers, rest[:length], rest[length:]


def refusal(said):
    """Status and reason of a refusal, which is one JSON answer that ends the connection."""
    head, _, body = said.partition(b"\r\n\r\n")
    lower = head.lower()
    assert b"connection: close" in lower
    assert b"content-type: application/x-amz-json-1.1" in lower
    assert b"x-amzn-requestid: request-" in lower
    problem = json.loads(body)
    assert set(problem) - {"TurkErrorCode"} == {"__type", "Message"}
    return int(head.split()[1]), problem["__type"]


def exchange(server, request):
    with connected(server) as client:
        with suppress(BrokenPipeError, ConnectionResetError):
            client.sendall(request)
        return everything(client)


# What works


def test_two_hundred_requests_pass_on_one_connection(market):
    with connected(market) as client:
        for number in range(200):
            body = b"%d" % number
            client.sendall(
                b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            status, headers, echoed, rest = answer(client)
            assert (status, echoed, rest) == (200, body, b"")
            assert "connection" not in headers


def test_pipelined_requests_are_answered_in_order(market):
    with connected(market) as client:
        requests = [b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n"]
        requests += [
            b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n%02d" % number for number in range(20)
        ]
        client.sendall(b"".join(requests))
        status, _, body, rest = answer(client)
        assert (status, body) == (200, b"")
        for number in range(20):
            status, _, body, rest = answer(client, rest)
            assert (status, body) == (200, b"%02d" % number)


def test_a_request_in_single_bytes_is_whole(market):
    with connected(market) as client:
        for byte in b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello":
            client.sendall(bytes([byte]))
        assert answer(client)[2] == b"hello"


def test_a_chunked_body_is_put_together_and_trailers_are_no_headers(market):
    with connected(market) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\n"
            + HOST
            + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
        )
        assert answer(client)[2] == b"hello!"
        client.sendall(
            b"POST /headers HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Evil: 1\r\n\r\n"
        )
        assert b"evil" not in answer(client)[2].lower()


def test_header_values_come_without_blanks_around_them(market):
    with connected(market) as client:
        client.sendall(b"GET /headers HTTP/1.1\r\nHost: a.example\t \r\nX-Word:   b  c \r\n\r\n")
        assert json.loads(answer(client)[2]) == [["host", "a.example"], ["x-word", "b  c"]]


def test_target_and_address_reach_the_application(market):
    with connected(market) as client:
        client.sendall(b"GET /target?a=%20b HTTP/1.1\r\n" + HOST + b"\r\n")
        assert answer(client)[2] == b"/target|a=%20b|127.0.0.1"


def test_an_answer_in_pieces_is_chunked(market):
    with connected(market) as client:
        client.sendall(b"GET /pieces HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        said = everything(client)
        assert b"transfer-encoding: chunked" in said
        assert said.endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


def test_an_old_client_gets_an_answer_that_ends_with_the_connection(market):
    said = exchange(market, b"GET /pieces HTTP/1.0\r\n" + HOST + b"\r\n")
    assert b"transfer-encoding" not in said
    assert said.endswith(b"\r\n\r\nonetwo")


def test_head_and_204_have_no_body(market):
    with connected(market) as client:
        client.sendall(
            (b"HEAD /pieces HTTP/1.1\r\n" + HOST + b"\r\n") + (b"GET /empty HTTP/1.1\r\n" + HOST + b"\r\n")
        )
        _, _, _, rest = answer(client)
        status, headers, _, rest = answer(client, rest)
        assert (status, rest) == (204, b"")
        assert "transfer-encoding" not in headers


def test_continue_is_said_when_the_application_wants_the_body(market):
    with connected(market) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ok")
        assert answer(client)[2] == b"ok"


def test_continue_is_not_said_for_a_body_nobody_reads(market):
    said = exchange(
        market, b"POST /ignore HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    assert said.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in said


def test_an_unread_body_does_not_become_the_next_request(market):
    with connected(market) as client:
        hidden = b"GET /target HTTP/1.1\r\n" + HOST + b"\r\n"
        client.sendall(b"POST /ignore HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(hidden))
        status, _, _, rest = answer(client)
        client.sendall(hidden + b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\n\r\nnext")
        assert status == 200
        assert answer(client, rest)[2] == b"next"


def test_an_upgrade_is_answered_as_plain_http(market):
    said = exchange(
        market, b"GET /target HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI"
    )
    assert said.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in said


def test_a_crash_is_a_service_fault_and_tells_nothing(market):
    said = exchange(market, b"GET /crash HTTP/1.1\r\n" + HOST + b"\r\n")
    assert refusal(said) == (500, "ServiceFault")
    assert b"a bug" not in said


def test_a_crash_in_mid_answer_cuts_the_connection(market):
    said = exchange(market, b"GET /torn HTTP/1.1\r\n" + HOST + b"\r\n")
    assert said == b"" or said.endswith(b"half")


def test_an_application_cannot_split_its_answer(market):
    assert refusal(exchange(market, b"GET /split HTTP/1.1\r\n" + HOST + b"\r\n"))[0] == 500


# Sizes and numbers


def test_a_head_of_64_kib_passes_and_more_does_not(market):
    request = b"GET /ignore HTTP/1.1\r\n" + HOST + b"Connection: close\r\nX: "
    assert exchange(market, request + b"x" * 65000 + b"\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert refusal(exchange(market, request + b"x" * 65600 + b"\r\n\r\n"))[0] == 431


def test_a_head_that_never_ends_is_refused_while_it_comes(market):
    with connected(market) as client:
        client.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"X: ")
        with suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(200):
                client.sendall(b"x" * 8192)
                time.sleep(0.001)
        assert refusal(everything(client))[0] == 431


def test_a_target_over_the_limit_is_refused(market):
    assert refusal(exchange(market, b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"))[0] == 431


def test_a_hundred_fields_pass_and_one_more_does_not(market):
    def fields(number):
        return b"".join(b"X-%d: 1\r\n" % index for index in range(number))

    request = b"GET /ignore HTTP/1.1\r\n" + HOST + b"Connection: close\r\n"
    assert exchange(market, request + fields(98) + b"\r\n").startswith(b"HTTP/1.1 200")
    assert refusal(exchange(market, request + fields(99) + b"\r\n"))[0] == 431


def test_a_stated_length_over_the_limit_is_refused_before_the_body(market):
    with connected(market) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10737418240\r\n\r\n")
        assert refusal(everything(client)) == (413, "RequestEntityTooLargeException")


def test_a_stated_length_over_the_limit_gets_no_continue(market):
    with connected(market) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 9999999999\r\n\r\n"
        )
        assert refusal(everything(client))[0] == 413


def test_a_body_of_exactly_the_limit_passes():
    with serving(replace(LIMITS, body_bytes=1000)) as server, connected(server) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000)
        assert answer(client)[2] == b"x" * 1000


def test_a_chunked_body_is_refused_when_it_streams_over_the_limit():
    with serving(replace(LIMITS, body_bytes=1000)) as server:
        said = exchange(
            server,
            b"POST / HTTP/1.1\r\n"
            + HOST
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"64\r\n%s\r\n" % (b"x" * 100) * 11,
        )
        assert refusal(said)[0] == 413


def test_a_path_can_have_a_limit_of_its_own():
    def body_bytes_of(path):
        return 100_000 if path.startswith("/uploads/") else 10

    with serving(replace(LIMITS, body_bytes_of=body_bytes_of)) as server:
        body = b"Content-Length: 100000\r\nConnection: close\r\n\r\n" + b"x" * 100_000
        assert exchange(server, b"POST /uploads/1 HTTP/1.1\r\n" + HOST + body).startswith(b"HTTP/1.1 200")
        assert refusal(exchange(server, b"POST / HTTP/1.1\r\n" + HOST + body))[0] == 413


def test_bytes_around_chunks_are_bounded(market):
    start = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5;"
    assert refusal(exchange(market, start + b"a" * 2_000_000))[0] == 400
    trailer = start[:-2] + b"0\r\nX: "
    assert refusal(exchange(market, trailer + b"a" * 2_000_000))[0] in (400, 431)


def test_too_many_trailers_are_refused(market):
    trailers = b"".join(b"X-%d: 1\r\n" % number for number in range(200))
    said = exchange(
        market,
        b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + trailers + b"\r\n",
    )
    assert refusal(said)[0] == 431


def test_too_many_pipelined_requests_end_the_connection_after_their_answers():
    with serving(replace(LIMITS, pipelined_requests=3)) as server:
        said = exchange(server, (b"GET / HTTP/1.1\r\n" + HOST + b"\r\n") * 50)
        assert said.count(b"HTTP/1.1 200") == 4
        assert refusal(said[said.rindex(b"HTTP/1.1") :])[0] == 400


def test_one_address_can_have_so_many_connections_and_no_more():
    with serving(replace(LIMITS, connections_per_address=3)) as server:
        clients = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(3)]
        until(lambda: len(server.census.open) == 3)
        with connected(server) as client:
            assert refusal(everything(client)) == (503, "ServiceUnavailableException")
        clients.pop().close()
        until(lambda: len(server.census.open) == 2)
        assert exchange(server, b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n").startswith(
            b"HTTP/1.1 200"
        )
        for client in clients:
            client.close()
        until(lambda: not server.census.open)
        assert not server.census.by_address


def test_all_connections_together_are_bounded():
    with serving(replace(LIMITS, connections=1)) as server, connected(server):
        until(lambda: len(server.census.open) == 1)
        with connected(server) as second:
            assert refusal(everything(second))[0] == 503


# Times


def test_a_slow_head_is_refused_however_steadily_it_drips(hasty):
    with connected(hasty) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        client.settimeout(0.05)
        said = b""
        began = time.monotonic()
        while not said and time.monotonic() - began < 3:
            client.sendall(b"X: 1\r\n")
            with suppress(TimeoutError):
                said = client.recv(65536)
        assert refusal(said) == (408, "RequestTimeoutException")


def test_a_head_that_stops_is_refused(hasty):
    with connected(hasty) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a")
        assert refusal(everything(client)) == (408, "RequestTimeoutException")


def test_a_connection_that_says_nothing_is_closed_in_silence(hasty):
    with connected(hasty) as client:
        assert everything(client) == b""


def test_blank_lines_keep_no_connection_open(hasty):
    with connected(hasty) as client:
        client.settimeout(0.05)
        end = time.monotonic() + 3
        closed = False
        while not closed and time.monotonic() < end:
            try:
                client.sendall(b"\r\n")
                closed = client.recv(10) == b""
            except TimeoutError:
                pass
            except OSError:
                closed = True
        assert closed


def test_a_body_that_stops_is_refused(hasty):
    with connected(hasty) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nhalf")
        assert refusal(everything(client))[0] == 408


def test_a_body_that_trickles_is_refused(hasty):
    with connected(hasty) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n")
        began = time.monotonic()
        said = b""
        client.settimeout(0.05)
        while not said and time.monotonic() - began < 3:
            client.sendall(b"x")
            with suppress(TimeoutError):
                said = client.recv(65536)
        assert refusal(said)[0] == 408


def test_an_idle_connection_is_closed_after_its_time(hasty):
    with connected(hasty) as client:
        client.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert answer(client)[0] == 200
        began = time.monotonic()
        assert everything(client) == b""
        assert 0.1 < time.monotonic() - began < 2


def test_a_slow_application_is_not_the_client_s_fault(hasty):
    with connected(hasty) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n")
        assert answer(client)[0] == 200


def test_a_client_that_does_not_read_is_cut_off(hasty):
    with connected(hasty) as client:
        client.sendall(b"GET /huge HTTP/1.1\r\n" + HOST + b"\r\n")
        until(lambda: hasty.census.open)
        until(lambda: not hasty.census.open)


def test_a_client_that_reads_gets_it_all(hasty):
    with connected(hasty) as client:
        client.sendall(b"GET /huge HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        assert len(everything(client)) > 64 * 1024 * 1024


@pytest.mark.parametrize("ending", [b"", b"Connection: close\r\n"])
def test_a_client_that_reads_slowly_but_steadily_gets_it_all(ending):
    with serving(replace(LIMITS, write_seconds=0.8)) as server, connected(server) as client:
        client.sendall(b"GET /whole HTTP/1.1\r\n" + HOST + ending + b"\r\n")
        began, taken = time.monotonic(), 0
        while taken < 33_554_432:
            taken += len(client.recv(1 << 20, socket.MSG_WAITALL))
            time.sleep(0.05)
        assert time.monotonic() - began > 0.8


def test_answers_do_not_pile_up_for_a_client_that_does_not_read():
    with serving(LIMITS) as server, connected(server) as client:
        client.sendall((b"GET /whole HTTP/1.1\r\n" + HOST + b"\r\n") * 5)
        time.sleep(0.5)
        (connection,) = server.census.open
        assert connection.transport.get_write_buffer_size() < 2 * 33_554_432
        assert len(connection.waiting) == 3


def test_a_closing_client_that_does_not_read_is_cut_off(hasty):
    with connected(hasty) as client:
        client.sendall(b"GET /whole HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        until(lambda: hasty.census.open)
        until(lambda: not hasty.census.open)


def test_a_refused_client_that_goes_on_sending_is_cut_off(hasty):
    with connected(hasty) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 9999999999\r\n\r\n")
        end = time.monotonic() + 3
        with pytest.raises(OSError):
            while time.monotonic() < end:
                client.sendall(b"x" * 1000)
                time.sleep(0.01)
        assert time.monotonic() < end


# Framing two servers could read in two ways


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
AMBIGUOUS = {
    "length and chunked": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "two equal lengths": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nhello",
    "signed length": POST + b"Content-Length: +5\r\n\r\nhello",
    "negative length": POST + b"Content-Length: -5\r\n\r\nhello",
    "empty length": POST + b"Content-Length: \r\n\r\nhello",
    "overflowing length": POST + b"Content-Length: 18446744073709551621\r\n\r\nhello",
    "gzip, chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked, identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked with a tab before": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked in 1.0": b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "blank before colon": POST + b"Content-Length : 5\r\n\r\nhello",
    "folded header": GET + b"X: b\r\n Content-Length: 5\r\n\r\n",
    "bare LF": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare LF in a header": GET + b"X: b\nContent-Length: 5\r\n\r\n",
    "bare CR in a header": GET + b"X: b\rY: c\r\n\r\n",
    "NUL in a value": GET + b"X: b\0c\r\n\r\n",
    "NUL in a name": GET + b"X\0: b\r\n\r\n",
    "NUL in the path": b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "no name": GET + b": b\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "no host in 1.0": b"GET / HTTP/1.0\r\n\r\n",
    "empty host": b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "two hosts": GET + b"Host: a\r\n\r\n",
    "host with a path": b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "host with a user": b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
    "list of hosts": b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "absolute target": b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "fragment": b"GET /#a HTTP/1.1\r\nHost: a\r\n\r\n",
    "raw bytes in the target": b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
    "chunk size in words": CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
    "chunk size with LF": CHUNKED + b"5\nhello\r\n0\r\n\r\n",
    "chunk longer than said": CHUNKED + b"5\r\nhelloworld\r\n0\r\n\r\n",
    "chunk size overflow": CHUNKED + b"fffffffffffffffff1\r\nhello",
    "upgrade with a body": POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 36\r\n\r\n",
    "old protocol": b"GET /\r\n\r\n",
    "nonsense": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_framing_is_refused_and_the_connection_closed(market, name):
    said = exchange(market, AMBIGUOUS[name] + SMUGGLED)
    assert refusal(said) == (400, "MalformedHttpRequestException")
    assert said.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"TRACE / HTTP/1.1", 501),
        (b"PROPFIND / HTTP/1.1", 501),
        (b"CONNECT a:1 HTTP/1.1", 501),
        (b"GET / HTTP/2.0", 505),
    ],
)
def test_methods_and_versions_we_do_not_speak_are_refused(market, request_line, status):
    assert refusal(exchange(market, request_line + b"\r\n" + HOST + b"\r\n"))[0] == status


def test_other_expectations_are_refused(market):
    assert refusal(exchange(market, b"GET / HTTP/1.1\r\n" + HOST + b"Expect: wonders\r\n\r\n"))[0] == 417


def test_what_follows_a_closing_request_is_not_answered(market):
    said = exchange(market, b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n" + SMUGGLED)
    assert said.count(b"HTTP/1.1 ") == 1
    assert said.startswith(b"HTTP/1.1 200")


def test_a_refusal_waits_for_the_answers_before_it(market):
    said = exchange(market, b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\nnonsense\r\n\r\n")
    first, _, second = said.partition(b"HTTP/1.1 400")
    assert first.startswith(b"HTTP/1.1 200")
    assert refusal(b"HTTP/1.1 400" + second)[0] == 400


# The end


def test_a_graceful_end_finishes_the_answer_and_closes_the_idle():
    with serving(LIMITS) as server, connected(server) as busy, connected(server) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert answer(idle)[0] == 200
        busy.sendall(b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(0.1)
        server.should_exit = True
        assert everything(idle) == b""
        status, headers, _, _ = answer(busy)
        assert (status, headers["connection"]) == (200, "close")
        server.thread.join(timeout=5)
        assert not server.thread.is_alive()
        assert not server.census.open


def test_a_graceful_end_does_not_wait_for_a_client_for_ever():
    with serving(LIMITS, timeout_graceful_shutdown=1) as server, connected(server) as client:
        client.sendall(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\n")
        time.sleep(0.1)
        server.should_exit = True
        server.thread.join(timeout=5)
        assert not server.thread.is_alive()


def test_the_parser_strictness_survives_several_requests(market):
    with connected(market) as client:
        client.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
        assert answer(client)[0] == 200
        client.sendall(AMBIGUOUS["length and chunked"])
        assert refusal(everything(client))[0] == 400
