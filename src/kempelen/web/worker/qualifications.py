"""`/qualifications`: what a worker can ask for, holds and has asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import Visit
from kempelen.web.worker import qualification_json as as_json

PAGES = Pages()
PAGE_SIZE = 20
OUTCOMES = ("granted", "asked", "handed-in", "withdrawn", "given-up")
"""What a page is told to say above a qualification, after something was done."""


@PAGES.get("/qualifications", "/qualifications.json")
async def requestable(visit: Visit) -> Response:
    """The types that workers can ask for, by name or as a search has it."""
    wanted = (visit.query("search") or visit.query("filters[search_term]") or visit.query("query")).strip()
    answer = await visit.run(
        "ListWorkerQualificationTypes",
        Query=wanted[:200] or None,
        MaxResults=size_of(visit),
        NextToken=token_of(visit),
    )
    if visit.wants_json:
        return visit.json(as_json.types(visit, answer, size=size_of(visit)))
    return await visit.page(
        "worker/qualifications.html",
        types=answer["QualificationTypes"],
        search=wanted,
        next_page=_next(visit, answer, "QualificationTypes", f"search={quote(wanted, safe='')}&"),
        later=bool(visit.query("next")),
    )


@PAGES.get("/qualifications/assigned", "/qualifications/assigned.json")
async def assigned(visit: Visit) -> Response:
    """Everything the worker was granted, and why it was taken away where it was."""
    answer = await visit.run("ListOwnQualifications", MaxResults=size_of(visit), NextToken=token_of(visit))
    if visit.wants_json:
        return visit.json(as_json.assigned(visit, answer, size=size_of(visit)))
    return await visit.page(
        "worker/qualifications_assigned.html",
        held=answer["Qualifications"],
        next_page=_next(visit, answer, "Qualifications"),
    )


@PAGES.get("/qualifications/pending", "/qualifications/pending.json")
async def pending(visit: Visit) -> Response:
    """What waits for a decision and the tests that are open; with `show=all` what was decided too."""
    everything = visit.query("show") == "all"
    answer = await visit.run(
        "ListOwnQualificationRequests",
        Live=None if everything else True,
        MaxResults=size_of(visit),
        NextToken=token_of(visit),
    )
    if visit.wants_json:
        return visit.json(as_json.pending(visit, answer, size=size_of(visit)))
    return await visit.page(
        "worker/qualifications_pending.html",
        requests=answer["QualificationRequests"],
        everything=everything,
        now=visit.site.now(),
        next_page=_next(visit, answer, "QualificationRequests", "show=all&" if everything else ""),
    )


@PAGES.get("/qualifications/{type}")
async def one(visit: Visit) -> Response:
    """One type: what it is, how the worker stands, and what they can do."""
    found = await find(visit)
    if visit.wants_json:
        return visit.json(as_json.type_of(visit, found))
    told = visit.query("told")
    return await visit.page(
        "worker/qualification.html",
        type=found,
        now=visit.site.now(),
        told=told if told in OUTCOMES else "",
        value=visit.query("value")[:12],
    )


@PAGES.post("/qualifications/{type}/requests")
async def request(visit: Visit) -> Response:
    """Ask for it: granted, waiting, or on to the test."""
    type_id = visit.path("type")
    answer = await visit.run("RequestQualification", QualificationTypeId=type_id)
    if answer["Status"] == "TestOpen":
        return visit.see(f"/qualifications/{quote(type_id)}/test")
    told = "granted" if answer["Status"] == "Granted" else "asked"
    return visit.see(f"/qualifications/{quote(type_id)}?told={told}")


@PAGES.post("/qualifications/{type}/withdrawal")
async def withdraw(visit: Visit) -> Response:
    """Take a request back, or leave a test."""
    request_id = (await visit.form()).get("request", "")
    await visit.run("WithdrawQualificationRequest", QualificationRequestId=request_id)
    return visit.see(f"/qualifications/{quote(visit.path('type'))}?told=withdrawn")


@PAGES.post("/qualifications/{type}/discard")
async def discard(visit: Visit) -> Response:
    """Give a qualification up."""
    type_id = visit.path("type")
    await visit.run("DiscardQualification", QualificationTypeId=type_id)
    return visit.see(f"/qualifications/{quote(type_id)}?told=given-up")


async def find(visit: Visit) -> dict[str, Any]:
    """The type that the path names, as the worker sees it."""
    answer = await visit.run("GetWorkerQualificationType", QualificationTypeId=visit.path("type"))
    found: dict[str, Any] = answer["QualificationType"]
    return found


def size_of(visit: Visit) -> int:
    """How many rows a page has: old scripts ask for up to a hundred."""
    asked = visit.query("page_size")
    return (
        min(max(int(asked), 1), 100) if asked.isascii() and asked.isdigit() and len(asked) < 5 else PAGE_SIZE
    )


def token_of(visit: Visit) -> str | None:
    """Where the page begins."""
    return visit.query("next") or visit.query("next_token") or None


def _next(visit: Visit, answer: dict[str, Any], name: str, query: str = "") -> str | None:
    """The address of the next page, if this one is full."""
    token = as_json.further(answer, name, size_of(visit))
    return f"{visit.request.url.path}?{query}next={quote(token, safe='')}" if token else None
