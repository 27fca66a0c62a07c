"""The question about a group's instructions that comes before its first task, with a few tries."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import PageNotFound, Visit
from kempelen.web.worker.frames import instructions_of

PAGES = Pages()
OPEN = "Kempelen.ComprehensionCheckOpen"
"""The code of a refusal that this page is the answer to."""


@PAGES.get("/projects/{group}/check")
async def ask(visit: Visit) -> Response:
    """The question, beside the instructions."""
    return await _asked(visit)


@PAGES.post("/projects/{group}/check")
async def answer(visit: Visit) -> Response:
    """Whether the answer is right: then on to the work, else another try."""
    group = visit.path("group")
    given = (await visit.form()).get("answer", "")
    told = await visit.run("AnswerComprehensionCheck", HITGroupId=group, Answer=given)
    if told["Passed"]:
        return visit.see(f"/projects/{group}/tasks/accept_random")
    return await _asked(visit, given=given, left=told.get("TriesLeft", 0))


async def _asked(visit: Visit, *, given: str = "", left: int | None = None) -> Response:
    group = (await visit.run("GetHITGroup", HITGroupId=visit.path("group")))["HITGroup"]
    settings: dict[str, Any] = group.get("Settings") or {}
    if "ComprehensionCheck" not in settings:
        raise PageNotFound()
    facts = {"group": group, "check": settings["ComprehensionCheck"], "given": given, "left": left}
    shown = instructions_of(visit, group)
    status = 200 if left is None else 422
    return await visit.page("worker/check.html", status, instructions=shown, task=group, **facts)
