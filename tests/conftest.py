"""A market to test with: real databases, a hand-turned clock, and people with names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with nothing in it, to copy."""
    name = f"template_{worker_id}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    folder = tmp_path_factory.mktemp("postgres-template")
    opened(folder, f"{postgres_url.rpartition('/')[0]}/{name}").close()
    shutil.copy(folder / "vault.key", tmp_path_factory.getbasetemp() / "postgres-vault.key")
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """An app on each of the two databases."""
    if request.param == "sqlite":
        folder = tmp_path / "data"
        shutil.copytree(request.getfixturevalue("sqlite_template"), folder)
        running = opened(folder)
        yield running
        running.close()
        return
    template = request.getfixturevalue("postgres_template")
    with fresh_database(request.getfixturevalue("postgres_url"), template=template) as url:
        shutil.copy(tmp_path_factory.getbasetemp() / "postgres-vault.key", tmp_path / "vault.key")
        running = opened(tmp_path, url)
        yield running
        running.close()


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
