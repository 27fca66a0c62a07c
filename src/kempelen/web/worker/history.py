"""`/status_details/{day}` and `/assignments/{id}`: what became of a day's work, and of one assignment."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from kempelen.rules import calendar
from kempelen.web.site import Pages
from kempelen.web.visit import PageNotFound, Visit
from kempelen.web.worker import mounts, shapes
from kempelen.web.worker.paging import PAGE_SIZE, number_of

PAGES = Pages()


@PAGES.get("/status_details/{day}")
async def day(visit: Visit) -> Response:
    """What was handed in on a day (UTC), 20 a page."""
    wanted, number = visit.path("day").removesuffix(".json"), number_of(visit)
    if calendar.read(wanted) is None:
        raise PageNotFound()
    answer = await visit.run("ListOwnAssignments", Day=wanted, PageNumber=number, MaxResults=PAGE_SIZE)
    if visit.wants_json:
        return visit.json(shapes.status_details(answer))
    last = max(1, -(-answer["TotalNumResults"] // PAGE_SIZE))
    here = f"/status_details/{wanted}"
    return await visit.page(
        "worker/status_details.html",
        day=wanted,
        total=answer["TotalNumResults"],
        assignments=answer["Assignments"],
        now=visit.site.now(),
        earlier=f"{here}?page_number={min(number - 1, last)}" if number > 1 else None,
        next_page=f"{here}?page_number={number + 1}" if number < last else None,
        table=mounts.listed([shapes.status(each) for each in answer["Assignments"]]),
        pagination=mounts.pagination(page=number, last=last),
    )


@PAGES.get("/assignments/{assignment}")
async def assignment(visit: Visit) -> Response:
    """One own assignment: its times, what was decided and why, and what was paid for it."""
    told = await visit.run("GetOwnAssignment", AssignmentId=visit.path("assignment"))
    own: dict[str, Any] = told["Assignment"]
    asked = {"assignment_message[assignment_id]": own["AssignmentId"]}
    return await visit.page(
        "worker/assignment.html",
        own=own,
        bonuses=told["Bonuses"],
        late=told.get("LateAnswer"),
        now=visit.site.now(),
        contact=f"/contact_requester/assignment_messages/new?{urlencode(asked)}",
        work=shapes.task_url(own) if own["Status"] == "Assigned" else None,
        group=shapes.tasks_url(own["HITGroupId"]),
        day=shapes.stamp(own["SubmitTime"])[:10] if own.get("SubmitTime") else None,
    )
