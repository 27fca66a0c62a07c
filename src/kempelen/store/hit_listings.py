"""HITs as requesters are shown them: with their type and their question, alone or in pages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, select, tuple_

from kempelen.operation import Call
from kempelen.rules.lifecycle import HITStatus
from kempelen.rules.tokens import Position
from kempelen.store.sql import Sql
from kempelen.store.tables.work import groups, hit_type_qualifications, hit_types, hits, questions


@dataclass(frozen=True, slots=True)
class FullHit:
    """Everything the contract's HIT structure shows. Moments in milliseconds, amounts in minor units."""

    key: int
    hit_type: int
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
        hits.c.hit_type,
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


# The conditions that name constants repeat those of partial indexes, so that the planner may use them.
_LISTED = hits.c.disposed_at.is_(None)
_UP_FOR_REVIEW = hits.c.status.in_([3, 4])
_BY_TIME = (hits.c.created_at, hits.c.id)
_BY_END = (hits.c.expires_at, hits.c.id)


def _page(*where: ColumnElement[bool], order: tuple[ColumnElement[int], ...]) -> Sql:
    return Sql(FULL.where(*where).order_by(*order).limit(bindparam("count")))


def _after(order: tuple[ColumnElement[int], ...]) -> ColumnElement[bool]:
    return tuple_(*order) > tuple_(bindparam("after"), bindparam("after_key"))


OF_REQUESTER = _page(hits.c.requester == bindparam("requester"), _LISTED, _after(_BY_TIME), order=_BY_TIME)
REVIEWABLE = _page(
    hits.c.requester == bindparam("requester"),
    hits.c.status == bindparam("status"),
    _UP_FOR_REVIEW,
    _after(_BY_END),
    order=_BY_END,
)
REVIEWABLE_OF_TYPE = _page(
    hits.c.hit_type == bindparam("hit_type"),
    hits.c.status == bindparam("status"),
    _UP_FOR_REVIEW,
    _after(_BY_END),
    order=_BY_END,
)
OF_TYPE = _page(hits.c.hit_type == bindparam("hit_type"), _LISTED, _after(_BY_TIME), order=_BY_TIME)
OWN_TYPE = Sql(
    select(hit_types.c.id).where(
        hit_types.c.public_id == bindparam("public_id"), hit_types.c.requester == bindparam("requester")
    )
)
_requires = hit_type_qualifications.c
_HAS_HITS = select(hits.c.id).where(hits.c.hit_type == _requires.hit_type, _LISTED).exists()
NEXT_TYPES = Sql(
    select(_requires.hit_type)
    .where(
        _requires.qualification_type == bindparam("qualification_type"),
        _requires.requester == bindparam("requester"),
        _requires.hit_type >= bindparam("after"),
        _HAS_HITS,
    )
    .order_by(_requires.hit_type)
    .limit(bindparam("count"))
)


def full_hit(call: Call, key: int) -> FullHit:
    """The HIT of that key, whole."""
    row = call.one(BY_KEY, key=key)
    assert row is not None
    return FullHit(*row)


def of_requester(call: Call, *, after: Position, count: int) -> list[FullHit]:
    """The acting requester's HITs that are not disposed of, after (moment of creation, key)."""
    found = call.rows(
        OF_REQUESTER, requester=call.actor.account, after=after[0], after_key=after[1], count=count
    )
    return [FullHit(*row) for row in found]


def reviewable(
    call: Call, status: HITStatus, *, hit_type_id: str | None, after: Position, count: int
) -> list[FullHit]:
    """The acting requester's HITs in that state, of one type if it is given, after (end, key)."""
    place = {"status": int(status), "after": after[0], "after_key": after[1], "count": count}
    if hit_type_id is None:
        found = call.rows(REVIEWABLE, requester=call.actor.account, **place)
    else:
        own = call.one(OWN_TYPE, public_id=hit_type_id, requester=call.actor.account)
        found = [] if own is None else call.rows(REVIEWABLE_OF_TYPE, hit_type=own[0], **place)
    return [FullHit(*row) for row in found]


def requiring(call: Call, qualification_type_id: str, *, after: Position, count: int) -> list[FullHit]:
    """The acting requester's HITs whose type requires the qualification, after (type's key, moment of
    creation, key)."""
    begin, *within = after
    types = call.rows(
        NEXT_TYPES,
        qualification_type=qualification_type_id,
        requester=call.actor.account,
        after=begin,
        count=count + 1,
    )
    shown: list[FullHit] = []
    for (hit_type,) in types:
        at, key = within if hit_type == begin else (0, 0)
        rows = call.rows(OF_TYPE, hit_type=hit_type, after=at, after_key=key, count=count - len(shown))
        shown += [FullHit(*row) for row in rows]
        if len(shown) == count:
            break
    return shown
