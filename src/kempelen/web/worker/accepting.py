"""Taking work: preview a HIT of a group, skip to another, accept this one or the next."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.site import Pages
from kempelen.web.visit import NotOurForm, Visit
from kempelen.web.worker import checks, shapes
from kempelen.web.worker.frames import frame_for, instructions_of, shown_in
from kempelen.web.worker.queue import question_of, task_url

PAGES = Pages()


@PAGES.get("/projects/{group}/tasks", "/projects/{group}/tasks.json")
async def preview(visit: Visit) -> Response:
    """One HIT of the group as it would look, without taking it."""
    found = await visit.run(
        "PreviewHIT", HITGroupId=visit.path("group"), AfterHITId=visit.query("after") or None
    )
    if visit.wants_json:
        task = found["Task"]
        group = (await visit.run("GetHITGroup", HITGroupId=task["HITGroupId"]))["HITGroup"]
        return visit.json(shapes.preview(task, group, question_of(visit, task)))
    return await _previewed(visit, found["Task"])


@PAGES.get("/projects/{group}/tasks/accept_random")
async def accept_next(visit: Visit) -> Response:
    """Take whichever HIT of the group is handed out next; never from another site: no link may take work."""
    if not visit.is_ours:
        raise NotOurForm()
    return await _accepted(visit, HITGroupId=visit.path("group"))


@PAGES.post("/projects/{group}/tasks/{hit}/accept")
async def accept(visit: Visit) -> Response:
    """Take this HIT."""
    return await _accepted(visit, HITId=visit.path("hit"))


async def _accepted(visit: Visit, **what: str) -> Response:
    try:
        return visit.see(task_url((await visit.run("AcceptHIT", **what))["Task"]))
    except Refusal as refusal:
        if refusal.code != checks.OPEN or visit.wants_json:
            raise
        return visit.see(f"/projects/{visit.path('group')}/check")


async def _previewed(visit: Visit, task: dict[str, Any]) -> Response:
    frame = frame_for(visit, task)
    response = await visit.page(
        "worker/preview.html",
        task=task,
        settings=task.get("Settings") or {},
        frame=frame,
        instructions=instructions_of(visit, task),
    )
    return shown_in(response, frame)
