"""Who wants to be told of what happens to a HIT type's HITs, and the facts of one event to tell."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import bindparam, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.events import EventKind
from kempelen.operation import Call
from kempelen.rules.notifications import NotifiedEvent
from kempelen.store.connection import forget_remembered
from kempelen.store.sql import Sql
from kempelen.store.tables.notifications import notification_settings
from kempelen.store.tables.shared import events
from kempelen.store.tables.work import assignments, hit_types, hits, requesters


@dataclass(frozen=True, slots=True)
class Settings:
    """A HIT type's notification settings."""

    destination: str
    transport: str
    version: str
    event_types: tuple[str, ...]
    active: bool
    confirmed: bool
    token: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """An event as its requester is told it, and whom it belongs to."""

    event: NotifiedEvent
    requester: int
    requester_id: str


_c = notification_settings.c
OF_HIT_TYPE = Sql(
    select(_c.destination, _c.transport, _c.version, _c.event_types, _c.active, _c.confirmed, _c.token).where(
        _c.hit_type == bindparam("hit_type")
    )
)
IS_CONFIRMED = Sql(
    select(_c.hit_type)
    .where(
        _c.destination == bindparam("destination"),
        _c.requester == bindparam("requester"),
        _c.confirmed == 1,
    )
    .limit(1)
)
_NAMES = tuple(column.name for column in notification_settings.c)


def _keep(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(notification_settings).values(**{name: bindparam(f"{name}_") for name in _NAMES})
    return values.on_conflict_do_update(
        index_elements=[_c.hit_type], set_={name: values.excluded[name] for name in _NAMES[1:]}
    )


KEEP = Sql(_keep)  # type: ignore[arg-type]
ACTIVATE = Sql(
    update(notification_settings)
    .where(_c.hit_type == bindparam("key"))
    .values(active=bindparam("is_active"), updated_at=bindparam("at"))
)
BY_TOKEN = Sql(select(_c.destination, _c.requester).where(_c.token == bindparam("token_")))
CONFIRM = Sql(
    update(notification_settings)
    .where(_c.destination == bindparam("destination_"), _c.requester == bindparam("requester_"))
    .values(confirmed=1)
)
END = Sql(
    update(notification_settings)
    .where(_c.destination == bindparam("destination_"))
    .values(active=0, confirmed=0, token=null(), updated_at=bindparam("at"))
)
TOLD = Sql(
    select(
        events.c.kind,
        events.c.at,
        hits.c.public_id,
        hit_types.c.public_id,
        func.coalesce(assignments.c.public_id, ""),
        requesters.c.id,
        requesters.c.public_id,
    )
    .select_from(
        events.join(hits, hits.c.id == events.c.hit)
        .join(hit_types, hit_types.c.id == events.c.hit_type)
        .join(requesters, requesters.c.id == hits.c.requester)
        .outerjoin(assignments, assignments.c.id == events.c.assignment)
    )
    .where(events.c.id == bindparam("key"))
)


def of_hit_type(call: Call, hit_type: int) -> Settings | None:
    """The settings of a HIT type; None if it has none."""
    row = call.one(OF_HIT_TYPE, hit_type=hit_type)
    if row is None:
        return None
    destination, transport, version, event_types, active, confirmed, token = row
    return Settings(
        destination, transport, version, tuple(json.loads(event_types)), bool(active), bool(confirmed), token
    )


def is_confirmed(call: Call, destination: str) -> bool:
    """Whether the acting requester's receiver there has said that it wants notifications."""
    return call.one(IS_CONFIRMED, destination=destination, requester=call.actor.account) is not None


def keep(call: Call, hit_type: int, settings: Settings, *, lane: str, payload: str) -> None:
    """Put a HIT type's settings in place of those it had. `payload`: what its jobs carry, JSON text."""
    values = {
        "hit_type": hit_type,
        "requester": call.actor.account,
        "destination": settings.destination,
        "transport": settings.transport,
        "version": settings.version,
        "event_types": json.dumps(settings.event_types),
        "mask": sum({1 << EventKind[name] for name in settings.event_types}),
        "active": int(settings.active),
        "confirmed": int(settings.confirmed),
        "token": settings.token,
        "lane": lane,
        "payload": payload,
        "updated_at": call.now,
    }
    forget_remembered()
    call.do(KEEP, **{f"{name}_": value for name, value in values.items()})


def activate(call: Call, hit_type: int, *, active: bool) -> bool:
    """Switch notifications on or off; False if the HIT type has no settings."""
    forget_remembered()
    return call.do(ACTIVATE, key=hit_type, is_active=int(active), at=call.now) == 1


def confirm(call: Call, token: str) -> bool:
    """The receiver who was sent this token wants what its requester sends; False if nobody was sent it."""
    row = call.one(BY_TOKEN, token_=token)
    if row is None:
        return False
    forget_remembered()
    call.do(CONFIRM, destination_=row[0], requester_=row[1])
    return True


def end(call: Call, destination: str) -> int:
    """Switch off everything that goes to a destination, until its receiver agrees anew; answers for how many
    HIT types."""
    forget_remembered()
    return call.do(END, destination_=destination, at=call.now)


def told(call: Call, event: int, *, number: int) -> Told | None:
    """An event with the ids its requester knows, as the HIT's notification of that number."""
    row = call.one(TOLD, key=event)
    if row is None:
        return None
    kind, at, hit_id, hit_type_id, assignment_id, requester, requester_id = row
    name = EventKind(kind).name
    if not name.startswith("Assignment"):
        assignment_id = ""
    return Told(NotifiedEvent(name, at, hit_id, hit_type_id, number, assignment_id), requester, requester_id)
