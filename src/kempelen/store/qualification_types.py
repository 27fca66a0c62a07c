"""Qualification types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.requirements import MAXIMUM_REQUIREMENTS
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_types

MOST_OF_ONE = 200


class QualificationDoesNotExist(Refusal):
    """You requested a Qualification that does not exist."""

    code = "AWS.MechanicalTurk.QualificationDoesNotExist"
    page_status = 404


class InvalidQualificationTypeState(Refusal):
    """This QualificationType is currently in the state '{state}'.  This operation can be called with a
    status of: {wanted}"""

    code = "AWS.MechanicalTurk.InvalidQualificationTypeState"


class QualificationTypeAlreadyExists(Refusal):
    """You have already created a QualificationType with this name. A QualificationType's name must be unique
    among all of the QualificationTypes created by the same user."""

    code = "AWS.MechanicalTurk.QualificationTypeAlreadyExists"


@dataclass(frozen=True, slots=True)
class QualificationType:
    """A qualification type. Moments in milliseconds."""

    key: int
    public_id: str
    requester: int
    name: str
    description: str
    keywords: str | None
    active: int
    deleted_at: int | None
    test: str | None
    answer_key: str | None
    test_duration_seconds: int | None
    retry_delay_seconds: int | None
    auto_granted: int
    auto_granted_value: int | None
    created_at: int


COLUMNS = (
    qualification_types.c.id,
    qualification_types.c.public_id,
    qualification_types.c.requester,
    qualification_types.c.name,
    qualification_types.c.description,
    qualification_types.c.keywords,
    qualification_types.c.active,
    qualification_types.c.deleted_at,
    qualification_types.c.test,
    qualification_types.c.answer_key,
    qualification_types.c.test_duration_seconds,
    qualification_types.c.retry_delay_seconds,
    qualification_types.c.auto_granted,
    qualification_types.c.auto_granted_value,
    qualification_types.c.created_at,
)
_by_id = select(*COLUMNS).where(qualification_types.c.public_id == bindparam("public_id"))
BY_ID = Sql(_by_id)
BY_ID_FOR_USE = Sql(_by_id.with_for_update(read=True))
"""So that a type is not deleted between this and what is added to it."""
BY_ID_FOR_CHANGE = Sql(_by_id.with_for_update())
_GIVEN = (
    "description", "search", "active", "test", "answer_key", "test_duration_seconds", "retry_delay_seconds",
    "auto_granted", "auto_granted_value",
)  # fmt: skip


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("id", "public_id", "requester", "name", "name_key", "keywords", "created_at", *_GIVEN)
    values = build(qualification_types).values(**{name: bindparam(name) for name in names})
    return values.on_conflict_do_nothing(
        index_elements=[qualification_types.c.requester, qualification_types.c.name_key]
    )


ADD = Sql(_add)  # type: ignore[arg-type]


def _put(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("id", "public_id", "requester", "name", "name_key", "keywords", "created_at", *_GIVEN)
    values = build(qualification_types).values(**{name: bindparam(name) for name in names})
    changed = {name: values.excluded[name] for name in ("name", "name_key", "keywords", *_GIVEN)}
    return values.on_conflict_do_update(index_elements=[qualification_types.c.public_id], set_=changed)


PUT = Sql(_put)  # type: ignore[arg-type]
OF = Sql(
    select(*COLUMNS)
    .where(
        qualification_types.c.requester == bindparam("requester"), qualification_types.c.name_key.is_not(None)
    )
    .order_by(qualification_types.c.name_key)
    .limit(MOST_OF_ONE)
)
CHANGE = Sql(
    update(qualification_types)
    .where(qualification_types.c.id == bindparam("key"))
    .values(**{name: bindparam(name) for name in _GIVEN})
)
DELETE = Sql(
    update(qualification_types)
    .where(qualification_types.c.id == bindparam("key"), qualification_types.c.deleted_at.is_(None))
    .values(deleted_at=bindparam("at"), name_key=None)
)


def by_id(
    call: Call, public_id: str, *, for_use: bool = False, also_deleted: bool = False
) -> QualificationType:
    """Anybody's type, as long as it lives. Raises `QualificationDoesNotExist` or, for a deleted one unless
    they are wanted too, `InvalidQualificationTypeState`. `for_use` keeps it from being deleted while the call
    lasts."""
    row = call.one(BY_ID_FOR_USE if for_use else BY_ID, public_id=public_id)
    return _living(row, also_deleted=also_deleted)


def owned(call: Call, public_id: str, *, for_change: bool = False) -> QualificationType:
    """The acting requester's own type, as long as it lives; a foreign one answers as a missing one does.
    `for_change` keeps others from changing it while the call lasts."""
    row = call.one(BY_ID_FOR_CHANGE if for_change else BY_ID, public_id=public_id)
    return _living(row if row is not None and row[2] == call.actor.account else None)


def _living(row: tuple[Any, ...] | None, *, also_deleted: bool = False) -> QualificationType:
    if row is None:
        raise QualificationDoesNotExist()
    found = QualificationType(*row)
    if found.deleted_at is not None and not also_deleted:
        raise InvalidQualificationTypeState(state="Disposed", wanted="Active,Inactive")
    return found


def add(call: Call, new: QualificationType) -> None:
    """Keep a new type. Raises `QualificationTypeAlreadyExists` if its owner has a living one of that name."""
    if call.do(ADD, **_whole(new)) != 1:
        raise QualificationTypeAlreadyExists()


def put(call: Call, wanted: QualificationType) -> None:
    """Keep a type of the market's own under its fixed id, in place of what stood there."""
    call.do(PUT, **_whole(wanted))


def of(call: Call, requester: int) -> list[QualificationType]:
    """The living types of one owner with few of them, by name; at most `MOST_OF_ONE`."""
    return [QualificationType(*row) for row in call.rows(OF, requester=requester)]


def change(call: Call, changed: QualificationType) -> None:
    """Write everything that may change of a type read `for_change`."""
    call.do(CHANGE, key=changed.key, **_given(changed))


def delete(call: Call, key: int) -> bool:
    """Mark a type as deleted and free its name; False if it was already."""
    return call.do(DELETE, key=key, at=call.now) == 1


def _whole(of: QualificationType) -> dict[str, Any]:
    return {
        "id": of.key,
        "public_id": of.public_id,
        "requester": of.requester,
        "name": of.name,
        "name_key": of.name,
        "keywords": of.keywords,
        "created_at": of.created_at,
        **_given(of),
    }


def _given(of: QualificationType) -> dict[str, Any]:
    return {
        "description": of.description,
        "search": "\n".join((of.name, of.description, of.keywords or "")).casefold(),
        "active": of.active,
        "test": of.test,
        "answer_key": of.answer_key,
        "test_duration_seconds": of.test_duration_seconds,
        "retry_delay_seconds": of.retry_delay_seconds,
        "auto_granted": of.auto_granted,
        "auto_granted_value": of.auto_granted_value,
    }


ASKED: tuple[BindParameter[Any], ...] = tuple(
    bindparam(f"type_{number}") for number in range(MAXIMUM_REQUIREMENTS)
)
"""As many type ids as a HIT type can require."""


def asked(type_ids: Iterable[str]) -> dict[str, str]:
    """Values for `ASKED`; what is left over is an id nothing has."""
    given = list(dict.fromkeys(type_ids))
    given += [""] * (MAXIMUM_REQUIREMENTS - len(given))
    return {f"type_{number}": type_id for number, type_id in enumerate(given)}


STATES = Sql(
    select(
        qualification_types.c.public_id, qualification_types.c.active, qualification_types.c.deleted_at
    ).where(qualification_types.c.public_id.in_(ASKED))
)


def check_usable(call: Call, type_ids: Iterable[str]) -> None:
    """Raise `QualificationDoesNotExist` or `InvalidQualificationTypeState` for the first of these types, at
    most ten, that new HITs cannot require."""
    wanted = list(type_ids)
    if not wanted:
        return
    found = {row[0]: row[1:] for row in call.rows(STATES, **asked(wanted))}
    for type_id in wanted:
        if type_id not in found:
            raise QualificationDoesNotExist()
        active, deleted_at = found[type_id]
        if deleted_at is not None:
            raise InvalidQualificationTypeState(state="Disposed", wanted="Active,Inactive")
        if not active:
            raise InvalidQualificationTypeState(state="Inactive", wanted="Active")


@dataclass(frozen=True, slots=True)
class Face:
    """What a worker is told of a type that a HIT requires."""

    name: str
    is_requestable: bool
    has_test: bool


FACES = Sql(
    select(
        qualification_types.c.public_id,
        qualification_types.c.name,
        qualification_types.c.active,
        qualification_types.c.deleted_at,
        qualification_types.c.test_duration_seconds,
    ).where(qualification_types.c.public_id.in_(ASKED))
)


def faces(call: Call, type_ids: Iterable[str]) -> Mapping[str, Face]:
    """The types of these ids, at most ten, by id."""
    return {
        public_id: Face(name, bool(active) and deleted_at is None, duration is not None)
        for public_id, name, active, deleted_at, duration in call.rows(FACES, **asked(type_ids))
    }
