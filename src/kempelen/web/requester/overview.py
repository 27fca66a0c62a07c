"""`/requester/`: the organisations somebody acts for, what they have, and their latest HITs."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.languages import later
from kempelen.web.site import Pages
from kempelen.web.visit import PageNotFound, Visit

PAGES = Pages()
LATEST = 20
ROLES = {
    "owner": later("owner"),
    "manager": later("manager"),
    "reviewer": later("reviewer"),
    "viewer": later("viewer"),
}
STATUSES = {
    "Assignable": later("open to workers"),
    "Unassignable": later("being worked on"),
    "Reviewable": later("waiting for review"),
    "Reviewing": later("under review"),
    "Disposed": later("deleted"),
}
"""The contract's words, and what the page says for them; both go through the catalogues."""


@PAGES.get("/requester/")
async def overview(visit: Visit) -> Response:
    """One card for each organisation."""
    if visit.who is None or not visit.who.memberships:
        raise PageNotFound()
    found = [await _organisation(visit, key, role) for key, role in visit.who.memberships]
    return await visit.page("requester/overview.html", organisations=found, roles=ROLES, statuses=STATUSES)


@PAGES.post("/requester/groups/{group}/{what}")
async def pause(visit: Visit) -> Response:
    """Pause a group, or let it go on."""
    operation = {"pause": "PauseHITGroup", "resume": "ResumeHITGroup"}.get(visit.path("what"))
    form = await visit.form()
    account = form.get("account", "")
    if operation is None or not account.isascii() or not account.isdigit() or len(account) > 18:
        raise PageNotFound()
    await visit.run_as_member(int(account), operation, HITGroupId=visit.path("group"))
    return visit.see("/requester/")


async def _organisation(visit: Visit, key: int, role: str) -> dict[str, Any]:
    actor = visit.site.identity.as_member(visit.who.person, key) if visit.who is not None else None
    if actor is None:
        raise PageNotFound()
    shown: dict[str, Any] = {"key": key, "name": actor.name, "id": actor.public_id, "role": role, "hits": []}
    try:
        shown |= await visit.run_as_member(key, "GetAccountBalance")
        shown["hits"] = (await visit.run_as_member(key, "ListHITs", MaxResults=LATEST))["HITs"]
    except Refusal as refusal:
        shown["refused"] = visit.said(refusal)
    return shown
