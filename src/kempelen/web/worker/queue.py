"""`/tasks`: what a worker has accepted and not yet handed in."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import Visit
from kempelen.web.worker import mounts, shapes
from kempelen.web.worker.frames import frame_for

PAGES = Pages()


@PAGES.get("/tasks", "/tasks.json")
async def queue(visit: Visit) -> Response:
    """The queue, nearest deadline first."""
    now = visit.site.now()
    answer = await visit.run("ListTasks", WithGroups=True)
    held = answer["Tasks"]
    groups = {each["HITGroupId"]: each for each in answer["HITGroups"]}
    told = shapes.queue(held, groups, [question_of(visit, each) for each in held], now=now)
    if visit.wants_json:
        return visit.json(told)
    tasks = [each | {"url": task_url(each), "left": max(0, each["Deadline"] - now)} for each in held]
    return await visit.page(
        "worker/queue.html",
        tasks=tasks,
        now=now,
        cap=visit.site.market.traits.queue_cap,
        table=mounts.listed(told["tasks"]),
        pagination=mounts.pagination(page=1, last=1),
    )


def question_of(visit: Visit, task: dict[str, Any]) -> dict[str, Any]:
    """The question of a task, with the address of its frame."""
    frame = frame_for(visit, task)
    return shapes.question(kind=frame.kind, url=frame.url, height=frame.height)


task_url = shapes.task_url
