"""Reporting a task that is broken, unclear or wrong to ask for."""

from __future__ import annotations

from starlette.responses import Response

from kempelen.web.languages import later
from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()
REASONS = (
    ("broken", later("It does not work: nothing loads, or it cannot be sent")),
    ("unclear", later("It cannot be understood or answered as it is asked")),
    ("unpaid", later("It asks for much more than is paid for")),
    ("offensive", later("It shows something that it does not warn of")),
    ("personal_data", later("It asks for personal data")),
    ("scam", later("It looks like fraud")),
    ("other", later("Something else")),
)
"""Their texts go through the catalogues."""


@PAGES.get("/tasks/{assignment}/report")
async def ask(visit: Visit) -> Response:
    """The form."""
    task = (await visit.run("GetTask", AssignmentId=visit.path("assignment")))["Task"]
    return await visit.page("worker/report.html", task=task, reasons=REASONS)


@PAGES.post("/tasks/{assignment}/report")
async def report(visit: Visit) -> Response:
    """Keep the report, and give the task back if that was asked for too."""
    form, assignment = await visit.form(), visit.path("assignment")
    comment = form.get("comment", "").strip() or None
    await visit.run("ReportTask", AssignmentId=assignment, Reason=form.get("reason", ""), Comment=comment)
    if form.get("return") == "true":
        await visit.run("ReturnAssignment", AssignmentId=assignment)
    return await visit.page("worker/reported.html", returned=form.get("return") == "true")
