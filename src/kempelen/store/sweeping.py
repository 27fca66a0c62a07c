"""Rows whose moment has come: found by one index seek each, changed many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    delete,
    func,
    literal,
    null,
    select,
    tuple_,
    update,
)

from kempelen.operation import Call
from kempelen.rules.lifecycle import DAY, AssignmentStatus, HITStatus
from kempelen.store.assignments import COLUMNS, Assignment
from kempelen.store.hits import BATCH, status_of
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, group_deltas, groups, hits, late_answers, once

PAUSE = 600_000
"""How long a row that could not be handled is left alone, in milliseconds."""

_ASSIGNED = assignments.c.status == int(AssignmentStatus.ASSIGNED)
_SUBMITTED = assignments.c.status == int(AssignmentStatus.SUBMITTED)
_OVERDUE = (_ASSIGNED, assignments.c.abandon_at <= bindparam("now"))
_SILENT = (_SUBMITTED, assignments.c.approve_at <= bindparam("now"))
_AGED = (hits.c.dispose_at.is_not(None), hits.c.dispose_at <= bindparam("now"))
_ENDED = (hits.c.expired == 0, hits.c.expires_at <= bindparam("now"))


def _first(key: ColumnElement[int], *due: ColumnElement[bool], order: ColumnElement[int]) -> Select[Any]:
    return select(key).where(*due).order_by(order).limit(BATCH).with_for_update()


_overdue = _first(assignments.c.id, *_OVERDUE, order=assignments.c.abandon_at)
_silent = _first(assignments.c.id, *_SILENT, order=assignments.c.approve_at)
OVERDUE = Sql(_overdue)
SILENT = Sql(_silent)
ENDED = Sql(_first(hits.c.id, *_ENDED, order=hits.c.expires_at))
AGED = Sql(
    select(hits.c.id, hits.c.requester, hits.c.hit_type)
    .where(*_AGED)
    .order_by(hits.c.dispose_at)
    .limit(BATCH)
    .with_for_update()
)
ABANDON = Sql(
    update(assignments)
    .where(_ASSIGNED, assignments.c.id.in_(_overdue.scalar_subquery()))
    .values(status=literal(int(AssignmentStatus.ABANDONED)), decided_at=assignments.c.abandon_at)
    .returning(*COLUMNS)
)
ABANDON_ONE = Sql(
    update(assignments)
    .where(assignments.c.id == bindparam("key"), *_OVERDUE)
    .values(status=literal(int(AssignmentStatus.ABANDONED)), decided_at=assignments.c.abandon_at)
    .returning(*COLUMNS)
)
APPROVE = Sql(
    update(assignments)
    .where(_SUBMITTED, assignments.c.id.in_(_silent.scalar_subquery()))
    .values(status=literal(int(AssignmentStatus.APPROVED)), decided_at=assignments.c.approve_at)
    .returning(
        assignments.c.id,
        assignments.c.hit,
        assignments.c.worker,
        assignments.c.requester,
        assignments.c.reward,
        assignments.c.fee,
        assignments.c.submitted_at,
        assignments.c.approve_at,
        assignments.c.worked_seconds,
    )
)


def _approve_slots(dialect: str) -> object:
    counts = (
        select(assignments.c.hit.label("hit"), func.count().label("slots"))
        .where(among_keys(dialect, assignments.c.id))
        .group_by(assignments.c.hit)
        .subquery("counts")
    )
    return (
        update(hits)
        .where(hits.c.id == counts.c.hit)
        .values(
            submitted=hits.c.submitted - counts.c.slots,
            approved=hits.c.approved + counts.c.slots,
            held=hits.c.held - counts.c.slots,
        )
        .returning(hits.c.id, hits.c.hit_type)
    )


APPROVE_SLOTS = Sql(_approve_slots)  # type: ignore[arg-type]
PAUSE_APPROVAL = Sql(
    update(assignments)
    .where(assignments.c.id == bindparam("key"), _SUBMITTED)
    .values(approve_at=bindparam("at"))
)
SET_ABANDONED = Sql(
    update(assignments)
    .where(assignments.c.id == bindparam("key"), _ASSIGNED)
    .values(status=literal(int(AssignmentStatus.ABANDONED)), decided_at=assignments.c.abandon_at)
)
SET_EXPIRED = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"), hits.c.expired == 0)
    .values(
        expired=literal(1),
        status=status_of(
            open_slots=hits.c.open, pending=hits.c.pending, expired=literal(1), reviewing=hits.c.reviewing
        ),
    )
)
_FOR_REVIEW: ColumnElement[bool] = hits.c.status.in_([int(HITStatus.REVIEWABLE), int(HITStatus.REVIEWING)])
PAUSE_DISPOSAL = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(dispose_at=case((_FOR_REVIEW, bindparam("at")), else_=null()))
)

END_TOKENS = Sql(
    delete(once).where(
        tuple_(once.c.requester, once.c.operation, once.c.token).in_(
            select(once.c.requester, once.c.operation, once.c.token)
            .where(once.c.expires_at <= bindparam("now"))
            .order_by(once.c.expires_at)
            .limit(BATCH)
        )
    )
)
END_LATE_ANSWERS = Sql(
    delete(late_answers).where(
        late_answers.c.assignment.in_(
            select(late_answers.c.assignment)
            .where(late_answers.c.keep_until <= bindparam("now"))
            .order_by(late_answers.c.keep_until)
            .limit(BATCH)
            .scalar_subquery()
        )
    )
)
TAKE_DELTAS = Sql(
    delete(group_deltas)
    .where(
        group_deltas.c.id.in_(
            select(group_deltas.c.id)
            .order_by(group_deltas.c.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
    )
    .returning(group_deltas.c.group_id, group_deltas.c.hits, group_deltas.c.at, group_deltas.c.expires_at)
)
FOLD = Sql(
    update(groups)
    .where(groups.c.id == bindparam("group_id"))
    .values(
        hits=groups.c.hits + bindparam("hits"),
        updated_at=case((groups.c.updated_at > bindparam("at"), groups.c.updated_at), else_=bindparam("at")),
        latest_expiration=case(
            (groups.c.latest_expiration > bindparam("expires_at"), groups.c.latest_expiration),
            else_=bindparam("expires_at"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Approved:
    """An assignment that silence approved. Amounts in minor units, moments in milliseconds."""

    key: int
    hit: int
    worker: int
    requester: int
    reward: int
    fee: int
    submitted_at: int
    approve_at: int
    worked_seconds: int | None


def ended(call: Call) -> list[int]:
    """The HITs whose time has run out."""
    return [row[0] for row in call.rows(ENDED, now=call.now)]


def overdue(call: Call) -> list[int]:
    """The assignments that were not submitted in time."""
    return [row[0] for row in call.rows(OVERDUE, now=call.now)]


def silent(call: Call) -> list[int]:
    """The assignments that nobody decided on in time."""
    return [row[0] for row in call.rows(SILENT, now=call.now)]


def aged(call: Call) -> list[tuple[int, int, int]]:
    """The HITs to dispose of: key, requester and type."""
    return [(key, requester, hit_type) for key, requester, hit_type in call.rows(AGED, now=call.now)]


def abandon(call: Call, key: int | None = None) -> list[Assignment]:
    """Abandon what is overdue, or this one if it is; a submission comes too late from now on."""
    found = call.rows(ABANDON, now=call.now) if key is None else call.rows(ABANDON_ONE, key=key, now=call.now)
    return [Assignment(*row) for row in found]


def approve(call: Call) -> list[Approved]:
    """Approve what was submitted and not decided in time, as of the moment it fell due."""
    return [Approved(*row) for row in call.rows(APPROVE, now=call.now)]


def approve_slots(call: Call, keys: Sequence[int]) -> dict[int, int]:
    """Move the HITs' counters by these assignments; answers the type of each HIT."""
    return dict(call.rows(APPROVE_SLOTS, keys=as_keys(call, keys)))


def pause_approval(call: Call, key: int) -> None:
    """Leave an assignment alone for a while."""
    call.do(PAUSE_APPROVAL, key=key, at=call.now + PAUSE)


def set_abandoned(call: Call, key: int) -> None:
    """Mark an assignment as abandoned and leave everything else to whoever repairs it."""
    call.do(SET_ABANDONED, key=key)


def set_expired(call: Call, key: int) -> None:
    """Mark a HIT as expired and leave its money to whoever repairs it."""
    call.do(SET_EXPIRED, key=key)


def pause_disposal(call: Call, key: int) -> None:
    """Ask again in a day whether the HIT can be disposed of, if it is up for review at all."""
    call.do(PAUSE_DISPOSAL, key=key, at=call.now + DAY)


def end_tokens(call: Call) -> int:
    """Forget request tokens that are over; answers how many."""
    return call.do(END_TOKENS, now=call.now)


def end_late_answers(call: Call) -> int:
    """Forget late answers that were kept long enough; answers how many."""
    return call.do(END_LATE_ANSWERS, now=call.now)


def fold_groups(call: Call) -> int:
    """Add up changes of the groups' summaries, where they are kept as rows; answers how many."""
    if call.connection.dialect == "sqlite":
        return 0
    sums: dict[int, list[int]] = {}
    rows = call.rows(TAKE_DELTAS)
    for group, more, at, expires_at in rows:
        known = sums.setdefault(group, [0, 0, 0])
        known[:] = known[0] + more, max(known[1], at), max(known[2], expires_at)
    for group, (more, at, expires_at) in sorted(sums.items()):
        call.do(FOLD, group_id=group, hits=more, at=at, expires_at=expires_at)
    return len(rows)
