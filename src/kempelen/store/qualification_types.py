"""Qualification types."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from kempelen.errors import Refusal
from kempelen.operation import Call
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


STATE = Sql(
    select(qualification_types.c.id, qualification_types.c.active, qualification_types.c.deleted_at).where(
        qualification_types.c.public_id == bindparam("public_id")
    )
)


def usable(call: Call, public_id: str) -> int:
    """The key of a type that new HITs may require."""
    row = call.one(STATE, public_id=public_id)
    if row is None:
        raise QualificationDoesNotExist()
    if row[2] is not None:
        raise InvalidQualificationTypeState(state="Disposed", wanted="Active,Inactive")
    if not row[1]:
        raise InvalidQualificationTypeState(state="Inactive", wanted="Active")
    return int(row[0])
