"""One's own account: profile, languages, looks, mail, where one's money goes, one's data, and leaving."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.rules.countries import COUNTRIES
from kempelen.rules.profiles import MAIL_KINDS, MULTIPLIERS, SITE_LANGUAGES, THEMES
from kempelen.web.languages import later
from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()
MOST_PAGES = 1_000
MAILS = dict(
    zip(
        MAIL_KINDS,
        (
            later("Messages of requesters"),
            later("News of my qualifications"),
            later("Saved searches that I watch"),
            later("News of my work"),
        ),
        strict=True,
    )
)
LOOKS = dict(
    zip(
        THEMES,
        (later("As my device has it"), later("Light"), later("Dark"), later("High contrast")),
        strict=True,
    )
)
"""The texts of both go through the catalogues."""


@PAGES.get("/account")
async def account(visit: Visit) -> Response:
    """The profile and everything beside it."""
    return await _form(visit)


@PAGES.post("/account")
async def change(visit: Visit) -> Response:
    """Keep the profile."""
    fields = await visit.form_fields()
    form = dict(fields)
    wanted_mail = [value for name, value in fields if name == "mail"]
    members: dict[str, Any] = {
        "Name": form.get("name", "").strip(),
        "Country": form.get("country") or None,
        "Subdivision": form.get("subdivision", "").strip().upper() or None,
        "Languages": form.get("languages", "").replace(",", " ").split(),
        "TimeZone": form.get("time_zone", "").strip() or None,
        "SiteLanguage": form.get("site_language") or None,
        "Theme": form.get("theme") or None,
        "TimeMultiplier": form.get("time_multiplier") or None,
        "MailOff": [kind for kind in MAIL_KINDS if kind not in wanted_mail],
    }
    try:
        await visit.run_in_house("PutProfile", **members)
    except Refusal as refusal:
        return await _form(visit, problem=refusal)
    response = visit.see("/account?kept=1")
    for name in ("language", "theme"):  # what was chosen before signing in no longer stands in the way
        response.delete_cookie(name, path="/")
    return response


@PAGES.post("/account/payout")
async def change_payout(visit: Visit) -> Response:
    """Say where one's money goes."""
    form = await visit.form()
    members = {"Password": form.get("password", ""), "PayoutIdentity": form.get("payout", "").strip()}
    try:
        await visit.run_in_house("PutPayoutIdentity", **members)
    except Refusal as refusal:
        return await _form(visit, problem=refusal)
    return visit.see("/account?kept=1")


@PAGES.post("/account/work")
async def start_working(visit: Visit) -> Response:
    """Become a worker too."""
    form = await visit.form()
    place = {"Country": form.get("country", ""), "Subdivision": form.get("subdivision", "").upper() or None}
    await visit.run_in_house("StartWorking", **place, Adult="adult" in form)
    return visit.see("/projects")


@PAGES.get("/account/data")
async def export(visit: Visit) -> Response:
    """Everything kept about the person here, as one file."""
    document = json.loads((await visit.run_in_house("ExportOwnData"))["Document"])
    if visit.who is not None and visit.who.is_worker:
        document["Work"] = await _own_work(visit)
    body = json.dumps(document, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="kempelen-data.json"'}
    return Response(body, headers=headers, media_type="application/json; charset=utf-8")


@PAGES.get("/account/closing")
async def ask_to_close(visit: Visit) -> Response:
    """What closing means, before it is done."""
    return await visit.page("people/closing.html", problem=None, unfinished=False)


@PAGES.post("/account/closing")
async def close(visit: Visit) -> Response:
    """Close the account for good."""
    form = await visit.form()
    try:
        await visit.run_in_house("CloseAccount", Password=form.get("password", ""), Anyway="anyway" in form)
    except Refusal as refusal:
        facts = {"problem": visit.said(refusal), "unfinished": refusal.code == "Kempelen.AccountUnfinished"}
        return await visit.page("people/closing.html", refusal.page_status, **facts)
    response = visit.see("/login?closed=1")
    visit.site.end_session(response)
    return response


@PAGES.get("/account/standing")
async def standing(visit: Visit) -> Response:
    """Whether one may work, and if not why, on what evidence, and whom to write to."""
    return await visit.page("people/standing.html", standing=await visit.run_in_house("GetStanding"))


async def _own_work(visit: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token = None
    for _ in range(MOST_PAGES):
        answer = await visit.run("ExportOwnWork", MaxResults=100, NextToken=token)
        found += answer["Work"]
        token = answer.get("NextToken")
        if token is None or not answer["Work"]:
            break
    return found


async def _form(visit: Visit, *, problem: Refusal | None = None) -> Response:
    known = await visit.run_in_house("GetProfile")
    return await visit.page(
        "people/account.html",
        200 if problem is None else problem.page_status,
        known=known,
        profile=known["Profile"],
        countries=visit.show.countries(COUNTRIES),
        site_languages=SITE_LANGUAGES,
        looks=LOOKS,
        multipliers=MULTIPLIERS,
        mails=MAILS,
        kept=visit.query("kept"),
        problem=None if problem is None else visit.said(problem),
    )
