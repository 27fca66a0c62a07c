"""A worker who sends many files slowly keeps nobody else from sending theirs."""

from __future__ import annotations

import asyncio
from typing import Any

from kempelen.server import listeners
from kempelen.web.files import OF_ONE_AT_ONCE
from people import Requester, Town, Worker
from web_forms import FILE_FORM


async def upload(site: Any, assignment: str, may_end: asyncio.Event) -> int:
    """Send a file, wait, and end; answers the status."""
    statuses: list[int] = []
    pieces = [b"a cat"]

    async def receive() -> dict[str, Any]:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(), "more_body": True}
        await may_end.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    path = f"/tasks/files/{assignment}/photo"
    scope = {
        "type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"localhost")], "scheme": "http", "server": ("127.0.0.1", 80),
        "root_path": "", "http_version": "1.1", "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await site(scope, receive, send)
    return statuses[0]


def test_slow_uploads_of_one_assignment_are_few(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(Question=FILE_FORM, MaxAssignments=2)["HITId"]
    slow, quick = wei.accept(hit), ana.accept(hit)
    site = listeners(town.app)["production"]

    async def story() -> tuple[list[int], int, int]:
        never, now = asyncio.Event(), asyncio.Event()
        now.set()
        waiting = [asyncio.create_task(upload(site, slow, never)) for _ in range(OF_ONE_AT_ONCE)]
        await asyncio.sleep(0)
        fifth, other = await upload(site, slow, now), await upload(site, quick, now)
        never.set()
        return list(await asyncio.gather(*waiting)), fifth, other

    waited, fifth, other = asyncio.run(story())
    assert (fifth, other) == (503, 200)
    assert waited == [200] * OF_ONE_AT_ONCE
