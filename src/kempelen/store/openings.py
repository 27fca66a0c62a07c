"""Groups in which work could first be accepted: found by an index, in the order in which they opened."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, or_, select, update

from kempelen.operation import Call
from kempelen.store.connection import Row
from kempelen.store.group_listings import Candidate
from kempelen.store.hits import BATCH
from kempelen.store.sql import Sql
from kempelen.store.tables.work import groups, requesters

SETTLED = 60_000
"""Milliseconds after which no opening that is not yet committed can still appear."""

_unopened = (groups.c.opened_at.is_(None), groups.c.hits > 0)
OPEN = Sql(
    update(groups)
    .where(
        groups.c.opened_at.is_(None),
        groups.c.id.in_(
            select(groups.c.id).where(*_unopened).order_by(groups.c.id).limit(BATCH).scalar_subquery()
        ),
    )
    .values(opened_at=bindparam("now"))
)
_at: BindParameter[int] = bindparam("at_")
_key: BindParameter[int] = bindparam("key_")
OPENED = Sql(
    select(
        groups.c.id,
        groups.c.opened_at,
        groups.c.requester,
        groups.c.reward,
        groups.c.masters,
        groups.c.search,
        groups.c.hits,
        groups.c.requirement_set,
        groups.c.pay,
        groups.c.language,
        groups.c.phone,
        groups.c.keyboard,
        groups.c.warnings,
        groups.c.public_id,
        groups.c.title,
        requesters.c.name,
        groups.c.paused_at,
    )
    .join(requesters, requesters.c.id == groups.c.requester)
    .where(
        groups.c.opened_at.is_not(None),
        groups.c.opened_at >= _at,
        or_(groups.c.opened_at > _at, groups.c.id > _key),
        groups.c.opened_at <= bindparam("until_"),
    )
    .order_by(groups.c.opened_at, groups.c.id)
    .limit(bindparam("count_"))
)


@dataclass(frozen=True, slots=True)
class Opening:
    """A group that has opened, as searches look at it and as people read of it."""

    candidate: Candidate
    opened_at: int
    group_id: str
    title: str
    requester_name: str
    is_paused: bool

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands among openings."""
        return self.opened_at, self.candidate.key


def open_groups(call: Call) -> int:
    """Note which groups have work for the first time, at most `BATCH`; answers how many."""
    return call.do(OPEN, now=call.now)


def opened(
    call: Call, *, after: tuple[int, int], until: int, count: int, words: tuple[str, ...]
) -> list[Opening]:
    """Groups that opened after a position and until a moment, in that order, at most so many."""
    rows = call.rows(OPENED, at_=after[0], key_=after[1], until_=until, count_=count)
    return [_opening(row, words) for row in rows]


def _opening(row: Row, words: tuple[str, ...]) -> Opening:
    (
        key, opened_at, requester, reward, masters, search, hits, requirement_set, pay, language, phone,
        keyboard, warnings, group_id, title, name, paused_at,
    ) = row  # fmt: skip
    candidate = Candidate(
        key=key,
        value=opened_at,
        requester=requester,
        reward=reward,
        masters=masters,
        fits=int(all(word in search for word in words)),
        hits=hits,
        requirement_set=requirement_set,
        pay=pay,
        language=language,
        phone=phone,
        keyboard=keyboard,
        warnings=warnings,
    )
    return Opening(candidate, opened_at, group_id, title, name, paused_at is not None)
