"""A market to test with: real databases, a hand-turned clock, and people with names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from kempelen.app import App, assemble
from kempelen.clock import HandClock
from kempelen.rules.ids import seeded_random
from kempelen.settings import Settings
from people import Operator, Requester, Town, Worker
from services.ports import free_port
from services.postgres import fresh_database

pytest_plugins = ["services.plugin"]

START = 1_790_000_000_000
"""When every test begins: 2026-09-21."""


def opened(folder: Path, database: str = "", **settings: object) -> App:
    """An app of the test's own, its clock at `START`."""
    ports = {name: free_port() for name in ("port", "sandbox_port", "task_port")}
    given = {"data": folder, "database": database, "log_calls": False, "jobs": False}
    wanted = Settings(**(given | ports | settings))  # type: ignore[arg-type]
    return assemble(wanted, clock=HandClock(START), random=seeded_random(7))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of databases with nothing in them, to copy."""
    folder = tmp_path_factory.mktemp("template")
    opened(folder).close()
    return folder


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


@pytest.fixture(scope="session")
def postgres_home(
    postgres_url: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PostgresHome]:
    """This worker's PostgreSQL database, with the tables in it."""
    folder = tmp_path_factory.mktemp("postgres-home")
    with fresh_database(postgres_url) as url:
        opened(folder, url).close()
        yield PostgresHome(url, folder / "vault.key")


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    """An app on each of the two databases."""
    if request.param == "sqlite":
        folder = tmp_path / "data"
        shutil.copytree(request.getfixturevalue("sqlite_template"), folder)
        running = opened(folder)
        yield running
        running.close()
        return
    home: PostgresHome = request.getfixturevalue("postgres_home")
    shutil.copy(home.vault_key, tmp_path / "vault.key")
    running = opened(tmp_path, home.url)
    try:
        yield running
    finally:
        running.close()
        home.empty()


@pytest.fixture
def town(app: App) -> Town:
    """The production world and its people."""
    return Town(app, app.production)


@pytest.fixture
def sandbox(app: App) -> Town:
    """The sandbox and its people."""
    return Town(app, app.sandbox)


@pytest.fixture
def rosa(town: Town) -> Requester:
    """A requester with $1,000."""
    return town.requester("Rosa", funds="1000.00")


@pytest.fixture
def omar(town: Town) -> Requester:
    """Another requester, with $1,000."""
    return town.requester("Omar", funds="1000.00")


@pytest.fixture
def wei(town: Town) -> Worker:
    """A worker in Washington, USA."""
    return town.worker("Wei", country="US", subdivision="WA")


@pytest.fixture
def ana(town: Town) -> Worker:
    """A worker in Portugal."""
    return town.worker("Ana", country="PT")


@pytest.fixture
def operator(town: Town) -> Operator:
    """Who runs the house."""
    return town.operator
