"""`/qualifications/{id}/test`: a qualification test, taken within its time. The server's deadline decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from kempelen.rules import test_scores
from kempelen.rules.answers import AnswerNotTaken
from kempelen.web.headers import content_policy
from kempelen.web.site import Pages
from kempelen.web.task.forms import Submit, render_form
from kempelen.web.visit import Visit
from kempelen.web.worker.qualifications import find

PAGES = Pages()
FORM_SCRIPT = "/task/form.js"
MEDIA = "img-src 'self' data: https:; media-src 'self' https:"
"""What a test may show beside its words: pictures and sounds from wherever its requester keeps them."""


@PAGES.get("/qualifications/{type}/test")
async def test(visit: Visit) -> Response:
    """The test whose time runs; if none does, the page of the qualification."""
    found = await find(visit)
    if "Test" not in found:
        return visit.see(f"/qualifications/{quote(visit.path('type'))}")
    return await _shown(visit, found)


@PAGES.post("/qualifications/{type}/test")
async def hand_in(visit: Visit) -> Response:
    """Hand the answers in; with what is wrong with them, the form again and everything as it was typed."""
    type_id = visit.path("type")
    fields = await visit.form_fields()
    try:
        answer = await visit.run(
            "SubmitQualificationTest",
            QualificationRequestId=visit.query("request"),
            Fields=[{"Name": name, "Value": value} for name, value in fields],
        )
    except AnswerNotTaken as refusal:
        found = await find(visit)
        if "Test" not in found:
            raise
        values: dict[str, list[str]] = {}
        for name, value in fields:
            values.setdefault(name, []).append(value)
        status = refusal.page_status
        return await _shown(visit, found, values=values, problems=refusal.problems, status=status)
    if answer["Status"] == "Granted":
        return visit.see(f"/qualifications/{quote(type_id)}?told=granted")
    return visit.see(f"/qualifications/{quote(type_id)}?told=handed-in")


async def _shown(
    visit: Visit,
    found: dict[str, Any],
    *,
    values: Mapping[str, Sequence[str]] | None = None,
    problems: Sequence[Any] = (),
    status: int = 200,
) -> Response:
    address = f"/qualifications/{quote(found['QualificationTypeId'])}/test"
    form = render_form(
        test_scores.form_of(found["Test"]),
        submit=Submit(
            f"{address}?request={quote(found['QualificationRequestId'])}",
            label=visit.words.gettext("Hand the test in"),
        ),
        values=values or {},
        problems=problems,
        language=visit.language,
    )
    response = await visit.page(
        "worker/qualification_test.html",
        status,
        type=found,
        form=form,
        form_script=FORM_SCRIPT,
        now=visit.site.now(),
    )
    response.headers["Content-Security-Policy"] = content_policy().replace("img-src 'self' data:", MEDIA)
    return response
