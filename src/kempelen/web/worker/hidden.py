"""`/hidden`: requesters and groups that a worker does not want to see."""

from __future__ import annotations

from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()


@PAGES.get("/hidden")
async def hidden(visit: Visit) -> Response:
    """What is hidden, latest first."""
    answer = await visit.run("ListHidden", NextToken=visit.query("next") or None)
    return await visit.page("worker/hidden.html", hidden=answer["Hidden"], next_token=answer.get("NextToken"))


@PAGES.post("/hidden")
async def hide(visit: Visit) -> Response:
    """Hide a group or a requester."""
    form = await visit.form()
    await visit.run("HideWork", **_named(form))
    return visit.see(form.get("next") or "/hidden")


@PAGES.post("/hidden/end")
async def show_again(visit: Visit) -> Response:
    """Show it again."""
    await visit.run("UnhideWork", **_named(await visit.form()))
    return visit.see("/hidden")


def _named(form: dict[str, str]) -> dict[str, str | None]:
    return {"HITGroupId": form.get("group") or None, "RequesterId": form.get("requester") or None}
