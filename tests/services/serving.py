"""A whole server for tests: an app's listeners in a thread, and clients that sign at the app's own time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import botocore.auth
import botocore.session
import httpx2
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from kempelen.app import App
from kempelen.contract import FOLDER
from kempelen.server import Serving

if TYPE_CHECKING:
    from people import Person

PATIENCE_SECONDS = 20
MTURK = "MTurkRequesterServiceV20170117"
KEMPELEN = "KempelenV1"


class Served:
    """An app that listens: `served.url("production")`, `served.boto3(rosa).list_hits()`."""

    def __init__(self, app: App, serving: Serving) -> None:
        self.app = app
        self.serving = serving
        self._core = botocore.session.Session()
        self._core.get_component("data_loader").search_paths.insert(0, str(FOLDER))

    def url(self, name: str = "production") -> str:
        """The address of a listener: `production`, `sandbox` or `tasks`."""
        host = "127.0.0.1" if name == "tasks" else "localhost"
        return f"http://{host}:{self.serving.port(name)}"

    def boto3(
        self,
        person: Person | None = None,
        world: str = "production",
        *,
        service: str = "mturk",
        access_key: str = "",
        secret_key: str = "",
        **options: Any,
    ) -> Any:
        """A boto3 client of a person's first key, or of the key given; it tries everything once."""
        return boto3.Session(botocore_session=self._core).client(
            service,
            endpoint_url=self.url(world),
            aws_access_key_id=access_key or (person.access_key if person else ""),
            aws_secret_access_key=secret_key or (person.secret_key if person else ""),
            region_name="us-east-1",
            config=Config(retries={"total_max_attempts": 1}, **options),
        )

    def kempelen(self, person: Person | None = None, world: str = "production", **options: Any) -> Any:
        """A boto3 client of our own operations."""
        return self.boto3(person, world, service="kempelen", **options)

    def post(
        self,
        target: str | None,
        body: object = b"{}",
        *,
        access_key: str = "",
        secret_key: str = "",
        world: str = "production",
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """`POST /` of any bytes (other values are sent as JSON), signed where a key is given."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Content-Type": "application/x-amz-json-1.1"} | (headers or {})
        if target is not None:
            named["X-Amz-Target"] = target
        request = AWSRequest("POST", f"{self.url(world)}/", headers=named, data=content)
        if access_key:
            signer = SigV4Auth(Credentials(access_key, secret_key), "mturk-requester", "us-east-1")
            signer.add_auth(request)
        return httpx2.post(f"{self.url(world)}/", content=content, headers=dict(request.headers.items()))


@contextlib.contextmanager
def serving(app: App) -> Iterator[Served]:
    """While inside, the app's listeners answer."""
    started = Serving(app)
    thread = threading.Thread(target=lambda: asyncio.run(started.run()), name="serving", daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not started.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.005)
    try:
        yield Served(app, started)
    finally:
        started.stop()
        thread.join(timeout=PATIENCE_SECONDS)
        assert not thread.is_alive(), "the server did not end"


@pytest.fixture
def served(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The test's app on free ports, and botocore living by the app's clock."""
    at_our_time = lambda: datetime.fromtimestamp(app.clock() / 1000, UTC).replace(tzinfo=None)  # noqa: E731
    monkeypatch.setattr(botocore.auth, "get_current_datetime", at_our_time)
    with serving(app) as running:
        yield running
