"""The qualifications that every worker has by working: the same ids as on MTurk, values from a record.

The ids of the masters differ between the two sets of types; whoever assembles the program picks the set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kempelen.rules.comparators import Locale, Value

NUMBER_HITS_APPROVED = "00000000000000000040"
LOCALE = "00000000000000000071"
ADULT = "00000000000000000060"
PERCENT_ASSIGNMENTS_APPROVED = "000000000000000000L0"
PERCENT_ASSIGNMENTS_SUBMITTED = "00000000000000000000"
PERCENT_ASSIGNMENTS_ABANDONED = "00000000000000000070"
PERCENT_ASSIGNMENTS_RETURNED = "000000000000000000E0"
PERCENT_ASSIGNMENTS_REJECTED = "000000000000000000S0"

PRODUCTION_MASTERS = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH"
SANDBOX_MASTERS = "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"
MASTERS = frozenset({PRODUCTION_MASTERS, SANDBOX_MASTERS})

_PRODUCTION_CATEGORIZATION_MASTERS = "2NDP2L92HECWY8NS8H3CK0CP5L9GHO"
_SANDBOX_CATEGORIZATION_MASTERS = "2F1KVCNHMVHV8E9PBUB2A4J79LU20F"
_PRODUCTION_PHOTO_MASTERS = "21VZU98JHSTLZ5BPP4A9NOBJEK3DPG"
_SANDBOX_PHOTO_MASTERS = "2TGBB6BFMFFOM08IBMAFGGESC1UWJX"

ALL_MASTERS = MASTERS | {
    _PRODUCTION_CATEGORIZATION_MASTERS,
    _SANDBOX_CATEGORIZATION_MASTERS,
    _PRODUCTION_PHOTO_MASTERS,
    _SANDBOX_PHOTO_MASTERS,
}
"""Every masters id there ever was; all of them can only be asked to exist or not."""

ENOUGH_TO_JUDGE = 100
"""Below this many submitted assignments one rejection would weigh too much, so none weighs anything."""


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """What is known of a worker, over all requesters.

    `submitted` counts every assignment ever submitted, decided or not; `returned` and `abandoned` those that
    were accepted and never submitted. `country` is `None` while the account names none.
    """

    approved: int = 0
    rejected: int = 0
    submitted: int = 0
    returned: int = 0
    abandoned: int = 0
    country: str | None = None
    subdivision: str | None = None
    adult: bool = False
    masters: bool = False

    @property
    def ended(self) -> int:
        """Accepted assignments that have come to an end, however."""
        return self.submitted + self.returned + self.abandoned


@dataclass(frozen=True, slots=True)
class SystemQualificationType:
    """A qualification type that nobody owns and nobody can request."""

    id: str
    name: str
    description: str


def value(type_id: str, record: WorkerRecord) -> Value | None:
    """What a worker with this record holds of a system type, `None` if nothing or if it is no system type.

    Percentages are 0–100, truncated. While fewer than 100 assignments are submitted, or none is decided, the
    worker counts as 100 % approved and 0 % rejected; both are shares of the decided ones. Submitted, returned
    and abandoned are shares of the accepted assignments that have ended; before the first they are 100, 0, 0.
    """
    read = _READERS.get(type_id)
    return None if read is None else read(record)


def values(types: Mapping[str, SystemQualificationType], record: WorkerRecord) -> dict[str, Value]:
    """Everything the worker holds of these types, by type id."""
    held = {type_id: value(type_id, record) for type_id in types}
    return {type_id: one for type_id, one in held.items() if one is not None}


def _approved_percent(record: WorkerRecord) -> int:
    return 100 if _is_new(record) else _percent(record.approved, of=record.approved + record.rejected)


def _rejected_percent(record: WorkerRecord) -> int:
    return 0 if _is_new(record) else _percent(record.rejected, of=record.approved + record.rejected)


def _submitted_percent(record: WorkerRecord) -> int:
    return _percent(record.submitted, of=record.ended) if record.ended else 100


def _returned_percent(record: WorkerRecord) -> int:
    return _percent(record.returned, of=record.ended) if record.ended else 0


def _abandoned_percent(record: WorkerRecord) -> int:
    return _percent(record.abandoned, of=record.ended) if record.ended else 0


def _locale(record: WorkerRecord) -> Locale | None:
    return None if record.country is None else Locale(record.country, record.subdivision)


def _masters(record: WorkerRecord) -> int | None:
    return 1 if record.masters else None


def _is_new(record: WorkerRecord) -> bool:
    return record.submitted < ENOUGH_TO_JUDGE or record.approved + record.rejected == 0


def _percent(part: int, *, of: int) -> int:
    return 100 * part // of


_READERS: Mapping[str, Callable[[WorkerRecord], Value | None]] = {
    NUMBER_HITS_APPROVED: lambda record: record.approved,
    LOCALE: _locale,
    ADULT: lambda record: int(record.adult),
    PERCENT_ASSIGNMENTS_APPROVED: _approved_percent,
    PERCENT_ASSIGNMENTS_SUBMITTED: _submitted_percent,
    PERCENT_ASSIGNMENTS_ABANDONED: _abandoned_percent,
    PERCENT_ASSIGNMENTS_RETURNED: _returned_percent,
    PERCENT_ASSIGNMENTS_REJECTED: _rejected_percent,
    PRODUCTION_MASTERS: _masters,
    SANDBOX_MASTERS: _masters,
}
"""The categorization and photo moderation masters are missing: nobody holds them any more."""


_SHARED_TYPES = (
    SystemQualificationType(
        NUMBER_HITS_APPROVED,
        "Worker_NumberHITsApproved",
        "How many assignments of a worker were approved.",
    ),
    SystemQualificationType(
        LOCALE,
        "Worker_Locale",
        "The country, and in the US the state, that a worker's account names.",
    ),
    SystemQualificationType(
        ADULT,
        "Worker_Adult",
        "1 if a worker is of age and agreed to see adult content, otherwise 0.",
    ),
    SystemQualificationType(
        PERCENT_ASSIGNMENTS_APPROVED,
        "Worker_PercentAssignmentsApproved",
        "The share of a worker's decided assignments that was approved; 100 before the 100th submission.",
    ),
    SystemQualificationType(
        PERCENT_ASSIGNMENTS_SUBMITTED,
        "Worker_PercentAssignmentsSubmitted",
        "The share of a worker's accepted assignments that was submitted.",
    ),
    SystemQualificationType(
        PERCENT_ASSIGNMENTS_ABANDONED,
        "Worker_PercentAssignmentsAbandoned",
        "The share of a worker's accepted assignments whose time ran out.",
    ),
    SystemQualificationType(
        PERCENT_ASSIGNMENTS_RETURNED,
        "Worker_PercentAssignmentsReturned",
        "The share of a worker's accepted assignments that was given back.",
    ),
    SystemQualificationType(
        PERCENT_ASSIGNMENTS_REJECTED,
        "Worker_PercentAssignmentsRejected",
        "The share of a worker's decided assignments that was rejected; 0 before the 100th submission.",
    ),
)

_MASTERS_DESCRIPTION = "Workers who have done a great deal of work very well, as chosen by the market."
_GONE_DESCRIPTION = "No longer given; nobody holds it."


def _types(
    *, masters: str, categorization_masters: str, photo_masters: str
) -> Mapping[str, SystemQualificationType]:
    types = (
        SystemQualificationType(masters, "Masters", _MASTERS_DESCRIPTION),
        *_SHARED_TYPES,
        SystemQualificationType(categorization_masters, "Categorization Masters", _GONE_DESCRIPTION),
        SystemQualificationType(photo_masters, "Photo Moderation Masters", _GONE_DESCRIPTION),
    )
    return MappingProxyType({one.id: one for one in types})


PRODUCTION_TYPES = _types(
    masters=PRODUCTION_MASTERS,
    categorization_masters=_PRODUCTION_CATEGORIZATION_MASTERS,
    photo_masters=_PRODUCTION_PHOTO_MASTERS,
)
"""The types by id where work is paid."""

SANDBOX_TYPES = _types(
    masters=SANDBOX_MASTERS,
    categorization_masters=_SANDBOX_CATEGORIZATION_MASTERS,
    photo_masters=_SANDBOX_PHOTO_MASTERS,
)
"""The types by id where requesters try things out."""
