"""All settings: one frozen dataclass, read from the environment, working with nothing set."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kempelen.errors import Refusal

PREFIX = "KEMPELEN_"


class WrongSetting(Refusal):
    """The setting {name} is {value!r}, which is not {wanted}."""


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its sentence; the environment variable is `KEMPELEN_` and the name in capitals."""

    data: Path = _setting(Path("data"), "The folder of databases, files and the vault's key.")
    database: str = _setting("", "A postgresql:// URL; empty means SQLite files in the data folder.")
    host: str = _setting("127.0.0.1", "The address to listen on.")
    port: int = _setting(8080, "The port of the production world.")
    sandbox_port: int = _setting(8081, "The port of the sandbox world.")
    task_port: int = _setting(8082, "The port for task content of both worlds.")
    public_url: str = _setting(
        "", "The address people reach production at; empty means http://localhost:PORT."
    )
    sandbox_public_url: str = _setting("", "The address people reach the sandbox at.")
    task_public_url: str = _setting("", "The address of task content; must be another host than the sites'.")
    content_domain: str = _setting(
        "", "A wildcard domain such as *.tasks.example.org, to give each HIT type's content its own origin."
    )
    frame_dialogs: bool = _setting(False, "Whether requesters' pages may open the browser's own dialogs.")
    vault_key: str = _setting(
        "", "The key that seals stored secrets, instead of the file in the data folder."
    )
    database_writers: int = _setting(2, "Writer threads a process on PostgreSQL.")
    requests_a_second: int = _setting(
        0, "Requests a second for each access key in each world; 0 means no limit."
    )
    pages_a_second: int = _setting(
        0, "Pages a second for each visitor in each world, ten seconds' worth at once; 0 means no limit."
    )
    queue_cap: int = _setting(25, "How many accepted tasks a worker may hold at once.")
    accepts_a_day: int = _setting(3_800, "How many tasks a worker may accept in a day.")
    reports_to_pause: int = _setting(
        5, "How many workers' reports in 24 hours pause a group of tasks; 0 means that none do."
    )
    connections_per_address: int = _setting(
        512, "How many connections one address may have; raise it behind a reverse proxy."
    )
    metrics_token: str = _setting("", "If set, /metrics answers only to this bearer token.")
    max_body_bytes: int = _setting(8_388_608, "The largest body of an API request.")
    reward_rate: int = _setting(2_000, "The fee on rewards, in basis points.")
    many_assignments_rate: int = _setting(
        2_000, "The further fee at ten or more assignments, in basis points."
    )
    masters_rate: int = _setting(500, "The further fee for Masters, in basis points.")
    bonus_rate: int = _setting(2_000, "The fee on bonuses, in basis points.")
    minimum_fee: int = _setting(1, "The least fee on an assignment or a bonus, in cents.")
    volume_discounts: str = _setting(
        "",
        "Discounts on rewards' and bonuses' fees: dollars spent this month and basis points off, by commas: "
        "10000.00:300, 50000.00:500.",
    )
    session_days: int = _setting(30, "How long somebody stays signed in at most, in days.")
    session_idle_days: int = _setting(14, "How long somebody stays signed in without coming back, in days.")
    sign_up: bool = _setting(True, "Whether strangers may sign up as workers.")
    sign_ups_an_hour: int = _setting(
        10, "How many people of one network may sign up in an hour before each needs a proof of work."
    )
    confirm_addresses: bool = _setting(
        True, "Whether people who sign up confirm their address before they work; not without a mail server."
    )
    passkey_domain: str = _setting(
        "", "The domain that passkeys are for; empty means the host of the production site."
    )
    egress_allow: str = _setting(
        "", "Hosts and networks that notifications may reach though they are private, by commas."
    )
    egress_proxy: str = _setting("", "An http proxy for all outside requests but AWS's.")
    smtp_host: str = _setting("", "The mail server; empty means that no mail leaves.")
    smtp_port: int = _setting(587, "The mail server's port.")
    smtp_user: str = _setting("", "The mail server's user.")
    smtp_password: str = _setting("", "The mail server's password.")
    smtp_starttls: bool = _setting(True, "Whether mail is sent over STARTTLS.")
    mail_from: str = _setting("Kempelen <noreply@localhost>", "The sender of mail.")
    blobs: str = _setting(
        "", "Where file answers are kept: empty for a folder in the data folder, or s3://BUCKET/PREFIX."
    )
    jobs: bool = _setting(True, "Whether this process runs sweeps and deliveries.")
    log_calls: bool = _setting(True, "Whether each call writes a line to the log.")
    trusted_proxies: str = _setting(
        "", "Addresses of reverse proxies whose X-Forwarded-For and -Proto are believed, by commas."
    )
    fault_points: str = _setting("", "Named fault points to trigger, for tests only: name:count, by commas.")

    @property
    def production_url(self) -> str:
        """The address people reach production at."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The address people reach the sandbox at."""
        return self.sandbox_public_url or f"http://localhost:{self.sandbox_port}"

    @property
    def task_url(self) -> str:
        """The address of task content."""
        return self.task_public_url or f"http://127.0.0.1:{self.task_port}"


def read(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from the environment, then from what is given (None is not given).

    Raises `WrongSetting` for a value that is not of the setting's kind.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for each in dataclasses.fields(Settings):
        name = PREFIX + each.name.upper()
        if given.get(each.name) is not None:
            values[each.name] = given[each.name]
        elif name in environment:
            values[each.name] = _parsed(name, environment[name], each.default)
    settings = Settings(**values)
    for name in ("port", "sandbox_port", "task_port"):
        if not 0 <= getattr(settings, name) <= 65_535:
            raise WrongSetting(name=name, value=getattr(settings, name), wanted="a port from 0 to 65535")
    return settings


def _parsed(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            raise WrongSetting(name=name, value=text, wanted="yes or no")
        return text.lower() in ("1", "true", "yes", "on")
    if isinstance(default, int):
        if not text.strip().isascii() or not text.strip().isdigit():
            raise WrongSetting(name=name, value=text, wanted="a whole number")
        return int(text)
    return Path(text) if isinstance(default, Path) else text
