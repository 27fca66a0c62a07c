"""Requesters and groups that a worker does not want to see in lists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import bindparam, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import groups, requesters
from kempelen.store.tables.workers_own import hidden_work

MOST = 1_000
"""How many requesters and groups a worker may hide."""


class Kind(IntEnum):
    """What is hidden."""

    REQUESTER = 1
    GROUP = 2


_own = hidden_work.c.worker == bindparam("worker_")
_NAMES = ("worker", "kind", "target", "id", "at")


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return (
        build(hidden_work)
        .values(**{name: bindparam(f"{name}_") for name in _NAMES})
        .on_conflict_do_nothing(
            index_elements=[hidden_work.c.worker, hidden_work.c.kind, hidden_work.c.target]
        )
    )


ADD = Sql(_add)  # type: ignore[arg-type]
REMOVE = Sql(
    delete(hidden_work).where(
        _own, hidden_work.c.kind == bindparam("kind_"), hidden_work.c.target == bindparam("target_")
    )
)
ALL = Sql(select(hidden_work.c.kind, hidden_work.c.target).where(_own).limit(MOST))
PAGE = Sql(
    select(
        hidden_work.c.id,
        hidden_work.c.at,
        requesters.c.public_id,
        requesters.c.name,
        groups.c.public_id,
        groups.c.title,
    )
    .select_from(
        hidden_work.outerjoin(
            groups, (hidden_work.c.kind == int(Kind.GROUP)) & (groups.c.id == hidden_work.c.target)
        ).outerjoin(
            requesters,
            ((hidden_work.c.kind == int(Kind.REQUESTER)) & (requesters.c.id == hidden_work.c.target))
            | ((hidden_work.c.kind == int(Kind.GROUP)) & (requesters.c.id == groups.c.requester)),
        )
    )
    .where(_own, tuple_(hidden_work.c.at, hidden_work.c.id) < tuple_(bindparam("before"), bindparam("key")))
    .order_by(hidden_work.c.at.desc(), hidden_work.c.id.desc())
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """One thing that is hidden; a group with its title and requester."""

    key: int
    at: int
    requester_id: str | None
    requester_name: str | None
    group_id: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class HiddenKeys:
    """Everything that a worker hides, by key."""

    requesters: frozenset[int]
    groups: frozenset[int]


def of_actor(call: Call) -> HiddenKeys:
    """What the acting worker hides. One statement."""
    rows = call.rows(ALL, worker_=call.actor.account)
    return HiddenKeys(
        frozenset(target for kind, target in rows if kind == Kind.REQUESTER),
        frozenset(target for kind, target in rows if kind == Kind.GROUP),
    )


def is_full(call: Call) -> bool:
    """Whether the acting worker hides as much as may be hidden."""
    return len(call.rows(ALL, worker_=call.actor.account)) >= MOST


def add(call: Call, kind: Kind, target: int) -> None:
    """Hide it for the acting worker; nothing happens if it is hidden."""
    call.do(ADD, worker_=call.actor.account, kind_=int(kind), target_=target, id_=call.key(), at_=call.now)


def remove(call: Call, kind: Kind, target: int) -> None:
    """Show it again; nothing happens if it was not hidden."""
    call.do(REMOVE, worker_=call.actor.account, kind_=int(kind), target_=target)


def page(call: Call, *, before: tuple[int, int], count: int) -> list[Hidden]:
    """What the acting worker hides, latest first, before (`at`, key)."""
    rows = call.rows(PAGE, worker_=call.actor.account, before=before[0], key=before[1], count=count)
    return [Hidden(*row) for row in rows]
