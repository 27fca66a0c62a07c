"""Nothing leaves except to public places, by the address that was judged, and within a deadline."""

from __future__ import annotations

import re
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kempelen.egress import AllowList, DestinationRefused, DestinationUnreachable, Egress

PUBLIC = "93.184.216.34"

REFUSED_URLS = """
http://hooks.example.org/
ftp://hooks.example.org/
file:///etc/passwd
gopher://hooks.example.org/
//hooks.example.org/
hooks.example.org
https:hooks.example.org
https:///hooks.example.org
https://
https://user@hooks.example.org/
https://user:word@hooks.example.org/
https://hooks.example.org@127.0.0.1/
https://127.0.0.1#@hooks.example.org/
https://hooks.example.org/#part
https://hooks.example.org\\@127.0.0.1/
https://hooks.example.org:22/
https://hooks.example.org:80/
https://hooks.example.org:0/
https://hooks.example.org:65536/
https://hooks.example.org:443:8443/
https://hooks.example.org:4 43/
https://hooks.example.org:/x
https://127.0.0.1/
https://127.1/
https://127.0.1/
https://2130706433/
https://0x7f000001/
https://0x7f.0.0.1/
https://0x7F.1/
https://017700000001/
https://0177.0.0.1/
https://127.0.0.01/
https://127.0.0.0x1/
https://127.0.0.1./
https://127.0.0.1%2e/
https://127%2E0%2E0%2E1/
https://127.0.0.1.0x/
https://0/
https://0.0.0.0/
https://10.0.0.1/
https://100.64.0.1/
https://169.254.1.1/
https://169.254.169.254/latest/meta-data/
https://2852039166/
https://172.31.255.255/
https://192.168.1.1/
https://192.0.0.192/
https://192.0.2.1/
https://192.88.99.1/
https://198.19.0.1/
https://198.51.100.1/
https://203.0.113.9/
https://224.0.0.1/
https://240.0.0.1/
https://255.255.255.255/
https://168.63.129.16/
https://100.100.100.200/
https://256.1.1.1/
https://[::]/
https://[::1]/
https://[0:0:0:0:0:0:0:1]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[::ffff:a9fe:a9fe]/
https://[::127.0.0.1]/
https://[64:ff9b::127.0.0.1]/
https://[64:ff9b::a9fe:a9fe]/
https://[64:ff9b:1::7f00:1]/
https://[2002:7f00:1::]/
https://[2001:0:7f00:1::]/
https://[2001:db8::1]/
https://[3fff::1]/
https://[fe80::1]/
https://[fe80::1%25eth0]/
https://[fc00::1]/
https://[fd00:ec2::254]/
https://[ff02::1]/
https://[fec0::1]/
https://[100::1]/
https://[5f00::1]/
https://[::1/
https://::1/
https://[127.0.0.1]/
https://localhost/
https://LOCALHOST./
https://intranet/
https://metadata.google.internal/computeMetadata/v1/
https://Metadata.Google.Internal./
https://a..example.org/
https://-a.example.org/
https://exa mple.org/
https://example.org/a b
https://ex\u00e4mple.org/
https://\u2460\u2461\u2466.0.0.1/
https://127\u30020.0.1/
https://example.org/\r\nX-Injected: 1
https://example.org/\tx
https://example.org\x00.evil.org/
"""


def resolving(*answers: str) -> Callable[[str, int], list[str]]:
    """A resolver with one answer for the first question, the next for the second, and so on."""
    left = list(answers)
    return lambda _host, _port: [left.pop(0) if len(left) > 1 else left[0]]


@pytest.mark.parametrize(
    "url", [line for line in REFUSED_URLS.split("\n") if line] + ["", "https://a.org/" + "a" * 2048]
)
def test_a_spelling_that_leads_inside_or_can_be_read_two_ways_is_refused(url):
    egress = Egress(resolve=resolving("127.0.0.1"))
    with pytest.raises(DestinationRefused):
        egress.check(url)


@pytest.mark.parametrize(
    ("url", "host_header", "target"),
    [
        ("https://hooks.example.org", "hooks.example.org", "/"),
        ("HTTPS://Hooks.Example.org:443?x=/@", "hooks.example.org", "/?x=/@"),
        ("https://hooks.example.org:8443/a%20b?c=d", "hooks.example.org:8443", "/a%20b?c=d"),
        ("https://xn--exmple-cua.org./", "xn--exmple-cua.org", "/"),
        ("https://1.2.3.com/", "1.2.3.com", "/"),
        ("https://8.8.8.8/", "8.8.8.8", "/"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443", "/"),
        ("https://[64:ff9b::808:808]/", "[64:ff9b::808:808]", "/"),
    ],
)
def test_a_public_place_is_taken_in_its_one_spelling(url, host_header, target):
    destination = Egress(resolve=resolving(PUBLIC)).check(url)
    assert (destination.endpoint.host_header, destination.endpoint.target) == (host_header, target)
    assert ip_address(destination.addresses[0])


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "10.1.1.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "fd12::1"]
)
def test_a_name_with_one_address_inside_is_refused_whole(inside):
    egress = Egress(resolve=lambda _host, _port: [PUBLIC, inside])
    with pytest.raises(DestinationRefused):
        egress.check("https://hooks.example.org/")


def test_a_name_without_address_or_with_a_resolver_that_hangs_is_unreachable():
    def hangs(_host: str, _port: int) -> list[str]:
        time.sleep(2)
        return [PUBLIC]

    def fails(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("no such name")

    for resolve in (hangs, fails, lambda _host, _port: []):
        started = time.monotonic()
        with pytest.raises(DestinationUnreachable):
            Egress(resolve=resolve).check("https://hooks.example.org/", timeout_seconds=0.1)
        assert time.monotonic() - started < 1


def test_the_operator_can_list_hosts_ports_and_networks_but_no_metadata_service():
    allowed = AllowList.parse(
        ["hooks.corp.example", "queue:9000", "10.1.0.0/16", "[::1]:9000", "169.254.0.0/16"]
    )
    egress = Egress(allowed, resolve=resolving("192.168.7.7"))
    for url in ("http://hooks.corp.example/", "https://hooks.corp.example:8443/", "http://queue:9000/"):
        assert egress.check(url).addresses == ("192.168.7.7",)
    for url in ("http://10.1.2.3/", "https://10.1.2.3/", "http://[::1]:9000/"):
        assert egress.check(url)
    for url in (
        "http://hooks.corp.example:9000/",
        "http://queue/",
        "https://10.2.0.1/",
        "http://10.1.2.3:6379/",
        "https://other.example/",
        "http://[::1]/",
        "http://169.254.169.254/",
    ):
        with pytest.raises(DestinationRefused):
            egress.check(url)
    for bad in ("", "a b", "10.1.0.0/40", "host:port", "0x7f.1"):
        with pytest.raises(ValueError):
            AllowList.parse([bad])


# Real connections to a server on loopback, which the operator has listed


def whole_request(sock: socket.socket) -> bytes:
    """A request with its body, which may come in a piece of its own."""
    got = b""
    while piece := sock.recv(65_536):
        got += piece
        head, ended, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *([0-9]+)", head)
        if ended and len(body) >= (int(length[1]) if length else 0):
            break
    return got


class Hook:
    """A server that keeps what it was sent and answers what it was told."""

    def __init__(self, answer: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        hook = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    sock = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                    hook.requests.append(whole_request(sock))
                    answer(sock)
                    sock.close()
                except OSError:
                    pass

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.port = int(self.server.server_address[1])


@contextmanager
def hook(
    answer: Callable[[socket.socket], None] | bytes, tls: ssl.SSLContext | None = None
) -> Iterator[Hook]:
    if isinstance(answer, bytes):
        reply = answer
        running = Hook(lambda sock: sock.sendall(reply), tls)
    else:
        running = Hook(answer, tls)
    thread = threading.Thread(target=running.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        running.server.server_close()
        thread.join()


def to_loopback(port: int) -> Egress:
    return Egress(
        AllowList.parse([f"127.0.0.1:{port}", f"hooks.example.org:{port}"]), resolve=resolving("127.0.0.1")
    )


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


def test_a_post_carries_body_headers_and_the_name_of_its_host():
    with hook(OK) as there:
        url = f"http://hooks.example.org:{there.port}/in?x=1"
        answer = to_loopback(there.port).post(url, b"hello", {"Content-Type": "text/plain"})
        assert (answer.status, answer.body, answer.is_cut) == (200, b"fine", False)
    head, _, body = there.requests[0].partition(b"\r\n\r\n")
    assert body == b"hello"
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /in?x=1 HTTP/1.1"
    assert f"Host: hooks.example.org:{there.port}" in lines
    assert {"Content-Type: text/plain", "Content-Length: 5", "Connection: close"} <= set(lines)


def test_a_get_has_no_body():
    with hook(OK) as there:
        assert to_loopback(there.port).get(f"http://127.0.0.1:{there.port}/", {}).body == b"fine"
    assert there.requests[0].startswith(b"GET / HTTP/1.1\r\n")


def test_a_name_that_rebinds_between_check_and_connection_is_resolved_only_once():
    with hook(OK) as there:
        asked: list[str] = []

        def rebinding(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

        allowed = AllowList.parse(["127.0.0.2/32"], ports=[there.port])
        egress = Egress(allowed, resolve=rebinding)
        # 127.0.0.2 is listed and nobody listens there; a second look would find the server on 127.0.0.1.
        with pytest.raises(DestinationUnreachable):
            egress.post(f"https://rebinding.example.org:{there.port}/", b"", {}, timeout_seconds=2)
        assert asked == ["rebinding.example.org"]
        assert there.requests == []
        with pytest.raises(DestinationRefused):
            egress.post(f"https://rebinding.example.org:{there.port}/", b"", {})
        assert there.requests == []


def test_a_redirect_is_an_answer_and_is_not_followed():
    with hook(OK) as inside:
        location = f"http://127.0.0.1:{inside.port}/".encode()
        redirect = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
        with hook(redirect) as there:
            answer = to_loopback(there.port).post(f"http://127.0.0.1:{there.port}/", b"", {})
        assert answer.status == 302
        assert inside.requests == []


def test_a_big_answer_is_cut_whether_its_length_is_told_or_not():
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"400\r\n"
        + (b"x" * 1024 + b"\r\n400\r\n") * 999
    )
    for reply in (endless, chunked):
        with hook(reply) as there:
            url = f"http://127.0.0.1:{there.port}/"
            answer = to_loopback(there.port).post(url, b"", {}, max_answer_bytes=1_000)
        assert (len(answer.body), answer.is_cut) == (1_000, True)


def dripping(head: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def answer(sock: socket.socket) -> None:
        sock.sendall(head)
        for _ in range(200):
            time.sleep(0.05)
            sock.sendall(drop)

    return answer


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_an_answer_that_drips_ends_by_the_deadline(head, drop):
    with hook(dripping(head, drop)) as there:
        started = time.monotonic()
        with pytest.raises(DestinationUnreachable, match="within"):
            to_loopback(there.port).post(f"http://127.0.0.1:{there.port}/", b"", {}, timeout_seconds=0.4)
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\xff" * 70_000])
def test_an_answer_that_is_not_http_is_unreachable(reply):
    with hook(reply) as there, pytest.raises(DestinationUnreachable):
        to_loopback(there.port).post(f"http://127.0.0.1:{there.port}/", b"", {}, timeout_seconds=2)


def test_a_header_cannot_carry_a_second_one():
    with hook(OK) as there:
        with pytest.raises(DestinationUnreachable):
            to_loopback(there.port).post(f"http://127.0.0.1:{there.port}/", b"", {"X-A": "b\r\nX-C: d"})
        assert not any(b"X-C" in request for request in there.requests)


# TLS and proxy


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate of hooks.example.org; answers the path of certificate and key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example.org")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.org")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def serving(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_https_checks_the_certificate_against_the_name_not_the_address(certificate):
    trusting = ssl.create_default_context(cafile=str(certificate))
    with hook(OK, serving(certificate)) as there:
        allowed = AllowList.parse([f"hooks.example.org:{there.port}", f"other.example.org:{there.port}"])
        egress = Egress(allowed, resolve=resolving("127.0.0.1"), tls=trusting)
        assert egress.post(f"https://hooks.example.org:{there.port}/", b"x", {}).status == 200
        with pytest.raises(DestinationUnreachable, match="certificate"):
            egress.post(f"https://other.example.org:{there.port}/", b"x", {})
        with pytest.raises(DestinationUnreachable, match="certificate"):
            Egress(allowed, resolve=resolving("127.0.0.1")).post(
                f"https://hooks.example.org:{there.port}/", b"x", {}
            )


def test_a_server_that_never_finishes_the_handshake_ends_by_the_deadline():
    with hook(dripping(b"", b"\x16")) as there:
        started = time.monotonic()
        with pytest.raises(DestinationUnreachable):
            to_loopback(there.port).post(f"https://127.0.0.1:{there.port}/", b"", {}, timeout_seconds=0.4)
        assert time.monotonic() - started < 2


def test_a_proxy_is_asked_for_the_judged_address_and_never_for_a_refused_one():
    def proxy(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
        through.append(sock.recv(65_536))
        sock.sendall(OK)

    through: list[bytes] = []
    with hook(proxy) as there:
        allowed = AllowList.parse(["hooks.example.org"])
        egress = Egress(allowed, proxy=f"http://127.0.0.1:{there.port}/", resolve=resolving(PUBLIC))
        assert egress.post("http://hooks.example.org/x", b"hello", {}).body == b"fine"
        assert there.requests[0].startswith(f"CONNECT {PUBLIC}:80 HTTP/1.1\r\n".encode())
        assert through[0].startswith(b"POST /x HTTP/1.1\r\n")
        with pytest.raises(DestinationRefused):
            egress.post("https://10.0.0.1/", b"", {})
        assert len(there.requests) == 1


def test_a_proxy_that_refuses_makes_the_destination_unreachable():
    with hook(b"HTTP/1.1 403 Forbidden\r\n\r\n") as there:
        egress = Egress(proxy=f"127.0.0.1:{there.port}", resolve=resolving(PUBLIC))
        with pytest.raises(DestinationUnreachable):
            egress.post("https://hooks.example.org/", b"", {}, timeout_seconds=2)
    with pytest.raises(ValueError):
        Egress(proxy="nonsense")
