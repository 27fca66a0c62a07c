"""Every page of the site, in every theme, as people with other eyes and hands find it (axe, WCAG 2.2)."""

from __future__ import annotations

import importlib.resources
import json
from typing import TYPE_CHECKING, Any

import pytest
from furnished import Furnished, furnish
from stage import Stage

from people import Requester
from services.browser import NARROW

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""What changes with the theme alone."""
LOOK = """
async (rules) => {
  const found = await axe.run(document, { resultTypes: ["violations"], iframes: false, runOnly: rules });
  return found.violations.filter((each) => each.impact === "serious" || each.impact === "critical")
    .map((each) => [each.id, each.nodes.map((node) => node.target.join(" ") + ": " + node.failureSummary)]);
}
"""
SIGNED_OUT = ("/login", "/register", "/account/forgotten-password", "/account/new-password", "/login/factor")


def violations(page: Page, rules: list[str] = EVERYTHING) -> list[Any]:
    """What axe finds serious or critical on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return list(page.evaluate(LOOK, rules))


def assert_accessible(context: BrowserContext, addresses: list[str]) -> None:
    """Look at all of them in each theme; all faults are told at once."""
    page = context.new_page()
    faults: dict[str, Any] = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None and answer.status != 500, address
        if answer.request.redirected_from or "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert page.title().strip(" ·") not in ("", "Kempelen"), f"{address} has no title"
        for theme, rules in (("light", EVERYTHING), ("dark", COLOURS), ("contrast", COLOURS)):
            page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
            found = violations(page, rules)
            if found:
                faults[f"{address} ({theme})"] = found
    assert not faults, json.dumps(faults, indent=1)


@pytest.fixture
def furnished(stage: Stage, rosa: Requester) -> Furnished:
    """A market with something on every page."""
    return furnish(stage, rosa)


def test_nothing_serious_on_any_page_in_any_theme(stage: Stage, furnished: Furnished) -> None:
    addresses = furnished.addresses()
    assert_accessible(stage.signed_in("Wei"), addresses)
    assert_accessible(stage.contexts(), list(SIGNED_OUT))


def test_nothing_serious_and_nothing_sticks_out_on_a_phone_that_reads_from_the_right(
    stage: Stage, furnished: Furnished
) -> None:
    context = stage.signed_in("Wei", viewport=NARROW, has_touch=True, is_mobile=True)
    context.add_cookies([{"name": "language", "value": "ar", "url": stage.served.url()}])
    page = context.new_page()
    faults = {}
    for address in furnished.addresses():
        answer = page.goto(address)
        if answer is None or answer.request.redirected_from:
            continue
        assert page.evaluate("document.documentElement.dir") == "rtl", address
        width = page.evaluate("document.documentElement.scrollWidth")
        found = violations(page)
        if width > NARROW["width"] or found:
            faults[address] = {"width": width, "violations": found}
    assert not faults, json.dumps(faults, indent=1)
