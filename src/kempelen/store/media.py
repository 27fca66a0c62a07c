"""Media of requesters: what they are called and which blob has their bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, bindparam, cast, delete, func, insert, select, update
from sqlalchemy import text as sql_text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSON

from kempelen.operation import Call
from kempelen.store import files, outbox
from kempelen.store.sql import Sql
from kempelen.store.tables.media import media, media_totals


@dataclass(frozen=True, slots=True)
class Media:
    """One of a requester's media. `size` in bytes, `created_at` in milliseconds."""

    name: str
    blob: str
    type: str
    size: int
    created_at: int


_c = media.c
_COLUMNS = (_c.name, _c.blob, _c.type, _c.size, _c.created_at)
_mine = _c.requester == bindparam("requester")
FIND = Sql(select(*_COLUMNS).where(_mine, _c.name == bindparam("name")))
PAGE = Sql(
    select(*_COLUMNS).where(_mine, _c.name > bindparam("after")).order_by(_c.name).limit(bindparam("count"))
)
ADD = Sql(insert(media).values(**{column.name: bindparam(column.name) for column in media.c}).inline())
REMOVE = Sql(delete(media).where(_mine, _c.name == bindparam("name"), _c.blob == bindparam("blob")))


def _begin(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(media_totals).values(requester=bindparam("requester"), files=0, bytes=0)
    return values.on_conflict_do_nothing()


BEGIN_TOTAL = Sql(_begin)  # type: ignore[arg-type]
_t = media_totals.c
COUNT = Sql(
    update(media_totals)
    .where(
        _t.requester == bindparam("requester"),
        _t.files + bindparam("files") <= bindparam("most_files"),
        _t.bytes + bindparam("bytes_") <= bindparam("most_bytes"),
    )
    .values(files=_t.files + bindparam("files"), bytes=_t.bytes + bindparam("bytes_"))
)


def _known(dialect: str) -> object:
    if dialect == "sqlite":
        names = select(sql_text("value")).select_from(func.json_each(bindparam("names")))
    else:
        names = select(cast(func.json_array_elements_text(cast(bindparam("names"), JSON)), String))
    return select(_c.blob).where(_c.blob.in_(names))


KNOWN = Sql(_known)  # type: ignore[arg-type]


def find(call: Call, requester: int, name: str) -> Media | None:
    """The requester's media of that name."""
    row = call.one(FIND, requester=requester, name=name)
    return None if row is None else Media(*row)


def page(call: Call, *, after: str, count: int) -> list[Media]:
    """The acting requester's media by name, from behind `after`."""
    return [Media(*row) for row in call.rows(PAGE, requester=call.actor.account, after=after, count=count)]


def keep(call: Call, requester: int, kept: Media, *, most_files: int, most_bytes: int) -> bool:
    """Keep media in place of those of the same name. False if they were more than the requester may keep."""
    call.do(BEGIN_TOTAL, requester=requester)
    remove(call, requester, kept.name)
    within = {"most_files": most_files, "most_bytes": most_bytes}
    if call.do(COUNT, requester=requester, files=1, bytes_=kept.size, **within) != 1:
        return False
    call.do(
        ADD,
        requester=requester,
        name=kept.name,
        blob=kept.blob,
        type=kept.type,
        size=kept.size,
        created_at=kept.created_at,
    )
    return True


def remove(call: Call, requester: int, name: str) -> bool:
    """Forget media and have their bytes removed. False if there are none of the name."""
    found = find(call, requester, name)
    if found is None or call.do(REMOVE, requester=requester, name=name, blob=found.blob) != 1:
        return False
    within = {"most_files": 2**40, "most_bytes": 2**60}
    call.do(COUNT, requester=requester, files=-1, bytes_=-found.size, **within)
    outbox.put(call, kind=files.REMOVAL, lane="blobs", payload={"blob": found.blob})
    return True


def unknown(call: Call, blobs: Sequence[str]) -> list[str]:
    """Which of these blobs belong to nobody: to no file of an answer and to no media."""
    lost = files.unknown(call, blobs)
    known = {row[0] for row in call.rows(KNOWN, names=json.dumps(lost))} if lost else set()
    return [blob for blob in lost if blob not in known]
