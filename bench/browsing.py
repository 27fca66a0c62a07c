"""A browser that costs little: one worker's cookies, and a kept connection to each server it speaks with.

It loads pages and sends forms, and nothing that pages name beside that: what a browser keeps for ever is not
what a loop of work costs.
"""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

HEADERS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
)
_HIDDEN = re.compile(r'<input type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
_FRAME = re.compile(r"<iframe[^>]*?\ssrc=\"([^\"]+)\"", re.DOTALL)
_ACTION = re.compile(r"<form[^>]*?\saction=[\"']([^\"']+)[\"']", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, at which address."""

    url: str
    status: int
    location: str
    """Where it redirects to, in full; empty if nowhere."""
    body: bytes

    def frame(self) -> str:
        """The address of the page's frame, in full."""
        return self._found(_FRAME)

    def action(self) -> str:
        """Where the page's form goes, in full."""
        return self._found(_ACTION)

    def hidden(self) -> dict[str, str]:
        """The fields of the page's form that nobody sees."""
        inputs = [dict(_ATTRIBUTE.findall(each)) for each in _HIDDEN.findall(self.body.decode())]
        return {each["name"]: html.unescape(each["value"]) for each in inputs}

    def _found(self, pattern: re.Pattern[str]) -> str:
        found = pattern.search(self.body.decode())
        assert found is not None, f"nothing like {pattern.pattern} at {self.url}: {self.body[:500]!r}"
        return urljoin(self.url, html.unescape(found[1]))


class Browser:
    """One worker's. Frames of another origin are sent no cookie of the site's."""

    def __init__(self, site: str, cookies: dict[str, str] | None = None) -> None:
        self._site = urlsplit(site).netloc
        self.cookies = dict(cookies or {})
        self._kept: dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def get(self, url: str) -> Answer:
        """Load a page."""
        return await self._ask("GET", url, "", own=True)

    async def post(self, url: str, fields: dict[str, str], *, own: bool = True) -> Answer:
        """Send a form; `own` says that it stands on a page of the site, so that cookies come along."""
        return await self._ask("POST", url, urlencode(fields), own=own)

    def close(self) -> None:
        """Let go of the connections."""
        for _, writer in self._kept.values():
            writer.close()
        self._kept.clear()

    async def _ask(self, method: str, url: str, body: str, *, own: bool) -> Answer:
        parts = urlsplit(url)
        host = parts.netloc
        head = f"{method} {parts.path}{'?' + parts.query if parts.query else ''} HTTP/1.1\r\nHost: {host}\r\n"
        if own and host == self._site and self.cookies:
            head += f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}\r\n"
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        reader, writer = self._kept.pop(host, None) or await asyncio.open_connection(
            parts.hostname, parts.port
        )
        writer.write(f"{head}{HEADERS}\r\n{body}".encode())
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines[1:])]
        fields = dict(named)
        content = await reader.readexactly(int(fields["content-length"]))
        if fields.get("connection", "").lower() == "close":
            writer.close()
        else:
            self._kept[host] = reader, writer
        if host == self._site:
            self._take(value for name, value in named if name == "set-cookie")
        location = urljoin(url, fields["location"]) if "location" in fields else ""
        return Answer(url, int(lines[0].split()[1]), location, content)

    def _take(self, given: object) -> None:
        for each in given:  # type: ignore[attr-defined]
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
