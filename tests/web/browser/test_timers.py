"""The time of a task: said by the server, announced on the way, extended by a click, and over at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from stage import Stage, task_frame

from people import Requester

if TYPE_CHECKING:
    from playwright.sync_api import Page

MINUTES = 60_000


@pytest.fixture
def working(stage: Stage, rosa: Requester) -> Page:
    """Wei at work on a task of ten minutes that may be extended by two, where the clock is wrong."""
    stage.worker("Wei")
    (hit,) = stage.cats(rosa)
    settings = {"TimeExtensionSeconds": 120, "TimeExtensions": 1}
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)
    page = stage.signed_in("Wei").new_page()
    page.clock.install(time="1999-12-31T23:00:00Z")
    page.goto(f"/projects/{hit['HITGroupId']}/tasks")
    with page.expect_navigation(url="**assignment_id=*"):
        page.get_by_role("button", name="Accept").click()
    task_frame(page)
    return page


def passes(page: Page, stage: Stage, minutes: float) -> None:
    """Time passes, for the server and in the browser."""
    stage.town.advance(milliseconds=int(minutes * MINUTES))
    page.clock.run_for(int(minutes * MINUTES))


def time_left(page: Page) -> float:
    """What the timer shows, in minutes."""
    minutes, seconds = page.inner_text(".timer").split(":")
    return int(minutes) + int(seconds) / 60


def test_a_timer_is_true_and_says_when_it_grows_short(stage: Stage, working: Page) -> None:
    said = working.locator("[data-said]")
    assert time_left(working) == pytest.approx(10, abs=0.2)
    assert said.get_attribute("aria-live") == "polite" and said.inner_text() == ""
    passes(working, stage, 5.1)
    expect(said).to_contain_text("left for this task")
    assert time_left(working) == pytest.approx(4.9, abs=0.2)
    half = said.inner_text()
    expect(working.locator(".timer")).to_have_attribute("data-left", "enough")
    passes(working, stage, 3)
    expect(working.locator(".toast")).to_contain_text("left for this task")
    expect(working.locator(".timer")).to_have_attribute("data-left", "little")
    assert said.inner_text() != half
    passes(working, stage, 1.45)
    assert time_left(working) == pytest.approx(0.45, abs=0.2)
    expect(said).to_have_text("0:30 left for this task")


def test_a_click_gives_the_time_that_is_allowed_once(stage: Stage, working: Page) -> None:
    passes(working, stage, 9)
    working.locator("[data-extend]").click()
    expect(working.locator("[data-said]")).to_have_text("You have more time.")
    expect(working.locator("[data-extend]")).to_be_hidden()
    working.clock.run_for(1000)
    assert time_left(working) == pytest.approx(3, abs=0.2)


def test_when_it_is_over_the_page_says_so_and_a_late_answer_too(stage: Stage, working: Page) -> None:
    frame = task_frame(working)
    frame.fill("#answer", "a cat, too late")
    working.clock.run_for(3000)
    expect(working.locator("[data-draft]")).to_contain_text("draft kept")
    passes(working, stage, 10.1)
    dialog = working.get_by_role("dialog", name="The time has run out")
    expect(dialog).to_contain_text("nothing is counted against your approval rate")
    assert working.evaluate("document.activeElement.closest('dialog') !== null")
    answers: list[Any] = []
    working.on(
        "response", lambda response: "externalSubmit" in response.url and answers.append(response.status)
    )
    frame.evaluate("document.forms[0].requestSubmit()")
    expect(frame.locator("body")).to_contain_text("time")
    assert answers == [410]
    assert "too late" in frame.inner_text("body") or "kept" in frame.inner_text("body")
    dialog.get_by_role("link", name="My queue").click()
    working.wait_for_url("**/tasks")


def test_the_page_of_a_task_that_has_ended_says_what_to_do(stage: Stage, working: Page) -> None:
    here = working.url
    stage.town.advance(seconds=601)
    answer = working.goto(here)
    assert answer is not None and answer.status == 410
    expect(working.get_by_role("heading", level=1)).to_have_text("The time for this has passed")
    expect(working.get_by_role("link", name="Another one of these")).to_be_visible()
