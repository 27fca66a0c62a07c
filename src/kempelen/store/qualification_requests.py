"""Requests for qualifications and attempts at their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.qualifying import RequestStatus
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_requests as requests
from kempelen.store.tables.qualifications import qualification_types as types

SWEPT_AT_ONCE = 1_000


class QualificationRequestDoesNotExist(Refusal):
    """QualificationRequest {request_id} does not exist."""

    code = "AWS.MechanicalTurk.QualificationRequestDoesNotExist"
    page_status = 404


class InvalidQualificationRequestState(Refusal):
    """This QualificationRequest is currently in the state '{state}'.  This operation can be called with a
    status of: {wanted}"""

    code = "AWS.MechanicalTurk.InvalidQualificationRequestState"
    page_status = 409


@dataclass(frozen=True, slots=True)
class QualificationRequest:
    """A worker's request, with what is known of its type. Moments in milliseconds."""

    key: int
    public_id: str
    qualification_type: int
    requester: int
    worker: int
    status: int
    test: str | None
    answer: str | None
    started_at: int
    ends_at: int | None
    submitted_at: int | None
    reason: str | None
    type_id: str
    type_name: str

    @property
    def state(self) -> str:
        """The status in the words of the contract."""
        return RequestStatus(self.status).label


@dataclass(frozen=True, slots=True)
class Live:
    """A request that waits, or whose test is open. Moments in milliseconds."""

    public_id: str
    status: int
    started_at: int
    ends_at: int | None


COLUMNS = (
    requests.c.id,
    requests.c.public_id,
    requests.c.qualification_type,
    requests.c.requester,
    requests.c.worker,
    requests.c.status,
    requests.c.test,
    requests.c.answer,
    requests.c.started_at,
    requests.c.ends_at,
    requests.c.submitted_at,
    requests.c.reason,
    types.c.public_id,
    types.c.name,
)
_joined = select(*COLUMNS).join(types, types.c.id == requests.c.qualification_type)
OWNED = Sql(
    _joined.where(
        requests.c.public_id == bindparam("public_id"), requests.c.requester == bindparam("requester")
    )
)
OF_WORKER = Sql(
    _joined.where(requests.c.public_id == bindparam("public_id"), requests.c.worker == bindparam("worker"))
)
LIVE = Sql(
    _joined.where(
        requests.c.qualification_type == bindparam("qualification_type"),
        requests.c.worker == bindparam("worker"),
        requests.c.status <= 1,
    )
)
LAST = Sql(
    select(func.max(func.coalesce(requests.c.submitted_at, requests.c.started_at))).where(
        requests.c.qualification_type == bindparam("qualification_type"),
        requests.c.worker == bindparam("worker"),
        requests.c.id != bindparam("but"),
    )
)
LAST_TEST = Sql(
    select(requests.c.test)
    .where(
        requests.c.qualification_type == bindparam("qualification_type"),
        requests.c.worker == bindparam("worker"),
    )
    .order_by(requests.c.started_at.desc(), requests.c.id.desc())
    .limit(1)
)
LAST_AMONG = Sql(
    lambda dialect: (
        select(
            requests.c.qualification_type,
            func.max(func.coalesce(requests.c.submitted_at, requests.c.started_at)),
        )
        .where(
            among_keys(dialect, requests.c.qualification_type),
            requests.c.worker == bindparam("worker"),
        )
        .group_by(requests.c.qualification_type)
    )
)
_NEW = (
    "id", "public_id", "qualification_type", "requester", "worker", "status", "test", "started_at", "ends_at",
    "submitted_at",
)  # fmt: skip


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return build(requests).values(**{name: bindparam(name) for name in _NEW}).on_conflict_do_nothing()


ADD = Sql(_add)  # type: ignore[arg-type]
END = Sql(
    update(requests)
    .where(requests.c.id == bindparam("key"), requests.c.status == bindparam("was"))
    .values(status=bindparam("becomes"), decided_at=bindparam("at"), reason=bindparam("reason"))
)
HAND_IN = Sql(
    update(requests)
    .where(
        requests.c.id == bindparam("key"),
        requests.c.status == int(RequestStatus.TEST_OPEN),
        requests.c.ends_at > bindparam("now"),
    )
    .values(
        status=int(RequestStatus.PENDING), submitted_at=bindparam("submitted_at"), answer=bindparam("answer")
    )
)
REJECT_ALL = Sql(
    update(requests)
    .where(requests.c.qualification_type == bindparam("qualification_type"), requests.c.status <= 1)
    .values(
        status=int(RequestStatus.REJECTED),
        decided_at=bindparam("at"),
        reason="The qualification type was deleted.",
    )
)
_overdue = (
    select(requests.c.id)
    .where(requests.c.status == int(RequestStatus.TEST_OPEN), requests.c.ends_at <= bindparam("now"))
    .order_by(requests.c.ends_at)
    .limit(SWEPT_AT_ONCE)
)
EXPIRE = Sql(
    update(requests)
    .where(requests.c.id.in_(_overdue), requests.c.status == int(RequestStatus.TEST_OPEN))
    .values(status=int(RequestStatus.EXPIRED), decided_at=requests.c.ends_at)
)
_pending = (
    _joined.where(
        requests.c.requester == bindparam("requester"),
        requests.c.status == 1,
        tuple_(requests.c.submitted_at, requests.c.id) > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(requests.c.submitted_at, requests.c.id)
    .limit(bindparam("count"))
)
PENDING = Sql(_pending)
PENDING_FOR_TYPE = Sql(_pending.where(requests.c.qualification_type == bindparam("qualification_type")))
_history = (
    _joined.where(
        requests.c.worker == bindparam("worker"),
        tuple_(requests.c.started_at, requests.c.id) < tuple_(bindparam("before"), bindparam("before_key")),
    )
    .order_by(requests.c.started_at.desc(), requests.c.id.desc())
    .limit(bindparam("count"))
)
HISTORY = Sql(_history)
LIVE_HISTORY = Sql(_history.where(requests.c.status <= 1))
LIVE_AMONG = Sql(
    lambda dialect: select(
        requests.c.qualification_type,
        requests.c.public_id,
        requests.c.status,
        requests.c.started_at,
        requests.c.ends_at,
    ).where(
        among_keys(dialect, requests.c.qualification_type),
        requests.c.worker == bindparam("worker"),
        requests.c.status <= 1,
    )
)


def owned(call: Call, request_id: str) -> QualificationRequest:
    """A request for one of the acting requester's types. Raises `QualificationRequestDoesNotExist`, too for
    a test that is still being taken."""
    row = call.one(OWNED, public_id=request_id, requester=call.actor.account)
    if row is None or row[5] == RequestStatus.TEST_OPEN:
        raise QualificationRequestDoesNotExist(request_id=request_id)
    return QualificationRequest(*row)


def of_worker(call: Call, request_id: str) -> QualificationRequest:
    """The acting worker's own request. Raises `QualificationRequestDoesNotExist`."""
    row = call.one(OF_WORKER, public_id=request_id, worker=call.actor.account)
    if row is None:
        raise QualificationRequestDoesNotExist(request_id=request_id)
    return QualificationRequest(*row)


def add(
    call: Call, *, qualification_type: int, requester: int, test: str | None, ends_at: int | None
) -> tuple[int, str] | None:
    """A new request of the acting worker, waiting or with its test open: key and public id; None if one is
    live already."""
    key, public_id = call.key(), call.new_id()
    added = call.do(
        ADD,
        id=key,
        public_id=public_id,
        qualification_type=qualification_type,
        requester=requester,
        worker=call.actor.account,
        status=int(RequestStatus.PENDING if test is None else RequestStatus.TEST_OPEN),
        test=test,
        started_at=call.now,
        ends_at=ends_at,
        submitted_at=call.now if test is None else None,
    )
    return (key, public_id) if added == 1 else None


def live(call: Call, qualification_type: int) -> QualificationRequest | None:
    """The acting worker's request for the type that waits or whose test is open."""
    row = call.one(LIVE, qualification_type=qualification_type, worker=call.actor.account)
    return None if row is None else QualificationRequest(*row)


def last_at(call: Call, qualification_type: int, *, but: int) -> int | None:
    """When the acting worker last asked for the type, leaving one request out."""
    row = call.one(LAST, qualification_type=qualification_type, worker=call.actor.account, but=but)
    assert row is not None
    return None if row[0] is None else int(row[0])


def last_test(call: Call, qualification_type: int) -> str | None:
    """The test that the acting worker was last given for the type."""
    row = call.one(LAST_TEST, qualification_type=qualification_type, worker=call.actor.account)
    return None if row is None else row[0]


def last_among(call: Call, keys: Sequence[int]) -> dict[int, int]:
    """When the acting worker last asked for each of these types. One statement."""
    found: dict[int, int] = dict(call.rows(LAST_AMONG, keys=as_keys(call, keys), worker=call.actor.account))
    return found


def end(
    call: Call, key: int, *, was: RequestStatus, becomes: RequestStatus, reason: str | None = None
) -> bool:
    """Move a request on; False if it is no longer what it was."""
    return call.do(END, key=key, was=int(was), becomes=int(becomes), at=call.now, reason=reason) == 1


def hand_in(call: Call, key: int, answer: str) -> bool:
    """Take the answers of an open test in, which then waits; False if its time is over."""
    return call.do(HAND_IN, key=key, now=call.now, submitted_at=call.now, answer=answer) == 1


def reject_all(call: Call, qualification_type: int) -> None:
    """Reject every live request for a type that is no more."""
    call.do(REJECT_ALL, qualification_type=qualification_type, at=call.now)


def expire_tests(call: Call) -> int:
    """End tests whose time is over, at most `SWEPT_AT_ONCE`; answers how many."""
    return call.do(EXPIRE, now=call.now)


def pending(
    call: Call, qualification_type: int | None, *, after: tuple[int, int], count: int
) -> list[QualificationRequest]:
    """What waits for the acting requester, by time of submission, after (`submitted_at`, key)."""
    values: dict[str, Any] = {"requester": call.actor.account, "count": count}
    values |= {"after": after[0], "after_key": after[1]}
    if qualification_type is None:
        rows = call.rows(PENDING, **values)
    else:
        rows = call.rows(PENDING_FOR_TYPE, qualification_type=qualification_type, **values)
    return [QualificationRequest(*row) for row in rows]


def live_among(call: Call, keys: Sequence[int]) -> dict[int, Live]:
    """The acting worker's requests for these types that wait or whose test is open, by type."""
    rows = call.rows(LIVE_AMONG, keys=as_keys(call, keys), worker=call.actor.account)
    return {key: Live(*rest) for key, *rest in rows}


def history(
    call: Call, *, live: bool = False, before: tuple[int, int], count: int
) -> list[QualificationRequest]:
    """The acting worker's requests, newest first, before (`started_at`, key); with `live` those alone that
    wait or whose test is open."""
    statement = LIVE_HISTORY if live else HISTORY
    rows = call.rows(
        statement, worker=call.actor.account, before=before[0], before_key=before[1], count=count
    )
    return [QualificationRequest(*row) for row in rows]
