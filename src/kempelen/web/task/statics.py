"""Our own scripts and style sheets for frames: `/task/NAME` on the task listener and on each world's site."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kempelen.web.task.headers import BARE, FROM_FRAMES
from kempelen.web.task.places import STATIC

FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_HEADERS = BARE | {
    "Access-Control-Allow-Origin": FROM_FRAMES["Access-Control-Allow-Origin"],
    "Cache-Control": "public, max-age=600",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


@cache
def files() -> dict[str, bytes]:
    """The files by name, read once."""
    return {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in _TYPES}


async def _give(request: Request) -> Response:
    name = request.path_params.get("name", "externalHIT_v1.js")
    body = files().get(name)
    if body is None:
        return Response("There is no such file.", 404, _HEADERS, media_type="text/plain")
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = _HEADERS | {"ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=_TYPES[Path(name).suffix])


def routes() -> list[Route]:
    """The files, and externalHIT_v1.js also where it was within Amazon's bucket."""
    return [
        Route(STATIC + "{name}", _give, methods=["GET"]),
        Route("/mturk-public/externalHIT_v1.js", _give, methods=["GET"]),
    ]
