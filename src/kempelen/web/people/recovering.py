"""A forgotten password: the link, and the new password it allows."""

from __future__ import annotations

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()


@PAGES.get("/account/forgotten-password", open_to_all=True)
async def forgotten(visit: Visit) -> Response:
    """The form for the address."""
    return await visit.page("people/forgotten.html", email="", problem=None)


@PAGES.post("/account/forgotten-password", open_to_all=True)
async def send_link(visit: Visit) -> Response:
    """Send a link, if the address has an account; the answer does not tell."""
    email = (await visit.form()).get("email", "").strip()
    try:
        await visit.run_as_visitor("RequestPasswordReset", Email=email)
    except Refusal as refusal:
        facts = {"email": email, "problem": visit.said(refusal)}
        return await visit.page("people/forgotten.html", refusal.page_status, **facts)
    return await visit.page("people/check_mail.html", email=email)


@PAGES.get("/account/new-password", open_to_all=True)
async def new_password(visit: Visit) -> Response:
    """The form for the new password."""
    return await visit.page("people/new_password.html", token=visit.query("token"), problem=None)


@PAGES.post("/account/new-password", open_to_all=True)
async def take_new_password(visit: Visit) -> Response:
    """Put the new password in force; every session ends."""
    form = await visit.form()
    token = form.get("token", "")[:200]
    try:
        await visit.run_as_visitor("ResetPassword", Token=token or "-", Password=form.get("password", ""))
    except Refusal as refusal:
        facts = {"token": token, "problem": visit.said(refusal)}
        return await visit.page("people/new_password.html", refusal.page_status, **facts)
    response = visit.see("/login?changed=1")
    visit.site.end_session(response)
    return response
