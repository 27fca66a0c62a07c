"""Files of answers: `/tasks/files/{assignment}/{question}` takes one, `/files/{ticket}` gives it out.

A file is only ever given out as an attachment that no browser renders. Who knows the unguessable id of a live
assignment may send a file for it, as with externalSubmit; so pages in sandboxed frames can.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from kempelen.errors import Refusal, Unavailable
from kempelen.market import Market
from kempelen.operation import SYSTEM
from kempelen.plugins import blobs
from kempelen.web.parts import FilePart, MalformedUpload, Part

UPLOADS = "/tasks/files/"
LARGEST = 2_000_000_000
ROOM = 65_536
"""What the parts of a form may take beside the file."""
AT_ONCE = 128
"""Uploads of one process at once."""
OF_ONE_AT_ONCE = 4
"""Uploads of one assignment at once: with a full queue of slow ones, a worker leaves room for others."""
LONGEST_NAME = 255
_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})", re.ASCII)
SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}
FROM_FRAMES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, PUT",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}


def body_bytes_of(path: str, *, usual: int) -> int:
    """The most bytes a request to this path may have."""
    return LARGEST + ROOM if path.startswith(UPLOADS) else usual


def routes(market: Market, store: blobs.BlobStore) -> list[Route]:
    """The routes of one world's site."""
    door = _Files(market, store)
    return [
        Route(UPLOADS + "{assignment}/{question:path}", door.preflight, methods=["OPTIONS"]),
        Route(UPLOADS + "{assignment}/{question:path}", door.take, methods=["POST", "PUT"]),
        Route("/files/{ticket}", door.give, methods=["GET"]),
    ]


class _Files:
    def __init__(self, market: Market, store: blobs.BlobStore) -> None:
        self._market = market
        self._store = store
        self._under_way: Counter[str] = Counter()

    async def preflight(self, request: Request) -> Response:
        return Response(status_code=204, headers=FROM_FRAMES)

    async def take(self, request: Request) -> Response:
        assignment = request.path_params["assignment"]
        if self._under_way.total() >= AT_ONCE or self._under_way[assignment] >= OF_ONE_AT_ONCE:
            return _refused(Unavailable(), FROM_FRAMES)
        self._under_way[assignment] += 1
        try:
            return await self._take(request)
        except Refusal as refusal:
            return _refused(refusal, FROM_FRAMES | {"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            self._under_way[assignment] -= 1
            self._under_way += Counter()  # forgets those at nought

    async def _take(self, request: Request) -> Response:
        about = {
            "AssignmentId": request.path_params["assignment"],
            "QuestionIdentifier": request.path_params["question"],
        }
        limits = await self._market.run_async("GetFileAnswerLimits", SYSTEM, about)
        most = min(int(limits["MaxBytes"]), LARGEST)
        announced = request.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > most + ROOM:
            raise blobs.BlobTooLarge(most=most)
        part = FilePart.of(request.headers.get("content-type", ""), name=request.query_params.get("name", ""))
        blob, size = await kept(self._store, request.stream(), part, most)
        try:
            facts = {"Blob": blob, "Size": size, "FileName": cleaned(part.file_name)}
            facts["ContentType"] = cleaned(part.content_type)
            answer = await self._market.run_async("KeepFileAnswer", SYSTEM, about | facts)
        except Refusal:
            await asyncio.to_thread(self._store.delete, blob)
            raise
        return JSONResponse(answer | {"Size": size}, headers=FROM_FRAMES)

    async def give(self, request: Request) -> Response:
        try:
            ticket = {"Ticket": request.path_params["ticket"]}
            file = await self._market.run_async("FindFileAnswer", SYSTEM, ticket)
            size = int(file.get("Size", 0))
            start, end = asked_range(request.headers.get("range", ""), size)
            length = end - start
            pieces = await asyncio.to_thread(self._store.open, file["Blob"], start=start, length=length)
        except Refusal as refusal:
            return _refused(refusal, SAFE)
        headers = SAFE | {
            "Content-Disposition": disposition(file.get("FileName", "")),
            "Content-Length": str(length),
            "Accept-Ranges": "bytes",
        }
        if length != size:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        status = 200 if length == size else 206
        # Never the type its sender gave: nothing but a download may come of it.
        return StreamingResponse(pieces, status, headers, media_type="application/octet-stream")


async def kept(
    store: blobs.BlobStore, stream: AsyncIterator[bytes], part: Part, most: int
) -> tuple[str, int]:
    """The file of a request's body, kept; its name and size. Nothing of it is ever whole in memory."""
    writing = await asyncio.to_thread(store.begin, most)
    try:
        waiting = bytearray()
        async for chunk in stream:
            waiting += part.read(chunk)
            if len(waiting) >= blobs.CHUNK:
                await asyncio.to_thread(writing.write, bytes(waiting))
                waiting.clear()
        part.end()
        await asyncio.to_thread(writing.write, bytes(waiting))
        return await asyncio.to_thread(writing.finish)
    except BaseException:
        # Not in another thread: this may run because the task was cancelled.
        writing.abandon()
        raise


def asked_range(header: str, size: int) -> tuple[int, int]:
    """The part that is asked for, its end not included; everything if the header says nothing usable."""
    match = _RANGE.fullmatch(header)
    if match is None or match.group(0) == "bytes=-":
        return 0, size
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else (0, size)


def disposition(name: str) -> str:
    """`attachment` with the sender's name for the file, for old and new browsers (RFC 6266, RFC 8187)."""
    name = cleaned(name).replace("/", "_").replace("\\", "_").strip(". ") or "file"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def cleaned(text: str) -> str:
    """Text without characters that control anything, such as line ends and changes of direction."""
    kept = "".join(sign for sign in text if not unicodedata.category(sign).startswith("C"))
    return kept[-LONGEST_NAME:]


def _refused(refusal: Refusal, headers: dict[str, str]) -> Response:
    shown = {"Message": refusal.message}
    if refusal.code:
        shown["TurkErrorCode"] = refusal.code
    status = refusal.page_status if not isinstance(refusal, MalformedUpload) else 400
    return JSONResponse(shown, status_code=status, headers=headers)
