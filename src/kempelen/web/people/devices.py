"""The browser somebody has signed in with before, by a random name in a cookie."""

from __future__ import annotations

from starlette.responses import Response

from kempelen.web.visit import Visit

NAME = "device"
YEAR = 31_536_000


def device_of(visit: Visit) -> str:
    """The browser's name, or a new one."""
    known = visit.cookie(NAME)
    if 16 <= len(known) <= 64 and known.isascii() and known.isalnum():
        return known
    return f"{visit.site.market.random.getrandbits(128):032x}"


def remember_device(visit: Visit, response: Response, device: str) -> None:
    """Let the browser keep its name."""
    visit.site.set_cookie(response, NAME, device, seconds=YEAR)
