"""`/tasks`: what a worker has accepted and not yet handed in."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()


@PAGES.get("/tasks")
async def queue(visit: Visit) -> Response:
    """The queue, nearest deadline first."""
    now = visit.site.now()
    held = (await visit.run("ListTasks"))["Tasks"]
    tasks = [each | {"url": task_url(each), "left": max(0, each["Deadline"] - now)} for each in held]
    return await visit.page("worker/queue.html", tasks=tasks, now=now, cap=visit.site.market.traits.queue_cap)


def task_url(task: dict[str, Any]) -> str:
    """Where an accepted task is worked on."""
    return f"/projects/{task['HITGroupId']}/tasks/{task['HITId']}?assignment_id={task['AssignmentId']}"
