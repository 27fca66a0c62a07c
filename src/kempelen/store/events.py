"""Events, written with the transaction that made them, and with them what their subscribers wait for.

A subscriber's job has the event's key, so an event is told at most once to an outbox. Nobody is asked whether
somebody subscribes: on PostgreSQL the statement that writes the event writes the job as well; SQLite, which
has no such statement, is asked once a command.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, bindparam, cast, column, func, insert, literal, select, update
from sqlalchemy import text as sql_text

from kempelen.events import SUBSCRIBABLE, EventKind
from kempelen.operation import Call, Event
from kempelen.store import outbox
from kempelen.store.sql import Sql, added, given
from kempelen.store.tables.notifications import notification_settings
from kempelen.store.tables.shared import events, unsealed
from kempelen.store.tables.shared import outbox as jobs
from kempelen.store.tables.work import hits

EVENT = 1
TRANSFER = 2
ACCESS = 3
"""The kinds of row that are sealed."""
NOTIFICATION = "notification"
"""The kind of job that tells a requester of an event."""

ADD = added(events)
ADD_UNSEALED = added(unsealed)

HAPPENED = Sql(
    select(events.c.id).where(events.c.hit == bindparam("hit"), events.c.kind == bindparam("kind")).limit(1)
)

_subscribed = (notification_settings.c.active == 1) & (notification_settings.c.confirmed == 1)
_subscription = select(
    notification_settings.c.hit_type,
    notification_settings.c.mask,
    notification_settings.c.lane,
    notification_settings.c.payload,
)
SUBSCRIPTION = Sql(
    _subscription.where(notification_settings.c.hit_type == bindparam("hit_type"), _subscribed)
)


def _several(dialect: str) -> object:
    """Only ever run on SQLite; the other spelling keeps every statement fit for both."""
    if dialect == "sqlite":
        values = select(sql_text("value")).select_from(func.json_each(bindparam("hit_types")))
    else:
        each = func.json_array_elements_text(cast(bindparam("hit_types"), JSON))
        values = select(cast(each, notification_settings.c.hit_type.type))
    return _subscription.where(notification_settings.c.hit_type.in_(values), _subscribed)


SUBSCRIPTIONS = Sql(_several)  # type: ignore[arg-type]
NEXT_NUMBER = Sql(
    update(hits)
    .where(hits.c.id == bindparam("hit"))
    .values(notified=hits.c.notified + 1)
    .returning(hits.c.notified)
)


def _add_and_tell(dialect: str) -> object:
    """The events, their unsealed rows, and jobs for those whose HIT type's subscription asks for the kind.

    Of data-modifying WITH: https://www.postgresql.org/docs/current/queries-with.html, section 7.8.4.
    """
    if dialect == "sqlite":
        return select(literal(1))
    rows = select(given(*events.c, column("bit", events.c.kind.type))).cte("rows")
    names = [each.name for each in events.c]
    event = insert(events).from_select(names, select(*(rows.c[name] for name in names)))
    seal = insert(unsealed).from_select(["kind", "id"], select(literal(EVENT), rows.c.id))
    wanted = (
        select(
            rows.c.id, rows.c.at, rows.c.hit, notification_settings.c.lane, notification_settings.c.payload
        )
        .add_columns(func.row_number().over(partition_by=rows.c.hit, order_by=rows.c.id).label("place"))
        .join(notification_settings, notification_settings.c.hit_type == rows.c.hit_type)
        .where(notification_settings.c.mask.op("&")(rows.c.bit) != 0, _subscribed)
        .cte("wanted")
    )
    numbers = select(wanted.c.hit, func.count().label("more")).group_by(wanted.c.hit).subquery("numbers")
    numbered = (
        update(hits)
        .where(hits.c.id == numbers.c.hit)
        .values(notified=hits.c.notified + numbers.c.more)
        .returning(hits.c.id, (hits.c.notified - numbers.c.more).label("before"))
        .cte("numbered")
    )
    columns = ("id", "kind", "lane", "sequence_of", "place", "payload", "created_at", "due_at")
    job = select(
        wanted.c.id, literal(NOTIFICATION), wanted.c.lane, wanted.c.hit, numbered.c.before + wanted.c.place,
        wanted.c.payload, wanted.c.at, wanted.c.at,
    ).join(numbered, numbered.c.id == wanted.c.hit)  # fmt: skip
    return (
        insert(jobs)
        .from_select(columns, job, include_defaults=False)
        .add_cte(event.cte("event"), seal.cte("seal"))
    )


ADD_AND_TELL = Sql(_add_and_tell, whole=True)  # type: ignore[arg-type]

Subscriptions = Mapping[int, tuple[int, str, str]]


def write(call: Call) -> None:
    """Write what the call told, and the rows that its subscribers wait for."""
    if not call.told:
        return
    at_once = call.connection.dialect != "sqlite"
    subscriptions = {} if at_once else _subscriptions(call)
    for event in call.told:
        key = call.key()
        row = {
            "id": key,
            "at": call.now,
            "kind": int(event.kind),
            "actor": call.actor.account or None,
            "requester": event.requester,
            "hit_type": event.hit_type,
            "hit": event.hit,
            "assignment": event.assignment,
            "worker": event.worker,
            "detail": event.detail,
        }
        if at_once and _may_be_told(event):
            call.later(ADD_AND_TELL, bit=1 << event.kind, **row)
            continue
        call.later(ADD, **row)
        call.later(ADD_UNSEALED, kind=EVENT, id=key)
        if subscriptions:
            _tell(call, key, event, subscriptions)


def _may_be_told(event: Event) -> bool:
    return event.kind in SUBSCRIBABLE and event.hit is not None and event.hit_type is not None


def _subscriptions(call: Call) -> Subscriptions:
    """HIT type to kinds, lane and payload, for the types the call told of."""
    # Written out instead of called: every command on SQLite comes through here.
    types = {event.hit_type for event in call.told if event.hit is not None and event.kind in SUBSCRIBABLE}
    if not types:
        return {}
    if len(types) == 1:
        hit_type = types.pop()
        name = ("subscription", hit_type)
        found = call.connection.remember(name, call.now, lambda: call.rows(SUBSCRIPTION, hit_type=hit_type))
    else:
        found = call.rows(SUBSCRIPTIONS, hit_types=json.dumps([*types]))
    return {hit_type: (mask, lane, payload) for hit_type, mask, lane, payload in found}


def _tell(call: Call, key: int, event: Event, subscriptions: Subscriptions) -> None:
    mask, lane, payload = subscriptions.get(event.hit_type or 0, (0, "", ""))
    if not mask & (1 << event.kind) or not _may_be_told(event):
        return
    number = call.one(NEXT_NUMBER, hit=event.hit)
    assert number is not None, "an event is about a HIT that there is"
    job: dict[str, Any] = {
        "id": key,
        "kind": NOTIFICATION,
        "lane": lane,
        "sequence_of": event.hit,
        "place": number[0],
        "payload": payload,
        "created_at": call.now,
        "due_at": call.now,
    }
    call.later(outbox.PUT, **job)


def happened(call: Call, kind: EventKind, *, hit: int) -> bool:
    """Whether this has ever happened to the HIT of that key, in calls before this one."""
    return call.one(HAPPENED, hit=hit, kind=int(kind)) is not None
