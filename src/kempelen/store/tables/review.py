"""What the review policies found and did."""

from __future__ import annotations

from sqlalchemy import Index, Table

from kempelen.store.tables.columns import WORLD, number, text

review_results = Table(
    "review_results",
    WORLD,
    number("id", key=True),
    number("hit"),
    number("assignment", optional=True),
    text("level"),  # Assignment or HIT
    text("action_id"),
    text("subject_type"),
    text("subject_id"),
    text("question_id", optional=True),
    text("key"),
    text("value"),
    number("at"),
)
Index(
    "review_results_by_hit",
    review_results.c.hit,
    review_results.c.level,
    review_results.c.at,
    review_results.c.id,
)

review_actions = Table(
    "review_actions",
    WORLD,
    number("id", key=True),
    number("hit"),
    text("level"),
    text("action_id"),
    text("name"),
    text("target_type"),
    text("target_id"),
    text("status"),
    number("completed_at"),
    text("result", optional=True),
    text("error_code", optional=True),
)
Index(
    "review_actions_by_hit",
    review_actions.c.hit,
    review_actions.c.level,
    review_actions.c.completed_at,
    review_actions.c.id,
)
