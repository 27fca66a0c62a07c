"""Qualification types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.requirements import MAXIMUM_REQUIREMENTS
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_types


class QualificationDoesNotExist(Refusal):
    """You requested a Qualification that does not exist."""

    code = "AWS.MechanicalTurk.QualificationDoesNotExist"
    page_status = 404


class InvalidQualificationTypeState(Refusal):
    """This QualificationType is currently in the state '{state}'.  This operation can be called with a
    status of: {wanted}"""

    code = "AWS.MechanicalTurk.InvalidQualificationTypeState"


ASKED = tuple(bindparam(f"type_{number}") for number in range(MAXIMUM_REQUIREMENTS))
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
