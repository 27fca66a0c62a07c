"""HITs as requesters are shown them: with their type and their question, alone or in pages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import groups, hit_types, hits, questions


@dataclass(frozen=True, slots=True)
class FullHit:
    """Everything the contract's HIT structure shows. Moments in milliseconds, amounts in minor units."""

    key: int
    public_id: str
    hit_type_id: str
    group_id: str
    layout: str | None
    created_at: int
    title: str
    description: str
    keywords: str | None
    question: str
    status: int
    max_assignments: int
    reward: int
    auto_approval_delay_seconds: int
    expires_at: int
    duration_seconds: int
    annotation: str | None
    requirements: str
    pending: int
    open: int
    approved: int
    rejected: int


FULL = (
    select(
        hits.c.id,
        hits.c.public_id,
        hit_types.c.public_id,
        groups.c.public_id,
        hits.c.layout,
        hits.c.created_at,
        hit_types.c.title,
        hit_types.c.description,
        hit_types.c.keywords,
        questions.c.body,
        hits.c.status,
        hits.c.max_assignments,
        hits.c.reward,
        hit_types.c.auto_approval_delay_seconds,
        hits.c.expires_at,
        hit_types.c.duration_seconds,
        hits.c.annotation,
        hit_types.c.requirements,
        hits.c.pending,
        hits.c.open,
        hits.c.approved,
        hits.c.rejected,
    )
    .join(hit_types, hit_types.c.id == hits.c.hit_type)
    .join(groups, groups.c.id == hits.c.hit_type)
    .join(questions, questions.c.id == hits.c.question)
)
BY_KEY = Sql(FULL.where(hits.c.id == bindparam("key")))


def full_hit(call: Call, key: int) -> FullHit:
    """The HIT of that key, whole."""
    row = call.one(BY_KEY, key=key)
    assert row is not None
    return FullHit(*row)
