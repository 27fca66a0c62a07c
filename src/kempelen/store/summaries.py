"""What every page shows of the acting worker, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from kempelen.operation import Call
from kempelen.rules.correspondence import MOST_UNREAD
from kempelen.store import ledger
from kempelen.store.sql import Sql
from kempelen.store.tables.money import purses
from kempelen.store.tables.notifications import threads
from kempelen.store.tables.work import workers
from kempelen.store.tables.workers_own import collapsed_instructions, preferences

_unread = (
    select(threads.c.id)
    .where(threads.c.worker == bindparam("worker"), threads.c.worker_unread > 0)
    .limit(MOST_UNREAD)
    .subquery()
)
SUMMARY = Sql(
    select(
        select(purses.c.available).where(purses.c.account == bindparam("purse")).scalar_subquery(),
        select(workers.c.holding).where(workers.c.id == bindparam("worker")).scalar_subquery(),
        select(func.count()).select_from(_unread).scalar_subquery(),
        select(preferences.c.preferences)
        .where(preferences.c.worker == bindparam("worker"))
        .scalar_subquery(),
        select(collapsed_instructions.c.hit_type)
        .where(
            collapsed_instructions.c.worker == bindparam("worker"),
            collapsed_instructions.c.hit_type == bindparam("hit_type"),
        )
        .scalar_subquery(),
    )
)
NO_TYPE = 0
"""The key of no HIT type."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The acting worker at a glance."""

    available: int
    """What they can have paid out, in minor units."""
    held: int
    """How many assignments they hold."""
    unread: int
    """How many threads hold something they have not read, up to 99."""
    preferences: str | None
    """As JSON, if they have given any."""
    is_collapsed: bool
    """Whether they have folded the instructions of the HIT type away."""


def summary(call: Call, *, hit_type: int = NO_TYPE) -> Summary:
    """Of the acting worker; with a HIT type, whether they have folded its instructions away."""
    worker = call.actor.account
    row = call.one(SUMMARY, worker=worker, purse=ledger.earned(worker), hit_type=hit_type)
    assert row is not None, "it selects from no table"
    available, held, unread, kept, collapsed = row
    return Summary(available or 0, held or 0, unread, kept, collapsed is not None)
