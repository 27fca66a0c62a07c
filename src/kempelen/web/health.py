"""`/health`, `/ready`, `/version` and `/metrics`, for those who operate the service."""

from __future__ import annotations

import asyncio
import hmac

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kempelen.market import Market
from kempelen.metrics import Observer
from kempelen.version import __version__


def routes(
    markets: tuple[Market, ...], world: str, observer: Observer, *, metrics_token: str = ""
) -> list[Route]:
    """The routes of one listener. With a token, metrics are for those alone who bring it."""

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        loop = asyncio.get_running_loop()
        faults = {}
        for market in markets:
            try:
                await asyncio.wait_for(loop.run_in_executor(None, market.check), timeout=5)
            except Exception as fault:
                faults[market.traits.name] = type(fault).__name__
        if faults:
            return JSONResponse({"status": "not ready", "databases": faults}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def version(request: Request) -> Response:
        return JSONResponse({"name": "kempelen", "version": __version__, "world": world})

    async def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if metrics_token and not hmac.compare_digest(given.encode(), f"Bearer {metrics_token}".encode()):
            return JSONResponse({"status": "the metrics token is missing or wrong"}, status_code=401)
        return Response(generate_latest(observer.registry), media_type=CONTENT_TYPE_LATEST)

    return [
        Route("/health", health),
        Route("/ready", ready),
        Route("/version", version),
        Route("/metrics", metrics),
    ]
