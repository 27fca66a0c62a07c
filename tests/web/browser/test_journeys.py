"""What a worker does from the first look to the pay, in a browser: by mouse, by keyboard, on a phone, and
without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from stage import PASSWORD, Stage, task_frame, typed

from framing import asked, form_question
from kempelen.jobs.deliveries import Deliveries
from people import Requester
from services.browser import NARROW, Contexts, sign_in
from services.mail import MailSink

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

EMAIL = "mia@example.org"
BOTH = pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)


def sign_up(page: Page) -> None:
    """Fill the form of `/register` and send it."""
    page.goto("/login")
    page.get_by_role("link", name="Sign up as a worker").click()
    page.get_by_label("Name").fill("Mia")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    assert_fits(page)
    page.get_by_label("Country you live in").select_option("PT")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/register")


def mailed_link(mail: MailSink, post: Deliveries) -> str:
    """The link in the mail that has just come, on this site."""
    post.drain()
    (message,) = mail.wait_for(1)
    found = re.search(r"http://localhost:\d+(/account/confirmation\?\S+)", message.get_content())
    assert found is not None, message.get_content()
    return found[1]


def confirm(page: Page, link: str) -> None:
    """Open the link of the mail, sign in, and press the button."""
    page.goto(link)
    page.wait_for_url("**/login?next=*")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/projects")


def accept(page: Page) -> None:
    """Press the button of a preview."""
    with page.expect_navigation(url="**assignment_id=*"):
        page.get_by_role("button", name="Accept").click()


def assert_fits(page: Page) -> None:
    """Nothing sticks out sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert wide <= width, f"{page.url} is {wide} pixels wide in a window of {width}"


def crashed(context: BrowserContext) -> None:
    """The browser is gone, with everything it held."""
    context.close()


def see_paid(page: Page, rosa: Requester, hit: dict[str, Any]) -> None:
    """The requester approves; the worker sees the money."""
    (assignment,) = rosa("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"]
    rosa("ApproveAssignment", AssignmentId=assignment["AssignmentId"], RequesterFeedback="Well seen")
    page.goto("/projects")
    expect(page.get_by_role("link", name="$0.12 available")).to_be_visible()
    for address in ("/dashboard", "/earnings"):
        page.goto(address)
        expect(page.get_by_role("main")).to_contain_text("$0.12")
        assert_fits(page)
    page.goto(f"/assignments/{assignment['AssignmentId']}")
    expect(page.get_by_role("main")).to_contain_text("Well seen")
    assert_fits(page)


@BOTH
def test_a_stranger_signs_up_and_is_paid(
    stage: Stage, rosa: Requester, contexts: Contexts, mail: MailSink, post: Deliveries
) -> None:
    hits = stage.cats(rosa, count=2)
    first = contexts()
    page = first.new_page()
    walk(page, stage, rosa, hits, contexts, mail, post, {})


def test_the_same_on_a_phone(
    stage: Stage, rosa: Requester, contexts: Contexts, mail: MailSink, post: Deliveries
) -> None:
    phone = {"viewport": NARROW, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = contexts(**phone).new_page()
    walk(page, stage, rosa, stage.cats(rosa, count=2), contexts, mail, post, phone)


def walk(
    page: Page,
    stage: Stage,
    rosa: Requester,
    hits: list[dict[str, Any]],
    contexts: Contexts,
    mail: MailSink,
    post: Deliveries,
    device: dict[str, Any],
) -> None:
    """From the sign-up to the pay, with a crash in between."""
    sign_up(page)
    confirm(page, mailed_link(mail, post))
    page.get_by_label("Search title, requester, keyword").fill("cat")
    page.get_by_role("button", name="Search").click()
    assert_fits(page)
    page.get_by_role("link", name="Is there a cat?").click()
    page.wait_for_url("**/tasks")
    assert_fits(page)
    expect(page.get_by_text("Preview", exact=True)).to_be_visible()
    expect(task_frame(page).locator("#submitButton")).to_be_disabled()
    accept(page)
    task_frame(page).fill("#answer", "a cat on a sofa")
    expect(page.locator("[data-draft]")).to_contain_text("draft kept at")
    assert "a cat on a sofa" in typed(page)
    assert_fits(page)
    crashed(page.context)

    page = contexts(**device).new_page()
    sign_in(page, EMAIL, PASSWORD)
    page.get_by_role("link", name="Queue 1").click()
    page.wait_for_url("**/tasks")
    assert_fits(page)
    page.get_by_role("link", name="Work", exact=True).click()
    page.wait_for_url("**assignment_id=*")
    expect(page.locator("[data-draft]")).to_contain_text("What you had typed is back")
    frame = task_frame(page)
    expect(frame.locator("#answer")).to_have_value("a cat on a sofa")
    with page.expect_navigation(url="**/tasks"):
        frame.click("#submitButton")
    expect(page.get_by_text("Preview", exact=True)).to_be_visible()
    done = next(hit for hit in hits if rosa("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"])
    see_paid(page, rosa, done)


def test_the_same_by_keyboard_alone(stage: Stage, rosa: Requester, contexts: Contexts) -> None:
    stage.worker("Wei")
    (hit, _) = stage.cats(rosa, count=2)
    page = contexts().new_page()
    keys = page.keyboard
    page.goto("/login")
    keys.type("wei@example.org")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/projects")
    keys.press("Tab")
    assert focused(page) == "Skip to the content"
    keys.press("Enter")
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keys of this page")).to_contain_text("Search")
    keys.press("Escape")
    keys.press("/")
    assert page.evaluate("document.activeElement.id") == "words"
    keys.type("cat")
    keys.press("Enter")
    page.wait_for_url("**query=cat*")
    page.evaluate("document.activeElement.blur()")
    keys.press("j")
    assert focused(page) == "Is there a cat?"
    keys.press("Enter")
    page.wait_for_url("**/tasks")
    keys.press("?")
    overlay = page.get_by_role("dialog", name="Keys of this page")
    expect(overlay).to_contain_text("Accept")
    expect(overlay).to_contain_text("Skip")
    keys.press("Escape")
    with page.expect_navigation(url="**assignment_id=*"):
        keys.press("a")
    task_frame(page)
    assert "Keys of this page" in said_by_keys(page)
    tab_to(page, lambda: focused_in_frame(page) == "answer")
    keys.type("a cat")
    keys.press("Tab")
    assert focused_in_frame(page) == "submitButton"
    with page.expect_navigation(url="**/tasks"):
        keys.press("Enter")
    see_paid(page, rosa, done_of(rosa, hit))


def done_of(rosa: Requester, hit: dict[str, Any]) -> dict[str, Any]:
    """The HIT of the group that has been done."""
    hits = rosa("ListHITs")["HITs"]
    return next(
        each
        for each in hits
        if each["HITTypeId"] == hit["HITTypeId"]
        and rosa("ListAssignmentsForHIT", HITId=each["HITId"])["Assignments"]
    )


def focused(page: Page) -> str:
    """The words of what has the keyboard."""
    return str(page.evaluate("document.activeElement.textContent")).strip()


def said_by_keys(page: Page) -> str:
    """What the overlay of keys says, opened and closed by keys."""
    page.keyboard.press("?")
    words = page.get_by_role("dialog", name="Keys of this page").inner_text()
    page.keyboard.press("Escape")
    return words


def focused_in_frame(page: Page) -> str:
    """What has the keyboard inside the task."""
    frame = page.frame(name="task-frame")
    assert frame is not None
    if page.evaluate("document.activeElement.tagName") != "IFRAME":
        return ""
    return str(frame.evaluate("document.activeElement.id"))


def tab_to(page: Page, there: Any, *, most: int = 40) -> None:
    """Press Tab until it is there; every stop on the way can be seen."""
    for _ in range(most):
        if there():
            return
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") not in ("IFRAME", "BODY"):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"no focus is seen on {focused(page)!r}"
    raise AssertionError(f"the keyboard did not get there in {most} steps")


def test_the_same_without_scripts(
    stage: Stage, rosa: Requester, scriptless: Contexts, mail: MailSink, post: Deliveries
) -> None:
    # MTurk's own templates need their script; a form that we render does not.
    (hit,) = stage.cats(rosa, Question=form_question(asked("answer", "<FreeTextAnswer/>", required=True)))
    page = scriptless().new_page()
    sign_up(page)
    confirm(page, mailed_link(mail, post))
    page.get_by_role("link", name="Is there a cat?").click()
    accept(page)
    assert "until" in page.inner_text(".timer")
    frame = page.frame_locator("iframe")
    frame.get_by_role("textbox").fill("a cat")
    frame.get_by_role("button").click()
    expect(frame.get_by_role("heading", level=1)).not_to_have_text("Nothing was handed in")
    page.locator(".work-bottom noscript a").click()
    page.wait_for_url("**/projects")
    see_paid(page, rosa, hit)
