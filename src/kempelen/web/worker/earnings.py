"""`/earnings`: each payment with its cause, what waits for a decision, and what an hour has paid."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from kempelen.web.languages import later
from kempelen.web.site import Pages
from kempelen.web.visit import Visit
from kempelen.web.worker.paging import PAGE_SIZE

PAGES = Pages()
CAUSES = (
    ("", later("All payments")),
    ("Reward", later("Rewards")),
    ("Bonus", later("Bonuses")),
    ("LateAnswer", later("Late answers")),
)
"""The causes one can ask for; their texts go through the catalogues."""
BY = (("Requester", later("By requester")), ("HITType", later("By task")))


@PAGES.get("/earnings")
async def payments(visit: Visit) -> Response:
    """Every payment, latest first."""
    cause = visit.query("cause")
    cause = cause if cause in dict(CAUSES) else ""
    listed = await _listed(visit, "ListEarnings", "Lines", {"cause": cause}, Cause=cause or None)
    return await visit.page(
        "worker/earnings.html", **await _figures(visit), causes=CAUSES, cause=cause, **listed
    )


@PAGES.get("/earnings/pending")
async def pending(visit: Visit) -> Response:
    """What was handed in and is not decided, latest first."""
    listed = await _listed(visit, "ListOwnAssignments", "Assignments", {}, Status="Submitted")
    return await visit.page(
        "worker/earnings_pending.html", **await _figures(visit), now=visit.site.now(), **listed
    )


@PAGES.get("/earnings/pay_per_hour")
async def pay_per_hour(visit: Visit) -> Response:
    """What an hour has paid, requester by requester or task by task."""
    by = visit.query("by")
    by = by if by in dict(BY) else BY[0][0]
    listed = await _listed(visit, "ListRealisedPay", "Lines", {"by": by}, By=by)
    return await visit.page("worker/pay_per_hour.html", **await _figures(visit), ways=BY, by=by, **listed)


@PAGES.get("/payment_settings")
async def payment_settings(visit: Visit) -> Response:
    """What can be paid out, where to, and how that happens."""
    known = await visit.run_in_house("GetProfile")
    return await visit.page(
        "worker/payment_settings.html",
        **await _figures(visit),
        is_known=bool(known.get("PayoutIdentity")),
    )


async def _figures(visit: Visit) -> dict[str, Any]:
    return {"earned": await visit.run("GetEarnings")}


async def _listed(
    visit: Visit, operation: str, name: str, words: dict[str, str], /, **members: Any
) -> dict[str, Any]:
    """The rows of a page, and where the first and the next page are.

    A short page that has a token can be the last one, or one that looked through all it may at once: then the
    next row is asked for. `words` are what the page's own address says.
    """
    token = visit.query("next") or None
    answer = await visit.run(operation, **members, MaxResults=PAGE_SIZE, NextToken=token)
    rows, further = answer[name], answer.get("NextToken")
    if further and 0 < len(rows) < PAGE_SIZE:
        rest = await visit.run(operation, **members, MaxResults=1, NextToken=further)
        further = further if rest[name] or rest.get("NextToken") else None
    path, words = visit.request.url.path, {key: value for key, value in words.items() if value}
    first = f"{path}?{urlencode(words)}" if words else path
    return {
        "rows": rows,
        "earlier": first if token else None,
        "next_page": f"{path}?{urlencode(words | {'next': further})}" if further else None,
    }
