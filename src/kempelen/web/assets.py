"""What browsers load beside a page: style sheets, scripts, fonts and pictures, under a name that changes with
what they hold, so that they may be kept for ever."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kempelen.web.files import asked_range

FOLDER = Path(__file__).parent / "static"
LAYERS = ("tokens", "base", "parts")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".mp3": "audio/mpeg",
    ".txt": "text/plain; charset=utf-8",
}
_PACKED = frozenset({".css", ".js", ".svg", ".txt"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    packed: bytes | None
    media_type: str


class Assets:
    """All files of `static/`, read once; the parts of the style sheet are one file, `site.css`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        bodies = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.suffix in TYPES
        }
        bodies["site.css"] = _style_sheet(bodies)
        self.version = hashlib.sha256(
            b"".join(name.encode() + body for name, body in bodies.items())
        ).hexdigest()[:12]
        self._assets = {name: _asset(name, body) for name, body in bodies.items()}

    def url(self, name: str) -> str:
        """The address of a file. Raises `KeyError` if there is none of the name."""
        assert name in self._assets, f"there is no asset named {name}"
        return f"/assets/{self.version}/{name}"

    def text(self, name: str) -> str:
        """The text of a file."""
        return self._assets[name].body.decode()

    def routes(self) -> list[Route]:
        """`/assets/{version}/{name}`; any version answers with today's file, old ones not to be kept."""
        return [Route("/assets/{version}/{name:path}", self._give, methods=["GET"])]

    async def _give(self, request: Request) -> Response:
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return Response("There is no such file.", 404, _HEADERS, media_type="text/plain")
        current = request.path_params["version"] == self.version
        headers = _HEADERS | (_FOR_EVER if current else {"Cache-Control": "no-cache"})
        body = asset.body
        if asset.packed is not None:
            headers["Vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("accept-encoding", ""):
                headers["Content-Encoding"] = "gzip"
                body = asset.packed
        if asset.media_type.startswith("audio/"):
            return _part(request, asset, headers)
        return Response(body, headers=headers, media_type=asset.media_type)


def _part(request: Request, asset: _Asset, headers: dict[str, str]) -> Response:
    """What is asked for of a sound: some browsers play none that is not given in parts."""
    size = len(asset.body)
    start, end = asked_range(request.headers.get("range", ""), size)
    headers = headers | {"Accept-Ranges": "bytes"}
    if end - start == size:
        return Response(asset.body, headers=headers, media_type=asset.media_type)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Response(asset.body[start:end], 206, headers, media_type=asset.media_type)


def _asset(name: str, body: bytes) -> _Asset:
    suffix = Path(name).suffix
    return _Asset(body, gzip.compress(body, mtime=0) if suffix in _PACKED else None, TYPES[suffix])


def _style_sheet(bodies: dict[str, bytes]) -> bytes:
    """The tokens, the base, then every part in a layer of its own name, so that order decides nothing."""
    sheets = [f"@layer {', '.join(LAYERS)};\n".encode()]
    for name, body in bodies.items():
        if name.startswith("css/"):
            layer = Path(name).stem if Path(name).stem in LAYERS else "parts"
            fonts, rest = _parted(body)
            sheets += [fonts, b"@layer %s {\n%s\n}\n" % (layer.encode(), rest)]
    return b"".join(sheets)


def _parted(body: bytes) -> tuple[bytes, bytes]:
    """A style sheet's leading `@font-face` rules, and the rest."""
    mark = b"/* rules */"
    fonts, found, rest = body.partition(mark)
    return (fonts, rest) if found else (b"", body)
