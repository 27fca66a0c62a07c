"""What workers have done, in all and for each requester: maintained with every change and never counted.

The rows are shared by everything a worker or a requester does, so they are changed last, after purses, and
always in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import relations, requesters, workers

OF_WORKER = ("accepted", "submitted", "approved", "rejected", "returned", "abandoned", "holding")
OF_RELATION = ("accepted", "submitted", "approved", "rejected")
OF_REQUESTER = ("submitted", "approved", "rejected")

COUNT_WORKER = Sql(
    update(workers)
    .where(workers.c.id == bindparam("worker"))
    .values(**{name: workers.c[name] + bindparam(f"more_{name}") for name in OF_WORKER})
)
COUNT_REQUESTER = Sql(
    update(requesters)
    .where(requesters.c.id == bindparam("requester"))
    .values(**{name: requesters.c[name] + bindparam(f"more_{name}") for name in OF_REQUESTER})
)


def _count_relation(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(relations).values(
        requester=bindparam("requester"),
        worker=bindparam("worker"),
        **{name: bindparam(f"more_{name}") for name in OF_RELATION},
    )
    return statement.on_conflict_do_update(
        index_elements=[relations.c.requester, relations.c.worker],
        set_={name: relations.c[name] + statement.excluded[name] for name in OF_RELATION},
    )


COUNT_RELATION = Sql(_count_relation)  # type: ignore[arg-type]

_Sums = dict[tuple[int, ...], dict[str, int]]


def count(
    call: Call,
    *,
    requester: int,
    worker: int,
    accepted: int = 0,
    submitted: int = 0,
    approved: int = 0,
    rejected: int = 0,
    returned: int = 0,
    abandoned: int = 0,
    holding: int = 0,
) -> None:
    """Add to what a worker did for a requester; the amounts may be negative.

    Both must be known in this world (`parties.know_worker`, `parties.know_requester`).
    """
    row = {
        "requester": requester, "worker": worker, "accepted": accepted, "submitted": submitted,
        "approved": approved, "rejected": rejected, "returned": returned, "abandoned": abandoned,
        "holding": holding,
    }  # fmt: skip
    count_many(call, (row,))


def count_many(call: Call, rows: Sequence[Mapping[str, int]]) -> None:
    """As `count`, for many at once: each row has `requester`, `worker` and any of the amounts."""
    of_worker = _summed(rows, by=("worker",), names=OF_WORKER)
    # What is held is capped, so the next command must see it; everything else can wait for the commit.
    for (worker,), more in of_worker.items():
        run = call.do if more["more_holding"] > 0 else call.later
        run(COUNT_WORKER, worker=worker, **more)
    for (requester, worker), more in _summed(rows, by=("requester", "worker"), names=OF_RELATION).items():
        call.later(COUNT_RELATION, requester=requester, worker=worker, **more)
    for (requester,), more in _summed(rows, by=("requester",), names=OF_REQUESTER).items():
        call.later(COUNT_REQUESTER, requester=requester, **more)


def _summed(rows: Sequence[Mapping[str, int]], *, by: tuple[str, ...], names: tuple[str, ...]) -> _Sums:
    """The amounts added up by key, in order of key, without those that change nothing."""
    sums: _Sums = {}
    for row in rows:
        sums_of_key = sums.setdefault(tuple(row[name] for name in by), {f"more_{name}": 0 for name in names})
        for name in names:
            sums_of_key[f"more_{name}"] += row.get(name, 0)
    return {key: more for key, more in sorted(sums.items()) if any(more.values())}
