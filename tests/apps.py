"""Apps to test with, made quickly: from a copied folder, or on a database that is emptied afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kempelen.app import App, assemble
from kempelen.clock import HandClock
from kempelen.rules.ids import seeded_random
from kempelen.settings import Settings
from services.ports import free_port

START = 1_790_000_000_000
"""When every test begins: 2026-09-21."""


def opened(folder: Path, database: str = "", **settings: object) -> App:
    """An app of the test's own, its clock at `START`."""
    ports = {name: free_port() for name in ("port", "sandbox_port", "task_port")}
    given = {"data": folder, "database": database, "log_calls": False, "jobs": False}
    wanted = Settings(**(given | ports | settings))  # type: ignore[arg-type]
    return assemble(wanted, clock=HandClock(START), random=seeded_random(7))


@dataclass(frozen=True)
class PostgresHome:
    """A PostgreSQL database that the tests of one worker use one after the other, emptied in between."""

    url: str
    vault_key: Path

    def empty(self) -> None:
        """Delete every row; deleting the few rows of a test is far quicker than making a database anew."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE tablename <> 'schema_versions'"
                " AND schemaname IN ('house', 'production', 'sandbox')"
            ).fetchall()
            for schema, table in tables:
                name = sql.Identifier(schema, table)
                if connection.execute(sql.SQL("DELETE FROM {}").format(name)).rowcount > 500:
                    connection.execute(sql.SQL("TRUNCATE {}").format(name))


@contextmanager
def app_on(kind: str, request: pytest.FixtureRequest, folder: Path, **settings: object) -> Iterator[App]:
    """An app of a test's own on `sqlite` or `postgresql`, with nothing in it."""
    if kind == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_template"), folder / "data")
        running = opened(folder / "data", **settings)
        try:
            yield running
        finally:
            running.close()
        return
    home: PostgresHome = request.getfixturevalue("postgres_home")
    shutil.copy(home.vault_key, folder / "vault.key")
    running = opened(folder, home.url, **settings)
    try:
        yield running
    finally:
        running.close()
        home.empty()
