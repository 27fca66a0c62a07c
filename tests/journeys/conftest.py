"""What the journeys share: a queue for notifications, and an app that lives in the present."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.queues import queue as queue
from kempelen.app import App, assemble
from kempelen.clock import HandClock
from kempelen.rules.ids import seeded_random
from kempelen.settings import Settings
from services.ports import free_port
from services.serving import Served, serving


@pytest.fixture
def present_app(tmp_path: Path) -> Iterator[App]:
    """An app whose clock stands at the machine's own time, for clients that cannot be told another."""
    ports = {name: free_port() for name in ("port", "sandbox_port", "task_port")}
    settings = Settings(data=tmp_path / "data", log_calls=False, jobs=False, **ports)  # type: ignore[arg-type]
    app = assemble(settings, clock=HandClock(time.time_ns() // 1_000_000), random=seeded_random(7))
    yield app
    app.close()


@pytest.fixture
def present(present_app: App) -> Iterator[Served]:
    """That app, listening."""
    with serving(present_app) as running:
        yield running
