"""What workers are told of requesters: how much they approve and how long they take, from kept sums."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, case, func, or_, select

from kempelen.operation import Call
from kempelen.rules.lifecycle import DAY
from kempelen.rules.waiting import Wait, median
from kempelen.store.directory import Directory
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.figures import requester_days, requester_waits
from kempelen.store.tables.work import requesters
from kempelen.store.tallies import ALL_TIME

DAYS = 30
BELIEVED = 10_000
"""How long facts are shown before they are read anew, in milliseconds."""
MOST_KNOWN = 50_000

LIFETIME = Sql(
    lambda dialect: select(requesters.c.id, requesters.c.approved, requesters.c.rejected).where(
        among_keys(dialect, requesters.c.id)
    )
)
RECENT = Sql(
    lambda dialect: (
        select(
            requester_days.c.requester,
            func.sum(requester_days.c.approved),
            func.sum(requester_days.c.rejected),
        )
        .where(among_keys(dialect, requester_days.c.requester), requester_days.c.day > bindparam("before"))
        .group_by(requester_days.c.requester)
    )
)
_period = case((requester_waits.c.day == ALL_TIME, 1), else_=0).label("period")
WAITS = Sql(
    lambda dialect: (
        select(
            requester_waits.c.requester,
            requester_waits.c.kind,
            _period,
            requester_waits.c.bucket,
            func.sum(requester_waits.c.count),
        )
        .where(
            among_keys(dialect, requester_waits.c.requester),
            or_(requester_waits.c.day == ALL_TIME, requester_waits.c.day > bindparam("before")),
        )
        .group_by(requester_waits.c.requester, requester_waits.c.kind, _period, requester_waits.c.bucket)
    )
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A requester's counts, of 30 days and in all, and median waits in seconds; None where nothing was."""

    approved_30: int = 0
    rejected_30: int = 0
    approved: int = 0
    rejected: int = 0
    seconds_to_pay_30: int | None = None
    seconds_to_pay: int | None = None
    seconds_to_reply_30: int | None = None
    seconds_to_reply: int | None = None


_known: WeakKeyDictionary[Directory, dict[tuple[str, int], tuple[int, Facts]]] = WeakKeyDictionary()


def of(call: Call, keys: Collection[int]) -> dict[int, Facts]:
    """The facts of these requesters by key, at most ten seconds old. At most three statements."""
    known = _known.setdefault(call.directory, {})
    found: dict[int, Facts] = {}
    for key in keys:
        read_at, facts = known.get((call.traits.name, key), (-BELIEVED, Facts()))
        if 0 <= call.now - read_at < BELIEVED:
            found[key] = facts
    missing = [key for key in keys if key not in found]
    if missing:
        if len(known) > MOST_KNOWN:
            known.clear()
        read = _read(call, missing)
        known.update({(call.traits.name, key): (call.now, facts) for key, facts in read.items()})
        found |= read
    return found


def _read(call: Call, keys: list[int]) -> dict[int, Facts]:
    listed = as_keys(call, keys)
    before = call.now // DAY - DAYS
    lifetime = {key: (approved, rejected) for key, approved, rejected in call.rows(LIFETIME, keys=listed)}
    recent = {
        key: (int(approved), int(rejected))
        for key, approved, rejected in call.rows(RECENT, keys=listed, before=before)
    }
    waits: dict[tuple[int, int, int], dict[int, int]] = {}
    for key, kind, period, place, count in call.rows(WAITS, keys=listed, before=before):
        waits.setdefault((key, kind, period), {})[place] = int(count)
    return {
        key: Facts(
            *recent.get(key, (0, 0)),
            *lifetime.get(key, (0, 0)),
            *(
                median(waits.get((key, int(kind), period), {}))
                for kind in (Wait.PAY, Wait.REPLY)
                for period in (0, 1)
            ),
        )
        for key in keys
    }
