"""Lists of HITs, in pages: whole HITs, never disposed ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.operations.people.eligibility import SYSTEM_TYPES
from kempelen.operations.publishing.hit_answers import hit_as_answer
from kempelen.rules.lifecycle import HITStatus
from kempelen.rules.tokens import Position
from kempelen.store import hit_listings, paging, qualification_types
from kempelen.store.hit_listings import FullHit
from kempelen.store.paging import Page


@query("ListHITs", by=Role.REQUESTER)
def list_hits(call: Call, *, next_token: str | None = None, max_results: int | None = None) -> dict[str, Any]:
    """All HITs, the oldest first."""
    page = paging.read(call, next_token, max_results, start=(0, 0))
    rows = hit_listings.of_requester(call, after=page.after, count=page.count)
    return _answer(call, page, rows, positions=[(row.created_at, row.key) for row in rows])


@query("ListReviewableHITs", by=Role.REQUESTER)
def list_reviewable_hits(
    call: Call,
    *,
    hit_type_id: str | None = None,
    status: str = HITStatus.REVIEWABLE.label,
    next_token: str | None = None,
    max_results: int | None = None,
) -> dict[str, Any]:
    """HITs that are Reviewable, or Reviewing, by their end; of an unknown type there are none."""
    page = paging.read(call, next_token, max_results, start=(0, 0), filter=(hit_type_id, status))
    rows = hit_listings.reviewable(
        call, HITStatus[status.upper()], hit_type_id=hit_type_id, after=page.after, count=page.count
    )
    return _answer(call, page, rows, positions=[(row.expires_at, row.key) for row in rows])


@query("ListHITsForQualificationType", by=Role.REQUESTER)
def list_hits_for_qualification_type(
    call: Call,
    *,
    qualification_type_id: str,
    next_token: str | None = None,
    max_results: int | None = None,
) -> dict[str, Any]:
    """HITs whose type requires the qualification, anybody's and deleted ones too; type by type, of each the
    oldest first."""
    page = paging.read(call, next_token, max_results, start=(0, 0, 0), filter=(qualification_type_id,))
    if qualification_type_id not in SYSTEM_TYPES:
        qualification_types.by_id(call, qualification_type_id, also_deleted=True)
    rows = hit_listings.requiring(call, qualification_type_id, after=page.after, count=page.count)
    return _answer(call, page, rows, positions=[(row.hit_type, row.created_at, row.key) for row in rows])


def _answer(
    call: Call, page: Page, rows: Sequence[FullHit], *, positions: Sequence[Position]
) -> dict[str, Any]:
    return paging.answer(call, page, "HITs", [hit_as_answer(row) for row in rows], positions=positions)
