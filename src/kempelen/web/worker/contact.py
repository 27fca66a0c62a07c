"""`/contact_requester`: forms to write to a requester, with the addresses and fields that MTurk's had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.languages import later
from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()
HIT_TYPE = "hit_type_message"
ASSIGNMENT = "assignment_message"
SUBJECTS = (
    later("A question about how to do this work"),
    later("Something about the task does not work"),
    later("About a decision on my work, or about the pay"),
    later("About a qualification that this work asks for"),
    later("A proposal for this work"),
)
"""The subjects a form offers; they go through the catalogues."""


class NothingNamed(Refusal):
    """The address does not say which work your message is about. Open the form from the work itself."""

    page_status = 400


@PAGES.get(f"/contact_requester/{HIT_TYPE}s/new")
async def new_about_work(visit: Visit) -> Response:
    """A form to write about a HIT type."""
    return await _form(visit, HIT_TYPE, {"hit_type_id": visit.query(f"{HIT_TYPE}[hit_type_id]")})


@PAGES.get(f"/contact_requester/{ASSIGNMENT}s/new")
async def new_about_assignment(visit: Visit) -> Response:
    """A form to write about an assignment of the worker's."""
    return await _form(visit, ASSIGNMENT, {"assignment_id": visit.query(f"{ASSIGNMENT}[assignment_id]")})


@PAGES.post(f"/contact_requester/{HIT_TYPE}s")
async def send_about_work(visit: Visit) -> Response:
    """Send it; both kinds of fields are understood at both addresses."""
    return await _send(visit, HIT_TYPE)


@PAGES.post(f"/contact_requester/{ASSIGNMENT}s")
async def send_about_assignment(visit: Visit) -> Response:
    """Send it."""
    return await _send(visit, ASSIGNMENT)


async def _send(visit: Visit, kind: str) -> Response:
    form = await visit.form()
    if not any(name.startswith(f"{kind}[") for name in form):
        kind = ASSIGNMENT if kind == HIT_TYPE else HIT_TYPE
    given = {name.removeprefix(f"{kind}[").removesuffix("]"): value for name, value in form.items()}
    subject = given.get("own_subject", "").strip() or given.get("subject", "")
    try:
        sent = await visit.run(
            "SendMessage",
            **_about(given),
            Subject=subject or None,
            MessageText=given.get("content", ""),
        )
    except Refusal as refusal:
        if refusal.page_status in (400, 404):
            raise
        return await _form(visit, kind, given, refusal=refusal)
    return visit.see(f"/messages/{sent['ThreadId']}#last")


async def _form(
    visit: Visit, kind: str, given: Mapping[str, str], *, refusal: Refusal | None = None
) -> Response:
    contact = await visit.run("GetContact", **_about(given))
    return await visit.page(
        "worker/contact.html",
        200 if refusal is None else refusal.page_status,
        kind=kind,
        contact=contact,
        subjects=[visit.words.gettext(each) for each in SUBJECTS],
        given=given,
        problem="" if refusal is None else visit.said(refusal),
        at=_field_of(refusal),
    )


def _about(given: Mapping[str, Any]) -> dict[str, str]:
    """The member of SendMessage that says what it is about. Raises `NothingNamed`."""
    for field, member in (("assignment_id", "AssignmentId"), ("hit_type_id", "HITTypeId")):
        if given.get(field):
            return {member: given[field]}
    raise NothingNamed()


def _field_of(refusal: Refusal | None) -> str:
    """The field that a refusal is about."""
    if refusal is None or refusal.type != "ParameterValidationError":
        return ""
    return "subject" if "ubject" in refusal.message else "content"
