"""The pages of one world's site: their routes, their templates, and what surrounds every answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from kempelen.errors import Refusal, ThrottlingException
from kempelen.identity import Identity, SignedIn
from kempelen.market import Market
from kempelen.operation import Actor
from kempelen.rules.frames import origin_of
from kempelen.web.assets import Assets
from kempelen.web.environment import environment
from kempelen.web.headers import PERMISSIONS, content_policy
from kempelen.web.refusals import explained
from kempelen.web.task.places import Places
from kempelen.web.visit import (
    CookieTwice,
    NotOurForm,
    PageNotFound,
    SignInFirst,
    Visit,
    cookie_names,
    read_cookie,
)

log = logging.getLogger("kempelen.web")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Handler = Callable[[Visit], Awaitable[Response]]


class TooManyPages(Refusal):
    """You have exceeded the allowable page request rate for this website. Wait a few seconds, then load the
    page again."""

    page_status = 429


@dataclass(frozen=True, slots=True)
class Page:
    """A page: where it is, what answers, and for whom."""

    path: str
    handler: Handler
    methods: tuple[str, ...]
    open_to_all: bool
    from_anywhere: bool


async def _nothing(visit: Visit) -> Response:
    raise PageNotFound()


NOWHERE = Page("/{anything:path}", _nothing, ("GET",), open_to_all=True, from_anywhere=False)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that one module declares."""

    all: list[Page] = field(default_factory=list)

    def get(self, *paths: str, open_to_all: bool = False) -> Callable[[Handler], Handler]:
        """Declare what answers GET there; signed-in people only, unless it is open to all."""
        return self._add(paths, ("GET",), open_to_all, from_anywhere=False)

    def post(
        self, *paths: str, open_to_all: bool = False, from_anywhere: bool = False
    ) -> Callable[[Handler], Handler]:
        """Declare what answers POST there; from this site's own pages only, unless from anywhere."""
        return self._add(paths, ("POST",), open_to_all, from_anywhere=from_anywhere)

    def _add(
        self, paths: tuple[str, ...], methods: tuple[str, ...], open_to_all: bool, *, from_anywhere: bool
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.all.extend(Page(path, handler, methods, open_to_all, from_anywhere) for path in paths)
            return handler

        return add


class Site:
    """Everything the pages of one world have at hand."""

    def __init__(
        self,
        market: Market,
        house: Market,
        identity: Identity,
        *,
        assets: Assets,
        places: Places,
        pace: Callable[[str, int], None] | None = None,
    ) -> None:
        self.market = market
        self.house = house
        self.identity = identity
        self.assets = assets
        self.places = places
        self.is_sandbox = market.traits.play_money
        self.origin = origin_of(places.site)
        self.secure = self.origin.startswith("https://")
        self.session_cookie = self.cookie_name("session")
        self._pace = pace
        self._headers = self._usual_headers()

    def _usual_headers(self) -> list[tuple[bytes, bytes]]:
        usual = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Frame-Options": "DENY",
            "Permissions-Policy": PERMISSIONS,
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": content_policy(),
        } | ({"Strict-Transport-Security": "max-age=31536000"} if self.secure else {})
        return [(name.lower().encode(), value.encode()) for name, value in usual.items()]

    def routes(self, pages: list[Page]) -> list[Route]:
        """The pages as routes; the last says of every other path that nothing is there."""
        in_order = [*sorted(pages, key=lambda each: each.path.count("{")), NOWHERE]
        return [Route(page.path, self._endpoint(page), methods=list(page.methods)) for page in in_order]

    def signed_in(self, request: Request) -> SignedIn | None:
        """Who the session cookie stands for. Raises `CookieTwice` if there are two."""
        header = request.headers.get("cookie", "")
        if not header:
            return None
        if cookie_names(header).count(self.session_cookie) > 1:
            raise CookieTwice()
        secret = read_cookie(header, self.session_cookie)
        return self.identity.of_session(secret, self.house.clock()) if secret else None

    def worker_of(self, request: Request) -> Actor | None:
        """Who the session of a request stands for, as a worker."""
        who = self.signed_in(request)
        return None if who is None else self.identity.as_worker(who.person)

    def now(self) -> float:
        """The moment, in seconds."""
        return self.market.clock() / 1000

    def render(self, visit: Visit, template: str, status: int, facts: dict[str, Any]) -> Response:
        """A template filled with facts; `visit`, `show` and `site` are always among them."""
        page = environment(visit.language).get_template(template)
        text = page.render(visit=visit, show=visit.show, site=self, **facts)
        return Response(text, status, media_type="text/html; charset=utf-8")

    def cookie_name(self, name: str) -> str:
        """The name of a cookie that no other host can plant (RFC 6265bis, 4.1.3), where the site has TLS."""
        return f"__Host-{name}" if self.secure else name

    def set_cookie(self, response: Response, name: str, value: str, *, seconds: int) -> None:
        """A cookie for this site's own use, out of the reach of scripts."""
        response.set_cookie(self.cookie_name(name), value, max_age=seconds, **self._cookie())

    def end_cookie(self, response: Response, name: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(self.cookie_name(name), **self._cookie())

    def set_session(self, response: Response, secret: str, *, seconds: int) -> None:
        """Give the browser its session for so long."""
        self.set_cookie(response, "session", secret, seconds=seconds)

    def end_session(self, response: Response) -> None:
        """Take the session back."""
        self.end_cookie(response, "session")

    def _cookie(self) -> dict[str, Any]:
        return {"path": "/", "secure": self.secure, "httponly": True, "samesite": "lax"}

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                response = await self._answered(page, request)
            except CookieTwice as refusal:
                response = Response(refusal.message, refusal.page_status, media_type="text/plain")
                self.end_session(response)
            given = {name for name, _ in response.raw_headers}
            response.raw_headers += [each for each in self._headers if each[0] not in given]
            return response

        return answer

    async def _answered(self, page: Page, request: Request) -> Response:
        visit = Visit(self, request)
        try:
            if request.method not in SAFE_METHODS and not page.from_anywhere and not self._is_ours(request):
                raise NotOurForm()
            if not page.open_to_all and visit.who is None:
                raise SignInFirst()
            self._keep_pace(visit)
            if visit.who is not None and visit.who.is_seen_due:
                await visit.run_in_house("ContinueSession")
            return await page.handler(visit)
        except ClientDisconnect:
            return Response(status_code=400)
        except Refusal as refusal:
            return await explained(visit, refusal)

    def _keep_pace(self, visit: Visit) -> None:
        """Count a page that is asked for. Raises `TooManyPages`."""
        if self._pace is None or visit.request.method not in SAFE_METHODS:
            return
        client = visit.request.client
        scope = f"session:{visit.who.session}" if visit.who else f"address:{client.host if client else ''}"
        try:
            self._pace(scope, self.market.clock())
        except ThrottlingException:
            raise TooManyPages() from None

    def _is_ours(self, request: Request) -> bool:
        """Whether a form was sent by a page of this site, or by no browser (Fetch Metadata, Origin)."""
        fetched_from = request.headers.get("sec-fetch-site")
        if fetched_from is not None:
            return fetched_from in ("same-origin", "none")
        origin = request.headers.get("origin")
        return origin is None or origin == self.origin or origin == str(request.base_url).rstrip("/")
