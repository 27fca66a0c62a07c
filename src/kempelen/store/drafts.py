"""Drafts: what a worker has typed and not handed in. The last one of each assignment is kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules.lifecycle import DAY
from kempelen.store.sql import Sql
from kempelen.store.tables.workers_own import drafts

KEPT = 7 * DAY
"""A draft can be read this long after its assignment's deadline, in milliseconds."""
BATCH = 1_000
"""How many drafts one step of a sweep forgets at most."""

_NAMES = ("assignment", "worker", "fields", "version", "device", "revision", "saved_at", "keep_until")
_SAME = drafts.c.assignment == bindparam("assignment")
FIND = Sql(
    select(
        drafts.c.fields,
        drafts.c.version,
        drafts.c.device,
        drafts.c.revision,
        drafts.c.saved_at,
        drafts.c.keep_until,
    ).where(_SAME, drafts.c.keep_until > bindparam("now"))
)


def _put(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(drafts).values(**{name: bindparam(name) for name in _NAMES})
    changed = {name: statement.excluded[name] for name in _NAMES if name != "assignment"}
    return statement.on_conflict_do_update(index_elements=[drafts.c.assignment], set_=changed)


PUT = Sql(_put)  # type: ignore[arg-type]
KEEP_LONGER = Sql(update(drafts).where(_SAME).values(keep_until=bindparam("until")))
REMOVE = Sql(delete(drafts).where(_SAME))
END = Sql(
    delete(drafts).where(
        drafts.c.assignment.in_(
            select(drafts.c.assignment)
            .where(drafts.c.keep_until <= bindparam("now"))
            .order_by(drafts.c.keep_until)
            .limit(BATCH)
            .scalar_subquery()
        )
    )
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft. `version` is the device's own count, `revision` ours; moments in milliseconds."""

    fields: bytes
    version: int
    device: str
    revision: int
    saved_at: int
    keep_until: int


def find(call: Call, assignment: int) -> Draft | None:
    """The draft of an assignment, if one is kept."""
    row = call.one(FIND, assignment=assignment, now=call.now)
    return None if row is None else Draft(bytes(row[0]), *row[1:])


def put(call: Call, assignment: int, draft: Draft) -> None:
    """Keep a draft of the acting worker's in place of the one before."""
    call.do(
        PUT,
        assignment=assignment,
        worker=call.actor.account,
        fields=draft.fields,
        version=draft.version,
        device=draft.device,
        revision=draft.revision,
        saved_at=draft.saved_at,
        keep_until=draft.keep_until,
    )


def keep_longer(call: Call, assignment: int, *, until: int) -> None:
    """The assignment's deadline has moved, and with it the moment its draft is forgotten."""
    call.later(KEEP_LONGER, assignment=assignment, until=until)


def remove(call: Call, assignment: int) -> None:
    """The answer was handed in, so the draft goes."""
    call.later(REMOVE, assignment=assignment)


def end_drafts(call: Call) -> int:
    """Forget drafts that were kept long enough; answers how many."""
    return call.do(END, now=call.now)
