"""Walking a table in ranges of its key: a statement sees at most a page of rows, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from kempelen.store.connection import Connection, Row
from kempelen.store.sql import Sql

PAGE = 1_000
BEFORE_ALL = -1


def pages_of(key: ColumnElement[int]) -> Sql:
    """Answers the last key of the page after `after`, and how many rows the page has."""
    page = select(key.label("key")).where(key > bindparam("after")).order_by(key).limit(PAGE).subquery()
    return Sql(select(func.max(page.c.key), func.count()).select_from(page))


def within(key: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that keeps a statement to the page in hand."""
    return (key > bindparam("after")) & (key <= bindparam("last"))


def walk(
    connection: Connection, pages: Sql, statement: Sql, **parameters: Any
) -> Iterator[tuple[int, list[Row]]]:
    """For each page, how many keys it has and what the statement says of it."""
    after = BEFORE_ALL
    while True:
        found = connection.one(pages, after=after)
        assert found is not None, "an aggregate always answers"
        last, count = found
        if not count:
            return
        yield int(count), connection.rows(statement, after=after, last=last, **parameters)
        after = last
