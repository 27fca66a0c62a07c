"""Searches that workers have saved, and those they watch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import BigInteger, bindparam, delete, insert, select, update

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.workers_own import saved_searches

MOST = 50
"""How many searches a worker may save."""


class SearchDoesNotExist(Refusal):
    """There is no saved search {search_id} of yours."""

    code = "Kempelen.SavedSearchDoesNotExist"
    page_status = 404


class Watch(IntEnum):
    """How the worker is told of new groups."""

    NONE = 0
    EMAIL = 1
    PUSH = 2


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A saved search. `search` is JSON; groups up to (`seen_at`, `seen_key`) have been looked at. Moments in
    milliseconds."""

    key: int
    public_id: str
    worker: int
    name: str
    search: str
    watch: int
    seen_at: int
    seen_key: int
    told_at: int | None
    created_at: int


_c = saved_searches.c
COLUMNS = (
    _c.id, _c.public_id, _c.worker, _c.name, _c.search, _c.watch, _c.seen_at, _c.seen_key, _c.told_at,
    _c.created_at,
)  # fmt: skip
_NEW = ("id", "public_id", "worker", "name", "search", "watch", "look_at", "seen_at", "created_at")
_own = (_c.public_id == bindparam("public_id_"), _c.worker == bindparam("worker_"))
_LOOK_AT = bindparam("look_at_", type_=BigInteger())
ADD = Sql(
    insert(saved_searches)
    .values(**{name: bindparam(f"{name}_", type_=_c[name].type) for name in _NEW})
    .inline()
)
OWN = Sql(select(*COLUMNS).where(*_own))
ALL = Sql(
    select(*COLUMNS).where(_c.worker == bindparam("worker_")).order_by(_c.created_at, _c.id).limit(MOST)
)
CHANGE = Sql(update(saved_searches).where(*_own).values(name=bindparam("name_"), search=bindparam("search_")))
BEGIN_WATCH = Sql(
    update(saved_searches)
    .where(*_own)
    .values(watch=bindparam("watch_"), look_at=_LOOK_AT, seen_at=bindparam("seen_at_"), seen_key=0)
)
CHANGE_WATCH = Sql(update(saved_searches).where(*_own).values(watch=bindparam("watch_")))
REMOVE = Sql(delete(saved_searches).where(*_own))
DUE = Sql(
    select(*COLUMNS)
    .where(_c.look_at.is_not(None), _c.look_at <= bindparam("now_"))
    .order_by(_c.look_at, _c.id)
    .limit(bindparam("count_"))
    .with_for_update(skip_locked=True)
)
LOOKED = Sql(
    update(saved_searches)
    .where(_c.id == bindparam("key_"))
    .values(
        look_at=_LOOK_AT,
        seen_at=bindparam("seen_at_"),
        seen_key=bindparam("seen_key_"),
        told_at=bindparam("told_at_", type_=BigInteger()),
    )
)


def own(call: Call, search_id: str) -> SavedSearch:
    """The acting worker's saved search. Raises `SearchDoesNotExist`."""
    row = call.one(OWN, public_id_=search_id, worker_=call.actor.account)
    if row is None:
        raise SearchDoesNotExist(search_id=search_id)
    return SavedSearch(*row)


def all_own(call: Call) -> list[SavedSearch]:
    """All saved searches of the acting worker, oldest first."""
    return [SavedSearch(*row) for row in call.rows(ALL, worker_=call.actor.account)]


def add(call: Call, *, name: str, search: str, watch: Watch, look_at: int | None) -> str:
    """Save a search; its public id."""
    public_id = call.new_id()
    call.do(
        ADD,
        id_=call.key(),
        public_id_=public_id,
        worker_=call.actor.account,
        name_=name,
        search_=search,
        watch_=int(watch),
        look_at_=look_at,
        seen_at_=call.now,
        created_at_=call.now,
    )
    return public_id


def change(call: Call, before: SavedSearch, *, name: str, search: str, watch: Watch, look_at: int) -> None:
    """Put another search in its place. A watch that begins now tells of what comes from now on."""
    known = {"public_id_": before.public_id, "worker_": call.actor.account}
    call.do(CHANGE, **known, name_=name, search_=search)
    if bool(before.watch) == bool(watch):
        call.do(CHANGE_WATCH, **known, watch_=int(watch))
    else:
        begin = look_at if watch else None
        call.do(BEGIN_WATCH, **known, watch_=int(watch), look_at_=begin, seen_at_=call.now)


def remove(call: Call, search_id: str) -> bool:
    """Forget a search of the acting worker's; False if there is none."""
    return call.do(REMOVE, public_id_=search_id, worker_=call.actor.account) == 1


def due(call: Call, *, count: int) -> list[SavedSearch]:
    """Watched searches that are to be looked at, at most so many; nobody else looks at them meanwhile."""
    return [SavedSearch(*row) for row in call.rows(DUE, now_=call.now, count_=count)]


def looked(
    call: Call, search: SavedSearch, *, seen: tuple[int, int], look_at: int | None, told_at: int | None
) -> None:
    """A search was looked at up to a position; when to look again, None for never."""
    call.do(LOOKED, key_=search.key, look_at_=look_at, seen_at_=seen[0], seen_key_=seen[1], told_at_=told_at)
