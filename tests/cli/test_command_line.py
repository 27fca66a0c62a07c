"""The command line, as its own process: what it prints, how it ends, and that a running server notices."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from kempelen.app import assemble, migrate
from kempelen.settings import Settings
from people import external_question
from services.ports import free_port

PASSWORD = "correct horse battery"


def kempelen(data: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command on a data folder."""
    environment = os.environ | {"KEMPELEN_DATA": str(data), "COLUMNS": "200"}
    command = [sys.executable, "-m", "kempelen", *arguments]
    return subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, timeout=60)


def printed(data: Path, *arguments: str) -> dict[str, str]:
    """The one JSON object a command prints."""
    ended = kempelen(data, *arguments, "--json")
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, str] = json.loads(ended.stdout)
    return answer


def refused(data: Path, *arguments: str) -> str:
    """The sentence with which a command is refused."""
    ended = kempelen(data, *arguments)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.strip().endswith((".", ")"))
    return ended.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a requester."""
    folder = tmp_path_factory.mktemp("command-line") / "data"
    printed(folder, "add", "requester", "--name", "Rosa", "--email", "rosa@example.org", "--funds", "500")
    return folder


def test_help_is_quick_and_lists_the_commands(tmp_path: Path) -> None:
    began = time.monotonic()
    ended = kempelen(tmp_path, "--help")
    assert ended.returncode == 0 and time.monotonic() - began < 3
    for command in (
        "serve",
        "add",
        "keys",
        "fund",
        "migrate",
        "audit",
        "settings",
        "hits",
        "assignments",
        "demo",
    ):
        assert f"\n  {command} " in ended.stdout
    assert not list(tmp_path.iterdir())


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, kempelen.cli.main\n"
        "heavy = ('sqlalchemy', 'starlette', 'lxml', 'boto3', 'uvicorn')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_adding_prints_one_object_with_a_key(data: Path) -> None:
    worker = printed(
        data, "add", "worker", "--name", "Wei", "--email", "wei@example.org", "--password", PASSWORD,
        "--country", "US", "--subdivision", "WA",
    )  # fmt: skip
    assert set(worker) == {"id", "access_key_id", "secret_access_key"}
    assert worker["id"].startswith("A") and worker["access_key_id"].startswith("AKIA")
    operator = printed(data, "add", "operator", "--name", "Olga", "--email", "olga@example.org")
    assert operator["id"] != worker["id"]
    key = printed(data, "keys", "add", "--email", "wei@example.org", "--policy", "KempelenReadOnly")
    assert key["id"] == worker["id"]
    assert "disabled" in kempelen(data, "keys", "disable", key["access_key_id"]).stdout
    listed = kempelen(data, "keys", "list", "--email", "wei@example.org").stdout.splitlines()
    assert len(listed) == 2 and "disabled" in listed[1] and "KempelenReadOnly" in listed[1]


def test_a_password_can_come_from_standard_input(data: Path) -> None:
    given = ("add", "operator", "--name", "Max", "--email", "max@example.org", "--password", "-")
    assert kempelen(data, *given, stdin=f"{PASSWORD}\n").returncode == 0
    assert (
        "password" in kempelen(data, *(each.replace("max@", "mia@") for each in given), stdin="no\n").stderr
    )


def test_funding_adds_up(data: Path) -> None:
    answer = printed(data, "fund", "--email", "rosa@example.org", "0.50")
    assert answer["available_balance"] == "500.50"
    again = kempelen(data, "fund", "--account", answer["id"], "0.5")
    assert again.stdout == f"{answer['id']} has $501.00 available in production.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "worker", "--name", "R", "--email", "no address"), "email"),
        (("add", "worker", "--name", "R", "--email", "r@x.org", "--country", "XX"), "Country"),
        (("add", "worker", "--name", "R", "--email", "r@x.org", "--password", "short"), "password"),
        (("add", "requester", "--name", "R", "--email", "r@x.org", "--funds", "much"), "amount of money"),
        (("keys", "add", "--email", "nobody@example.org"), "Nobody is registered"),
        (("keys", "add", "--email", "rosa@example.org", "--policy", "NoSuch"), "NoSuch"),
        (("keys", "add"), "AccountId or Email"),
        (("keys", "disable", "AKIANOBODY"), "does not exist"),
        (("fund", "5", "--email", "nobody@example.org"), "Nobody is registered"),
        (("fund", "5"), "--email or --account"),
        (("hits", "--email", "rosa@example.org", "--world", "mars"), "production or sandbox"),
        (("migrate", "--database", "mysql://x"), "postgresql://"),
        (("audit", "--database", "postgresql://nobody@127.0.0.1:1/none"), "PostgreSQL"),
        (("serve", "--host", "0.0.0.0"), "--insecure"),
        (("serve", "--port", "99999"), "65535"),
        (("serve", "--port", "7000", "--task-port", "7000"), "three different ports"),
    ],
)
def test_refusals_are_sentences(data: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(data, *arguments)


def test_a_wrong_option_ends_with_two(data: Path) -> None:
    ended = kempelen(data, "add", "worker", "--colour", "red")
    assert ended.returncode == 2 and "--colour" in ended.stderr


def test_settings_are_explained_and_secrets_are_not_shown(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEMPELEN_SMTP_PASSWORD", "hush")
    monkeypatch.setenv("KEMPELEN_PORT", "9090")
    table = kempelen(data, "settings", "--database", "postgresql://rosa:hush@db/x").stdout
    assert "hush" not in table and "postgresql://rosa:***@db/x" in table
    assert any(
        "KEMPELEN_PORT" in line and "9090" in line and line.endswith(".") for line in table.splitlines()
    )
    as_json = json.loads(kempelen(data, "settings", "--json").stdout)
    assert {"name", "variable", "value", "sentence"} == set(as_json[0])


def test_new_databases_need_no_migration(data: Path, tmp_path: Path) -> None:
    assert "up to date" in kempelen(data, "migrate").stdout
    settings = Settings(data=tmp_path / "new")
    assert migrate(settings) == {"house": [], "production": [], "sandbox": []}
    assemble(settings).close()


class Server:
    """`kempelen serve` on a data folder."""

    def __init__(self, data: Path) -> None:
        self.ports = [free_port() for _ in range(3)]
        options = ("--port", "--sandbox-port", "--task-port")
        named = [text for pair in zip(options, map(str, self.ports), strict=True) for text in pair]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kempelen", "serve", "--data", str(data), *named],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline() for _ in range(4)]

    def client(self, key: dict[str, str]) -> object:
        """boto3 with that key."""
        return boto3.client(
            "mturk",
            endpoint_url=f"http://127.0.0.1:{self.ports[0]}",
            region_name="us-east-1",
            aws_access_key_id=key["access_key_id"],
            aws_secret_access_key=key["secret_access_key"],
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    """A server that runs beside the commands."""
    running = Server(data)
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.communicate()


def test_commands_work_beside_a_running_server_which_takes_notice(data: Path, server: Server) -> None:
    for port, line in zip(server.ports, server.said, strict=False):
        assert str(port) in line
    key = printed(data, "add", "requester", "--name", "Omar", "--email", "omar@example.org", "--funds", "20")
    client = server.client(key)
    assert client.get_account_balance()["AvailableBalance"] == "20.00"  # type: ignore[attr-defined]
    hit = client.create_hit(  # type: ignore[attr-defined]
        Title="A cat?",
        Description="Look.",
        Reward="0.05",
        LifetimeInSeconds=600,
        AssignmentDurationInSeconds=60,
        Question=external_question(),
    )["HIT"]["HITId"]
    for whose in (("--email", "omar@example.org"), ("--key", key["access_key_id"]), ("--account", key["id"])):
        assert hit in kempelen(data, "hits", *whose).stdout
    assert json.loads(kempelen(data, "hits", "--key", key["access_key_id"], "--json").stdout)["HITId"] == hit
    assert hit not in kempelen(data, "hits", "--email", "rosa@example.org").stdout
    assert kempelen(data, "assignments", "--email", "omar@example.org", "--hit", hit).returncode == 0
    kempelen(data, "keys", "disable", key["access_key_id"])
    time.sleep(1)
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        client.get_account_balance()  # type: ignore[attr-defined]
    taken = kempelen(data, "serve", "--port", str(server.ports[0]))
    assert taken.returncode == 1
    assert f"Port {server.ports[0]} of 127.0.0.1 is taken" in taken.stderr and "--port" in taken.stderr
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=20) == 0


def test_an_audit_says_what_it_looked_at(data: Path) -> None:
    ended = kempelen(data, "audit")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(ended.stdout.splitlines()) > 5
    assert all("holds" in line for line in ended.stdout.splitlines())
