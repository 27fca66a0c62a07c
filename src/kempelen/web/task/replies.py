"""What a frame says after a submission: thanks, or what went wrong and what to do now."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from markupsafe import escape

from kempelen.errors import Refusal
from kempelen.rules import frames
from kempelen.web.languages import later, said, words
from kempelen.web.task.pages import page
from kempelen.web.task.places import STATIC, Places

_RECEIPT, _ASSIGNMENT = "\0receipt\0", "\0assignment\0"
"""What stands in a page for what differs each time."""


def taken(places: Places, assignment_id: str, receipt: str, *, language: str) -> str:
    """The page of an answer that was taken; its script tells the page around the frame."""
    before, between, after = _around(places, language)
    return f"{before}{escape(receipt)}{between}{escape(assignment_id)}{after}"


@lru_cache(maxsize=16)
def _around(places: Places, language: str) -> tuple[str, str, str]:
    """That page without its receipt and its assignment: what stands before, between and behind them."""
    say = words(language).gettext
    text = page(
        "reply.html",
        language,
        headline=say("Thank you: your answer is in"),
        message=say("The requester has it now."),
        next_step=say("Go on with the page around this one."),
        facts={
            "receipt": _RECEIPT,
            "assignment": _ASSIGNMENT,
            "site": frames.origin_of(places.site),
        },
        static=lambda name: f"{places.site}{STATIC}{name}",
        theme="auto",
    )
    before, _, rest = text.partition(_RECEIPT)
    between, _, after = rest.partition(_ASSIGNMENT)
    return str(before), str(between), str(after)


def refused(static: Callable[[str], str], refusal: Refusal, *, language: str) -> str:
    """The page of an answer that was not taken."""
    say = words(language).gettext
    headline, next_step = _explained(refusal)
    return page(
        "reply.html",
        language,
        headline=say(headline),
        message=said(refusal, language),
        next_step=say(next_step),
        facts={},
        static=static,
        theme="auto",
    )


def _explained(refusal: Refusal) -> tuple[str, str]:
    """A headline, and what to do now."""
    status = refusal.page_status
    if status == 410:
        return later("The time has run out"), later("Nothing is counted against you. Look for other work.")
    if status == 409:
        return (
            later("This was handed in or given back before"),
            later("Your queue and your history show what became of it."),
        )
    if status == 404:
        return later("Nothing was handed in"), later("Look at your queue: it shows the tasks that you hold.")
    if status in (413, 422):
        return later("Nothing was handed in"), later("Mend what is said above, and submit again.")
    if status == 503:
        return later("Nothing was handed in"), later("Wait a moment, then submit again.")
    return later("Nothing was handed in"), later(
        "Load the task again, and tell the requester if it does not help."
    )
