"""`/messages`: what requesters, the market and the worker have told each other, thread by thread."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()
PAGE_SIZE = 20
MESSAGES_A_PAGE = 50


@PAGES.get("/messages")
async def threads(visit: Visit) -> Response:
    """The threads, the last written first; with `unread` those alone that hold something unread."""
    unread = visit.query("unread") == "true"
    answer = await visit.run(
        "ListThreads",
        Unread=True if unread else None,
        MaxResults=PAGE_SIZE,
        NextToken=visit.query("next") or None,
    )
    found = answer["Threads"]
    return await visit.page(
        "worker/messages.html",
        threads=found,
        unread=unread,
        next_token=answer.get("NextToken") if len(found) == PAGE_SIZE else None,
        later=bool(visit.query("next")),
    )


@PAGES.get("/messages/{thread}")
async def thread(visit: Visit) -> Response:
    """One thread, oldest message first, and a form to go on with it; from now on it is read."""
    return await _shown(visit)


@PAGES.post("/messages/{thread}")
async def answer(visit: Visit) -> Response:
    """Write in the thread."""
    form = await visit.form()
    text = form.get("content", "")
    try:
        sent = await visit.run("SendMessage", ThreadId=visit.path("thread"), MessageText=text)
    except Refusal as refusal:
        if refusal.page_status == 404:
            raise
        return await _shown(visit, typed=text, refusal=refusal)
    return visit.see(f"/messages/{sent['ThreadId']}#last")


async def _shown(visit: Visit, *, typed: str = "", refusal: Refusal | None = None) -> Response:
    thread_id = visit.path("thread")
    found = await visit.run(
        "GetThread", ThreadId=thread_id, NextToken=visit.query("earlier") or None, MaxResults=MESSAGES_A_PAGE
    )
    if found["Thread"]["Unread"]:
        await visit.run("MarkThreadRead", ThreadId=thread_id)
    return await visit.page(
        "worker/thread.html",
        200 if refusal is None else refusal.page_status,
        thread=found["Thread"],
        messages=found["Messages"][::-1],
        may_answer=found["MayAnswer"],
        names={"Worker": visit.words.gettext("You"), "Market": "Kempelen"},
        earlier=found.get("NextToken") if len(found["Messages"]) == MESSAGES_A_PAGE else None,
        later=bool(visit.query("earlier")),
        typed=typed,
        problem="" if refusal is None else visit.said(refusal),
        why_not=why_not(visit, found["Thread"]),
    )


def why_not(visit: Visit, thread: dict[str, Any]) -> str:
    """Why nobody can go on with a thread."""
    if "RequesterId" not in thread:
        return str(visit.words.gettext("Kempelen itself wrote this, so there is nobody to answer."))
    return str(
        visit.words.gettext(
            "This requester takes no work from you, so you cannot go on here. You can still write about work "
            "that you have done for them."
        )
    )
