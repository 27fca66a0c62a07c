"""What a page says when something is not done: what happened, and what to do now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from kempelen.errors import Refusal
from kempelen.web.banners import banner
from kempelen.web.languages import later
from kempelen.web.visit import SignInFirst

if TYPE_CHECKING:
    from kempelen.web.visit import Visit

HEADLINES = {
    400: later("That request cannot be read"),
    403: later("This is not open to you"),
    404: later("There is nothing here"),
    409: later("That is not yours to do now"),
    410: later("The time for this has passed"),
    422: later("That cannot be done as it stands"),
    429: later("A little slower, please"),
    503: later("Kempelen is busy"),
}
NEXT_STEPS = {
    400: later("Go back, and try again."),
    403: later("If you think this is a mistake, write to the requester or to the house."),
    404: later("The work may have been finished by others or taken back. Look for other work."),
    409: later("Your queue shows what you hold."),
    410: later("Nothing is counted against you for it. Look for other work."),
    422: later("See what is asked for, or look for other work."),
    429: later("Wait a minute, then load the page again."),
    503: later("Nothing was changed. Try again in a moment."),
}
"""By status; both lists go through the catalogues."""
FURTHER = {
    "AWS.MechanicalTurk.WorkerBlocked": (("/blocks", later("Who has blocked me")),),
    "Kempelen.Suspended": (("/account/standing", later("Why, and whom to write to")),),
}
"""By code: where a refusal is explained."""


async def explained(visit: Visit, refusal: Refusal, *, links: Sequence[tuple[str, str]] = ()) -> Response:
    """The page for a refusal, or JSON for a script; a visitor who has to sign in is sent to do so."""
    if isinstance(refusal, SignInFirst):
        # Old scripts know by this path that nobody is signed in.
        door = "/ap/signin" if visit.wants_json else "/login"
        return visit.see(f"{door}?next={quote(visit.here, safe='')}")
    status = refusal.page_status
    links = (*links, *FURTHER.get(refusal.code, ()))
    if visit.wants_json:
        return visit.json({"message": visit.said(refusal), "code": refusal.code or None}, status)
    headline, message = HEADLINES.get(status, HEADLINES[422]), visit.said(refusal)
    return await visit.page(
        "refusal.html",
        status,
        headline=headline,
        message=message,
        banner=banner(header=str(visit.words.gettext(headline)), message=message),
        next_step=NEXT_STEPS.get(status, NEXT_STEPS[422]),
        status=status,
        links=links,
    )
