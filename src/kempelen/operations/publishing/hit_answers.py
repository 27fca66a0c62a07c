"""HITs and assignments in the contract's names."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from kempelen.rules.lifecycle import HITStatus
from kempelen.rules.money import Money
from kempelen.store.hit_listings import FullHit


@lru_cache(maxsize=1024)
def _requirements(text: str) -> list[dict[str, Any]]:
    parsed: list[dict[str, Any]] = json.loads(text)
    return parsed


def hit_as_answer(hit: FullHit) -> dict[str, Any]:
    """The contract's HIT structure."""
    return {
        "HITId": hit.public_id,
        "HITTypeId": hit.hit_type_id,
        "HITGroupId": hit.group_id,
        "HITLayoutId": hit.layout,
        "CreationTime": hit.created_at,
        "Title": hit.title,
        "Description": hit.description,
        "Question": hit.question,
        "Keywords": hit.keywords or None,
        "HITStatus": HITStatus(hit.status).label,
        "MaxAssignments": hit.max_assignments,
        "Reward": str(Money(hit.reward)),
        "AutoApprovalDelayInSeconds": hit.auto_approval_delay_seconds,
        "Expiration": hit.expires_at,
        "AssignmentDurationInSeconds": hit.duration_seconds,
        "RequesterAnnotation": hit.annotation,
        "QualificationRequirements": _requirements(hit.requirements),
        "HITReviewStatus": "NotReviewed",
        "NumberOfAssignmentsPending": hit.pending,
        "NumberOfAssignmentsAvailable": hit.open,
        "NumberOfAssignmentsCompleted": hit.approved + hit.rejected,
    }
