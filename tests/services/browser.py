"""Chromium for tests of pages, by Playwright: one browser a test process, one fresh context a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from find_chromium import find_chromium
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from services.serving import Served

if TYPE_CHECKING:
    from people import Person

PATIENCE = 10_000
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    path = find_chromium()
    assert path is not None, "there is no Chromium: run `make services`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.fspath(path), args=OPTIONS)
        yield browser
        browser.close()


Look = Callable[..., BrowserContext]


@pytest.fixture
def contexts(chromium: Browser, served: Served) -> Iterator[Look]:
    """Makes contexts that know the site as their base: `contexts(viewport=NARROW, color_scheme="dark")`."""
    opened: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        settings = {"viewport": WIDE, "base_url": served.url(), "locale": "en-US"} | options
        context = chromium.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def page(contexts: Look) -> Page:
    """A page of somebody who is not signed in."""
    return contexts().new_page()


def sign_in(page: Page, person: Person) -> None:
    """Sign in by the form."""
    page.goto("/login")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/projects*")
