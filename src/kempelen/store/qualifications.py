"""Who holds which qualification, and what the market itself knows of a worker."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from kempelen.operation import Call
from kempelen.rules.comparators import Locale, Value
from kempelen.rules.system_qualifications import WorkerRecord
from kempelen.store.qualification_types import ASKED, asked
from kempelen.store.sql import Sql
from kempelen.store.tables.qualifications import qualification_types, qualifications
from kempelen.store.tables.work import workers

STATISTICS = Sql(
    select(
        workers.c.approved, workers.c.rejected, workers.c.submitted, workers.c.returned, workers.c.abandoned
    ).where(workers.c.id == bindparam("worker"))
)
HELD = Sql(
    select(
        qualification_types.c.public_id,
        qualifications.c.value,
        qualifications.c.country,
        qualifications.c.subdivision,
    )
    .join(qualifications, qualifications.c.qualification_type == qualification_types.c.id)
    .where(
        qualification_types.c.public_id.in_(ASKED),
        qualifications.c.worker == bindparam("worker"),
        qualifications.c.granted == 1,
    )
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
