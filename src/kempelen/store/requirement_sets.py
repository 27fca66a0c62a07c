"""Lists of requirements, each kept once: which have work now, and which a worker's holdings concern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules.requirement_sets import Gate, asks, digest, gate_of
from kempelen.rules.requirements import Requirement
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.figures import requirement_set_qualifications, requirement_sets
from kempelen.store.tables.qualifications import qualification_types, qualifications
from kempelen.store.tables.work import GATE_SPAN, gated_set, groups

MOST_SETS = 20_000
"""How many lists of requirements one search looks at, at most: the oldest."""


@dataclass(frozen=True, slots=True)
class RequirementSet:
    """A list of requirements as JSON, and how unproven a worker must be to be let in without a record."""

    key: int
    requirements: str
    newcomers: int


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("id", "digest", "requirements", "newcomers", "gate")
    values = build(requirement_sets).values(**{name: bindparam(name) for name in names})
    return values.on_conflict_do_nothing(index_elements=[requirement_sets.c.digest])


ADD = Sql(_add)  # type: ignore[arg-type]
ADD_QUALIFICATION = Sql(
    insert(requirement_set_qualifications)
    .values(
        qualification_type=bindparam("qualification_type"),
        requirement_set=bindparam("requirement_set"),
    )
    .inline()
)
BY_DIGEST = Sql(select(requirement_sets.c.id).where(requirement_sets.c.digest == bindparam("digest")))
BY_KEYS = Sql(
    lambda dialect: select(
        requirement_sets.c.id, requirement_sets.c.requirements, requirement_sets.c.newcomers
    ).where(among_keys(dialect, requirement_sets.c.id))
)


def _live() -> object:
    """The lists at one gate with something open behind them: one seek each, however many groups there are."""
    first = select(func.min(gated_set).label("place")).where(
        groups.c.hits > 0, gated_set >= bindparam("begin"), gated_set < bindparam("end")
    )
    live = first.cte("live", recursive=True)
    following = (
        select(func.min(gated_set))
        .where(groups.c.hits > 0, gated_set > live.c.place, gated_set < bindparam("end"))
        .correlate(live)
        .scalar_subquery()
    )
    live = live.union_all(select(following).where(live.c.place.is_not(None)))
    return select(live.c.place).where(live.c.place.is_not(None)).limit(MOST_SETS)


LIVE = Sql(_live())  # type: ignore[arg-type]
_HELD = (
    select(requirement_set_qualifications.c.requirement_set)
    .join(
        qualification_types,
        qualification_types.c.public_id == requirement_set_qualifications.c.qualification_type,
    )
    .join(qualifications, qualifications.c.qualification_type == qualification_types.c.id)
    .where(qualifications.c.worker == bindparam("worker"), qualifications.c.granted == 1)
)
HELD = Sql(_HELD.distinct().limit(MOST_SETS))
TESTED = Sql(
    select(requirement_set_qualifications.c.requirement_set, qualification_types.c.public_id)
    .join(
        qualification_types,
        qualification_types.c.public_id == requirement_set_qualifications.c.qualification_type,
    )
    .where(
        qualification_types.c.active == 1,
        qualification_types.c.deleted_at.is_(None),
        qualification_types.c.test_duration_seconds.is_not(None),
    )
    .limit(MOST_SETS)
)


def keep(call: Call, requirements: Sequence[Requirement], *, text: str, newcomers: int) -> int:
    """The key of this list, made now if it is new. `text` is the list as JSON."""
    name = digest(text, newcomers=newcomers)
    row = call.one(BY_DIGEST, digest=name)
    if row is None:
        key = call.key()
        gate = int(gate_of(requirements))
        if call.do(ADD, id=key, digest=name, requirements=text, newcomers=newcomers, gate=gate) == 1:
            for type_id in sorted({one.qualification_type_id for one in requirements if asks(one)}):
                call.do(ADD_QUALIFICATION, qualification_type=type_id, requirement_set=key)
            return key
        row = call.one(BY_DIGEST, digest=name)
        assert row is not None
    return int(row[0])


def live(call: Call, gate: Gate) -> list[int]:
    """The lists at this gate with groups that have work."""
    begin = int(gate) * GATE_SPAN
    return [row[0] - begin for row in call.rows(LIVE, begin=begin, end=begin + GATE_SPAN)]


def held(call: Call) -> list[int]:
    """The lists that ask for some requester's qualification which the acting worker holds."""
    return [row[0] for row in call.rows(HELD, worker=call.actor.account)]


def tested(call: Call) -> tuple[set[int], set[str]]:
    """The lists that ask for a requester's qualification for which there is a test now, and those types."""
    rows = call.rows(TESTED)
    return {row[0] for row in rows}, {row[1] for row in rows}


def by_keys(call: Call, keys: Iterable[int]) -> list[RequirementSet]:
    """The lists of these keys."""
    return [RequirementSet(*row) for row in call.rows(BY_KEYS, keys=as_keys(call, list(keys)))]
