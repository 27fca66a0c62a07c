"""Reports of broken tasks: one of each worker and HIT."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import groups, hits, workers
from kempelen.store.tables.workers_own import task_reports

_NAMES = ("id", "hit", "hit_type", "requester", "worker", "reason", "comment", "counts", "at")


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(task_reports).values(**{name: bindparam(f"{name}_") for name in _NAMES})
    return statement.on_conflict_do_nothing(index_elements=[task_reports.c.hit, task_reports.c.worker])


ADD = Sql(_add)  # type: ignore[arg-type]
OF_GROUP = Sql(
    select(task_reports.c.id)
    .where(task_reports.c.hit_type == bindparam("hit_type"), task_reports.c.worker == bindparam("worker"))
    .limit(1)
)
APPROVED = Sql(select(workers.c.approved).where(workers.c.id == bindparam("worker")))
COUNTED = Sql(
    select(task_reports.c.reason)
    .where(
        task_reports.c.hit_type == bindparam("hit_type"),
        task_reports.c.at > bindparam("after"),
        task_reports.c.counts == 1,
    )
    .order_by(task_reports.c.at, task_reports.c.id)
    .limit(bindparam("most"))
)
_page = (
    select(
        task_reports.c.id,
        hits.c.public_id,
        groups.c.public_id,
        task_reports.c.reason,
        task_reports.c.comment,
        task_reports.c.at,
        task_reports.c.counts,
    )
    .join(hits, hits.c.id == task_reports.c.hit)
    .join(groups, groups.c.id == task_reports.c.hit_type)
    .where(tuple_(task_reports.c.at, task_reports.c.id) < tuple_(bindparam("before"), bindparam("key")))
    .order_by(task_reports.c.at.desc(), task_reports.c.id.desc())
    .limit(bindparam("count"))
)
OF_REQUESTER = Sql(_page.where(task_reports.c.requester == bindparam("requester")))
OF_TYPE = Sql(_page.where(task_reports.c.hit_type == bindparam("hit_type")))


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the requester is shown it: without who made it."""

    key: int
    hit_id: str
    group_id: str
    reason: str
    comment: str
    at: int
    counts: int


def has_standing(call: Call, hit_type: int) -> bool:
    """Whether a report of the acting worker counts: somebody has approved an answer of theirs, and they have
    never reported anything of this group before."""
    worker = call.actor.account
    approved = call.one(APPROVED, worker=worker)
    return bool(approved and approved[0]) and call.one(OF_GROUP, hit_type=hit_type, worker=worker) is None


def add(
    call: Call, *, hit: int, hit_type: int, requester: int, reason: str, comment: str, counts: bool
) -> bool:
    """Keep a report of the acting worker; False if they have reported this HIT before."""
    made = call.do(
        ADD,
        id_=call.key(),
        hit_=hit,
        hit_type_=hit_type,
        requester_=requester,
        worker_=call.actor.account,
        reason_=reason,
        comment_=comment,
        counts_=int(counts),
        at_=call.now,
    )
    return made == 1


def counted(call: Call, hit_type: int, *, after: int, most: int) -> list[str]:
    """The reasons of reports of a group that count, later than a moment, at most so many."""
    return [row[0] for row in call.rows(COUNTED, hit_type=hit_type, after=after, most=most)]


def page(call: Call, *, hit_type: int | None, before: tuple[int, int], count: int) -> list[Report]:
    """Reports of the acting requester's tasks, or of one group of theirs, before (`at`, key)."""
    known = {"before": before[0], "key": before[1], "count": count}
    if hit_type is None:
        rows = call.rows(OF_REQUESTER, requester=call.actor.account, **known)
    else:
        rows = call.rows(OF_TYPE, hit_type=hit_type, **known)
    return [Report(*row) for row in rows]
