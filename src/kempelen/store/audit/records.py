"""What the invariants of events, jobs and references read."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from kempelen.operation import SYSTEM
from kempelen.store.audit.pages import pages_of, within
from kempelen.store.sql import Sql
from kempelen.store.tables.house import keys, members, organisations, people
from kempelen.store.tables.shared import events, outbox
from kempelen.store.tables.work import assignments, hit_types, hits, requesters, workers

EVENT_PAGES = pages_of(events.c.id)
_missing_hit = and_(events.c.hit.is_not(None), ~select(hits.c.id).where(hits.c.id == events.c.hit).exists())
_missing_assignment = and_(
    events.c.assignment.is_not(None),
    ~select(assignments.c.id).where(assignments.c.id == events.c.assignment).exists(),
)
_missing_type = and_(
    events.c.hit_type.is_not(None),
    ~select(hit_types.c.id).where(hit_types.c.id == events.c.hit_type).exists(),
)
EVENTS_OF_NOTHING = Sql(
    select(events.c.id, events.c.kind)
    .where(within(events.c.id), or_(_missing_hit, _missing_assignment, _missing_type))
    .order_by(events.c.id)
)
"""Events about a HIT, an assignment or a type that does not exist."""

JOB_PAGES = pages_of(outbox.c.id)
JOBS = Sql(
    select(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.tries,
        outbox.c.fence,
        outbox.c.lease_until,
        outbox.c.dead_at,
        outbox.c.error,
    )
    .where(within(outbox.c.id))
    .order_by(outbox.c.id)
)
"""Jobs with their lease and their end."""

HIT_PAGES = pages_of(hits.c.id)
HITS_OF_NOBODY = Sql(
    select(hits.c.public_id)
    .where(
        within(hits.c.id),
        or_(
            ~select(requesters.c.id).where(requesters.c.id == hits.c.requester).exists(),
            ~select(hit_types.c.id)
            .where(hit_types.c.id == hits.c.hit_type, hit_types.c.requester == hits.c.requester)
            .exists(),
        ),
    )
    .order_by(hits.c.id)
)
"""HITs whose requester this world does not know, or whose type is not that requester's."""

ASSIGNMENT_PAGES = pages_of(assignments.c.id)
ASSIGNMENTS_OF_NOBODY = Sql(
    select(assignments.c.public_id)
    .where(
        within(assignments.c.id),
        or_(
            ~select(workers.c.id).where(workers.c.id == assignments.c.worker).exists(),
            ~select(hits.c.id)
            .where(hits.c.id == assignments.c.hit, hits.c.requester == assignments.c.requester)
            .exists(),
        ),
    )
    .order_by(assignments.c.id)
)
"""Assignments whose worker this world does not know, or whose HIT is not their requester's."""

REQUESTER_PAGES = pages_of(requesters.c.id)
REQUESTERS = Sql(
    select(requesters.c.id, requesters.c.public_id)
    .where(within(requesters.c.id), requesters.c.id != SYSTEM.account)
    .order_by(requesters.c.id)
)
"""All but the market itself, which has the language tests and no organisation."""
WORKER_PAGES = pages_of(workers.c.id)
WORKERS = Sql(select(workers.c.id, workers.c.public_id).where(within(workers.c.id)).order_by(workers.c.id))
ORGANISATION_PAGES = pages_of(organisations.c.id)
ORGANISATIONS = Sql(
    select(organisations.c.id, organisations.c.public_id)
    .where(within(organisations.c.id))
    .order_by(organisations.c.id)
)
PERSON_PAGES = pages_of(people.c.id)
PEOPLE = Sql(
    select(people.c.id, people.c.public_id)
    .where(within(people.c.id), people.c.is_worker == 1)
    .order_by(people.c.id)
)

KEY_PAGES = pages_of(keys.c.id)
KEYS_OF_NOBODY = Sql(
    select(keys.c.access_key_id)
    .where(
        within(keys.c.id),
        or_(
            keys.c.organisation.is_(None) == keys.c.person.is_(None),
            and_(
                keys.c.organisation.is_not(None),
                ~select(organisations.c.id).where(organisations.c.id == keys.c.organisation).exists(),
            ),
            and_(
                keys.c.person.is_not(None),
                ~select(people.c.id).where(people.c.id == keys.c.person).exists(),
            ),
        ),
    )
    .order_by(keys.c.id)
)
"""Access keys that belong to nobody, or to both an organisation and a person."""

MEMBERS_OF_NOTHING = Sql(
    select(members.c.organisation, members.c.person)
    .where(
        within(members.c.person),
        or_(
            ~select(organisations.c.id).where(organisations.c.id == members.c.organisation).exists(),
            ~select(people.c.id).where(people.c.id == members.c.person).exists(),
        ),
    )
    .order_by(members.c.organisation, members.c.person)
)
