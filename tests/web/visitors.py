"""People at the site: browsers without JavaScript, with a session's cookie or with none."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from typing import Any

import httpx2

from kempelen.app import App
from kempelen.server import listeners
from kempelen.store import sessions
from people import Person, Town

ORIGIN = "http://worker.test"


class Page(HTMLParser):
    """What a page says to its reader: its text, its forms and its links."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.html = response.text
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self._link: str | None = None
        self.feed(self.html)

    @property
    def text(self) -> str:
        """The words of the page, each blank one."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note where a link leads."""
        if tag == "a":
            self._link = dict(attributes).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        """A link ends."""
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        """Note what is said, and the words of links."""
        self.words.append(data)
        if self._link is not None and data.strip():
            self.links[" ".join(data.split())] = self._link


class Visitor:
    """A browser at one world's site: `wei.get("/tasks")`, `wei.form("/messages/3X", content="Hello")`."""

    def __init__(self, app: App, secret: str, *, world: str = "production") -> None:
        self._listener: Any = listeners(app)[world]
        self._cookies = {"session": secret} if secret else {}

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return Page(self.send("GET", path, headers=headers))

    def form(self, path: str, /, **fields: str) -> Page:
        """Send an ordinary form, as a page of the site does."""
        return self.fields(path, fields)

    def fields(self, path: str, fields: dict[str, str]) -> Page:
        """As `form`, for names that are no words."""
        return Page(self.send("POST", path, data=fields, headers={"Sec-Fetch-Site": "same-origin"}))

    def follow(self, page: Page) -> Page:
        """Go where a page sends its reader."""
        assert page.status in (302, 303), (page.status, page.text)
        return self.get(page.response.headers["Location"])

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send a request; nothing is followed."""

        async def sent() -> httpx2.Response:
            transport = httpx2.ASGITransport(self._listener)
            async with httpx2.AsyncClient(
                transport=transport, base_url=ORIGIN, cookies=self._cookies
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(sent())


def visitor(town: Town, person: Person | None = None) -> Visitor:
    """Somebody at the town's site; with a person, that person signed in."""
    secret = ""
    if person is not None:
        account = person.actor.account
        secret, _ = town.app.house.system(lambda call: sessions.begin(call, account))
    return Visitor(town.app, secret, world=town.market.traits.name)
