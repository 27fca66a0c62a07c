"""How one signs in: password, address, app, passkeys, recovery codes, and where one is signed in."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.rules.sentences import Sentence
from kempelen.web.people.signing_in import give_session
from kempelen.web.site import Pages
from kempelen.web.visit import MalformedForm, Visit

PAGES = Pages()
HERE = "/account/security"


@PAGES.get("/account/security")
async def security(visit: Visit) -> Response:
    """Everything in one place."""
    return await _page(visit)


@PAGES.post("/account/security/password")
async def change_password(visit: Visit) -> Response:
    """Another password; all other sessions end."""
    form = await visit.form()
    members = {"Password": form.get("password", ""), "NewPassword": form.get("new_password", "")}
    try:
        begun = await visit.run_in_house("ChangePassword", **members)
    except Refusal as refusal:
        return await _page(visit, problem=refusal)
    response = visit.see(f"{HERE}?kept=1")
    give_session(visit, response, begun)
    return response


@PAGES.post("/account/security/email")
async def change_email(visit: Visit) -> Response:
    """Another address, once its link is used."""
    form = await visit.form()
    email = form.get("email", "").strip()
    return await _done(visit, "ChangeEmail", "mailed", Password=form.get("password", ""), Email=email)


@PAGES.post("/account/security/authenticator")
async def begin_authenticator(visit: Visit) -> Response:
    """The picture for an authenticator app, and the form for its first code."""
    try:
        begun = await visit.run_in_house("BeginAuthenticator")
    except Refusal as refusal:
        return await _page(visit, problem=refusal)
    return await _authenticator(visit, begun)


@PAGES.post("/account/security/authenticator/code")
async def confirm_authenticator(visit: Visit) -> Response:
    """Put the app in force."""
    form = await visit.form()
    try:
        added = await visit.run_in_house("ConfirmAuthenticator", Code=form.get("code", "").replace(" ", ""))
    except Refusal as refusal:
        begun = {"Secret": form.get("secret", "")[:64], "Address": form.get("address", "")[:500]}
        return await _authenticator(visit, begun, problem=refusal)
    return await _codes(visit, added.get("RecoveryCodes", []))


@PAGES.post("/account/security/authenticator/end")
async def end_authenticator(visit: Visit) -> Response:
    """Do without the app."""
    return await _done(visit, "EndAuthenticator", "kept", Password=(await visit.form()).get("password", ""))


@PAGES.post("/account/security/codes")
async def renew_codes(visit: Visit) -> Response:
    """New recovery codes."""
    password = (await visit.form()).get("password", "")
    try:
        answer = await visit.run_in_house("RenewRecoveryCodes", Password=password)
    except Refusal as refusal:
        return await _page(visit, problem=refusal)
    return await _codes(visit, answer["RecoveryCodes"])


@PAGES.post("/account/security/passkey/options")
async def passkey_options(visit: Visit) -> Response:
    """What a script needs to make a passkey."""
    begun = await visit.run_in_house("BeginPasskey")
    return visit.json({"id": begun["ChallengeId"], "options": json.loads(begun["Options"])})


@PAGES.post("/account/security/passkey")
async def add_passkey(visit: Visit) -> Response:
    """Keep the passkey a browser made; JSON with recovery codes, if these are the first."""
    told = await visit.sent()
    if not isinstance(told.get("credential"), dict):
        raise MalformedForm(reason=Sentence("there is no credential in it"))
    label = str(told.get("label") or "").strip()[:100] or visit.words.gettext("Passkey")
    members = {"ChallengeId": told.get("id"), "Credential": json.dumps(told["credential"]), "Label": label}
    answer = await visit.run_in_house("AddPasskey", **members)
    return visit.json({"codes": answer.get("RecoveryCodes", [])})


@PAGES.post("/account/security/passkey/end")
async def remove_passkey(visit: Visit) -> Response:
    """Do without a passkey."""
    form = await visit.form()
    members = {"PasskeyId": form.get("passkey", ""), "Password": form.get("password", "")}
    return await _done(visit, "RemovePasskey", "kept", **members)


@PAGES.post("/account/security/session/end")
async def end_session(visit: Visit) -> Response:
    """End one session, or all others."""
    session = (await visit.form()).get("session", "")
    if session == "others":
        return await _done(visit, "EndOtherSessions", "kept")
    return await _done(visit, "EndSession", "kept", SessionId=session)


async def _done(visit: Visit, operation: str, word: str, **members: Any) -> Response:
    try:
        await visit.run_in_house(operation, **members)
    except Refusal as refusal:
        return await _page(visit, problem=refusal)
    return visit.see(f"{HERE}?{word}=1")


async def _page(visit: Visit, *, problem: Refusal | None = None) -> Response:
    return await visit.page(
        "people/security.html",
        200 if problem is None else problem.page_status,
        known=await visit.run_in_house("GetProfile"),
        passkeys=(await visit.run_in_house("ListPasskeys"))["Passkeys"],
        sessions=(await visit.run_in_house("ListSessions"))["Sessions"],
        kept=visit.query("kept"),
        mailed=visit.query("mailed"),
        problem=None if problem is None else visit.said(problem),
    )


async def _authenticator(visit: Visit, begun: dict[str, Any], *, problem: Refusal | None = None) -> Response:
    return await visit.page(
        "people/authenticator.html",
        200 if problem is None else problem.page_status,
        secret=begun["Secret"],
        address=begun["Address"],
        picture=_picture(begun["Address"]),
        problem=None if problem is None else visit.said(problem),
    )


async def _codes(visit: Visit, codes: list[str]) -> Response:
    return await visit.page("people/codes.html", codes=codes)


def _picture(address: str) -> Markup:
    """A QR code (ISO/IEC 18004) as an SVG element."""
    import segno

    if not address.startswith("otpauth://"):
        return Markup()
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=5, dark="#231712", light="#fffdf8", border=3))
