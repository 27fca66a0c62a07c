"""A market to test with: real databases, a hand-turned clock, and people with names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps import PostgresHome, app_on, opened
from kempelen.app import App
from people import Operator, Requester, Town, Worker
from services.postgres import fresh_database

pytest_plugins = ["services.plugin"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of databases with nothing in them, to copy."""
    folder = tmp_path_factory.mktemp("template")
    opened(folder).close()
    return folder


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
    with app_on(request.param, request, tmp_path) as running:
        yield running


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
