"""`/operator/`: accounts that may be one person's, suspensions, take-downs, and letters that failed."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.site import Pages
from kempelen.web.visit import PageNotFound, Visit

PAGES = Pages()
DOES = {
    "suspension": ("SuspendAccount", ("AccountId", "Cause", "Evidence", "Contact"), True),
    "restoration": ("EndSuspension", ("AccountId",), True),
    "take-down": ("TakeDownHIT", ("HITId", "Reason"), False),
    "replay": ("ReplayDeadLetter", ("DeadLetterId",), False),
}
"""What can be done here: the operation, its members, and whether it is the house's."""


@PAGES.get("/operator/")
async def overview(visit: Visit) -> Response:
    """Everything an operator may have to look at."""
    return await _page(visit)


@PAGES.post("/operator/{what}")
async def act(visit: Visit) -> Response:
    """Suspend, restore, take down or send again."""
    known = DOES.get(visit.path("what"))
    if known is None:
        raise PageNotFound()
    operation, names, in_house = known
    form = await visit.form()
    members = {name: form.get(name, "").strip() for name in names}
    try:
        await visit.run_as_operator(operation, in_house=in_house, **members)
    except Refusal as refusal:
        return await _page(visit, problem=refusal)
    return visit.see("/operator/?done=1")


async def _page(visit: Visit, *, problem: Refusal | None = None) -> Response:
    if not visit.is_operator:
        raise PageNotFound()
    token = visit.query("next") or None
    alike = await visit.run_as_operator("ListLookAlikes", in_house=True, MaxResults=20, NextToken=token)
    letters: dict[str, Any] = await visit.run_as_operator("ListDeadLetters", MaxResults=20)
    return await visit.page(
        "operator/overview.html",
        200 if problem is None else problem.page_status,
        alike=alike["LookAlikes"],
        next_token=alike.get("NextToken") if alike["LookAlikes"] else None,
        letters=letters["DeadLetters"],
        done=visit.query("done"),
        problem=None if problem is None else visit.said(problem),
    )
