"""Old worker scripts: they fetch with the log-in cookie, follow redirects, and look at where they end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import httpx2

from people import Town, Worker
from web.visitors import ORIGIN, Visitor, visitor

MOST_REDIRECTS = 5


class Mounts(HTMLParser):
    """The mounts of a page by component, as scripts read them, and how often each class name stands there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.properties: dict[str, Any] = {}
        self.classes: dict[str, int] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note a mount, and the element's classes."""
        given = dict(attributes)
        self.elements.append((tag, given))
        for name in (given.get("class") or "").split():
            self.classes[name] = self.classes.get(name, 0) + 1
        component = given.get("data-react-class")
        if component is not None:
            self.properties[component] = json.loads(given["data-react-props"] or "")

    def of(self, path: str) -> Any:
        """The properties of `require('reactComponents/…')['default']`."""
        return self.properties[f"require('reactComponents/{path}')['default']"]

    def has(self, tag: str, **wanted: str) -> bool:
        """Whether there is such an element."""
        return any(
            name == tag and all(given.get(key) == value for key, value in wanted.items())
            for name, given in self.elements
        )


@dataclass(frozen=True)
class Fetched:
    """What a fetch ended with."""

    url: str
    response: httpx2.Response

    @property
    def mounts(self) -> Mounts:
        """What stands in the page."""
        return Mounts(self.response.text)


class Script:
    """A script in somebody's browser."""

    def __init__(self, browser: Visitor) -> None:
        self.browser = browser

    def fetch(self, path: str, **headers: str) -> Fetched:
        """As `fetch(url, {credentials: "include"})`."""
        url = path
        for _ in range(MOST_REDIRECTS):
            response = self.browser.send("GET", url, headers=headers)
            if response.status_code not in (301, 302, 303, 307):
                return Fetched(url, response)
            url = response.headers["Location"].removeprefix(ORIGIN)
        raise AssertionError(f"{path} leads on and on")

    def json(self, path: str) -> Any:
        """The JSON at exactly this address: scripts take `response.url !== url` for a failure."""
        fetched = self.fetch(path)
        assert fetched.url == path, (path, fetched.url)
        assert fetched.response.status_code == 200, fetched.response.text
        assert fetched.response.headers["content-type"].startswith("application/json")
        return fetched.response.json()


def script_of(town: Town, worker: Worker | None) -> Script:
    """The script of somebody who is signed in, or of nobody."""
    return Script(visitor(town, worker))
