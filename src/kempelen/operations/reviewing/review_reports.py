"""ListReviewPolicyResultsForHIT: what the review policies of a HIT found and did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kempelen.operation import Call, Role, query
from kempelen.store import hits, paging, review_reports
from kempelen.store.paging import Page
from kempelen.store.review_reports import Level, ReviewAction, ReviewResult

LEVELS: tuple[Level, ...] = ("Assignment", "HIT")
ACTIONS, RESULTS = "ReviewActions", "ReviewResults"

Section = tuple[Level, str]
"""One part of one level's report; pages go through them one after the other."""
Positions = list[tuple[int, int, int]]


@query("ListReviewPolicyResultsForHIT", by=Role.REQUESTER)
def list_review_policy_results_for_hit(
    call: Call,
    *,
    hit_id: str,
    policy_levels: list[Level] | None = None,
    retrieve_actions: bool = True,
    retrieve_results: bool = True,
    next_token: str | None = None,
    max_results: int | None = None,
) -> dict[str, Any]:
    """What the policies found and did, in order; a page holds so many actions and results in all."""
    hit = hits.owned(call, hit_id)
    policies = json.loads(hit.policies) if hit.policies else {}
    shown: dict[str, Any] = {"HITId": hit.public_id}
    for level, policy in policies.items():
        shown[f"{level}ReviewPolicy"] = {"PolicyName": policy["PolicyName"]}
    levels = [level for level in LEVELS if level in policies and level in (policy_levels or LEVELS)]
    parts = [part for part, wanted in ((ACTIONS, retrieve_actions), (RESULTS, retrieve_results)) if wanted]
    page = paging.read(call, next_token, max_results, start=(0, 0, 0), filter=[hit.key, *levels, *parts])
    sections = [(level, part) for level in levels for part in parts]
    listed, positions = _listed(call, hit.key, sections, page)
    for level in levels:
        shown[f"{level}ReviewReport"] = {part: listed[level, part] for part in parts}
    rows = [row for section in sections for row in listed[section]]
    shown["NextToken"] = paging.answer(call, page, "Rows", rows, positions=positions).get("NextToken")
    return shown


def _listed(
    call: Call, hit: int, sections: Sequence[Section], page: Page
) -> tuple[dict[Section, list[dict[str, Any]]], Positions]:
    """The rows of a page by section, and their positions: number of the section, moment, key."""
    listed: dict[Section, list[dict[str, Any]]] = {section: [] for section in sections}
    positions: Positions = []
    begin, at, key = (int(each) for each in page.after)
    for number, (level, part) in enumerate(sections):
        count = page.count - len(positions)
        if number < begin or count == 0:
            continue
        after = (at, key) if number == begin else (0, 0)
        if part == ACTIONS:
            actions = review_reports.actions(call, hit, level, after=after, count=count)
            listed[level, part] = [_action(row) for row in actions]
            positions += [(number, row.at, row.key) for row in actions]
        else:
            results = review_reports.results(call, hit, level, after=after, count=count)
            listed[level, part] = [_result(row) for row in results]
            positions += [(number, row.at, row.key) for row in results]
    return listed, positions


def _action(action: ReviewAction) -> dict[str, Any]:
    return {
        "ActionId": action.action_id,
        "ActionName": action.name,
        "TargetId": action.target_id,
        "TargetType": action.target_type,
        "Status": action.status,
        "CompleteTime": action.at,
        "Result": action.result,
        "ErrorCode": action.error_code,
    }


def _result(result: ReviewResult) -> dict[str, Any]:
    return {
        "ActionId": result.action_id,
        "SubjectId": result.subject_id,
        "SubjectType": result.subject_type,
        "QuestionId": result.question_id,
        "Key": result.name,
        "Value": result.value,
    }
