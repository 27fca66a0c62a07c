"""The schema: made when a database is first opened, brought up to date by numbered steps afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable

from sqlalchemy import MetaData, bindparam, insert
from sqlalchemy.schema import CreateIndex, CreateTable

import kempelen.store.tables.figures
import kempelen.store.tables.house
import kempelen.store.tables.identity
import kempelen.store.tables.media
import kempelen.store.tables.money
import kempelen.store.tables.notifications
import kempelen.store.tables.qualifications
import kempelen.store.tables.review
import kempelen.store.tables.work
import kempelen.store.tables.workers_own  # noqa: F401
from kempelen.errors import Refusal
from kempelen.store.connection import KEY_BLOCK, Connection, PostgreSQLConnection, SQLiteConnection
from kempelen.store.sql import DIALECTS, Sql
from kempelen.store.tables.shared import versions

VERSION = 1
"""The version of the schema this program reads and writes."""

STEPS: dict[int, Callable[[Connection], None]] = {}
"""How to come from the version before to the one named; each runs in one transaction."""

ADD_VERSION = Sql(insert(versions).values(version=bindparam("version"), at=bindparam("at")).inline())


class SchemaTooNew(Refusal):
    """The database {name} has schema version {found}, which is newer than the version {known} that
    this program knows. Run the newer program."""


class SchemaTooOld(Refusal):
    """The database {name} has schema version {found}; this program needs {known}. Run: kempelen migrate"""


def prepare(connection: Connection, tables: MetaData, now: int) -> None:
    """Create what is missing in a new database, or check that an old one fits.

    Raises `SchemaTooNew` or `SchemaTooOld`.
    """
    found = version(connection)
    if found == VERSION:
        return
    if found == 0:
        _in_transaction(connection, lambda: _create(connection, tables, now))
        return
    name = getattr(connection, "schema", "SQLite file")
    if found > VERSION:
        raise SchemaTooNew(name=name, found=found, known=VERSION)
    raise SchemaTooOld(name=name, found=found, known=VERSION)


def migrate(connection: Connection, now: int) -> list[int]:
    """Run the steps that are missing, each in a transaction of its own; answers their numbers."""
    done = []
    for number in range(version(connection) + 1, VERSION + 1):
        step = STEPS[number]

        def run(step: Callable[[Connection], None] = step, number: int = number) -> None:
            step(connection)
            connection.do(ADD_VERSION, version=number, at=now)

        _in_transaction(connection, run)
        done.append(number)
    return done


def version(connection: Connection) -> int:
    """The schema's version; 0 for a database with nothing in it."""
    if isinstance(connection, SQLiteConnection):
        table = connection.raw.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'schema_versions'"
        ).fetchall()
        if not table[0][0]:
            return 0
        found = connection.raw.execute("SELECT max(version) FROM schema_versions").fetchall()
    else:
        assert isinstance(connection, PostgreSQLConnection)
        exists = connection.raw.execute(
            "SELECT to_regclass(%s)", (f"{connection.schema}.schema_versions",)
        ).fetchall()
        if exists[0][0] is None:
            return 0
        found = connection.raw.execute("SELECT max(version) FROM schema_versions").fetchall()
    return int(found[0][0] or 0)


def create_postgresql_schema(url: str, name: str) -> None:
    """Make the schema of that name, where it is missing."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name)))


def _in_transaction(connection: Connection, work: Callable[[], None]) -> None:
    lock = "BEGIN IMMEDIATE" if connection.dialect == "sqlite" else "BEGIN"
    connection.script([lock])
    try:
        work()
    except BaseException:
        connection.script(["ROLLBACK"])
        raise
    connection.script(["COMMIT"])


def _create(connection: Connection, tables: MetaData, now: int) -> None:
    if isinstance(connection, PostgreSQLConnection):
        connection.script(["SELECT pg_advisory_xact_lock(7212)"])
    if version(connection):
        return  # another process was quicker
    dialect = DIALECTS[connection.dialect]
    for table in tables.sorted_tables:
        connection.script([str(CreateTable(table).compile(dialect=dialect))])
        connection.script(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    if connection.dialect == "sqlite":
        connection.script(["INSERT INTO counters (name, value) VALUES ('keys', 0)"])
    else:
        connection.script([f"CREATE SEQUENCE keys INCREMENT BY {KEY_BLOCK} START WITH 1"])
    connection.do(ADD_VERSION, version=VERSION, at=now)
    if isinstance(connection, SQLiteConnection):
        path = connection.raw.execute("PRAGMA database_list").fetchall()[0][2]
        if path:
            os.chmod(path, 0o600)
