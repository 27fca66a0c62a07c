"""A load generator that costs little: signed requests made beforehand, sent over kept connections.

    python bench/raw_client.py URL ACCESS_KEY SECRET HIT_TYPE_ID SECONDS IN_FLIGHT [COUNT]

prints one JSON object: how many answers came, how many were refused, the rate, and latencies in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

QUESTION = (
    '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
    'ExternalQuestion.xsd"><ExternalURL>https://example.org/task/{}</ExternalURL>'
    "<FrameHeight>600</FrameHeight></ExternalQuestion>"
)


def signed(url: str, target: str, body: dict[str, object], access_key: str, secret: str) -> bytes:
    """One whole HTTP request, signed now; good for five minutes."""
    text = json.dumps(body)
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": target,
        "User-Agent": "bench",
    }
    request = AWSRequest(method="POST", url=url, data=text, headers=headers)
    SigV4Auth(Credentials(access_key, secret), "mturk-requester", "us-east-1").add_auth(request)
    host = urlsplit(url).netloc
    lines = [f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(text)}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


class Pipe(asyncio.Protocol):
    """One connection that sends the next request when an answer has come."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.buffer = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        message = self.run.next()
        if message is None:
            self.run.ended()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(message)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        at = head.lower().index(b"content-length:")
        length = int(head[at + 15 : at + 30].split(b"\r\n")[0])
        if len(body) < length:
            return
        self.buffer = b""
        self.run.answered(head[9:12] == b"200", time.perf_counter() - self.sent_at)
        self.send()


class Run:
    """What is sent, until the time is over or nothing is left."""

    def __init__(self, messages: Iterable[bytes], seconds: float, connections: int) -> None:
        self.messages = iter(messages)
        self.until = time.perf_counter() + seconds
        self.left = connections
        self.done = asyncio.get_running_loop().create_future()
        self.good = self.refused = 0
        self.latencies: list[float] = []

    def next(self) -> bytes | None:
        return None if time.perf_counter() >= self.until else next(self.messages, None)

    def answered(self, good: bool, seconds: float) -> None:
        self.good += good
        self.refused += not good
        self.latencies.append(seconds)

    def ended(self) -> None:
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(None)


async def drive(url: str, messages: Iterable[bytes], seconds: float, connections: int) -> dict[str, float]:
    """Send what was made, `connections` at a time; answers counts, rate and latencies."""
    loop = asyncio.get_running_loop()
    parts = urlsplit(url)
    run = Run(messages, seconds, connections)
    started = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: Pipe(run), parts.hostname, parts.port)
    await run.done
    took = time.perf_counter() - started
    ordered = sorted(run.latencies)
    return {
        "answers": run.good,
        "refused": run.refused,
        "per_second": run.good / took,
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
    }


def main() -> None:
    """Make the requests, then send them."""
    import uvloop

    url, access_key, secret, hit_type = sys.argv[1:5]
    seconds, in_flight = float(sys.argv[5]), int(sys.argv[6])
    count = int(sys.argv[7]) if len(sys.argv) > 7 else 30_000
    target = "MTurkRequesterServiceV20170117.CreateHITWithHITType"
    messages = [
        signed(
            url,
            target,
            {"HITTypeId": hit_type, "LifetimeInSeconds": 86400, "Question": QUESTION.format(number)},
            access_key,
            secret,
        )
        for number in range(count)
    ]
    print(json.dumps(uvloop.run(drive(url, messages, seconds, in_flight))))


if __name__ == "__main__":
    main()
