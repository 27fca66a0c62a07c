"""What review policies found and did, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, insert, select, tuple_

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.review import review_actions, review_results

Level = Literal["Assignment", "HIT"]
Position = tuple[int, int]
"""A row's moment and key."""


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """One thing a policy found."""

    key: int
    at: int
    action_id: str
    """The run of the policy that found it."""
    subject_type: str
    subject_id: str
    question_id: str | None
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ReviewAction:
    """One thing a policy wanted to be done, and what came of it."""

    key: int
    at: int
    action_id: str
    name: str
    target_type: str
    target_id: str
    status: str
    result: str | None
    error_code: str | None


ADD_RESULT = Sql(
    insert(review_results)
    .values(**{column.name: bindparam(column.name) for column in review_results.c})
    .inline()
)
ADD_ACTION = Sql(
    insert(review_actions)
    .values(**{column.name: bindparam(column.name) for column in review_actions.c})
    .inline()
)
_RESULT_ORDER = (review_results.c.at, review_results.c.id)
RESULTS = Sql(
    select(
        review_results.c.id,
        review_results.c.at,
        review_results.c.action_id,
        review_results.c.subject_type,
        review_results.c.subject_id,
        review_results.c.question_id,
        review_results.c.key,
        review_results.c.value,
    )
    .where(
        review_results.c.hit == bindparam("hit"),
        review_results.c.level == bindparam("level"),
        tuple_(*_RESULT_ORDER) > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(*_RESULT_ORDER)
    .limit(bindparam("count"))
)
_ACTION_ORDER = (review_actions.c.completed_at, review_actions.c.id)
ACTIONS = Sql(
    select(
        review_actions.c.id,
        review_actions.c.completed_at,
        review_actions.c.action_id,
        review_actions.c.name,
        review_actions.c.target_type,
        review_actions.c.target_id,
        review_actions.c.status,
        review_actions.c.result,
        review_actions.c.error_code,
    )
    .where(
        review_actions.c.hit == bindparam("hit"),
        review_actions.c.level == bindparam("level"),
        tuple_(*_ACTION_ORDER) > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(*_ACTION_ORDER)
    .limit(bindparam("count"))
)


def add_result(
    call: Call,
    *,
    hit: int,
    assignment: int | None,
    level: Level,
    action_id: str,
    subject_type: str,
    subject_id: str,
    question_id: str | None,
    name: str,
    value: str,
) -> None:
    """Note what a policy found."""
    call.later(
        ADD_RESULT,
        id=call.key(),
        hit=hit,
        assignment=assignment,
        level=level,
        action_id=action_id,
        subject_type=subject_type,
        subject_id=subject_id,
        question_id=question_id,
        key=name,
        value=value,
        at=call.now,
    )


def add_action(
    call: Call,
    *,
    hit: int,
    level: Level,
    name: str,
    target_type: str,
    target_id: str,
    status: str,
    result: str | None,
    error_code: str | None,
) -> None:
    """Note what a policy did, or could not do."""
    call.later(
        ADD_ACTION,
        id=call.key(),
        hit=hit,
        level=level,
        action_id=call.new_id(),
        name=name,
        target_type=target_type,
        target_id=target_id,
        status=status,
        completed_at=call.now,
        result=result,
        error_code=error_code,
    )


def results(call: Call, hit: int, level: Level, *, after: Position, count: int) -> list[ReviewResult]:
    """What the policies of a level found on a HIT, after a position; at most `count`."""
    rows = call.rows(RESULTS, hit=hit, level=level, after=after[0], after_key=after[1], count=count)
    return [ReviewResult(*row) for row in rows]


def actions(call: Call, hit: int, level: Level, *, after: Position, count: int) -> list[ReviewAction]:
    """What the policies of a level did on a HIT, after a position; at most `count`."""
    rows = call.rows(ACTIONS, hit=hit, level=level, after=after[0], after_key=after[1], count=count)
    return [ReviewAction(*row) for row in rows]
