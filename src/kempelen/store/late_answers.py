"""Late answers: kept apart from assignments, and only for a while."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.store.assignments import MAX_PAGE_BYTES, Assignment
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, late_answers


class LateAnswerDoesNotExist(Refusal):
    """There is no late answer of assignment {assignment_id}, or it is no longer kept."""

    code = "Kempelen.LateAnswerDoesNotExist"
    page_status = 404


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """A late answer without its fields. Moments in milliseconds, amounts in minor units."""

    key: int
    """The assignment's."""
    assignment_id: str
    hit: int
    worker: int
    received_at: int
    keep_until: int
    paid: int | None
    reward: int
    fee: int
    size: int
    """The bytes of the answer."""


_SHOWN = select(
    late_answers.c.assignment,
    assignments.c.public_id,
    late_answers.c.hit,
    late_answers.c.worker,
    late_answers.c.received_at,
    late_answers.c.keep_until,
    late_answers.c.paid,
    assignments.c.reward,
    assignments.c.fee,
    func.length(late_answers.c.fields),
).join(assignments, assignments.c.id == late_answers.c.assignment)
_LIVE = (
    late_answers.c.requester == bindparam("requester"),
    late_answers.c.keep_until > bindparam("now"),
)
OWNED = Sql(_SHOWN.where(*_LIVE, assignments.c.public_id == bindparam("public_id")))
TOLD = Sql(
    select(late_answers.c.received_at, late_answers.c.keep_until, late_answers.c.paid).where(
        late_answers.c.assignment == bindparam("key"), late_answers.c.worker == bindparam("worker")
    )
)
FIELDS = Sql(select(late_answers.c.fields).where(late_answers.c.assignment == bindparam("key")))
PAY = Sql(
    update(late_answers)
    .where(late_answers.c.assignment == bindparam("key"), late_answers.c.paid.is_(None))
    .values(paid=bindparam("amount"))
)
_ORDER = (late_answers.c.received_at, late_answers.c.assignment)
_PAGE = (
    _SHOWN.where(*_LIVE, tuple_(*_ORDER) > tuple_(bindparam("after"), bindparam("after_key")))
    .order_by(*_ORDER)
    .limit(bindparam("count"))
)
OF_REQUESTER = Sql(_PAGE)
OF_HIT = Sql(_PAGE.where(late_answers.c.hit == bindparam("hit")))


def _keep(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("assignment", "requester", "hit", "worker", "fields", "received_at", "keep_until")
    values = build(late_answers).values(**{name: bindparam(name) for name in names})
    return values.on_conflict_do_nothing(index_elements=[late_answers.c.assignment])


KEEP = Sql(_keep)  # type: ignore[arg-type]


def keep(call: Call, assignment: Assignment, *, fields: bytes, keep_until: int) -> bool:
    """Keep an answer that came too late; False if one was kept before, which stays."""
    kept = call.do(
        KEEP,
        assignment=assignment.key,
        requester=assignment.requester,
        hit=assignment.hit,
        worker=assignment.worker,
        fields=fields,
        received_at=call.now,
        keep_until=keep_until,
    )
    return kept == 1


def owned(call: Call, assignment_id: str) -> LateAnswer:
    """The acting requester's late answer of that assignment. Raises `LateAnswerDoesNotExist`."""
    row = call.one(OWNED, public_id=assignment_id, requester=call.actor.account, now=call.now)
    if row is None:
        raise LateAnswerDoesNotExist(assignment_id=assignment_id)
    return LateAnswer(*row)


def told(call: Call, key: int) -> tuple[int, int, int | None] | None:
    """When the acting worker's late answer of an assignment came, how long it is kept, and what was paid for
    it, in minor units; None if there is none, or none any more."""
    row = call.one(TOLD, key=key, worker=call.actor.account)
    return None if row is None else (row[0], row[1], row[2])


def page(call: Call, *, hit: int | None, after: tuple[int, int], count: int) -> list[LateAnswer]:
    """The acting requester's late answers, of one HIT or of all, in the order in which they came, after
    (`received_at`, key); at most `count`."""
    known = {"requester": call.actor.account, "now": call.now, "count": count}
    known |= {"after": after[0], "after_key": after[1]}
    rows = call.rows(OF_REQUESTER, **known) if hit is None else call.rows(OF_HIT, hit=hit, **known)
    shown: list[LateAnswer] = []
    size = 0
    for row in rows:
        answer = LateAnswer(*row)
        size += answer.size
        if shown and size > MAX_PAGE_BYTES:
            break
        shown.append(answer)
    return shown


def fields(call: Call, key: int) -> bytes | None:
    """The fields of a late answer as they were received; None if it has just ceased to be kept."""
    row = call.one(FIELDS, key=key)
    return None if row is None else bytes(row[0])


def pay(call: Call, key: int, amount: int) -> bool:
    """Note that it is paid; False if it was before."""
    return call.do(PAY, key=key, amount=amount) == 1
