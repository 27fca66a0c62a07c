"""Requesters' media: `/{world}/media/{ticket}/{name}` on the task listener gives them, for a minute each;
`/media/{ticket}` on a world's site takes them."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from kempelen.errors import Refusal, Unavailable
from kempelen.market import Market
from kempelen.operation import SYSTEM
from kempelen.plugins import blobs
from kempelen.rules import frames
from kempelen.rules.frames import Ticket
from kempelen.web import files
from kempelen.web.parts import Part
from kempelen.web.task.headers import BARE, FROM_FRAMES
from kempelen.web.task.places import Places

UPLOADS = "/media/"
AT_ONCE = 32
"""Uploads of one process at once."""
_PRIVATE = BARE | {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "private, max-age=60",
    "Accept-Ranges": "bytes",
    "Access-Control-Allow-Origin": "*",
}


def media_url(market: Market, places: Places, ticket: Ticket, name: str) -> str:
    """An address of one of a requester's media for whoever has the frame open, good for a minute."""
    sealed = frames.seal_media(
        market.directory.page_secret,
        places.world,
        hit_id=ticket.hit_id,
        assignment_id=ticket.assignment_id,
        name=name,
        ends_at=market.clock() + frames.MEDIA_SECONDS * 1000,
    )
    return f"{places.task_url}/{places.world}/media/{sealed}/{name}"


class MediaGiven:
    """The route of the task listener."""

    def __init__(self, market: Market, store: blobs.BlobStore, places: Places) -> None:
        self._market = market
        self._store = store
        self._places = places

    def routes(self) -> list[Route]:
        """One, with whatever name behind the ticket: it only tells a person what it is."""
        return [Route(f"/{self._places.world}/media/{{ticket}}/{{name}}", self.give, methods=["GET"])]

    async def give(self, request: Request) -> Response:
        """The bytes, or the range of them that is asked for."""
        try:
            found = await self._market.run_async(
                "FindMedia", SYSTEM, {"Ticket": request.path_params["ticket"]}
            )
            size = int(found["Size"])
            start, end = files.asked_range(request.headers.get("range", ""), size)
            length = end - start
            pieces = await asyncio.to_thread(self._store.open, found["Blob"], start=start, length=length)
        except Refusal as refusal:
            return JSONResponse({"Message": refusal.message}, refusal.page_status, BARE | FROM_FRAMES)
        headers = _PRIVATE | {"Content-Length": str(length)}
        if length != size:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        status = 200 if length == size else 206
        return StreamingResponse(pieces, status, headers, media_type=found["ContentType"])


class MediaTaken:
    """The route of a world's site."""

    def __init__(self, market: Market, store: blobs.BlobStore) -> None:
        self._market = market
        self._store = store
        self._under_way = 0

    def routes(self) -> list[Route]:
        """One: the link that CreateMediaUploadURL answers."""
        return [Route(UPLOADS + "{ticket}", self.take, methods=["PUT"])]

    async def take(self, request: Request) -> Response:
        """Keep the body of the request as media."""
        if self._under_way >= AT_ONCE:
            return _refused(Unavailable())
        self._under_way += 1
        try:
            return await self._take(request)
        except Refusal as refusal:
            return _refused(refusal)
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            self._under_way -= 1

    async def _take(self, request: Request) -> Response:
        ticket = {"Ticket": request.path_params["ticket"]}
        limits = await self._market.run_async("GetMediaUpload", SYSTEM, ticket)
        most = int(limits["MaxBytes"])
        announced = request.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > most:
            raise blobs.BlobTooLarge(most=most)
        blob, size = await files.kept(self._store, request.stream(), Part(), most)
        try:
            answer = await self._market.run_async("KeepMedia", SYSTEM, ticket | {"Blob": blob, "Size": size})
        except Refusal:
            await asyncio.to_thread(self._store.delete, blob)
            raise
        return JSONResponse(answer)


def _refused(refusal: Refusal) -> Response:
    headers = BARE | {"Connection": "close"}
    return JSONResponse({"Message": refusal.message}, refusal.page_status, headers)
