"""A small client that signs, for loads: one connection, no retries, and no doubt about what was sent when."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MTURK = "MTurkRequesterServiceV20170117"
KEMPELEN = "KempelenV1"
OURS = frozenset({"AcceptHIT", "SubmitAssignment", "ReturnAssignment", "AddWorker", "Deposit", "GetTask"})
SCOPE = "us-east-1/mturk-requester/aws4_request"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]


def real_now() -> int:
    """The machine's time in milliseconds."""
    return time.time_ns() // 1_000_000


def signed_headers(
    key: Key,
    target: str,
    body: bytes,
    host: str,
    *,
    now: int,
    content_type: str = "application/x-amz-json-1.1",
) -> dict[str, str]:
    """The headers of a signed `POST /`."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now / 1000))
    headers = {"content-type": content_type, "host": host, "x-amz-date": moment, "x-amz-target": target}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{SCOPE}"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signing = f"AWS4{key.secret}".encode()
    for part in scope.split("/"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    signature = hmac.new(signing, text.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key.id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


class Client:
    """Calls of one key over one connection, which is opened anew when it has broken."""

    def __init__(
        self, port: int, key: Key, *, clock: Callable[[], int] = real_now, seconds: float = 10
    ) -> None:
        self._port = port
        self._key = key
        self._clock = clock
        self._seconds = seconds
        self._connection: http.client.HTTPConnection | None = None

    def __call__(self, operation: str, **members: Any) -> Answer:
        """One request. Raises `OSError` or `HTTPException` when no whole answer came."""
        body = json.dumps(members).encode()
        target = f"{KEMPELEN if operation in OURS else MTURK}.{operation}"
        headers = signed_headers(self._key, target, body, f"localhost:{self._port}", now=self._clock())
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._seconds)
        try:
            self._connection.request("POST", "/", body, headers)
            answer = self._connection.getresponse()
            return Answer(answer.status, json.loads(answer.read() or b"{}"))
        except (OSError, http.client.HTTPException, ValueError):
            self.close()
            raise

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
