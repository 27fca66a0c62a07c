"""One request of a page: who looks, in which language, and the ways to answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.requests import Request, cookie_parser
from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.operation import Actor
from kempelen.rules.sentences import Sentence
from kempelen.web import languages
from kempelen.web.display import Display

if TYPE_CHECKING:
    from kempelen.identity import SignedIn
    from kempelen.web.site import Site

MOST_FIELDS = 1_000
THEMES = ("auto", "light", "dark", "contrast")
_PLAIN = re.compile("/(?:[!-.0-\\[\\]-~][!-~]*)?")
"""A path that can lead nowhere else: without blanks, and its second sign is no slash of either kind."""


class SignInFirst(Refusal):
    """Sign in first."""

    page_status = 401


class PageNotFound(Refusal):
    """There is no such page."""

    page_status = 404


class NotOurForm(Refusal):
    """This form was sent from another site, so nothing was done. Open the page here and try again."""

    page_status = 403


class CookieTwice(Refusal):
    """Your browser sent two sign-ins at once, which another site may have planted. Both are cleared; sign in
    again."""

    page_status = 400


class MalformedForm(Refusal):
    """The form cannot be read: {reason}."""

    page_status = 400


class Visit:
    """A request as a page sees it."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site = site
        self.request = request
        self._worker: Actor | None = None
        self.who: SignedIn | None = site.signed_in(request)
        self.language = self._language()
        self.show = Display(self.language, (self.who.zone if self.who else "") or "UTC")
        self.theme = (self.who.theme if self.who else "") or request.cookies.get("theme", "")
        if self.theme not in THEMES:
            self.theme = THEMES[0]
        self.at: str = request.scope["path"]
        """The path of this request."""
        self.wants_json = self.at.endswith(".json") or self.query("format") == "json"

    def _language(self) -> str:
        asked = self.request.query_params.get("language") or self.request.cookies.get("language", "")
        if asked in languages.NAMES or asked == languages.PSEUDO:
            return asked
        if self.who is not None and self.who.language in languages.NAMES:
            return self.who.language
        return languages.preferred(self.request.headers.get("accept-language", ""))

    # --- what was asked

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def cookie(self, name: str) -> str:
        """The value of one of the site's own cookies, or nothing."""
        return read_cookie(self.request.headers.get("cookie", ""), self.site.cookie_name(name))

    def query(self, name: str, default: str = "") -> str:
        """A word of the query, cut to a sane length."""
        return str(self.request.query_params.get(name, default))[:500]

    async def form(self) -> dict[str, str]:
        """The fields of an ordinary form; of several with one name the last. Raises `MalformedForm`."""
        return dict(await self.form_fields())

    async def form_fields(self) -> list[tuple[str, str]]:
        """The fields of an ordinary form in their order. Raises `MalformedForm`."""
        kind = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await self.request.body()
        if body and kind != "application/x-www-form-urlencoded":
            raise MalformedForm(reason=Sentence("its content type must be application/x-www-form-urlencoded"))
        try:
            return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            raise MalformedForm(
                reason=Sentence("it is not UTF-8, or has more than {most} fields", most=MOST_FIELDS)
            ) from None

    async def sent(self) -> dict[str, Any]:
        """The JSON object that a script of ours sent. Raises `MalformedForm`."""
        try:
            value = json.loads(await self.request.body())
        except (ValueError, RecursionError):
            raise MalformedForm(reason=Sentence("it is not JSON")) from None
        if not isinstance(value, dict):
            raise MalformedForm(reason=Sentence("it is not a JSON object"))
        return value

    # --- what is done

    def actor(self) -> Actor:
        """Who looks, as a worker of this world. Raises `SignInFirst`."""
        if self._worker is None:
            worker = self.site.identity.as_worker(self.who.person) if self.who is not None else None
            if worker is None:
                raise SignInFirst()
            self._worker = self.placed(worker)
        return self._worker

    def placed(self, actor: Actor) -> Actor:
        """The actor, calling from where this request comes from."""
        client = self.request.client
        return actor.at(
            source_address=client.host if client else "",
            secure=self.request.scope["scheme"] == "https",
            user_agent=self.request.headers.get("user-agent", "")[:300],
        )

    async def run(self, operation: str, **members: Any) -> dict[str, Any]:
        """Run an operation of this world as the worker who looks. Members that are None are left out."""
        return await self.site.market.run_async(operation, self.actor(), _given(members))

    async def run_in_house(self, operation: str, **members: Any) -> dict[str, Any]:
        """Run an operation on the account of the person who looks. Raises `SignInFirst`."""
        actor = (
            None
            if self.who is None
            else self.site.identity.as_person(self.who.person, session=self.who.session)
        )
        if actor is None:
            raise SignInFirst()
        return await self.site.house.run_async(operation, self.placed(actor), _given(members))

    async def run_as_visitor(self, operation: str, **members: Any) -> dict[str, Any]:
        """Run an operation of the house that is open to people who are not signed in."""
        return await self.site.house.run_async(
            operation, self.placed(self.site.identity.visitor()), _given(members)
        )

    async def run_as_member(self, organisation: int, operation: str, **members: Any) -> dict[str, Any]:
        """Run an operation of this world for an organisation, with what one's role in it allows."""
        actor = None if self.who is None else self.site.identity.as_member(self.who.person, organisation)
        if actor is None:
            raise PageNotFound()
        return await self.site.market.run_async(operation, self.placed(actor), _given(members))

    async def run_as_operator(
        self, operation: str, *, in_house: bool = False, **members: Any
    ) -> dict[str, Any]:
        """Run an operation as an operator."""
        actor = None if self.who is None else self.site.identity.as_operator(self.who.person)
        if actor is None:
            raise PageNotFound()
        market = self.site.house if in_house else self.site.market
        return await market.run_async(operation, self.placed(actor), _given(members))

    # --- what is answered

    async def page(self, template: str, status: int = 200, /, **facts: Any) -> Response:
        """A page of HTML; `summary` is what its bar shows of the worker, empty for others, and is asked for
        unless it is given."""
        if "summary" not in facts:
            facts["summary"] = await self._summary()
        return self.site.render(self, template, status, facts)

    async def _summary(self) -> dict[str, Any]:
        who = self.who
        if who is None or not who.is_worker:
            return {"Held": 0, "Unread": 0}
        try:
            return await self.run("GetWorkerSummary")
        except Refusal:  # such as of too many requests: the page may be the one that says so
            return {"Held": 0, "Unread": 0}

    def said(self, refusal: Refusal) -> str:
        """The message of a refusal in the visitor's language."""
        return languages.said(refusal, self.language)

    def json(self, value: object, status: int = 200) -> Response:
        """JSON, as old worker scripts expect it."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return Response(body, status, media_type="application/json; charset=utf-8")

    def see(self, path: str, status: int = 302) -> Response:
        """Go on at another page of this site."""
        return Response(status_code=status, headers={"Location": local(path)})

    @property
    def is_ours(self) -> bool:
        """Whether a page of this site, or the visitor themselves, asks, as far as the browser says (Fetch
        Metadata); not another site's link, and not a browser that only looks ahead."""
        headers = self.request.headers
        is_foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        return not is_foreign and "prefetch" not in headers.get("sec-purpose", "")

    @property
    def here(self) -> str:
        """Path and query of this request."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    @property
    def words(self) -> Any:
        """The catalogue of the visitor's language, with `gettext` and `ngettext`."""
        return languages.words(self.language)

    @property
    def form_token(self) -> str:
        """What old scripts look for in forms. Nothing depends on it: browsers say where a form comes from."""
        return "" if self.who is None else self.who.session

    @property
    def is_requester(self) -> bool:
        """Whether the person also stands for an organisation."""
        return self.who is not None and bool(self.who.memberships)

    @property
    def is_operator(self) -> bool:
        """Whether the person runs the house."""
        return self.who is not None and self.who.is_operator


def local(path: str) -> str:
    """The path, if it leads to this site; else the first page, so that no link leads a visitor elsewhere."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    if _PLAIN.fullmatch(path):
        return path
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    if parts.netloc or parts.scheme or not all(" " < sign != "\x7f" for sign in path):
        return "/"
    return "".join(sign if sign.isascii() else quote(sign, errors="replace") for sign in path)


def cookie_names(header: str) -> list[str]:
    """The names in a Cookie header, doubles and all."""
    return [each.partition("=")[0].strip() for each in header.split(";")]


def read_cookie(header: str, name: str) -> str:
    """The value of a cookie, or nothing."""
    return cookie_parser(header).get(name, "")


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
