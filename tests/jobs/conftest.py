"""A receiver on this machine, AWS by moto, and the background work of the production world, run by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest

from apps import app_on
from kempelen.app import App, senders
from kempelen.jobs.deliveries import Deliveries
from kempelen.store import outbox
from services.mail import MailSink


class Receiver:
    """A requester's own server: it keeps what is posted to it, and answers as told."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        """Statuses of the next answers; 200 when there are none."""
        self.refused: set[str] = set()
        """HITs whose messages are answered with 500."""
        self.held = threading.Event()
        self.held.set()
        self.url = ""

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of all notifications that were taken, in the order they came."""
        documents = [json.loads(each["Message"]) for each in self.got if each["Type"] == "Notification"]
        return [event for document in documents for event in document["Events"]]

    def answer(self, body: bytes, headers: dict[str, str]) -> int:
        """Take one message."""
        self.held.wait(5)
        envelope = json.loads(body)
        status = self.answers.pop(0) if self.answers else 200
        if any(hit in envelope["Message"] for hit in self.refused):
            status = 500
        if status == 200:
            self.got.append(envelope)
            self.raw.append(body)
            self.headers.append(headers)
        return status


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(kept.answer(body, dict(self.headers)))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    kept.held.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def aws(moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty AWS; answers a function that makes clients of it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_endpoint)
    for name in ("AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return boto3.client


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path, mail: MailSink) -> Iterator[App]:
    """An app that may reach this machine, and mails through the sink."""
    settings: dict[str, object] = {
        "egress_allow": "127.0.0.0/8,127.0.0.1:1",
        "smtp_host": mail.host,
        "smtp_port": mail.port,
        "smtp_starttls": False,
        "mail_from": "Kempelen <market@example.org>",
    }
    if "receiver" in request.fixturenames:
        receiver: Receiver = request.getfixturevalue("receiver")
        settings["egress_allow"] = receiver.url.split("/")[2]
    with app_on(request.param, request, tmp_path, **settings) as running:
        yield running


@pytest.fixture
def deliveries(app: App) -> Deliveries:
    """The deliveries of production, by hand: `deliveries.drain()`."""
    return Deliveries(app.production, outbox, senders(app, app.production))
