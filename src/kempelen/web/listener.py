"""One listener: `POST /` on it, with its preflight, is always the API, everything else is the site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from inspect import iscoroutinefunction
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Door = Callable[[Scope, Receive, Send], Awaitable[None]]
Endpoint = Callable[[Request], Awaitable[Response]]
ANY = "{}"
"""In place of the first part of a path: of routes where it can be anything, and of paths
that no route has."""


class Listener:
    """The application of one port: signed calls go straight to their door, and pages to their handlers.

    What no handler is for (another method, no such page) is answered by Starlette, whose layers would cost
    every page more than finding its handler does.
    """

    def __init__(self, api: Door | None, routes: list[Route]) -> None:
        self._api = api
        firsts = {_first(route.path) for route in routes} | {ANY}
        self._routes = {
            first: [route for route in routes if _first(route.path) in (first, ANY)] for first in firsts
        }
        self._sites = {first: _application(routes) for first, routes in self._routes.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if (
            self._api is not None
            and scope["type"] == "http"
            and scope["path"] == "/"
            and scope["method"] in ("POST", "OPTIONS")
        ):
            await self._api(scope, receive, send)
            return
        first = _first(scope.get("path", ""))
        first = first if first in self._routes else ANY
        endpoint = _found(self._routes[first], scope) if scope["type"] == "http" else None
        if endpoint is None:
            await self._sites[first](scope, receive, send)
        else:  # what it raises is a bug, which the server under us answers and logs
            response = await endpoint(Request(scope, receive, send))
            await response(scope, receive, send)


def _found(routes: list[Route], scope: Scope) -> Endpoint | None:
    """What answers a request, the parameters of its path put into its scope; None if nothing does."""
    path, method = scope["path"], scope["method"]
    for route in routes:
        found = route.path_regex.match(path)
        if found is not None and route.methods is not None and method in route.methods:
            if not iscoroutinefunction(route.endpoint):
                return None
            convert = route.param_convertors
            scope["path_params"] = {
                name: convert[name].convert(value) for name, value in found.groupdict().items()
            }
            endpoint: Endpoint = route.endpoint
            return endpoint
    return None


def _application(routes: list[Route]) -> Starlette:
    made = Starlette(routes=routes)
    # Such a redirect would lead to whatever host the request names.
    made.router.redirect_slashes = False
    return made


def _first(path: str) -> str:
    """The first part of a path, by which routes are found: one after the other they are too many."""
    first = path[1:].partition("/")[0]
    return ANY if "{" in first else first
