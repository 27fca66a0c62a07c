"""The task listener: what requesters' pages are made of, for all worlds, without cookies or sessions."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from kempelen.market import Market
from kempelen.plugins import blobs
from kempelen.settings import Settings
from kempelen.web import files
from kempelen.web.listener import Listener, Receive, Scope, Send
from kempelen.web.task import statics
from kempelen.web.task.contents import Contents
from kempelen.web.task.headers import BARE
from kempelen.web.task.media import UPLOADS, MediaGiven, MediaTaken
from kempelen.web.task.places import Places
from kempelen.web.task.submission import PATHS, Submissions, Visitor


class TaskListener(Listener):
    """A listener that gives no script to a service worker and hears of no cookie."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            if any(name == b"service-worker" for name, _ in scope["headers"]):
                await Response("Tasks have no service workers.", 403, BARE)(scope, receive, send)
                return
            kept = [each for each in scope["headers"] if each[0] not in (b"cookie", b"authorization")]
            scope = {**scope, "headers": kept}
        await super().__call__(scope, receive, send)


def task_routes(market: Market, store: blobs.BlobStore, settings: Settings) -> list[Route]:
    """What the task listener answers for one world."""
    places = Places.of(market, settings)
    return Contents(market, places).routes() + MediaGiven(market, store, places).routes()


def site_routes(
    market: Market, store: blobs.BlobStore, settings: Settings, visitor: Visitor | None = None
) -> list[Route]:
    """What a world's site answers for frames: submissions, uploads of media, and our own files."""
    submissions = Submissions(market, store, Places.of(market, settings), visitor)
    return submissions.routes() + MediaTaken(market, store).routes() + statics.routes()


def body_bytes_of(path: str, *, usual: int) -> int:
    """The most bytes a request to this path may have."""
    if path.startswith(UPLOADS) or path in PATHS:
        return files.LARGEST + files.ROOM
    return files.body_bytes_of(path, usual=usual)
