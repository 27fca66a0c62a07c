"""`/login` and `/logout`: a password and, where there is one, a second factor; or a passkey alone."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.rules.sentences import Sentence
from kempelen.web.people.devices import device_of, remember_device
from kempelen.web.site import Pages
from kempelen.web.visit import MalformedForm, Visit, local

PAGES = Pages()
HALF = "half-session"
"""The cookie that stands for somebody whose second factor is due."""
HALF_SECONDS = 600


@PAGES.get("/login", "/ap/signin", open_to_all=True)
async def sign_in(visit: Visit) -> Response:
    """The form; who is signed in is sent on."""
    if visit.who is not None:
        return visit.see(visit.query("next") or "/projects")
    return await _form(visit, next_page=visit.query("next"))


@PAGES.post("/login", open_to_all=True)
async def take_password(visit: Visit) -> Response:
    """Look at an address and a password."""
    form = await visit.form()
    email, next_page = form.get("email", "").strip(), form.get("next", "")
    device = device_of(visit)
    members = {"Email": email, "Password": form.get("password", ""), "Device": device}
    try:
        begun = await visit.run_as_visitor("SignIn", **members)
    except Refusal as refusal:
        return await _form(visit, email=email, next_page=next_page, problem=refusal)
    if begun["SecondFactorDue"]:
        response = visit.see(f"/login/factor?next={_quoted(next_page)}")
        visit.site.set_cookie(response, HALF, begun["SessionSecret"], seconds=HALF_SECONDS)
    else:
        response = signed_in(visit, begun, next_page)
    remember_device(visit, response, device)
    return response


@PAGES.get("/login/factor", open_to_all=True)
async def ask_for_factor(visit: Visit) -> Response:
    """The form for a code; a script offers the passkey."""
    return await visit.page("people/factor.html", next_page=visit.query("next"), problem=None)


@PAGES.post("/login/factor", open_to_all=True)
async def take_factor(visit: Visit) -> Response:
    """Look at a code of an app, or at a recovery code."""
    form = await visit.form()
    code = form.get("code", "").replace(" ", "")
    kind = "Code" if code.isdigit() and len(code) == 6 else "RecoveryCode"
    members = {"SessionSecret": visit.cookie(HALF) or "-", kind: code, "Device": device_of(visit)}
    next_page = form.get("next", "")
    try:
        begun = await visit.run_as_visitor("GiveSecondFactor", **members)
    except Refusal as refusal:
        return await visit.page(
            "people/factor.html", refusal.page_status, next_page=next_page, problem=visit.said(refusal)
        )
    return signed_in(visit, begun, next_page)


@PAGES.post("/login/passkey/options", open_to_all=True)
async def passkey_options(visit: Visit) -> Response:
    """What a script needs to ask for a passkey: alone, or as the second factor that is due."""
    half = visit.cookie(HALF) or None
    begun = await visit.run_as_visitor("BeginPasskeySignIn", SessionSecret=half)
    return visit.json({"id": begun["ChallengeId"], "options": json.loads(begun["Options"])})


@PAGES.post("/login/passkey", open_to_all=True)
async def take_passkey(visit: Visit) -> Response:
    """Look at what a passkey signed; JSON with where to go."""
    told = await visit.sent()
    if not isinstance(told.get("credential"), dict):
        raise MalformedForm(reason=Sentence("there is no credential in it"))
    half, device = visit.cookie(HALF), device_of(visit)
    members = {"ChallengeId": told.get("id"), "Credential": json.dumps(told["credential"]), "Device": device}
    if half:
        begun = await visit.run_as_visitor("GiveSecondFactor", SessionSecret=half, **members)
    else:
        begun = await visit.run_as_visitor("SignInWithPasskey", **members)
    response = visit.json({"next": local(str(told.get("next") or "/projects"))})
    give_session(visit, response, begun)
    remember_device(visit, response, device)
    return response


@PAGES.post("/logout", open_to_all=True)
async def sign_out(visit: Visit) -> Response:
    """End the session."""
    if visit.who is not None:
        await visit.run_in_house("SignOut")
    response = visit.see("/login")
    visit.site.end_session(response)
    return response


def signed_in(visit: Visit, begun: dict[str, Any], next_page: str) -> Response:
    """On to where the visitor wanted to be, with a session."""
    response = visit.see(next_page or "/projects")
    give_session(visit, response, begun)
    return response


def give_session(visit: Visit, response: Response, begun: dict[str, Any]) -> None:
    """The session of an answer as a cookie; one that was half a session is over."""
    seconds = max(1, int(begun["ExpirationTime"] - visit.site.now()))
    visit.site.set_session(response, begun["SessionSecret"], seconds=seconds)
    visit.site.end_cookie(response, HALF)


async def _form(
    visit: Visit, *, email: str = "", next_page: str = "", problem: Refusal | None = None
) -> Response:
    status = 200 if problem is None else problem.page_status
    said = None if problem is None else visit.said(problem)
    return await visit.page("people/sign_in.html", status, email=email, next_page=next_page, problem=said)


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="")
