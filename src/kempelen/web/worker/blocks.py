"""`/blocks`: which requesters take no work from the worker, and what that means."""

from __future__ import annotations

from starlette.responses import Response

from kempelen.web.site import Pages
from kempelen.web.visit import Visit

PAGES = Pages()
PAGE_SIZE = 20


@PAGES.get("/blocks")
async def blocks(visit: Visit) -> Response:
    """The blocks, the newest first."""
    answer = await visit.run("ListOwnBlocks", MaxResults=PAGE_SIZE, NextToken=visit.query("next") or None)
    found = answer["Blocks"]
    return await visit.page(
        "worker/blocks.html",
        blocks=found,
        next_token=answer.get("NextToken") if len(found) == PAGE_SIZE else None,
    )
