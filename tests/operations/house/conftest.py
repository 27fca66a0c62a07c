"""A house with a mail server, where addresses are confirmed; and strangers who sign up at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from apps import app_on
from people import Town
from strangers import House


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """The house of a market with a mail server; what is mailed stays in its outbox."""
    with app_on(
        request.param,
        request,
        tmp_path,
        smtp_host="localhost",
        mail_from="market@example.org",
        sign_ups_an_hour=3,
    ) as running:
        yield House(Town(running, running.production))
