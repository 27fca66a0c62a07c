"""`/register`, and the links that confirm an address."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.rules.countries import COUNTRIES
from kempelen.rules.profiles import SITE_LANGUAGES
from kempelen.web.people.devices import device_of, remember_device
from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()
FIELDS = ("name", "email", "password", "country", "subdivision", "time_zone", "proof")
NEEDS_WORK = "Kempelen.ProofOfWorkNeeded"


@PAGES.get("/register", open_to_all=True)
async def sign_up(visit: Visit) -> Response:
    """The form."""
    return await _form(visit, {})


@PAGES.post("/register", open_to_all=True)
async def take_sign_up(visit: Visit) -> Response:
    """Make the account; the answer is the same where there is one already."""
    form = await visit.form()
    given = {name: form.get(name, "").strip() for name in FIELDS}
    given["password"] = form.get("password", "")
    adult = "adult" in form
    members: dict[str, Any] = {
        "Name": given["name"],
        "Email": given["email"],
        "Password": given["password"],
        "Country": given["country"],
        "Subdivision": given["subdivision"].upper() or None,
        "Adult": adult,
        "TimeZone": given["time_zone"] or None,
        "SiteLanguage": visit.language if visit.language in SITE_LANGUAGES else None,
        "Device": device_of(visit),
        "Proof": given["proof"] or None,
    }
    try:
        await visit.run_as_visitor("SignUp", **members)
    except Refusal as refusal:
        return await _form(visit, given | {"adult": adult}, problem=refusal)
    response = await visit.page("people/check_mail.html", email=given["email"])
    remember_device(visit, response, members["Device"])
    return response


@PAGES.get("/register/work", open_to_all=True)
async def work(visit: Visit) -> Response:
    """What a browser computes when many people sign up from one network."""
    answer = await visit.run_as_visitor("GetProofOfWork")
    return Response(answer["Challenge"], media_type="application/json")


@PAGES.get("/account/confirmation")
async def ask_to_confirm(visit: Visit) -> Response:
    """A button, since programs that look at mail open links by themselves."""
    return await visit.page("people/confirm.html", token=visit.query("token"), problem=None)


@PAGES.post("/account/confirmation")
async def confirm(visit: Visit) -> Response:
    """Confirm the address that the link was sent to."""
    token = (await visit.form()).get("token", "")[:200]
    try:
        await visit.run_in_house("ConfirmEmail", Token=token or "-")
    except Refusal as refusal:
        facts = {"token": "", "problem": visit.said(refusal)}
        return await visit.page("people/confirm.html", refusal.page_status, **facts)
    return visit.see("/projects")


@PAGES.post("/account/confirmation/again")
async def send_again(visit: Visit) -> Response:
    """Send the link once more."""
    await visit.run_in_house("RequestConfirmation")
    email = visit.who.email if visit.who is not None else ""
    return await visit.page("people/check_mail.html", email=email)


async def _form(visit: Visit, given: dict[str, Any], *, problem: Refusal | None = None) -> Response:
    status = 200 if problem is None else problem.page_status
    shown = {"country": "", "time_zone": "", "adult": False} | dict.fromkeys(FIELDS, "") | given
    return await visit.page(
        "people/sign_up.html",
        status,
        given=shown,
        countries=visit.show.countries(COUNTRIES),
        problem=None if problem is None else visit.said(problem),
        needs_work=problem is not None and problem.code == NEEDS_WORK,
    )
