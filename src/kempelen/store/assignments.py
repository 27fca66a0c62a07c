"""Assignments and the answers in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, select, tuple_, update
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
    longer: int = 0
    """Milliseconds of the deadline that the worker's accommodation adds; nobody else is shown them."""

    worked_seconds: int | None = None
    """How long the answer took, as `rules.pay_per_hour` has it."""
    newcomer: int = 0
    """1 if it counts towards the cap on unproven workers."""

    @property
    def deadline_shown(self) -> int:
        """The deadline as anybody else would have it: what the requester is told."""
        return self.abandon_at - self.longer

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
    assignments.c.longer,
    assignments.c.worked_seconds,
    assignments.c.newcomer,
)
BY_KEY = Sql(select(*COLUMNS).where(assignments.c.id == bindparam("key")))
BY_ID = Sql(select(*COLUMNS).where(assignments.c.public_id == bindparam("public_id")))
OWNED = Sql(
    select(*COLUMNS).where(
        assignments.c.public_id == bindparam("public_id"),
        assignments.c.requester == bindparam("requester"),
        assignments.c.status <= int(AssignmentStatus.REJECTED),
    )
)
HELD = Sql(
    select(*COLUMNS).where(
        assignments.c.public_id == bindparam("public_id"), assignments.c.worker == bindparam("worker")
    )
)


LOCK = Sql(select(assignments.c.id).where(assignments.c.id == bindparam("key")).with_for_update())
WORK = Sql(
    select(assignments.c.work, assignments.c.settings_version).where(assignments.c.id == bindparam("key"))
)


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = (
        "id", "public_id", "hit", "worker", "requester", "accepted_at", "abandon_at", "reward", "fee",
        "longer",
    )  # fmt: skip
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
        worked_seconds=bindparam("worked_seconds"),
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

VISIBLE = (AssignmentStatus.SUBMITTED, AssignmentStatus.APPROVED, AssignmentStatus.REJECTED)
"""The states the AWS API shows: an answer has come in."""
_ORDER = (assignments.c.submitted_at, assignments.c.id)
_OF_HIT = (
    assignments.c.hit == bindparam("hit"),
    assignments.c.status.in_([int(status) for status in VISIBLE]),  # as the partial index has it
    tuple_(*_ORDER) > tuple_(bindparam("after"), bindparam("after_key")),
)
OF_HIT = Sql(
    select(*COLUMNS, func.length(answers.c.fields))
    .join(answers, answers.c.assignment == assignments.c.id)
    .where(*_OF_HIT, assignments.c.status.in_([bindparam("first"), bindparam("second"), bindparam("third")]))
    .order_by(*_ORDER)
    .limit(bindparam("count"))
)
ANSWERS_OF_HIT = Sql(
    select(assignments.c.id, answers.c.fields)
    .join(answers, answers.c.assignment == assignments.c.id)
    .where(*_OF_HIT, tuple_(*_ORDER) <= tuple_(bindparam("last"), bindparam("last_key")))
    .order_by(*_ORDER)
)
MAX_PAGE_BYTES = 2_097_152
"""A page ends early when its answers are larger together; it always has at least one."""


def by_key(call: Call, key: int) -> Assignment:
    """The assignment of that key."""
    row = call.one(BY_KEY, key=key)
    assert row is not None
    return Assignment(*row)


def by_id(call: Call, assignment_id: str) -> Assignment:
    """The assignment of that public id, whoever owns it. Raises `AssignmentDoesNotExist`."""
    row = call.one(BY_ID, public_id=assignment_id)
    if row is None:
        raise AssignmentDoesNotExist(assignment_id=assignment_id)
    return Assignment(*row)


def lock(call: Call, key: int) -> None:
    """Nobody else changes this assignment until the command is kept."""
    call.one(LOCK, key=key)


def work_record(call: Call, key: int) -> tuple[str | None, int | None]:
    """What was told of the work when it was submitted, as JSON, and the settings' version it was done by."""
    row = call.one(WORK, key=key)
    assert row is not None
    return row[0], row[1]


def submitted(call: Call, assignment_id: str) -> Assignment:
    """The acting requester's assignment, if an answer has come in. Raises `AssignmentDoesNotExist`."""
    assignment = owned(call, assignment_id)
    if assignment.status not in VISIBLE:
        raise AssignmentDoesNotExist(assignment_id=assignment_id)
    return assignment


def of_hit(
    call: Call,
    hit: int,
    *,
    after: tuple[int, int],
    count: int,
    statuses: Collection[AssignmentStatus] = VISIBLE,
) -> list[tuple[Assignment, bytes]]:
    """A HIT's submitted assignments with the fields of their answers, by time of submission.

    Those after a position (`submitted_at`, key), at most `count`, and fewer where `MAX_PAGE_BYTES` says so.
    """
    wanted = sorted(int(status) for status in statuses)
    wanted += wanted[-1:] * (len(VISIBLE) - len(wanted))
    begin = {"hit": hit, "after": after[0], "after_key": after[1]}
    rows = call.rows(OF_HIT, first=wanted[0], second=wanted[1], third=wanted[2], count=count, **begin)
    shown: list[Assignment] = []
    size = 0
    for *columns, length in rows:
        size += length
        if shown and size > MAX_PAGE_BYTES:
            break
        shown.append(Assignment(*columns))
    if not shown:
        return []
    last = {"last": shown[-1].submitted_at, "last_key": shown[-1].key}
    fields = {key: bytes(packed) for key, packed in call.rows(ANSWERS_OF_HIT, **last, **begin)}
    return [(assignment, fields[assignment.key]) for assignment in shown]


def owned(call: Call, assignment_id: str) -> Assignment:
    """The acting requester's assignment, accepted-only ones too.

    Raises `AssignmentDoesNotExist`, also for one that was returned or abandoned: those vanish.
    """
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
    call: Call,
    *,
    hit: int,
    worker: int,
    requester: int,
    abandon_at: int,
    reward: int,
    fee: int,
    longer: int = 0,
) -> Assignment | None:
    """A new accepted assignment, or None if the worker already has one of this HIT.

    `longer` are the milliseconds until `abandon_at` that are the worker's own accommodation.
    """
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
        longer=longer,
    )
    if made != 1:
        return None
    return Assignment(
        key, public_id, hit, worker, requester, int(AssignmentStatus.ASSIGNED), call.now, abandon_at,
        None, None, None, reward, fee, None, longer,
    )  # fmt: skip


def submit(call: Call, key: int, *, approve_at: int, work: str | None, worked_seconds: int) -> bool:
    """False if the time has run out, or it was submitted, returned or abandoned before."""
    changed = call.do(
        SUBMIT,
        key=key,
        now=call.now,
        submitted_at=call.now,
        approve_at=approve_at,
        work=work,
        worked_seconds=worked_seconds,
    )
    return changed == 1


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
