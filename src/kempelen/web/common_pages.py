"""Pages beside all others: language and theme, what makes the site an app, and where old addresses lead."""

from __future__ import annotations

from starlette.responses import Response

from kempelen.web import languages
from kempelen.web.site import Pages
from kempelen.web.visit import THEMES, Visit

PAGES = Pages()
YEAR = 31_536_000


@PAGES.get("/language", open_to_all=True)
async def choose_language(visit: Visit) -> Response:
    """Remember the language somebody chose in the foot of a page."""
    chosen = visit.query("language")
    return _remembered(visit, "language", chosen if chosen in languages.NAMES else languages.ENGLISH)


@PAGES.get("/theme", open_to_all=True)
async def choose_theme(visit: Visit) -> Response:
    """Remember the theme."""
    chosen = visit.query("theme")
    return _remembered(visit, "theme", chosen if chosen in THEMES else THEMES[0])


@PAGES.get("/manifest.webmanifest", open_to_all=True)
async def manifest(visit: Visit) -> Response:
    """What a phone needs to install the site as an app (W3C Web Application Manifest)."""
    icon = {"src": visit.site.assets.url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    return visit.json(
        {
            "name": "Kempelen" + (" Sandbox" if visit.site.is_sandbox else ""),
            "short_name": "Kempelen",
            "id": "/projects",
            "start_url": "/projects",
            "display": "standalone",
            "lang": visit.language,
            "background_color": "#faf6ec",
            "theme_color": "#35241b",
            "icons": [icon | {"purpose": "any"}, icon | {"purpose": "maskable"}],
        }
    )


@PAGES.get("/worker.js", open_to_all=True)
async def service_worker(visit: Visit) -> Response:
    """The script that keeps the site's own files at hand."""
    text = visit.site.assets.text("js/service-worker.js").replace("{version}", visit.site.assets.version)
    return Response(text, media_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@PAGES.get("/offline", open_to_all=True)
async def offline(visit: Visit) -> Response:
    """What is shown without a connection."""
    return await visit.page("offline.html")


def _remembered(visit: Visit, name: str, value: str) -> Response:
    response = visit.see(visit.query("next") or "/projects")
    response.set_cookie(name, value, max_age=YEAR, path="/", secure=visit.site.secure, samesite="lax")
    return response
