"""`/mturk/…`: the addresses of MTurk's first worker site, in old links and scripts, lead to today's pages.

An old link that took or returned work leads to the page with the button, but for `previewandaccept`, which
takes work as `accept_random` does and from other sites' links as little.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.site import Pages
from kempelen.web.visit import NotOurForm, PageNotFound, Visit
from kempelen.web.worker.shapes import task_url, tasks_url

PAGES = Pages()
MOVED = {
    "/mturk/welcome": "/projects",
    "/mturk/dashboard": "/dashboard",
    "/mturk/status": "/dashboard",
    "/mturk/myhits": "/tasks",
    "/mturk/transferearnings": "/payment_settings",
    "/mturk/youraccount": "/account",
    "/mturk/findquals": "/qualifications",
    "/mturk/myquals": "/qualifications/assigned",
    "/mturk/pendingquals": "/qualifications/pending",
}
_SORTS = {"LastUpdatedTime": "updated", "Reward": "reward", "NumHITs": "num_hits"}


@PAGES.get(*MOVED)
async def moved(visit: Visit) -> Response:
    """Pages that have only another address."""
    return visit.see(MOVED[visit.request.url.path])


@PAGES.get("/mturk/preview")
async def preview(visit: Visit) -> Response:
    """A preview of a group, or of one HIT."""
    group = visit.query("groupId")
    if group:
        return visit.see(tasks_url(group))
    return visit.see(await _page_of(visit, visit.query("hitId")))


@PAGES.get("/mturk/previewandaccept", "/mturk/accept")
async def preview_and_accept(visit: Visit) -> Response:
    """Take whichever HIT of a group comes next, or one given HIT, as `accept_random` does."""
    if not visit.is_ours:
        raise NotOurForm()
    group = visit.query("groupId")
    if group:
        query = "?auto_accept=true" if visit.query("autoAcceptEnabled") == "true" else ""
        return visit.see(f"{tasks_url(group)}/accept_random{query}")
    hit = visit.query("hitId")
    if not hit:
        raise PageNotFound()
    return visit.see(task_url((await visit.run("AcceptHIT", HITId=hit))["Task"]))


@PAGES.get("/mturk/continue", "/mturk/return")
async def held(visit: Visit) -> Response:
    """A task in hand, on whose page it is gone on with or returned; a link alone returns nothing."""
    task = await _held(visit, visit.query("hitId"))
    return visit.see("/tasks" if task is None else task_url(task))


@PAGES.get(
    "/mturk/findhits", "/mturk/viewhits", "/mturk/searchbar", "/mturk/viewsearchbar", "/mturk/sorthits"
)
async def search(visit: Visit) -> Response:
    """The list of work, searched, filtered and sorted as the old address says."""
    words = {"query": visit.query("searchWords").strip(), "min_reward": visit.query("minReward").strip()}
    if visit.query("qualifiedFor") == "on" or visit.query("match") == "true":
        words["filters[qualified]"] = "true"
    if visit.query("requiresMasterQual") == "on":
        words["filters[masters]"] = "true"
    column, _, falls = visit.query("sortType").partition(":")
    if column in _SORTS:
        words["sort"] = f"{_SORTS[column]}_{'desc' if falls != '0' else 'asc'}"
    words |= {"page_size": visit.query("pageSize"), "page_number": visit.query("pageNumber")}
    query = urlencode({name: value for name, value in words.items() if value})
    requester = visit.query("requesterId")
    path = f"/requesters/{quote(requester, safe='')}/projects" if requester else "/projects"
    return visit.see(f"{path}?{query}" if query else path)


@PAGES.get("/mturk/statusdetail")
async def status_detail(visit: Visit) -> Response:
    """One day's work; the old address has it as month, day, year in eight digits."""
    day = visit.query("encodedDate")
    if len(day) != 8 or not (day.isascii() and day.isdigit()):
        return visit.see("/dashboard")
    number = visit.query("pageNumber")
    page = f"?page_number={number}" if number.isascii() and number.isdigit() else ""
    return visit.see(f"/status_details/{day[4:]}-{day[:2]}-{day[2:4]}{page}")


@PAGES.get("/mturk/requestqualification")
async def qualification(visit: Visit) -> Response:
    """A qualification, with the button to ask for it."""
    return visit.see(f"/qualifications/{quote(visit.query('qualificationId'), safe='')}")


@PAGES.get("/mturk/contact")
async def contact(visit: Visit) -> Response:
    """The form to write about a HIT type; where only a requester is named, their work to choose from."""
    hit_type, requester = visit.query("hitTypeId"), visit.query("requesterId")
    if hit_type:
        asked = {"hit_type_message[hit_type_id]": hit_type, "hit_type_message[requester_id]": requester}
        return visit.see(f"/contact_requester/hit_type_messages/new?{urlencode(asked)}")
    return visit.see(f"/requesters/{quote(requester, safe='')}/projects" if requester else "/messages")


async def _page_of(visit: Visit, hit: str) -> str:
    """Where a HIT is worked on by whoever holds it, or previewed."""
    if not hit:
        raise PageNotFound()
    try:
        task = (await visit.run("PreviewHIT", HITId=hit))["Task"]
    except Refusal:
        task = await _held(visit, hit)
        if task is None:
            raise
    return task_url(task) if "AssignmentId" in task else f"{tasks_url(task['HITGroupId'])}/{task['HITId']}"


async def _held(visit: Visit, hit: str) -> dict[str, Any] | None:
    tasks = (await visit.run("ListTasks"))["Tasks"]
    return next((task for task in tasks if task["HITId"] == hit), None)
