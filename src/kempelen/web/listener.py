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
ANY = "{}"
"""In place of the first part of a path: of routes where it can be anything, and of paths
that no route has."""


class Listener:
    """The application of one port: signed calls go straight to their door, pages through Starlette."""

    def __init__(self, api: Door | None, routes: list[Route]) -> None:
        self._api = api
        firsts = {_first(route.path) for route in routes}
        self._sites = {
            first: _application([route for route in routes if _first(route.path) in (first, ANY)])
            for first in firsts | {ANY}
        }

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
            site = self._sites.get(_first(scope.get("path", ""))) or self._sites[ANY]
            await site(scope, receive, send)


def _application(routes: list[Route]) -> Starlette:
    made = Starlette(routes=routes)
    # Such a redirect would lead to whatever host the request names.
    made.router.redirect_slashes = False
    return made


def _first(path: str) -> str:
    """The first part of a path, by which routes are found: one after the other they are too many."""
    first = path[1:].partition("/")[0]
    return ANY if "{" in first else first
