"""HIT types and the groups workers see them as."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.rules.hit_types import HITTypeProperties, is_adult, requires_masters
from kempelen.rules.requirement_sets import gate_of
from kempelen.rules.requirements import ActionsGuarded, as_answer
from kempelen.store import requirement_sets
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.work import groups, hit_type_qualifications, hit_types


class HITTypeDoesNotExist(Refusal):
    """HITType {hit_type_id} does not exist."""

    code = "AWS.MechanicalTurk.HITTypeDoesNotExist"
    page_status = 404


@dataclass(frozen=True, slots=True)
class HITType:
    """A HIT type: what all HITs of a group have in common. Amounts in minor units."""

    key: int
    public_id: str
    requester: int
    title: str
    description: str
    keywords: str | None
    reward: int
    duration_seconds: int
    auto_approval_delay_seconds: int
    requirements: str
    masters: int
    adult: int
    settings: str | None
    settings_version: int
    group_id: str
    paused_at: int | None
    """Since when nothing of the group is handed out, in milliseconds."""
    newcomers: int
    """Workers with fewer approved answers are let in without a record now; 0: nobody is."""


COLUMNS = (
    hit_types.c.id,
    hit_types.c.public_id,
    hit_types.c.requester,
    hit_types.c.title,
    hit_types.c.description,
    hit_types.c.keywords,
    hit_types.c.reward,
    hit_types.c.duration_seconds,
    hit_types.c.auto_approval_delay_seconds,
    hit_types.c.requirements,
    hit_types.c.masters,
    hit_types.c.adult,
    hit_types.c.settings,
    hit_types.c.settings_version,
    groups.c.public_id,
    groups.c.paused_at,
    groups.c.newcomers,
)
_joined = select(*COLUMNS).join(groups, groups.c.id == hit_types.c.id)
OWNED = Sql(
    _joined.where(
        hit_types.c.public_id == bindparam("public_id"), hit_types.c.requester == bindparam("requester")
    )
)
BY_KEY = Sql(_joined.where(hit_types.c.id == bindparam("key")))
BY_ID = Sql(_joined.where(hit_types.c.public_id == bindparam("public_id")))
BY_GROUP_ID = Sql(_joined.where(groups.c.public_id == bindparam("public_id")))
NEWCOMERS = Sql(select(groups.c.newcomers).where(groups.c.id == bindparam("key")))
BY_KEYS = Sql(lambda dialect: _joined.where(among_keys(dialect, hit_types.c.id)))
BY_DIGEST = Sql(
    _joined.where(hit_types.c.requester == bindparam("requester"), hit_types.c.digest == bindparam("digest"))
)


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = (
        "id", "public_id", "requester", "digest", "title", "description", "keywords", "reward",
        "duration_seconds", "auto_approval_delay_seconds", "requirements", "masters", "adult", "created_at",
    )  # fmt: skip
    values = build(hit_types).values(**{name: bindparam(name) for name in names})
    return values.on_conflict_do_nothing(index_elements=[hit_types.c.requester, hit_types.c.digest])


ADD = Sql(_add)  # type: ignore[arg-type]
_GROUP = (
    "id",
    "public_id",
    "requester",
    "title",
    "search",
    "reward",
    "created_at",
    "updated_at",
    "masters",
    "hidden",
    "gate",
    "requirement_set",
)
ADD_GROUP = Sql(insert(groups).values(**{name: bindparam(name) for name in _GROUP}).inline())
ADD_QUALIFICATION = Sql(
    insert(hit_type_qualifications)
    .values(**{column.name: bindparam(column.name) for column in hit_type_qualifications.c})
    .inline()
)


def owned(call: Call, hit_type_id: str) -> HITType:
    """The acting requester's HIT type. Raises `HITTypeDoesNotExist`, for a foreign one too."""
    name = ("owned", hit_type_id, call.actor.account)
    return call.connection.remember(name, call.now, lambda: _owned(call, hit_type_id))


def _owned(call: Call, hit_type_id: str) -> HITType:
    row = call.one(OWNED, public_id=hit_type_id, requester=call.actor.account)
    if row is None:
        raise HITTypeDoesNotExist(hit_type_id=hit_type_id)
    return HITType(*row)


def by_key(call: Call, key: int) -> HITType:
    """The HIT type of that key."""
    return call.connection.remember(("HIT type", key), call.now, lambda: _by_key(call, key))


def _by_key(call: Call, key: int) -> HITType:
    row = call.one(BY_KEY, key=key)
    assert row is not None
    return HITType(*row)


def newcomers(call: Call, key: int) -> int:
    """Who is let in without a record at this very moment; see `HITType.newcomers`."""
    row = call.one(NEWCOMERS, key=key)
    assert row is not None
    return int(row[0])


def by_keys(call: Call, keys: Iterable[int]) -> dict[int, HITType]:
    """The HIT types of these keys, by key. One statement."""
    rows = call.rows(BY_KEYS, keys=as_keys(call, list(keys)))
    return {row[0]: HITType(*row) for row in rows}


def by_either_id(call: Call, public_id: str) -> HITType | None:
    """The HIT type whose own id or group id this is: clients put either into worker URLs."""
    row = call.one(BY_GROUP_ID, public_id=public_id) or call.one(BY_ID, public_id=public_id)
    return None if row is None else HITType(*row)


def find_or_make(call: Call, properties: HITTypeProperties) -> tuple[HITType, bool]:
    """The acting requester's type with these properties, and whether it was made just now."""
    digest = properties.digest()
    row = call.one(BY_DIGEST, requester=call.actor.account, digest=digest)
    if row is not None:
        return HITType(*row), False
    key = call.key()
    written = [as_answer(requirement) for requirement in properties.requirements]
    made = call.do(
        ADD,
        id=key,
        public_id=call.new_id(),
        requester=call.actor.account,
        digest=digest,
        title=properties.title,
        description=properties.description,
        keywords=properties.keywords,
        reward=properties.reward.cents,
        duration_seconds=properties.assignment_duration_seconds,
        auto_approval_delay_seconds=properties.auto_approval_delay_seconds,
        requirements=json.dumps(written),
        masters=int(requires_masters(properties.requirements)),
        adult=int(is_adult(properties.requirements)),
        created_at=call.now,
    )
    if made == 1:
        _add_group(call, key, properties)
    row = call.one(BY_DIGEST, requester=call.actor.account, digest=digest)
    assert row is not None
    return HITType(*row), made == 1


def _add_group(call: Call, key: int, properties: HITTypeProperties) -> None:
    for qualification_type in {each.qualification_type_id for each in properties.requirements}:
        call.do(
            ADD_QUALIFICATION,
            qualification_type=qualification_type,
            requester=call.actor.account,
            hit_type=key,
        )
    guards = {each.actions_guarded for each in properties.requirements}
    text = json.dumps([as_answer(requirement) for requirement in properties.requirements])
    search = (properties.title, properties.description, properties.keywords or "", call.actor.name)
    call.do(
        ADD_GROUP,
        id=key,
        public_id=call.new_id(),
        requester=call.actor.account,
        title=properties.title,
        search="\n".join(search).casefold(),
        reward=properties.reward.cents,
        created_at=call.now,
        updated_at=call.now,
        masters=int(requires_masters(properties.requirements)),
        hidden=int(ActionsGuarded.DISCOVER_PREVIEW_AND_ACCEPT in guards),
        gate=int(gate_of(properties.requirements)),
        requirement_set=requirement_sets.keep(call, properties.requirements, text=text, newcomers=0),
    )
