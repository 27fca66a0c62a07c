"""A market that is looked at in a browser: it mails, and its workers sign in with passwords."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import Stage
from strangers_site import StrangersSite, strangers_site

from apps import app_on
from kempelen.app import App, senders
from kempelen.jobs.deliveries import Deliveries
from kempelen.store import outbox
from people import Town
from services.browser import Contexts
from services.mail import MailSink
from services.serving import Served


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path, mail: MailSink) -> Iterator[App]:
    """An app on SQLite, or on what the test says; browsers take long, so most tests are content with one."""
    settings = {
        "egress_allow": "127.0.0.0/8",
        "smtp_host": mail.host,
        "smtp_port": mail.port,
        "smtp_starttls": False,
        "mail_from": "Kempelen <market@example.org>",
    }
    with app_on(getattr(request, "param", "sqlite"), request, tmp_path, **settings) as running:
        yield running


@pytest.fixture
def stage(town: Town, served: Served, contexts: Contexts) -> Stage:
    """The market with its people and their browsers."""
    return Stage(town, served, contexts)


@pytest.fixture
def post(app: App, mail: MailSink) -> Deliveries:
    """The mail of the house, sent by hand: `post.drain()`."""
    return Deliveries(app.house, outbox, senders(app, app.house))


@pytest.fixture
def stranger() -> Iterator[StrangersSite]:
    """A site of somebody else."""
    with strangers_site() as site:
        yield site
