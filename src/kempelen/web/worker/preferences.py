"""What a worker prefers in this world: how tasks follow each other, what is not shown, which keys do what."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.rules.content_warnings import KINDS
from kempelen.web.languages import later
from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()
WARNINGS = dict(
    zip(
        KINDS,
        (
            later("Violence"),
            later("Sexual content"),
            later("Hate"),
            later("Abuse"),
            later("Self-harm"),
            later("Disturbing pictures"),
            later("Drugs"),
            later("Other"),
        ),
        strict=True,
    )
)
KEYS = (("a", later("Accept")), ("s", later("Skip")), ("e", later("More time")), ("i", later("Instructions")))
"""The single keys that can be changed; their texts go through the catalogues."""
OURS = ("AutoAcceptNext",)


@PAGES.get("/account/preferences")
async def preferences(visit: Visit) -> Response:
    """The form."""
    return await _form(visit, (await visit.run("GetPreferences"))["Preferences"])


@PAGES.post("/account/preferences")
async def change(visit: Visit) -> Response:
    """Keep them."""
    fields = await visit.form_fields()
    form = dict(fields)
    cap = form.get("warnings_a_day", "").strip()
    wanted: dict[str, Any] = {
        "AutoAcceptNext": "auto_accept" in form,
        "SingleKeyShortcuts": "single_keys" in form,
        "HiddenContentWarnings": [value for name, value in fields if name == "hidden_warning"],
        "ContentWarningsADay": int(cap) if cap.isascii() and cap.isdigit() and len(cap) < 6 else 0,
        "Shortcuts": {
            key: form[f"key_{key}"].strip().lower() for key, _ in KEYS if form.get(f"key_{key}", "").strip()
        },
    }
    try:
        await visit.run("PutPreferences", Preferences=wanted)
    except Refusal as refusal:
        return await _form(visit, wanted, problem=refusal)
    return visit.see("/account/preferences?kept=1")


@PAGES.post("/account/preferences/now")
async def change_one(visit: Visit) -> Response:
    """Keep one of them, as a script of a page asks."""
    told = await visit.sent()
    await visit.run("PutPreferences", Preferences={name: told[name] for name in OURS if name in told})
    return Response(status_code=204)


@PAGES.post("/account/preferences/instructions")
async def fold(visit: Visit) -> Response:
    """Remember that a group's instructions are folded away, or not any more."""
    told = await visit.sent()
    collapsed = told.get("Collapsed") is True
    await visit.run("PutInstructionsCollapsed", HITGroupId=told.get("HITGroupId"), Collapsed=collapsed)
    return Response(status_code=204)


async def _form(visit: Visit, preferred: dict[str, Any], *, problem: Refusal | None = None) -> Response:
    status = 200 if problem is None else problem.page_status
    facts = {"preferred": preferred, "warnings": WARNINGS, "keys": KEYS, "problem": problem}
    return await visit.page("worker/preferences.html", status, kept=visit.query("kept"), **facts)
