"""Assignments and the answers in them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store.sql import Sql
from kempelen.store.tables.work import answers, assignments


class AssignmentDoesNotExist(Refusal):
    """Assignment {assignment_id} does not exist."""

    code = "AWS.MechanicalTurk.AssignmentDoesNotExist"
    page_status = 404


class InvalidAssignmentState(Refusal):
    """This Assignment is currently in the state '{state}'.  This operation can be called with a status
    of: {wanted}"""

    code = "AWS.MechanicalTurk.InvalidAssignmentState"
    page_status = 409


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment's row. Moments in milliseconds, amounts in minor units."""

    key: int
    public_id: str
    hit: int
    worker: int
    requester: int
    status: int
    accepted_at: int
    abandon_at: int
    submitted_at: int | None
    approve_at: int | None
    decided_at: int | None
    reward: int
    fee: int
    feedback: str | None

    @property
    def state(self) -> str:
        """The contract's word for the status."""
        return AssignmentStatus(self.status).label


COLUMNS = (
    assignments.c.id,
    assignments.c.public_id,
    assignments.c.hit,
    assignments.c.worker,
    assignments.c.requester,
    assignments.c.status,
    assignments.c.accepted_at,
    assignments.c.abandon_at,
    assignments.c.submitted_at,
    assignments.c.approve_at,
    assignments.c.decided_at,
    assignments.c.reward,
    assignments.c.fee,
    assignments.c.feedback,
)
BY_ID = Sql(select(*COLUMNS).where(assignments.c.public_id == bindparam("public_id")))
OWNED = Sql(
    select(*COLUMNS).where(
        assignments.c.public_id == bindparam("public_id"), assignments.c.requester == bindparam("requester")
    )
)
HELD = Sql(
    select(*COLUMNS).where(
        assignments.c.public_id == bindparam("public_id"), assignments.c.worker == bindparam("worker")
    )
)


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("id", "public_id", "hit", "worker", "requester", "accepted_at", "abandon_at", "reward", "fee")
    values = build(assignments).values(
        status=int(AssignmentStatus.ASSIGNED), **{name: bindparam(name) for name in names}
    )
    return values.on_conflict_do_nothing()


ADD = Sql(_add)  # type: ignore[arg-type]
SUBMIT = Sql(
    update(assignments)
    .where(
        assignments.c.id == bindparam("key"),
        assignments.c.status == int(AssignmentStatus.ASSIGNED),
        assignments.c.abandon_at > bindparam("now"),
    )
    .values(
        status=int(AssignmentStatus.SUBMITTED),
        submitted_at=bindparam("submitted_at"),
        approve_at=bindparam("approve_at"),
        work=bindparam("work"),
    )
)
LEAVE = Sql(
    update(assignments)
    .where(assignments.c.id == bindparam("key"), assignments.c.status == int(AssignmentStatus.ASSIGNED))
    .values(status=bindparam("left_as"), decided_at=bindparam("at"))
)
DECIDE = Sql(
    update(assignments)
    .where(assignments.c.id == bindparam("key"), assignments.c.status == bindparam("was"))
    .values(status=bindparam("becomes"), decided_at=bindparam("at"), feedback=bindparam("feedback"))
)
ADD_ANSWER = Sql(
    insert(answers)
    .values(assignment=bindparam("assignment"), fields=bindparam("fields"), digest=bindparam("digest"))
    .inline()
)
ANSWER = Sql(select(answers.c.fields).where(answers.c.assignment == bindparam("key")))


def owned(call: Call, assignment_id: str) -> Assignment:
    """The acting requester's assignment, accepted-only ones too. Raises `AssignmentDoesNotExist`."""
    row = call.one(OWNED, public_id=assignment_id, requester=call.actor.account)
    if row is None:
        raise AssignmentDoesNotExist(assignment_id=assignment_id)
    return Assignment(*row)


def of_worker(call: Call, assignment_id: str) -> Assignment:
    """The acting worker's own assignment. Raises `AssignmentDoesNotExist`."""
    row = call.one(HELD, public_id=assignment_id, worker=call.actor.account)
    if row is None:
        raise AssignmentDoesNotExist(assignment_id=assignment_id)
    return Assignment(*row)


def add(
    call: Call, *, hit: int, worker: int, requester: int, abandon_at: int, reward: int, fee: int
) -> Assignment | None:
    """A new accepted assignment, or None if the worker already has one of this HIT."""
    key, public_id = call.key(), call.new_id()
    made = call.do(
        ADD,
        id=key,
        public_id=public_id,
        hit=hit,
        worker=worker,
        requester=requester,
        accepted_at=call.now,
        abandon_at=abandon_at,
        reward=reward,
        fee=fee,
    )
    if made != 1:
        return None
    return Assignment(
        key, public_id, hit, worker, requester, int(AssignmentStatus.ASSIGNED), call.now, abandon_at,
        None, None, None, reward, fee, None,
    )  # fmt: skip


def submit(call: Call, key: int, *, approve_at: int, work: str | None) -> bool:
    """False if the time has run out, or it was submitted, returned or abandoned before."""
    return (
        call.do(SUBMIT, key=key, now=call.now, submitted_at=call.now, approve_at=approve_at, work=work) == 1
    )


def keep_answer(call: Call, key: int, *, fields: bytes, digest: bytes) -> None:
    """Keep the fields of an answer as they were received."""
    call.do(ADD_ANSWER, assignment=key, fields=fields, digest=digest)


def leave(call: Call, key: int, status: AssignmentStatus) -> bool:
    """Return or abandon; False if it is no longer accepted."""
    return call.do(LEAVE, key=key, left_as=int(status), at=call.now) == 1


def decide(
    call: Call, key: int, *, was: AssignmentStatus, becomes: AssignmentStatus, feedback: str | None
) -> bool:
    """Approve or reject; False if somebody was first."""
    return call.do(DECIDE, key=key, was=int(was), becomes=int(becomes), at=call.now, feedback=feedback) == 1


def answer(call: Call, key: int) -> bytes:
    """The fields of an answer as they were received."""
    row = call.one(ANSWER, key=key)
    assert row is not None
    return bytes(row[0])
