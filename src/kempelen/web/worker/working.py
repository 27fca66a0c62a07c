"""The working page of an accepted HIT, and what its script tells and asks while somebody works."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.rules.sentences import Sentence
from kempelen.web.languages import later
from kempelen.web.refusals import explained
from kempelen.web.site import Pages
from kempelen.web.visit import MalformedForm, NotOurForm, Visit
from kempelen.web.worker.frames import frame_for, instructions_of, shown_in
from kempelen.web.worker.mounts import mounts_of
from kempelen.web.worker.queue import task_url

PAGES = Pages()


class TimeRanOut(Refusal):
    """The time for this task ran out at {time}. What you had typed is kept, and an answer that came too
    late can still be accepted by the requester."""

    page_status = 410


class HandedIn(Refusal):
    """You have handed this task in at {time}."""

    page_status = 409


class GivenBack(Refusal):
    """You have given this task back."""

    page_status = 409


@PAGES.get("/projects/{group}/tasks/{hit}")
async def work(visit: Visit) -> Response:
    """The task with its frame, its timer and its ways out; without an assignment a preview of this HIT."""
    assignment = visit.query("assignment_id")
    if not assignment:
        return await _preview(visit)
    answer = await visit.run("GetTask", AssignmentId=assignment, WithPage=True)
    task = answer["Task"]
    if task["Status"] != "Assigned":
        return await _over(visit, task)
    frame = frame_for(visit, task)
    settings = task.get("Settings") or {}
    response = await visit.page(
        "worker/task.html",
        task=task,
        frame=frame,
        now=visit.site.now(),
        instructions=instructions_of(visit, task, collapsed=answer["InstructionsCollapsed"]),
        settings=settings,
        extensions_left=settings.get("TimeExtensions", 0),
        ai_help=_ai_help(visit, settings.get("AIHelp")),
        auto_accept=answer["AutoAcceptNext"],
        mounts=mounts_of(visit, task),
        summary=answer["Summary"],
    )
    return shown_in(response, frame)


@PAGES.post("/projects/{group}/tasks/{hit}")
async def give_back(visit: Visit) -> Response:
    """Return the task: a form whose `_method` is `delete`."""
    if (await visit.form()).get("_method", "").lower() != "delete":
        raise MalformedForm(reason=Sentence("its _method must be delete"))
    await visit.run("ReturnAssignment", AssignmentId=visit.query("assignment_id"))
    return visit.see("/tasks")


@PAGES.get("/tasks/{assignment}/state")
async def state(visit: Visit) -> Response:
    """What has become of an assignment, for the page that waits for it."""
    task = (await visit.run("GetTask", AssignmentId=visit.path("assignment")))["Task"]
    return visit.json({"state": task["Status"], "deadline": task["Deadline"], "now": visit.site.now()})


@PAGES.get("/tasks/{assignment}/next")
async def go_on(visit: Visit) -> Response:
    """After a submission: the next task of the group, taken or only shown; where none is left, the queue."""
    task = (await visit.run("GetTask", AssignmentId=visit.path("assignment")))["Task"]
    if task["Status"] == "Assigned":
        return visit.see(task_url(task))
    group = task["HITGroupId"]
    operation = "AcceptHIT" if visit.query("auto_accept") == "true" else "PreviewHIT"
    if operation == "AcceptHIT" and not visit.is_ours:
        raise NotOurForm()
    try:
        found = await visit.run(operation, HITGroupId=group)
    except Refusal:
        held = (await visit.run("ListTasks"))["Tasks"]
        return visit.see(task_url(held[0]) if held else "/projects")
    return visit.see(task_url(found["Task"]) if operation == "AcceptHIT" else f"/projects/{group}/tasks")


@PAGES.post("/tasks/{assignment}/extension")
async def extend(visit: Visit) -> Response:
    """More time, as the requester allows it."""
    assignment = visit.path("assignment")
    answer = await visit.run("ExtendTime", AssignmentId=assignment)
    if _from_script(visit):
        return visit.json({"deadline": answer["Deadline"], "left": answer["ExtensionsLeft"]})
    return visit.see(task_url((await visit.run("GetTask", AssignmentId=assignment))["Task"]))


@PAGES.post("/tasks/{assignment}/activity")
async def activity(visit: Visit) -> Response:
    """How the work goes on, as JSON with the members of RecordActivity."""
    told = await visit.sent()
    members = {
        name: told.get(name) for name in ("StartTime", "ActiveSeconds", "InstructionsVersion", "AIHelp")
    }
    await visit.run("RecordActivity", AssignmentId=visit.path("assignment"), **members)
    return Response(status_code=204)


@PAGES.get("/tasks/{assignment}/draft")
async def draft(visit: Visit) -> Response:
    """What was typed so far, here or on another device; an empty object if nothing was."""
    return visit.json((await visit.run("GetDraft", AssignmentId=visit.path("assignment"))).get("Draft", {}))


@PAGES.post("/tasks/{assignment}/draft")
async def keep_draft(visit: Visit) -> Response:
    """Keep what is typed so far: JSON with the members of PutDraft, answered by what it answers."""
    told = await visit.sent()
    members = {name: told.get(name) for name in ("Fields", "Version", "Device", "Seen")}
    return visit.json(await visit.run("PutDraft", AssignmentId=visit.path("assignment"), **members))


async def _preview(visit: Visit) -> Response:
    task = (await visit.run("PreviewHIT", HITId=visit.path("hit")))["Task"]
    frame = frame_for(visit, task)
    response = await visit.page(
        "worker/preview.html",
        task=task,
        settings=task.get("Settings") or {},
        frame=frame,
        instructions=instructions_of(visit, task),
    )
    return shown_in(response, frame)


async def _over(visit: Visit, task: dict[str, Any]) -> Response:
    """What is said of a task that is no longer in hand."""
    again = [
        (f"/projects/{task['HITGroupId']}/tasks", later("Another one of these")),
        (f"/assignments/{task['AssignmentId']}", later("What became of it")),
    ]
    if task["Status"] == "Abandoned":
        refusal: Refusal = TimeRanOut(time=visit.show.moment(task["Deadline"]))
    elif task["Status"] == "Returned":
        refusal = GivenBack()
    else:
        refusal = HandedIn(time=visit.show.moment(task.get("SubmitTime") or task["Deadline"]))
    return await explained(visit, refusal, links=again)


def _ai_help(visit: Visit, rule: str | None) -> str:
    if rule == "allowed":
        return str(visit.words.gettext("AI help allowed"))
    return str(visit.words.gettext("AI help not allowed")) if rule == "not_allowed" else ""


def _from_script(visit: Visit) -> bool:
    return "application/json" in visit.request.headers.get("accept", "")
