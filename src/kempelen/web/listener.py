"""One listener: `POST /` on it, with its preflight, is always the API, everything else is the site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Door = Callable[[Scope, Receive, Send], Awaitable[None]]


class Listener:
    """The application of one port: signed calls go straight to their door, pages through Starlette."""

    def __init__(self, api: Door | None, routes: list[Route]) -> None:
        self._api = api
        self._site = Starlette(routes=routes)
        # Such a redirect would lead to whatever host the request names.
        self._site.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if (
            self._api is not None
            and scope["type"] == "http"
            and scope["path"] == "/"
            and scope["method"] in ("POST", "OPTIONS")
        ):
            await self._api(scope, receive, send)
        else:
            await self._site(scope, receive, send)
