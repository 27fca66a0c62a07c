"""Who holds which qualification, and what the market itself knows of a worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.comparators import Locale, Value
from kempelen.rules.system_qualifications import WorkerRecord
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.qualification_types import ASKED, QualificationDoesNotExist, asked
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_types, qualifications
from kempelen.store.tables.work import workers


class InvalidQualificationState(Refusal):
    """This Qualification is currently in the state '{state}'.  This operation can be called with a
    status of: {wanted}"""

    code = "AWS.MechanicalTurk.InvalidQualificationState"


@dataclass(frozen=True, slots=True)
class Qualification:
    """What a worker holds, or held, of a type. Moments in milliseconds."""

    key: int
    qualification_type: int
    worker: int
    value: int | None
    country: str | None
    subdivision: str | None
    granted: int
    granted_at: int
    reason: str | None
    created_at: int


@dataclass(frozen=True, slots=True)
class OwnQualification:
    """A qualification as its worker sees it."""

    qualification: Qualification
    type_id: str
    name: str
    description: str
    requester: int
    has_test: bool
    is_requestable: bool
    retry_delay_seconds: int | None


STATISTICS = Sql(
    select(
        workers.c.approved, workers.c.rejected, workers.c.submitted, workers.c.returned, workers.c.abandoned
    ).where(workers.c.id == bindparam("worker"))
)
_ASKED_KEYS = select(qualification_types.c.id).where(qualification_types.c.public_id.in_(ASKED))
HELD = Sql(
    select(
        qualification_types.c.public_id,
        qualifications.c.value,
        qualifications.c.country,
        qualifications.c.subdivision,
    )
    .join(qualifications, qualifications.c.qualification_type == qualification_types.c.id)
    .where(
        # A worker may hold thousands; the keys of the types asked for are looked up first.
        qualifications.c.qualification_type.in_(_ASKED_KEYS),
        qualifications.c.worker == bindparam("worker"),
        qualifications.c.granted == 1,
    )
)
COLUMNS = (
    qualifications.c.id,
    qualifications.c.qualification_type,
    qualifications.c.worker,
    qualifications.c.value,
    qualifications.c.country,
    qualifications.c.subdivision,
    qualifications.c.granted,
    qualifications.c.granted_at,
    qualifications.c.reason,
    qualifications.c.created_at,
)
_SAME = (
    qualifications.c.qualification_type == bindparam("qualification_type"),
    qualifications.c.worker == bindparam("worker"),
)
FIND = Sql(select(*COLUMNS).where(*_SAME))
AMONG = Sql(
    lambda dialect: select(*COLUMNS).where(
        among_keys(dialect, qualifications.c.qualification_type),
        qualifications.c.worker == bindparam("worker"),
    )
)


def _grant(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(qualifications).values(
        id=bindparam("key"),
        qualification_type=bindparam("qualification_type"),
        worker=bindparam("worker"),
        value=bindparam("value"),
        granted=1,
        granted_at=bindparam("at"),
        created_at=bindparam("at"),
    )
    given = {name: statement.excluded[name] for name in ("value", "granted", "granted_at")}
    return statement.on_conflict_do_update(
        index_elements=[qualifications.c.qualification_type, qualifications.c.worker],
        set_=given | {"country": None, "subdivision": None, "reason": None},
    )


GRANT = Sql(_grant)  # type: ignore[arg-type]
REVOKE = Sql(
    update(qualifications)
    .where(*_SAME, qualifications.c.granted == 1)
    .values(granted=0, reason=bindparam("reason"))
)
HOLDERS = Sql(
    select(*COLUMNS)
    .where(
        qualifications.c.qualification_type == bindparam("qualification_type"),
        qualifications.c.granted == bindparam("granted"),
        tuple_(qualifications.c.created_at, qualifications.c.id)
        > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(qualifications.c.created_at, qualifications.c.id)
    .limit(bindparam("count"))
)
OWN = Sql(
    select(
        *COLUMNS,
        qualification_types.c.public_id,
        qualification_types.c.name,
        qualification_types.c.description,
        qualification_types.c.requester,
        qualification_types.c.test_duration_seconds.is_not(None),
        and_(qualification_types.c.active == 1, qualification_types.c.deleted_at.is_(None)),
        qualification_types.c.retry_delay_seconds,
    )
    .join(qualification_types, qualification_types.c.id == qualifications.c.qualification_type)
    .where(
        qualifications.c.worker == bindparam("worker"),
        tuple_(qualifications.c.created_at, qualifications.c.id)
        > tuple_(bindparam("after"), bindparam("after_key")),
    )
    .order_by(qualifications.c.created_at, qualifications.c.id)
    .limit(bindparam("count"))
)


def own_record(call: Call, *, with_statistics: bool) -> WorkerRecord:
    """What is known of the acting worker; without statistics the counts are all 0 and nothing is read."""
    actor = call.actor
    row = call.one(STATISTICS, worker=actor.account) if with_statistics else None
    approved, rejected, submitted, returned, abandoned = row or (0, 0, 0, 0, 0)
    return WorkerRecord(
        approved=approved,
        rejected=rejected,
        submitted=submitted,
        returned=returned,
        abandoned=abandoned,
        country=actor.country,
        subdivision=actor.subdivision,
        adult=actor.adult,
        masters=actor.masters,
    )


def held(call: Call, type_ids: Iterable[str], *, worker: int) -> dict[str, Value]:
    """What a worker holds of these types, at most ten, by type id; revoked ones are not held."""
    return {
        public_id: value if country is None else Locale(country, subdivision)
        for public_id, value, country, subdivision in call.rows(HELD, worker=worker, **asked(type_ids))
    }


def find(call: Call, qualification_type: int, worker: int) -> Qualification | None:
    """What a worker holds or held of a type; None if it was never granted."""
    row = call.one(FIND, qualification_type=qualification_type, worker=worker)
    return None if row is None else Qualification(*row)


def found_among(call: Call, keys: Sequence[int]) -> dict[int, Qualification]:
    """What the acting worker holds or held of these types, by type. One statement."""
    rows = call.rows(AMONG, keys=as_keys(call, keys), worker=call.actor.account)
    return {row[1]: Qualification(*row) for row in rows}


def grant(call: Call, qualification_type: int, worker: int, value: int) -> None:
    """Give a worker a qualification, or another value of it."""
    call.do(
        GRANT, key=call.key(), qualification_type=qualification_type, worker=worker, value=value, at=call.now
    )


def revoke(call: Call, qualification_type: int, worker: int, reason: str | None) -> None:
    """Take a qualification away. Raises `QualificationDoesNotExist` if it was never granted,
    `InvalidQualificationState` if it is revoked already."""
    if call.do(REVOKE, qualification_type=qualification_type, worker=worker, reason=reason) == 1:
        return
    if find(call, qualification_type, worker) is None:
        raise QualificationDoesNotExist()
    raise InvalidQualificationState(state="Revoked", wanted="Granted")


def holders(
    call: Call, qualification_type: int, *, granted: bool, after: tuple[int, int], count: int
) -> list[Qualification]:
    """Who holds a type, or held it, in order of first grant, after (`created_at`, key)."""
    rows = call.rows(
        HOLDERS,
        qualification_type=qualification_type,
        granted=int(granted),
        after=after[0],
        after_key=after[1],
        count=count,
    )
    return [Qualification(*row) for row in rows]


def own(call: Call, *, after: tuple[int, int], count: int) -> list[OwnQualification]:
    """Everything the acting worker was ever granted, in order of first grant, after (`created_at`, key)."""
    rows = call.rows(OWN, worker=call.actor.account, after=after[0], after_key=after[1], count=count)
    return [OwnQualification(Qualification(*row[:10]), *row[10:]) for row in rows]
