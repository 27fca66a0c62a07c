"""HITs: their rows, their slots and their states. Every change is one conditional update."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, case, insert, literal, select, update

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.lifecycle import DISPOSAL_DELAY, HITStatus
from kempelen.store.sql import Sql
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

    @property
    def cost(self) -> int:
        """What one slot costs its requester, in minor units."""
        return self.reward + self.fee


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
)
BY_KEY = Sql(select(*COLUMNS).where(hits.c.id == bindparam("key")))
BY_ID = Sql(select(*COLUMNS).where(hits.c.public_id == bindparam("public_id")))
OWNED = Sql(
    select(*COLUMNS).where(
        hits.c.public_id == bindparam("public_id"), hits.c.requester == bindparam("requester")
    )
)
LOCK = Sql(select(hits.c.id).where(hits.c.id == bindparam("key")).with_for_update())

_NEW = (
    "id", "public_id", "requester", "hit_type", "question", "layout", "annotation", "max_assignments",
    "created_at", "expires_at", "status", "open", "level", "position", "reward", "fee", "held", "policies",
)  # fmt: skip
ADD = Sql(insert(hits).values(**{name: bindparam(name) for name in _NEW}).inline())

DEFAULT_LEVEL = 8
"""Where a HIT stands that nobody gave a priority: 0 is the most urgent, 15 the least."""


def _status(
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
        status=_status(
            open_slots=hits.c.open,
            pending=hits.c.pending - 1,
            expired=hits.c.expired,
            reviewing=hits.c.reviewing,
        ),
    )
    .returning(*COLUMNS)
)
FREE_SLOT = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        open=hits.c.open + 1,
        pending=hits.c.pending - 1,
        position=bindparam("position"),
        status=_status(
            open_slots=hits.c.open + 1,
            pending=hits.c.pending - 1,
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


def owned(call: Call, hit_id: str) -> Hit:
    """The acting requester's HIT. Raises `HITDoesNotExist`, for a foreign one too."""
    row = call.one(OWNED, public_id=hit_id, requester=call.actor.account)
    if row is None:
        raise HITDoesNotExist(hit_id=hit_id)
    return Hit(*row)


def take_slot(call: Call, key: int) -> Hit | None:
    """Take one open slot; the HIT as it is then, or None if there was none any more."""
    row = call.one(TAKE_SLOT, key=key, now=call.now)
    return None if row is None else Hit(*row)


def submit_slot(call: Call, key: int) -> Hit:
    """Turn a pending slot into a submitted one; the HIT as it is then."""
    row = call.one(SUBMIT_SLOT, key=key)
    assert row is not None
    return Hit(*row)


def free_slot(call: Call, key: int) -> Hit:
    """Give a pending slot back, at the end of the queue; the HIT as it is then."""
    row = call.one(FREE_SLOT, key=key, position=new_position(call.now))
    assert row is not None
    return Hit(*row)


def set_reviewable(call: Call, key: int) -> None:
    """Remember that the HIT has become reviewable, and when it is disposed of if nobody does anything."""
    call.do(SET_REVIEWABLE, key=key, now=call.now, dispose_at=call.now + DISPOSAL_DELAY)
