"""`/dashboard`: what a worker has, has had and has done, in all and day by day."""

from __future__ import annotations

import csv
import io
from typing import Any

from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import Visit
from kempelen.web.worker import shapes
from kempelen.web.worker.plots import Bar, bars

PAGES = Pages()
MOST_PAGES = 40
"""How many pages of a hundred days a download has at most: ten years and more."""
COLUMNS = ("Date", "Submitted", "Approved", "Rejected", "Pending", "Earned", "WorkedSeconds", "PayPerHour")


@PAGES.get("/dashboard", "/dashboard.json")
async def dashboard(visit: Visit) -> Response:
    """The figures, and what was earned a day."""
    answer, now = await visit.run("GetDashboard"), visit.site.now()
    if visit.wants_json:
        return visit.json(shapes.dashboard(answer, now=now))
    return await visit.page(
        "worker/dashboard.html", board=answer, days=answer["Days"], plot=_plot(answer["Days"], now)
    )


@PAGES.get("/dashboard/days.csv")
async def days_as_csv(visit: Visit) -> Response:
    """Every day with work in it, latest first, as a table for other programs."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", extrasaction="ignore")
    table.writeheader()
    token = None
    for _ in range(MOST_PAGES):
        answer = await visit.run("ListWorkDays", MaxResults=100, NextToken=token)
        table.writerows(answer["Days"])
        token = answer.get("NextToken")
        if token is None or not answer["Days"]:
            break
    headers = {"Content-Disposition": 'attachment; filename="kempelen-days.csv"'}
    return Response(text.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _plot(days: list[dict[str, Any]], now: float) -> dict[str, Any] | None:
    """The bars and which of them is the best and the last; None while nothing was earned."""
    earned = {each["Date"]: each["Earned"] for each in days}
    drawn = bars([(day, earned.get(day, "0.00")) for day in reversed(shapes.days_before(now))])
    worked = [each for each in drawn if each.height]
    if not worked:
        return None
    best: Bar = max(worked, key=lambda each: each.height)
    return {"bars": drawn, "best": best, "first": drawn[0].day, "last": drawn[-1].day}
