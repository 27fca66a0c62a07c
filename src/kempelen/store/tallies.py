"""What is added up day by day, of a worker, of a kind of work and of a requester; maintained, never counted.

As `store.statistics`, the rows are changed last and always in the same order. Most are a worker's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, bindparam, func, literal, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules.lifecycle import DAY
from kempelen.rules.pay_per_hour import KEPT_CHARACTERS, Worked, written
from kempelen.rules.waiting import Wait, bucket
from kempelen.store.sql import Sql
from kempelen.store.tables.figures import pace_refreshes, paces, requester_days, requester_waits, worker_days
from kempelen.store.tables.work import relations

ALL_TIME = -1
"""The day under which waits of all days are counted together."""

REFRESH = 30_000
"""How long after an answer the pay per hour of its group is computed anew, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of an answer. `rejected` is -1 where a rejection is taken back; `seconds` are 0 then,
    and where nobody knows how long it took. Moments in milliseconds, the reward in minor units."""

    requester: int
    worker: int
    hit_type: int
    submitted_at: int
    decided_at: int
    reward: int
    approved: int
    rejected: int
    seconds: int
    rejected_at: int | None = None
    """When a rejection that is taken back was made."""


def _adding(table: Table, keys: tuple[str, ...], amounts: tuple[str, ...]) -> Sql:
    """Make the row or add to it."""

    def build(dialect: str) -> object:
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        statement = insert(table).values(**{name: bindparam(name) for name in (*keys, *amounts)})
        return statement.on_conflict_do_update(
            index_elements=[table.c[name] for name in keys],
            set_={name: table.c[name] + statement.excluded[name] for name in amounts},
        )

    return Sql(build, adds=amounts)  # type: ignore[arg-type]


ADD_WORKER_DAY = _adding(
    worker_days, ("worker", "day"), ("submitted", "approved", "rejected", "earned", "seconds")
)
ADD_REQUESTER_DAY = _adding(requester_days, ("requester", "day"), ("approved", "rejected"))
ADD_WAIT = _adding(requester_waits, ("requester", "day", "kind", "bucket"), ("count",))


def _add_pace(dialect: str) -> object:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(paces).values(
        hit_type=bindparam("hit_type"),
        worker=bindparam("worker"),
        recent=bindparam("recent"),
        at=bindparam("at"),
        submitted=literal(1),
    )
    longer = paces.c.recent + statement.excluded.recent
    last = (
        func.substr(longer, -KEPT_CHARACTERS) if dialect == "sqlite" else func.right(longer, KEPT_CHARACTERS)
    )
    return statement.on_conflict_do_update(
        index_elements=[paces.c.hit_type, paces.c.worker],
        set_={
            "recent": last,
            "at": statement.excluded.at,
            "submitted": paces.c.submitted + 1,
        },
    )


ADD_PACE = Sql(_add_pace)  # type: ignore[arg-type]


def _ask_refresh(dialect: str) -> object:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(pace_refreshes).values(hit_type=bindparam("hit_type"), due_at=bindparam("due_at"))
    return statement.on_conflict_do_nothing()  # who waits already is not looked at later for it


ASK_REFRESH = Sql(_ask_refresh, raises=("due_at",))  # type: ignore[arg-type]


def _count_pace(dialect: str) -> object:
    """Also makes the row: of a group of commands, decisions may be written before their answers."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    amounts = ("approved", "rejected", "earned", "seconds")
    statement = insert(paces).values(
        hit_type=bindparam("hit_type"),
        worker=bindparam("worker"),
        recent=literal(""),
        at=bindparam("at"),
        submitted=literal(0),
        **{name: bindparam(name) for name in amounts},
    )
    return statement.on_conflict_do_update(
        index_elements=[paces.c.hit_type, paces.c.worker],
        set_={name: paces.c[name] + statement.excluded[name] for name in amounts},
    )


COUNT_PACE = Sql(
    _count_pace,  # type: ignore[arg-type]
    adds=("approved", "rejected", "earned", "seconds"),
    raises=("at",),
)
COUNT_RELATION = Sql(
    update(relations)
    .where(relations.c.requester == bindparam("of_requester"), relations.c.worker == bindparam("of_worker"))
    .values(
        earned=relations.c.earned + bindparam("earned"), seconds=relations.c.seconds + bindparam("seconds")
    ),
    adds=("earned", "seconds"),
)


def submitted(call: Call, *, worker: int, hit_type: int, worked: Worked | None) -> None:
    """An answer has come in, which took so long; None for one that tells nothing of how long work takes."""
    nothing = {"approved": 0, "rejected": 0, "earned": 0, "seconds": 0}
    call.later(ADD_WORKER_DAY, worker=worker, day=call.now // DAY, submitted=1, **nothing)
    recent = "" if worked is None else written(worked)
    call.later(ADD_PACE, hit_type=hit_type, worker=worker, recent=recent, at=call.now)
    if worked is not None:
        call.later(ASK_REFRESH, hit_type=hit_type, due_at=call.now + REFRESH)


def decided(call: Call, decisions: Sequence[Decision]) -> None:
    """Answers were approved or rejected. What each comes to is added up where it belongs."""
    for one in sorted(decisions, key=lambda each: (each.worker, each.hit_type)):
        counts = {
            "approved": one.approved,
            "rejected": one.rejected,
            "earned": one.reward if one.approved else 0,
            "seconds": one.seconds,
        }
        call.later(ADD_WORKER_DAY, worker=one.worker, day=one.submitted_at // DAY, submitted=0, **counts)
        call.later(COUNT_PACE, hit_type=one.hit_type, worker=one.worker, at=one.submitted_at, **counts)
        call.later(
            COUNT_RELATION,
            of_requester=one.requester,
            of_worker=one.worker,
            earned=counts["earned"],
            seconds=one.seconds,
        )
    _of_requesters(call, decisions)


def _of_requesters(call: Call, decisions: Sequence[Decision]) -> None:
    days: dict[tuple[int, int], list[int]] = {}
    waits: dict[tuple[int, int, int], int] = {}
    for one in decisions:
        day = one.decided_at // DAY
        counted = days.setdefault((one.requester, day), [0, 0])
        counted[0] += one.approved
        if one.rejected_at is None:
            counted[1] += one.rejected
        else:
            days.setdefault((one.requester, one.rejected_at // DAY), [0, 0])[1] += one.rejected
        if one.approved:
            place = bucket((one.decided_at - one.submitted_at) // 1000)
            for period in (day, ALL_TIME):
                key = (one.requester, period, place)
                waits[key] = waits.get(key, 0) + 1
    for (requester, day), (approved, rejected) in sorted(days.items()):
        call.later(ADD_REQUESTER_DAY, requester=requester, day=day, approved=approved, rejected=rejected)
    for (requester, period, place), count in sorted(waits.items()):
        _wait(call, requester, Wait.PAY, day=period, place=place, count=count)


def replied(call: Call, *, requester: int, seconds: int) -> None:
    """The requester answered a worker's message after so many seconds."""
    for period in (call.now // DAY, ALL_TIME):
        _wait(call, requester, Wait.REPLY, day=period, place=bucket(seconds), count=1)


def _wait(call: Call, requester: int, kind: Wait, *, day: int, place: int, count: int) -> None:
    call.later(ADD_WAIT, requester=requester, day=day, kind=int(kind), bucket=place, count=count)
