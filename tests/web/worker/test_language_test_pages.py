"""The market's language tests at the site: found, heard, typed and scored."""

from __future__ import annotations

import pytest

from kempelen.language_tests import material
from people import Town, Worker
from web.visitors import Visitor, visitor

DICTATION = "3KEMPELENLANGUAGEDICTATION00ES"
READING = "3KEMPELENLANGUAGEREADING0000AR"


@pytest.fixture
def browser(town: Town, wei: Worker) -> Visitor:
    town.operator("InstallLanguageTests")
    return visitor(town, wei)


def test_a_dictation_is_heard_and_typed_at_the_site(browser: Visitor) -> None:
    assert "Kempelen: Spanish dictation" in browser.get("/qualifications?search=spanish").text
    assert "Begin the test: 15 min" in browser.get(f"/qualifications/{DICTATION}").text
    page = browser.follow(browser.form(f"/qualifications/{DICTATION}/requests"))
    assert page.html.count("<audio") == 6
    assert 'aria-label="Grabación de la frase 1"' in page.html
    assert "media-src 'self'" in page.response.headers["Content-Security-Policy"]
    sound = page.html.split("<audio", 1)[1].split('src="')[1].split('"')[0]
    heard = browser.send("GET", "/" + sound.split("/", 3)[3])
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/mpeg")
    action = page.html.split('class="question-form" method="post" action="')[1].split('"')[0]
    said = {f"a{place}": each for place, each in enumerate(material("es").dictations[0], start=1)}
    assert "with the value 100" in browser.follow(browser.form(action, **said)).text


def test_a_reading_from_right_to_left_is_shown_so(browser: Visitor) -> None:
    page = browser.follow(browser.form(f"/qualifications/{READING}/requests"))
    assert '<p lang="ar" dir="rtl">' in page.html
    assert page.html.count('type="radio"') == 32


def test_their_page_names_the_market_and_leads_to_no_requester(browser: Visitor) -> None:
    page = browser.get(f"/qualifications/{DICTATION}")
    assert "Kempelen" in page.text
    assert not [link for link in page.links.values() if link.startswith("/requesters/")]
