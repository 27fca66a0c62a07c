"""HITs: their rows, their slots and their states. Every change is one conditional update."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, case, literal, null, select, update

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.lifecycle import DISPOSAL_DELAY, HITStatus
from kempelen.store.sql import Sql, added
from kempelen.store.tables.work import hits


class HITDoesNotExist(Refusal):
    """Hit {hit_id} does not exist."""

    code = "AWS.MechanicalTurk.HITDoesNotExist"
    page_status = 404


class InvalidHITState(Refusal):
    """This HIT is currently in the state '{state}'.  This operation can be called with a status of:
    {wanted}"""

    code = "AWS.MechanicalTurk.InvalidHITState"


@dataclass(frozen=True, slots=True)
class Hit:
    """A HIT's own row: what decisions are made on. Moments in milliseconds, amounts in minor units."""

    key: int
    public_id: str
    requester: int
    hit_type: int
    question: int
    max_assignments: int
    created_at: int
    expires_at: int
    expired: int
    reviewing: int
    status: int
    open: int
    pending: int
    submitted: int
    approved: int
    rejected: int
    level: int
    reward: int
    fee: int
    held: int
    holds: int
    policies: str | None
    dispose_at: int | None
    disposed_at: int | None
    taken_down_at: int | None

    @property
    def cost(self) -> int:
        """What one slot costs its requester, in minor units."""
        return self.reward + self.fee


BATCH = 1_000
"""How many rows one step of a sweep changes at most."""

COLUMNS = (
    hits.c.id,
    hits.c.public_id,
    hits.c.requester,
    hits.c.hit_type,
    hits.c.question,
    hits.c.max_assignments,
    hits.c.created_at,
    hits.c.expires_at,
    hits.c.expired,
    hits.c.reviewing,
    hits.c.status,
    hits.c.open,
    hits.c.pending,
    hits.c.submitted,
    hits.c.approved,
    hits.c.rejected,
    hits.c.level,
    hits.c.reward,
    hits.c.fee,
    hits.c.held,
    hits.c.holds,
    hits.c.policies,
    hits.c.dispose_at,
    hits.c.disposed_at,
    hits.c.taken_down_at,
)
BY_KEY = Sql(select(*COLUMNS).where(hits.c.id == bindparam("key")))
BY_ID = Sql(select(*COLUMNS).where(hits.c.public_id == bindparam("public_id")))
_owned = select(*COLUMNS).where(
    hits.c.public_id == bindparam("public_id"), hits.c.requester == bindparam("requester")
)
OWNED = Sql(_owned)
OWNED_LOCKED = Sql(_owned.with_for_update())  # SQLite has one writer, and its compiler drops the lock

_NEW = (
    "id", "public_id", "requester", "hit_type", "question", "layout", "annotation", "max_assignments",
    "created_at", "expires_at", "status", "open", "level", "position", "reward", "fee", "held", "policies",
)  # fmt: skip
ADD = added(hits, *_NEW)

DEFAULT_LEVEL = 8
"""Where a HIT stands that nobody gave a priority: 0 is the most urgent, 15 the least."""


def status_of(
    *,
    open_slots: ColumnElement[int],
    pending: ColumnElement[int],
    expired: ColumnElement[int],
    reviewing: ColumnElement[int],
) -> ColumnElement[int]:
    """`rules.lifecycle.hit_status` in SQL, for the row as it is going to be."""
    return case(
        ((expired == 0) & (open_slots > 0), literal(int(HITStatus.ASSIGNABLE))),
        (pending > 0, literal(int(HITStatus.UNASSIGNABLE))),
        (reviewing == 1, literal(int(HITStatus.REVIEWING))),
        else_=literal(int(HITStatus.REVIEWABLE)),
    )


TAKE_SLOT = Sql(
    update(hits)
    .where(
        hits.c.id == bindparam("key"),
        hits.c.status == int(HITStatus.ASSIGNABLE),
        hits.c.open > 0,
        hits.c.expires_at > bindparam("now"),
        hits.c.hit_type == bindparam("hit_type"),
        hits.c.reward == bindparam("reward"),
        hits.c.fee == bindparam("fee"),
    )
    .values(
        open=hits.c.open - 1,
        pending=hits.c.pending + 1,
        status=case(
            (hits.c.open > 1, literal(int(HITStatus.ASSIGNABLE))), else_=literal(int(HITStatus.UNASSIGNABLE))
        ),
    )
    .returning(*COLUMNS)
)
SUBMIT_SLOT = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        pending=hits.c.pending - 1,
        submitted=hits.c.submitted + 1,
        status=status_of(
            open_slots=hits.c.open,
            pending=hits.c.pending - 1,
            expired=hits.c.expired,
            reviewing=hits.c.reviewing,
        ),
    )
    .returning(*COLUMNS)
)
FREE_SLOTS = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        open=hits.c.open + bindparam("slots"),
        pending=hits.c.pending - bindparam("slots"),
        held=hits.c.held - hits.c.expired * bindparam("slots"),
        holds=hits.c.holds + hits.c.expired,
        position=bindparam("position"),
        status=status_of(
            open_slots=hits.c.open + bindparam("slots"),
            pending=hits.c.pending - bindparam("slots"),
            expired=hits.c.expired,
            reviewing=hits.c.reviewing,
        ),
    )
    .returning(*COLUMNS)
)
APPROVE_SLOT = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(submitted=hits.c.submitted - 1, approved=hits.c.approved + 1, held=hits.c.held - 1)
)
OVERRIDE_SLOT = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(rejected=hits.c.rejected - 1, approved=hits.c.approved + 1)
)
REJECT_SLOT = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        submitted=hits.c.submitted - 1,
        rejected=hits.c.rejected + 1,
        held=hits.c.held - 1,
        holds=hits.c.holds + 1,
    )
    .returning(hits.c.holds)
)
SET_REVIEWABLE = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(reviewable_at=bindparam("now"), dispose_at=bindparam("dispose_at"))
)
_EXPIRED = {
    "expired": literal(1),
    "held": hits.c.held - hits.c.open,
    "holds": hits.c.holds + 1,
    "status": status_of(
        open_slots=hits.c.open, pending=hits.c.pending, expired=literal(1), reviewing=hits.c.reviewing
    ),
}
EXPIRE = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"), hits.c.expired == 0)
    .values(expires_at=bindparam("expires_at"), **_EXPIRED)
    .returning(*COLUMNS)
)
EXPIRE_DUE = Sql(
    update(hits)
    .where(
        hits.c.expired == 0,
        hits.c.id.in_(
            select(hits.c.id)
            .where(hits.c.expired == 0, hits.c.expires_at <= bindparam("now"))
            .order_by(hits.c.expires_at)
            .limit(BATCH)
            .with_for_update()
            .scalar_subquery()
        ),
    )
    .values(**_EXPIRED)
    .returning(*COLUMNS)
)
_open_again = hits.c.open > 0
MOVE_EXPIRATION = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        expires_at=bindparam("expires_at"),
        expired=literal(0),
        held=hits.c.held + hits.c.expired * hits.c.open,
        holds=hits.c.holds + hits.c.expired,
        position=case((hits.c.expired == 1, bindparam("position")), else_=hits.c.position),
        status=status_of(
            open_slots=hits.c.open, pending=hits.c.pending, expired=literal(0), reviewing=hits.c.reviewing
        ),
        reviewing=case((_open_again, literal(0)), else_=hits.c.reviewing),
        reviewable_at=case((_open_again, null()), else_=hits.c.reviewable_at),
        dispose_at=case((_open_again, null()), else_=hits.c.dispose_at),
    )
    .returning(*COLUMNS)
)
_in_time = hits.c.expired == 0
GROW = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        max_assignments=hits.c.max_assignments + bindparam("slots"),
        open=hits.c.open + bindparam("slots"),
        held=hits.c.held + (1 - hits.c.expired) * bindparam("slots"),
        holds=hits.c.holds + (1 - hits.c.expired),
        position=case((hits.c.open == 0, bindparam("position")), else_=hits.c.position),
        status=status_of(
            open_slots=hits.c.open + bindparam("slots"),
            pending=hits.c.pending,
            expired=hits.c.expired,
            reviewing=hits.c.reviewing,
        ),
        reviewing=case((_in_time, literal(0)), else_=hits.c.reviewing),
        reviewable_at=case((_in_time, null()), else_=hits.c.reviewable_at),
        dispose_at=case((_in_time, null()), else_=hits.c.dispose_at),
    )
    .returning(*COLUMNS)
)
RETYPE = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        hit_type=bindparam("hit_type"),
        reward=bindparam("reward"),
        fee=bindparam("fee"),
        level=bindparam("level"),
        position=bindparam("position"),
        holds=hits.c.holds + 1,
    )
    .returning(*COLUMNS)
)
SET_REVIEWING = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"), hits.c.status == int(HITStatus.REVIEWABLE))
    .values(reviewing=literal(1), status=literal(int(HITStatus.REVIEWING)))
)
END_REVIEWING = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"), hits.c.status == int(HITStatus.REVIEWING))
    .values(
        reviewing=literal(0),
        status=literal(int(HITStatus.REVIEWABLE)),
        reviewable_at=bindparam("now"),
        dispose_at=bindparam("dispose_at"),
    )
)
DISPOSE = Sql(
    update(hits)
    .where(
        hits.c.id == bindparam("key"),
        hits.c.status.in_([int(HITStatus.REVIEWABLE), int(HITStatus.REVIEWING)]),
        hits.c.submitted == 0,
    )
    .values(
        status=literal(int(HITStatus.DISPOSED)),
        disposed_at=bindparam("now"),
        dispose_at=null(),
        expired=literal(1),
    )
)

_positions = threading.Lock()
_last_position = 0


def new_position(now: int) -> int:
    """Where a HIT stands in its group's queue from now on: always behind those already there."""
    global _last_position
    with _positions:
        _last_position = max(_last_position + 1, now << 20)
        return _last_position


def by_key(call: Call, key: int) -> Hit:
    """The HIT of that key."""
    row = call.one(BY_KEY, key=key)
    assert row is not None
    return Hit(*row)


def by_id(call: Call, hit_id: str) -> Hit:
    """The HIT of that public id, whoever owns it. Raises `HITDoesNotExist`."""
    row = call.one(BY_ID, public_id=hit_id)
    if row is None:
        raise HITDoesNotExist(hit_id=hit_id)
    return Hit(*row)


def owned(call: Call, hit_id: str, *, to_change: bool = False) -> Hit:
    """The acting requester's HIT. Raises `HITDoesNotExist`, for a foreign or a purged one too.

    With `to_change` nobody else changes it before this command ends.
    """
    row = call.one(OWNED_LOCKED if to_change else OWNED, public_id=hit_id, requester=call.actor.account)
    if row is None:
        raise HITDoesNotExist(hit_id=hit_id)
    hit = Hit(*row)
    if hit.disposed_at is not None and call.now >= hit.disposed_at + DISPOSAL_DELAY:
        raise HITDoesNotExist(hit_id=hit_id)
    return hit


def take_slot(call: Call, hit: Hit, *, hit_type: int) -> Hit | None:
    """Take one open slot; the HIT as it is then, or None if there was none any more.

    None also if the HIT has another type or price than was read: the worker was asked about the old one.
    """
    row = call.one(TAKE_SLOT, key=hit.key, now=call.now, hit_type=hit_type, reward=hit.reward, fee=hit.fee)
    return None if row is None else Hit(*row)


def submit_slot(call: Call, key: int) -> Hit:
    """Turn a pending slot into a submitted one; the HIT as it is then."""
    row = call.one(SUBMIT_SLOT, key=key)
    assert row is not None
    return Hit(*row)


def free_slots(call: Call, key: int, *, slots: int = 1) -> Hit:
    """Give pending slots back, at the end of the queue; the HIT as it is then.

    Of an expired HIT they are no longer held; whoever calls gives the money back.
    """
    row = call.one(FREE_SLOTS, key=key, slots=slots, position=new_position(call.now))
    assert row is not None
    return Hit(*row)


def expire(call: Call, key: int, *, at: int) -> Hit | None:
    """End a HIT's time; the HIT as it is then, its open slots not held. None if it was ended before."""
    row = call.one(EXPIRE, key=key, expires_at=at)
    return None if row is None else Hit(*row)


def expire_due(call: Call) -> list[Hit]:
    """End the HITs whose time has run out, at most `BATCH`; as they are then, as `expire` leaves them."""
    return [Hit(*row) for row in call.rows(EXPIRE_DUE, now=call.now)]


def move_expiration(call: Call, key: int, *, at: int) -> Hit:
    """Let a HIT live until a moment to come; the HIT as it is then, its open slots held (again)."""
    row = call.one(MOVE_EXPIRATION, key=key, expires_at=at, position=new_position(call.now))
    assert row is not None
    return Hit(*row)


def grow(call: Call, key: int, *, slots: int) -> Hit:
    """More slots; the HIT as it is then. They count as held unless the HIT has expired."""
    row = call.one(GROW, key=key, slots=slots, position=new_position(call.now))
    assert row is not None
    return Hit(*row)


def retype(call: Call, key: int, *, hit_type: int, reward: int, fee: int, level: int) -> Hit:
    """Another type; the HIT as it is then, at the end of the other group's queue."""
    row = call.one(
        RETYPE,
        key=key,
        hit_type=hit_type,
        reward=reward,
        fee=fee,
        level=level,
        position=new_position(call.now),
    )
    assert row is not None
    return Hit(*row)


def set_reviewing(call: Call, key: int, *, reviewing: bool) -> bool:
    """Set or clear the review flag; False if the HIT is not in the state that is left."""
    if reviewing:
        return call.do(SET_REVIEWING, key=key) == 1
    return call.do(END_REVIEWING, key=key, now=call.now, dispose_at=call.now + DISPOSAL_DELAY) == 1


def dispose(call: Call, key: int) -> bool:
    """Dispose of a HIT; False if it is not up for review or an answer is undecided."""
    return call.do(DISPOSE, key=key, now=call.now) == 1


def set_reviewable(call: Call, key: int) -> None:
    """Remember that the HIT has become reviewable, and when it is disposed of if nobody does anything."""
    call.do(SET_REVIEWABLE, key=key, now=call.now, dispose_at=call.now + DISPOSAL_DELAY)
