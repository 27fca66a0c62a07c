"""HIT layouts: made once, filled for each HIT."""

from __future__ import annotations

from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command, query
from kempelen.rules import layouts as layout_rules
from kempelen.store import layouts, paging, parties
from kempelen.store.layouts import Layout

FILLS_THE_WINDOW = 0
"""The frame height that MTurk takes for as much as the page has."""


def check(arguments: Arguments, traits: Traits) -> None:
    """Refuse a layout of which no question could ever be made."""
    html = arguments["html"]
    if not html.strip():
        raise ParameterValidationError("The HTML of a layout must not be empty.")
    layout_rules.fill(
        html,
        arguments.get("frame_height", FILLS_THE_WINDOW),
        dict.fromkeys(layout_rules.parameters(html), ""),
    )


@command("CreateHITLayout", by=Role.REQUESTER, prepare=check)
def create_hit_layout(call: Call, *, html: str, frame_height: int = FILLS_THE_WINDOW) -> dict[str, Any]:
    """Keep HTML with `${name}` placeholders, from which HITs' questions are made."""
    parties.know_requester(call, call.actor)
    layout = layouts.add(call, html=html, frame_height=frame_height)
    call.emit(Event(EventKind.LayoutCreated, call.actor.account, detail=layout.public_id))
    return {"Layout": layout_as_answer(layout)}


@query("GetHITLayout", by=Role.REQUESTER)
def get_hit_layout(call: Call, *, hit_layout_id: str) -> dict[str, Any]:
    """A layout of the requester's own."""
    return {"Layout": layout_as_answer(layouts.owned(call, hit_layout_id))}


@query("ListHITLayouts", by=Role.REQUESTER)
def list_hit_layouts(
    call: Call, *, next_token: str | None = None, max_results: int | None = None
) -> dict[str, Any]:
    """The requester's layouts, the oldest first."""
    page = paging.read(call, next_token, max_results, start=(0, 0))
    rows = layouts.page(call, after=(int(page.after[0]), int(page.after[1])), count=page.count)
    items = [layout_as_answer(row) for row in rows]
    return paging.answer(call, page, "Layouts", items, positions=[(row.created_at, row.key) for row in rows])


def layout_as_answer(layout: Layout) -> dict[str, Any]:
    """The contract's Layout structure."""
    return {
        "HITLayoutId": layout.public_id,
        "HTML": layout.html,
        "FrameHeight": layout.frame_height,
        "Parameters": sorted(layout_rules.parameters(layout.html)),
        "CreationTime": layout.created_at,
    }
