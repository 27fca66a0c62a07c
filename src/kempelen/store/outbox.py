"""The outbox is the queue: what must follow a transaction is a row of it, written with it.

`put` only inserts, so commands never meet here. Claiming and ending jobs are short transactions of their own,
one at a time in a database, and decide everything: a job whose predecessor in its sequence still lives, or
whose lane is full or failing, is set aside (its `due_at` lies in the far future) and comes back when that
changes. So each job is looked at a bounded number of times, however many wait in a bad lane.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, and_, bindparam, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules import retries
from kempelen.store.sql import Sql
from kempelen.store.tables.shared import outbox, outbox_lanes

LANE_FULL = 2**61
"""The `due_at` of a job that waits for its lane."""
NOT_FIRST = 2**62
"""The `due_at` of a job that waits for an earlier one of its sequence."""
LEASE_SECONDS = 60
IN_FLIGHT = 4
"""Jobs of one lane that are under way at once."""
LOOKED_AT = 256
"""Jobs looked at by one step of a claim."""
STEPS = 16
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the outbox, held by lease. `fence` tells this holder from those before. Moments in ms."""

    key: int
    kind: str
    lane: str
    sequence_of: int | None
    place: int
    payload: str
    created_at: int
    tries: int
    first_tried_at: int
    fence: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that was given up. Moments in milliseconds."""

    key: int
    kind: str
    lane: str
    created_at: int
    dead_at: int
    tries: int
    error: str


_NEW = ("id", "kind", "lane", "sequence_of", "place", "payload", "created_at", "due_at")
PUT = Sql(
    insert(outbox).values(**{name: bindparam(name, type_=outbox.c[name].type) for name in _NEW}).inline()
)
_earlier = outbox.alias("earlier")
_live = outbox.c.dead_at.is_(None)
CANDIDATES = Sql(
    select(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.lane,
        outbox.c.sequence_of,
        outbox.c.place,
        outbox.c.payload,
        outbox.c.created_at,
        outbox.c.tries,
        func.coalesce(outbox.c.first_tried_at, bindparam("now", type_=outbox.c.id.type)),
        outbox.c.fence,
        select(literal(1))
        .where(
            _earlier.c.lane == outbox.c.lane,
            _earlier.c.sequence_of == outbox.c.sequence_of,
            _earlier.c.place < outbox.c.place,
            _earlier.c.dead_at.is_(None),
        )
        .limit(1)
        .scalar_subquery()
        .label("waits"),
        outbox_lanes.c.opens_at,
    )
    .select_from(outbox.outerjoin(outbox_lanes, outbox_lanes.c.lane == outbox.c.lane))
    .where(_live, outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at)
    .limit(LOOKED_AT)
)
IS_DUE = Sql(select(outbox.c.id).where(_live, outbox.c.due_at <= bindparam("now")).limit(1))
UNDER_WAY = Sql(
    select(outbox.c.lane, func.count())
    .where(outbox.c.lease_until > 0, outbox.c.lease_until > bindparam("now"))
    .group_by(outbox.c.lane)
)
SET_ASIDE = Sql(update(outbox).where(outbox.c.id == bindparam("key")).values(due_at=bindparam("until")))
LEASE = Sql(
    update(outbox)
    .where(outbox.c.id == bindparam("key"))
    .values(
        fence=outbox.c.fence + 1,
        tries=outbox.c.tries + 1,
        first_tried_at=bindparam("first_tried_at"),
        lease_until=bindparam("until"),
        due_at=bindparam("until"),
    )
)
_held = and_(outbox.c.id == bindparam("key"), outbox.c.fence == bindparam("fence"), _live)
END = Sql(delete(outbox).where(_held, outbox.c.lease_until > 0))
PUT_BACK = Sql(
    update(outbox)
    .where(_held, outbox.c.lease_until > 0)
    .values(due_at=bindparam("due"), lease_until=0, error=bindparam("reason"))
)
GIVE_UP = Sql(
    update(outbox)
    .where(_held, outbox.c.lease_until > 0)
    .values(dead_at=bindparam("at"), lease_until=0, error=bindparam("reason"))
)
_first = (
    select(outbox.c.id)
    .where(outbox.c.lane == bindparam("lane"), outbox.c.sequence_of == bindparam("sequence"), _live)
    .order_by(outbox.c.place)
    .limit(1)
)
NEXT_IN_SEQUENCE = Sql(
    update(outbox)
    .where(outbox.c.id.in_(_first), outbox.c.due_at == NOT_FIRST)
    .values(due_at=outbox.c.created_at)
)
_waiting = (
    select(outbox.c.id)
    .where(outbox.c.lane == bindparam("lane"), outbox.c.due_at == LANE_FULL, _live)
    .order_by(outbox.c.id)
)
NEXT_IN_LANE = Sql(
    update(outbox).where(outbox.c.id.in_(_waiting.limit(IN_FLIGHT))).values(due_at=outbox.c.created_at)
)
NEXT_TO_PROBE = Sql(update(outbox).where(outbox.c.id.in_(_waiting.limit(1))).values(due_at=bindparam("due")))
LANE = Sql(
    select(outbox_lanes.c.failures, outbox_lanes.c.opens_at).where(outbox_lanes.c.lane == bindparam("lane_"))
)
OPEN_LANE = Sql(delete(outbox_lanes).where(outbox_lanes.c.lane == bindparam("lane_")))
DEAD = Sql(
    select(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.lane,
        outbox.c.created_at,
        outbox.c.dead_at,
        outbox.c.tries,
        func.coalesce(outbox.c.error, ""),
    )
    .where(
        outbox.c.dead_at.is_not(None),
        tuple_(outbox.c.dead_at, outbox.c.id) > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(outbox.c.dead_at, outbox.c.id)
    .limit(bindparam("most", type_=Integer()))
)
REPLAY = Sql(
    update(outbox)
    .where(outbox.c.id == bindparam("key"), outbox.c.dead_at.is_not(None))
    .values(dead_at=None, due_at=bindparam("at"), tries=0, first_tried_at=None, error=None)
)


def _close_lane(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(outbox_lanes).values(
        lane=bindparam("lane_"), failures=bindparam("failures_"), opens_at=bindparam("opens_at_")
    )
    return values.on_conflict_do_update(
        index_elements=[outbox_lanes.c.lane],
        set_={"failures": values.excluded.failures, "opens_at": values.excluded.opens_at},
    )


CLOSE_LANE = Sql(_close_lane)  # type: ignore[arg-type]
_LOCK = 7213


def _alone(dialect: str) -> object:
    if dialect == "sqlite":
        return select(literal(1))
    return select(func.pg_advisory_xact_lock(func.hashtext(func.current_schema()), _LOCK))


ALONE = Sql(_alone)  # type: ignore[arg-type]


def put(
    call: Call,
    *,
    kind: str,
    lane: str,
    payload: Mapping[str, Any],
    sequence_of: int | None = None,
    place: int | None = None,
    due_at: int | None = None,
    key: int | None = None,
) -> int:
    """Have something done after this transaction, if it is kept; answers the job's key.

    `kind`: who does it (`notification`, `mail`, …). `lane`: its destination; jobs of one lane never delay
    those of others. `sequence_of`: jobs of the lane with the same value go out one by one, by `place` (else
    by key). `payload`: what JSON can write. `due_at`: not before this moment.
    """
    key = call.key() if key is None else key
    call.later(
        PUT,
        id=key,
        kind=kind,
        lane=lane,
        sequence_of=sequence_of,
        place=key if place is None else place,
        payload=json.dumps(payload),
        created_at=call.now,
        due_at=call.now if due_at is None else due_at,
    )
    return key


def is_due(call: Call) -> bool:
    """Whether a claim would find something; for a reader, so that an idle queue writes nothing."""
    return call.one(IS_DUE, now=call.now) is not None


def claim(call: Call, most: int) -> list[Job]:
    """Take up to `most` jobs that may go out now, for `LEASE_SECONDS`."""
    call.one(ALONE)
    until = call.now + LEASE_SECONDS * 1000
    under_way: dict[str, int] = dict(call.rows(UNDER_WAY, now=call.now))
    taken: list[Job] = []
    for _ in range(STEPS):
        found = call.rows(CANDIDATES, now=call.now)
        aside = []
        for *row, waits, opens_at in found:
            job = Job(*row)
            if waits is not None:
                aside.append({"key": job.key, "until": NOT_FIRST})
            elif under_way.get(job.lane, 0) >= _capacity(opens_at, call.now):
                aside.append({"key": job.key, "until": LANE_FULL})
            elif len(taken) < most:
                under_way[job.lane] = under_way.get(job.lane, 0) + 1
                taken.append(_leased(call, job, until))
        if aside:
            call.connection.many(SET_ASIDE, aside)
        if len(taken) >= most or len(found) < LOOKED_AT:
            break
    return taken


def _capacity(opens_at: int | None, now: int) -> int:
    """How many of a lane's jobs may be under way: one while it is probed, none while it is closed."""
    if opens_at is None:
        return IN_FLIGHT
    return 1 if now >= opens_at else 0


def _leased(call: Call, job: Job, until: int) -> Job:
    call.do(LEASE, key=job.key, until=until, first_tried_at=job.first_tried_at)
    return Job(
        job.key, job.kind, job.lane, job.sequence_of, job.place, job.payload, job.created_at,
        job.tries + 1, job.first_tried_at, job.fence + 1,
    )  # fmt: skip


def done(call: Call, job: Job) -> bool:
    """The job is done and goes. False, and nothing changed, if its lease was lost to somebody else."""
    call.one(ALONE)
    if call.do(END, key=job.key, fence=job.fence) != 1:
        return False
    call.do(OPEN_LANE, lane_=job.lane)
    _wake(call, job)
    return True


def failed(call: Call, job: Job, reason: str, *, permanent: bool = False) -> bool:
    """The job was not done: it is tried again later, or given up. False if its lease was lost."""
    call.one(ALONE)
    reason = reason[:LONGEST_ERROR]
    due = retries.next_try(
        tries=job.tries, first_tried_at=job.first_tried_at, now=call.now, random=call.random
    )
    if permanent or due is None:
        if call.do(GIVE_UP, key=job.key, fence=job.fence, at=call.now, reason=reason) != 1:
            return False
        _wake(call, job)
        return True
    opens_at = _close(call, job.lane)
    # One millisecond behind the next job of the lane: a message nobody can take must not be the only probe.
    due = max(due, opens_at + 1)
    if call.do(PUT_BACK, key=job.key, fence=job.fence, due=due, reason=reason) != 1:
        return False
    call.do(NEXT_TO_PROBE, lane=job.lane, due=opens_at)
    return True


def _close(call: Call, lane: str) -> int:
    """Let a lane rest after a failure; answers when it opens. Failures of one moment count once."""
    row = call.one(LANE, lane_=lane)
    failures, opens_at = (0, 0) if row is None else row
    if opens_at > call.now:
        return int(opens_at)
    opens_at = call.now + retries.delay(failures + 1, call.random, longest=retries.LANE_LONGEST)
    call.do(CLOSE_LANE, lane_=lane, failures_=failures + 1, opens_at_=opens_at)
    return opens_at


def _wake(call: Call, job: Job) -> None:
    """Bring back those that waited for this job."""
    if job.sequence_of is not None:
        call.do(NEXT_IN_SEQUENCE, lane=job.lane, sequence=job.sequence_of)
    call.do(NEXT_IN_LANE, lane=job.lane)


def dead_letters(call: Call, *, after: tuple[int, int], most: int) -> list[DeadLetter]:
    """Jobs that were given up, in that order, after (`dead_at`, key)."""
    return [DeadLetter(*row) for row in call.rows(DEAD, after=after[0], after_key=after[1], most=most)]


def replay(call: Call, key: int) -> bool:
    """Try a dead letter again, as if for the first time; False if there is none of that key."""
    return call.do(REPLAY, key=key, at=call.now) == 1
