"""Files that workers sent as answers: what they are called and which blob has their bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, bindparam, cast, delete, func, insert, select
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSON

from kempelen.operation import Call
from kempelen.store import outbox
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, files

REMOVAL = "blob"
"""The kind of job that removes a blob; its payload names it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as its worker sent it. `size` in bytes, `received_at` in milliseconds."""

    key: int
    assignment: int
    question: str
    blob: str
    name: str
    type: str
    size: int


_c = files.c
COLUMNS = (_c.id, _c.assignment, _c.question, _c.blob, _c.name, _c.type, _c.size)
ADD = Sql(insert(files).values(**{column.name: bindparam(column.name) for column in files.c}).inline())
BY_KEY = Sql(select(*COLUMNS).where(_c.id == bindparam("key")))
OF_QUESTION = Sql(
    select(*COLUMNS).where(_c.assignment == bindparam("assignment"), _c.question == bindparam("question"))
)
OF_ASSIGNMENT = Sql(select(*COLUMNS).where(_c.assignment == bindparam("assignment")).order_by(_c.question))
REMOVE = Sql(delete(files).where(_c.id == bindparam("key")))
_of_hit = select(*COLUMNS).join(assignments, assignments.c.id == _c.assignment)
OF_HIT = Sql(_of_hit.where(assignments.c.hit == bindparam("hit")).order_by(_c.id))


def _known(dialect: str) -> object:
    if dialect == "sqlite":
        names = select(sql_text("value")).select_from(func.json_each(bindparam("names")))
    else:
        names = select(cast(func.json_array_elements_text(cast(bindparam("names"), JSON)), String))
    return select(_c.blob).where(_c.blob.in_(names))


KNOWN = Sql(_known)  # type: ignore[arg-type]


def add(call: Call, assignment: int, *, question: str, blob: str, name: str, type: str, size: int) -> str:
    """Keep what was sent for a question, in place of what was sent before; answers the file's key.

    The key is what the answer names: the blob's own name, which nobody can guess.
    """
    for row in call.rows(OF_QUESTION, assignment=assignment, question=question):
        _remove(call, File(*row))
    call.do(
        ADD,
        id=call.key(),
        assignment=assignment,
        question=question,
        blob=blob,
        name=name,
        type=type,
        size=size,
        received_at=call.now,
    )
    return blob


def by_key(call: Call, key: int) -> File | None:
    """The file of that row."""
    row = call.one(BY_KEY, key=key)
    return None if row is None else File(*row)


def of_question(call: Call, assignment: int, question: str) -> File | None:
    """What was sent for a question of an assignment."""
    row = call.one(OF_QUESTION, assignment=assignment, question=question)
    return None if row is None else File(*row)


def of_assignment(call: Call, assignment: int) -> list[File]:
    """What was sent for an assignment, one file a question."""
    return [File(*row) for row in call.rows(OF_ASSIGNMENT, assignment=assignment)]


def remove_of_hit(call: Call, hit: int) -> None:
    """Forget the files of a HIT's assignments, and have their bytes removed."""
    for row in call.rows(OF_HIT, hit=hit):
        _remove(call, File(*row))


def unknown(call: Call, blobs: Sequence[str]) -> list[str]:
    """Which of these blobs belong to no file."""
    known = {row[0] for row in call.rows(KNOWN, names=json.dumps(list(blobs)))}
    return [blob for blob in blobs if blob not in known]


def _remove(call: Call, file: File) -> None:
    call.do(REMOVE, key=file.key)
    outbox.put(call, kind=REMOVAL, lane="blobs", payload={"blob": file.blob})
