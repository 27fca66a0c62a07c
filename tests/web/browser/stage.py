"""People with browsers, and tasks for them to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from framing import html_question
from kempelen.identity import Identity
from people import Requester, Town, Worker
from services.browser import Contexts
from services.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page

PASSWORD = "correct horse battery"
FORM = """<!DOCTYPE html><html lang="en"><head><title>Cats</title>
<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script></head><body>
<form name="mturk_form" method="post" id="mturk_form" action="https://www.mturk.com/mturk/externalSubmit">
<input type="hidden" value="" name="assignmentId" id="assignmentId">
<h1>Is there a cat?</h1>{inside}
<p><label>What do you see? <input name="answer" id="answer"></label></p>
<p><input type="submit" id="submitButton" value="Submit"></p></form>
<script>turkSetAssignmentID();</script></body></html>"""
"""A task as MTurk's own templates write it."""


def cat_task(inside: str = "", *, height: int = 0) -> str:
    """The question, with more HTML inside its form."""
    return html_question(FORM.replace("{inside}", inside), height)


class Stage:
    """A market and the browsers that look at it."""

    def __init__(self, town: Town, served: Served, contexts: Contexts) -> None:
        self.town = town
        self.served = served
        self.contexts = contexts

    def worker(self, name: str = "Wei", **members: Any) -> Worker:
        """Somebody who can sign in with `PASSWORD`."""
        return self.town.worker(name, password=PASSWORD, **members)

    def signed_in(self, name: str = "Wei", **options: Any) -> BrowserContext:
        """A browser in which a person is signed in."""
        context = self.contexts(**options)
        context.add_cookies([{"name": "session", "value": self.session(name), "url": self.served.url()}])
        return context

    def session(self, name: str = "Wei") -> str:
        """The secret of a new session."""
        visitor = Identity(self.town.app.directory).visitor(source_address="127.0.0.1")
        given = {"Email": f"{name.lower()}@example.org", "Password": PASSWORD}
        return str(self.town.app.house.run("SignIn", visitor, given)["SessionSecret"])

    def cats(self, rosa: Requester, *, count: int = 1, **members: Any) -> list[dict[str, Any]]:
        """So many HITs of one type, whose task is a form of MTurk's own kind."""
        given = {"Question": cat_task(), "Reward": "0.12"} | members
        return [rosa.create_hit(**given) for _ in range(count)]


def task_frame(page: Page) -> Frame:
    """The frame of the task, once its form is there."""
    element = page.wait_for_selector("iframe[name='task-frame']")
    frame = element.content_frame() if element else None
    assert frame is not None, "the page has no task frame"
    frame.wait_for_selector("form")
    return frame


def typed(page: Page) -> str:
    """What the server holds of the draft that is being typed on this page; empty if nothing."""
    assignment = page.get_attribute("main", "data-assignment")
    kept = page.request.get(f"/tasks/{assignment}/draft").json()
    return json.dumps(kept.get("Fields", ""))
