"""Bringing an existing database up to date, before anything else opens it."""

from __future__ import annotations

from kempelen.store import schema
from kempelen.store.connection import Connection, PostgreSQLConnection, SQLiteConnection
from kempelen.store.database import Place


def migrate(place: Place, name: str, now: int) -> list[int]:
    """Run the schema steps that the database of that name lacks; answers their numbers, none for one that is
    new. Raises `SchemaTooNew`."""
    connection = _connection(place, name)
    try:
        found = schema.version(connection)
        if found > schema.VERSION:
            raise schema.SchemaTooNew(name=name, found=found, known=schema.VERSION)
        return schema.migrate(connection, now) if found else []
    finally:
        connection.close()


def _connection(place: Place, name: str) -> Connection:
    if place.url is not None:
        schema.create_postgresql_schema(place.url, name)
        return PostgreSQLConnection(place.url, name)
    assert place.folder is not None
    place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SQLiteConnection(str(place.folder / f"{name}.db"))
