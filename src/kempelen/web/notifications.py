"""What receivers of notifications open: our certificate, and links that begin and end what they are sent."""

from __future__ import annotations

import html

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from kempelen.errors import Refusal
from kempelen.market import Market
from kempelen.operation import SYSTEM

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width"><title>{title}</title><h1>{title}</h1>{body}</html>"""
_FORM = """<p>Nothing more will be sent to the address this link came with.</p>
<form method="post"><button>End notifications</button></form>"""
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
}


def routes(market: Market, certificate: bytes) -> list[Route]:
    """The routes of one world's site."""

    async def show_certificate(request: Request) -> Response:
        return Response(certificate, media_type="application/x-pem-file", headers=HEADERS)

    async def confirm(request: Request) -> Response:
        token = request.query_params.get("token") or request.query_params.get("Token") or ""
        return await _done(market, "ConfirmNotifications", token, "Notifications are confirmed")

    async def ask(request: Request) -> Response:
        return _page("End notifications", _FORM)

    async def end(request: Request) -> Response:
        token = request.query_params.get("token", "")
        return await _done(market, "EndNotifications", token, "Notifications have ended")

    return [
        Route("/notifications/certificate.pem", show_certificate),
        Route("/notifications/confirm", confirm),
        Route("/notifications/unsubscribe", ask),
        # The form posts to its own address, so the token comes in the query, as for one-click unsubscribing.
        Route("/notifications/unsubscribe", end, methods=["POST"]),
    ]


async def _done(market: Market, operation: str, token: str, title: str) -> Response:
    try:
        await market.run_async(operation, SYSTEM, {"Token": token})
    except Refusal as refusal:
        return _page("This did not work", f"<p>{html.escape(refusal.message)}</p>", refusal.page_status)
    return _page(title, "<p>You can close this page.</p>")


def _page(title: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(title=title, body=body), status_code=status, headers=HEADERS)
