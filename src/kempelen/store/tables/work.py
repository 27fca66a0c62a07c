"""HIT types, groups, HITs, assignments and what belongs to them."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from kempelen.store.tables.columns import WORLD, number, octets, text

requesters = Table(
    "requesters",
    WORLD,
    number("id", key=True),  # the organisation's key in the house
    text("public_id", unique=True),
    text("name"),
    number("submitted", default=0),
    number("approved", default=0),
    number("rejected", default=0),
)

workers = Table(
    "workers",
    WORLD,
    number("id", key=True),  # the person's key in the house
    text("public_id", unique=True),
    number("accepted", default=0),
    number("submitted", default=0),
    number("approved", default=0),
    number("rejected", default=0),
    number("returned", default=0),
    number("abandoned", default=0),
    number("holding", default=0),  # assignments accepted and not yet submitted, returned or abandoned
)

pseudonyms = Table(
    "pseudonyms",
    WORLD,
    number("requester", key=True),
    number("worker", key=True),
    text("public_id"),
    UniqueConstraint("requester", "public_id"),
)

relations = Table(
    "relations",  # what one worker did for one requester
    WORLD,
    number("requester", key=True),
    number("worker", key=True),
    number("accepted", default=0),
    number("submitted", default=0),
    number("approved", default=0),
    number("rejected", default=0),
    number("earned", default=0),  # rewards, in minor units
    number("seconds", default=0),  # worked on what was decided
)
Index("relations_by_worker", relations.c.worker, relations.c.requester)

hit_types = Table(
    "hit_types",
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("requester"),
    octets("digest"),
    text("title"),
    text("description"),
    text("keywords", optional=True),
    number("reward"),
    number("duration_seconds"),
    number("auto_approval_delay_seconds"),
    text("requirements"),  # JSON, as the contract writes them
    number("masters", default=0),
    number("adult", default=0),
    number("created_at"),
    text("settings", optional=True),  # JSON of PutTaskSettings
    number("settings_version", default=0),
    UniqueConstraint("requester", "digest"),
)

hit_type_qualifications = Table(
    "hit_type_qualifications",  # which types require which qualification
    WORLD,
    text("qualification_type", key=True),  # public id
    number("requester", key=True),  # the type's, so that listing theirs passes nobody else's
    number("hit_type", key=True),
)

groups = Table(
    "groups",  # one for each HIT type: what workers see in the list
    WORLD,
    number("id", key=True),  # the HIT type's key
    text("public_id", unique=True),
    number("requester"),
    text("title"),
    text("search"),  # title, description, keywords and requester, folded
    number("reward"),
    number("hits", default=0),  # HITs a worker could accept now
    number("created_at"),
    number("updated_at"),
    number("latest_expiration", default=0),
    number("masters", default=0),
    number("hidden", default=0),  # some requirement guards discovery
    number("gate", default=0),  # what kind of thing the requirements ask: rules.requirement_sets.Gate
    number("requirement_set", default=0),  # whose groups are found together
    number("newcomers", default=0),  # workers with fewer approved answers are let in now; 0: nobody
    number("checked", default=0),  # some HIT has known answers or plurality to check answers by
    text("language", optional=True),  # of the task settings, as are the next two; folded
    number("phone", default=0),
    number("keyboard", default=0),
    number("pay", default=-1),  # predicted pay per hour in minor units; -1: not yet known
    number("pay_low", default=0),
    number("pay_high", default=0),
    number("pay_workers", default=0),
    text("pay_basis", optional=True),
    number("warnings", default=0),  # bits of the content warnings of its task settings
    number("paused_at", optional=True),
    number("resumed_at", default=0),  # reports before it count no more
    number("opened_at", optional=True),  # when work in it could first be accepted
)
_open = groups.c.hits > 0
_shown = _open & (groups.c.hidden == 0)
for _name, _column in (
    ("updated", groups.c.updated_at),
    ("reward", groups.c.reward),
    ("hits", groups.c.hits),
    ("pay", groups.c.pay),
):
    Index(f"groups_by_{_name}", _column, groups.c.id, sqlite_where=_shown, postgresql_where=_shown)
    Index(
        f"groups_of_set_by_{_name}",
        *(groups.c.requirement_set, _column, groups.c.id),
        sqlite_where=_open,
        postgresql_where=_open,
    )
GATE_SPAN = 2**56
"""Keys of lists of requirements lie below it, so that one number is both the gate and the list."""
gated_set = groups.c.gate * GATE_SPAN + groups.c.requirement_set
# One number and not two columns: a planner that thinks little stands at a gate would walk along the lists.
Index("groups_by_gate", gated_set, sqlite_where=_open, postgresql_where=_open)
Index("groups_by_requester", groups.c.requester, groups.c.id)
_unopened = groups.c.opened_at.is_(None) & (groups.c.hits > 0)
Index("groups_unopened", groups.c.id, sqlite_where=_unopened, postgresql_where=_unopened)
_opened = groups.c.opened_at.is_not(None)
Index("groups_opened", groups.c.opened_at, groups.c.id, sqlite_where=_opened, postgresql_where=_opened)

group_deltas = Table(
    "group_deltas",  # PostgreSQL: changes of `groups.hits` not yet folded in
    WORLD,
    number("id", key=True),
    number("group_id"),
    number("hits"),
    number("at"),
    number("expires_at"),
)
Index("group_deltas_by_group", group_deltas.c.group_id)

questions = Table(
    "questions",  # each text once
    WORLD,
    number("id", key=True),
    octets("digest", unique=True),
    text("body"),
)

layouts = Table(
    "layouts",
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("requester"),
    text("html"),
    number("frame_height"),
    number("created_at"),
)
Index("layouts_by_requester", layouts.c.requester, layouts.c.created_at, layouts.c.id)

hits = Table(
    "hits",
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("requester"),
    number("hit_type"),
    number("question"),
    text("layout", optional=True),  # public id
    text("annotation", optional=True),
    number("max_assignments"),
    number("created_at"),
    number("expires_at"),
    number("expired", default=0),  # the expiry has been carried out
    number("reviewing", default=0),
    number("status"),
    number("open"),  # slots nobody has taken: NumberOfAssignmentsAvailable
    number("pending", default=0),
    number("submitted", default=0),
    number("approved", default=0),
    number("rejected", default=0),
    number("level", default=8),  # 0 the most urgent … 15 the least
    number("position"),
    number("reward"),
    number("fee"),
    number("held"),  # slots whose reward and fee are on hold
    number("holds", default=0),  # how often the hold was changed: part of the ledger's cause
    text("policies", optional=True),  # JSON: review policies as given
    number("reviewable_at", optional=True),
    number("dispose_at", optional=True),
    number("disposed_at", optional=True),
    number("notified", default=0),  # sequence number of the last notification
    number("taken_down_at", optional=True),
    text("taken_down_because", optional=True),
    number("paid_through", optional=True),  # of one taken down: the workers that are paid; none: all
)
for _name, _columns in (
    ("hits_by_requester", (hits.c.requester, hits.c.created_at, hits.c.id)),
    ("hits_by_type", (hits.c.hit_type, hits.c.created_at, hits.c.id)),
):
    Index(
        _name,
        *_columns,
        sqlite_where=hits.c.disposed_at.is_(None),
        postgresql_where=hits.c.disposed_at.is_(None),
    )
for _name, _owner in (("hits_reviewable", hits.c.requester), ("hits_reviewable_by_type", hits.c.hit_type)):
    Index(
        _name,
        _owner,
        hits.c.status,
        hits.c.expires_at,
        hits.c.id,
        sqlite_where=hits.c.status.in_([3, 4]),
        postgresql_where=hits.c.status.in_([3, 4]),
    )
Index(
    "hits_open",
    hits.c.hit_type,
    hits.c.level,
    hits.c.position,
    sqlite_where=hits.c.status == 1,
    postgresql_where=hits.c.status == 1,
)
Index(
    "hits_expiring", hits.c.expires_at, sqlite_where=hits.c.expired == 0, postgresql_where=hits.c.expired == 0
)
_to_pay = hits.c.paid_through.is_not(None)
Index("hits_taken_down", hits.c.id, sqlite_where=_to_pay, postgresql_where=_to_pay)
Index(
    "hits_disposable",
    hits.c.dispose_at,
    sqlite_where=hits.c.dispose_at.is_not(None),
    postgresql_where=hits.c.dispose_at.is_not(None),
)

assignments = Table(
    "assignments",
    WORLD,
    number("id", key=True),
    text("public_id", unique=True),
    number("hit"),
    number("worker"),
    number("requester"),
    number("status"),
    number("accepted_at"),
    number("abandon_at"),
    number("submitted_at", optional=True),
    number("approve_at", optional=True),
    number("decided_at", optional=True),
    number("reward"),
    number("fee"),
    text("feedback", optional=True),
    number("started_at", optional=True),  # as the page tells it meanwhile, like the next three
    number("active_seconds", optional=True),
    text("instructions", optional=True),
    number("ai_help", optional=True),
    text("work", optional=True),  # JSON: start, active seconds, version of the instructions shown
    number("settings_version", default=0),  # of the task settings it was accepted under
    number("extensions", default=0),  # how often the worker has asked for more time
    number("worked_seconds", optional=True),  # see rules.pay_per_hour
    number("newcomer", default=0),  # it counts towards the cap on unproven workers
    number("longer", default=0),  # milliseconds of the deadline that are the worker's own accommodation
)
Index(
    "assignments_once",
    assignments.c.hit,
    assignments.c.worker,
    unique=True,
    sqlite_where=assignments.c.status <= 4,
    postgresql_where=assignments.c.status <= 4,
)
Index(
    "assignments_by_hit",
    assignments.c.hit,
    assignments.c.submitted_at,
    assignments.c.id,
    sqlite_where=assignments.c.status.in_([2, 3, 4]),
    postgresql_where=assignments.c.status.in_([2, 3, 4]),
)
Index("assignments_by_worker", assignments.c.worker, assignments.c.accepted_at, assignments.c.id)
_in = assignments.c.status.in_([2, 3, 4])
Index(
    "assignments_by_day",
    *(assignments.c.worker, assignments.c.submitted_at, assignments.c.id),
    sqlite_where=_in,
    postgresql_where=_in,
)
Index(
    "assignments_held",
    assignments.c.worker,
    assignments.c.abandon_at,
    sqlite_where=assignments.c.status == 1,
    postgresql_where=assignments.c.status == 1,
)
Index(
    "assignments_pending",
    assignments.c.worker,
    assignments.c.reward,
    sqlite_where=assignments.c.status == 2,
    postgresql_where=assignments.c.status == 2,
)
Index(
    "assignments_abandonable",
    assignments.c.abandon_at,
    sqlite_where=assignments.c.status == 1,
    postgresql_where=assignments.c.status == 1,
)
Index(
    "assignments_approvable",
    assignments.c.approve_at,
    sqlite_where=assignments.c.status == 2,
    postgresql_where=assignments.c.status == 2,
)

answers = Table("answers", WORLD, number("assignment", key=True), octets("fields"), octets("digest"))

late_answers = Table(
    "late_answers",  # what came after the time had run out: kept 30 days, never an assignment
    WORLD,
    number("assignment", key=True),
    number("requester"),
    number("hit"),
    number("worker"),
    octets("fields"),
    number("received_at"),
    number("keep_until"),
    number("paid", optional=True),  # minor units
)
for _name, _owner in (("requester", late_answers.c.requester), ("hit", late_answers.c.hit)):
    Index(f"late_answers_by_{_name}", _owner, late_answers.c.received_at, late_answers.c.assignment)
Index("late_answers_ending", late_answers.c.keep_until)

cursors = Table(
    "cursors",  # how far a worker has walked through a group
    WORLD,
    number("worker", key=True),
    number("hit_type", key=True),
    number("level", key=True),
    number("position"),
    number("lap_at", default=0),
)

taken = Table(
    "taken",  # how much of a HIT type, or of a set of types, a worker has taken: caps and exclusions
    WORLD,
    number("worker", key=True),
    text("scope", key=True),
    number("count"),
)

settings_versions = Table(
    "settings_versions",  # task settings as they were put, one after the other
    WORLD,
    number("hit_type", key=True),
    number("version", key=True),
    text("settings"),  # JSON
    number("at"),
)

exclusions = Table(
    "exclusions",  # who has taken anything in these scopes of `taken` is kept from the HIT type
    WORLD,
    number("hit_type", key=True),
    text("scope", key=True),
)

condition_fills = Table(
    "condition_fills",  # how many workers each condition of a HIT type has
    WORLD,
    number("hit_type", key=True),
    text("name", key=True),
    number("filled", default=0),
)

conditions_given = Table(
    "conditions_given",  # a worker keeps the condition they were once given
    WORLD,
    number("hit_type", key=True),
    number("worker", key=True),
    text("name"),
    number("taken", default=0),  # assignments accepted in it and not given back
)

once = Table(
    "request_tokens",
    WORLD,
    number("requester", key=True),
    text("operation", key=True),
    text("token", key=True),
    octets("fingerprint"),
    text("made"),  # the public id of what the first request made
    text("request_id"),
    number("expires_at"),
)
Index("request_tokens_ending", once.c.expires_at)

files = Table(
    "files",
    WORLD,
    number("id", key=True),
    number("assignment"),
    text("question"),
    text("blob", unique=True),
    text("name"),
    text("type"),
    number("size"),
    number("received_at"),
)
Index("files_by_assignment", files.c.assignment, files.c.question)

blocks = Table(
    "blocks",
    WORLD,
    number("requester", key=True),
    number("worker", key=True),
    text("reason"),  # the requester's own note
    number("at"),
    number("id"),
    text("notice", optional=True),  # what the worker is told of it
)
Index("blocks_by_requester", blocks.c.requester, blocks.c.at, blocks.c.id)
Index("blocks_by_worker", blocks.c.worker, blocks.c.at, blocks.c.id)
