"""Chromium for tests of pages, by Playwright: one browser a test file, one fresh context a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from find_chromium import find_chromium
from services.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PATIENCE = 15_000
"""Milliseconds that a page may take for anything."""
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 360, "height": 740}
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing outside this machine is asked for, whatever a page names.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE *.localhost",
]


# Not for the whole session: while it runs, Playwright holds the thread's event loop, which other tests need.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    # Imported late: it takes a while, which tests that need no browser should not pay.
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    assert path is not None, "There is no Chromium: `make test` prepares it, or `make services`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.fspath(path), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def scriptless_chromium(chromium: Browser) -> Iterator[Browser]:
    """A browser that runs no scripts and shows what pages say then; Playwright's own switch does not."""
    path = os.fspath(find_chromium() or "")
    without = [*OPTIONS, "--blink-settings=scriptEnabled=false"]
    browser = chromium.browser_type.launch(executable_path=path, args=without)
    yield browser
    browser.close()


Contexts = Callable[..., "BrowserContext"]


@pytest.fixture
def contexts(chromium: Browser, served: Served) -> Iterator[Contexts]:
    """Makes contexts that know the site as their base: `contexts(viewport=NARROW, color_scheme="dark")`."""
    yield from _contexts(chromium, served)


@pytest.fixture
def scriptless(scriptless_chromium: Browser, served: Served) -> Iterator[Contexts]:
    """Makes contexts in which no script runs."""
    yield from _contexts(scriptless_chromium, served)


def _contexts(browser: Browser, served: Served) -> Iterator[Contexts]:
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        settings = {"viewport": WIDE, "base_url": served.url(), "locale": "en-US"} | options
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(contexts: Contexts) -> Page:
    """A page of somebody who is not signed in."""
    return contexts().new_page()


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by the form."""
    page.goto("/login")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/projects*")
