"""The frame of a task on a page of the site, and the instructions beside it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from kempelen.web.headers import content_policy
from kempelen.web.instructions import to_html
from kempelen.web.task.frames import Frame, frame_of
from kempelen.web.visit import Visit


def frame_for(visit: Visit, task: dict[str, Any]) -> Frame:
    """The frame of a task, in the visitor's language and theme, with the devices they have allowed for it.

    They allow them on a page of this site: the task itself could lead to an address that says they did.
    """
    allowed = visit.query("allow").split(",") if visit.is_ours else ()
    return frame_of(
        visit.site.market,
        visit.site.places,
        task,
        allowed=allowed,
        language=visit.language,
        theme=visit.theme,
    )


def shown_in(response: Response, frame: Frame) -> Response:
    """The page, allowed to show that frame: our content and the reply to it, or a requester's own site, which
    may lead on to others as surveys do."""
    response.headers["Content-Security-Policy"] = content_policy(" ".join(frame.sources))
    return response


def instructions_of(visit: Visit, task: dict[str, Any], *, collapsed: bool = False) -> dict[str, Any] | None:
    """The instructions of the task's settings, made ready for the page; None where there are none."""
    settings = task.get("Settings") or {}
    given = settings.get("Instructions")
    if not given:
        return None
    return {
        "html": to_html(given.get("Text", "")),
        "examples": given.get("Examples", []),
        "version": settings.get("InstructionsVersion", ""),
        "open": not collapsed,
    }
