"""A PostgreSQL server of our own: for a test run, or from the command line for measurements.

    PYTHONPATH=tests .venv/bin/python -m services.postgres --durable FOLDER

prints the server's URL and runs until SIGTERM or Ctrl-C. The folder is kept and can be started again.
"""

import argparse
import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from find_postgres import find_postgres
from once import locked
from services import shared_folder
from services.ports import free_port

START_SECONDS = 60
STOP_SECONDS = 30
ORDINARY_USERS = ("nobody", "postgres", "daemon")
# What survives a crash is of no interest in most tests, and waiting for the disk is most of their time.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
ALWAYS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=64MB",
    "max_connections=200",
    "timezone=UTC",
    "log_timezone=UTC",
)


class CannotStart(Exception):
    """The PostgreSQL server did not start; the message has its own last words."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server. The URL leads to the database `postgres` as its superuser, without a password."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it in order; committed work is on disk. Returns when it has gone."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it at once, as a loss of power would; `start_postgres` on the same folder recovers."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(STOP_SECONDS)


def start_postgres(directory: Path, durable: bool, *, settings: Sequence[str] = ()) -> PostgresServer:
    """Start a server on a free loopback port, with its data in `directory` (made, or used again).

    `durable` waits for the disk as production does; without it commits are quick and a crash loses them.
    `settings` are further `name=value` pairs. Raises CannotStart.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    user = _ordinary_user()
    if user:
        _hand_over(directory, user)
    programs = _programs(directory, user)
    data = directory / "data"
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, user, durable=durable)
    for _ in range(3):
        server = _start(programs, directory, user, (*ALWAYS, *(() if durable else FORGETFUL), *settings))
        if server:
            return server
    raise CannotStart(f"PostgreSQL did not start:\n{_last_words(directory)}")


@contextlib.contextmanager
def fresh_database(server_url: str, *, template: str = "template1") -> Iterator[str]:
    """The URL of a new database of the server, dropped afterwards with whatever is still connected."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield f"{server_url.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of one server for the whole run, shared by all workers, started by the first that asks."""
    folder = shared_folder.folder_of_this_run()
    address = folder / "postgres.url"
    with locked(folder / "postgres.lock"):
        if not address.exists():
            _start_in_background(folder, address)
    return address.read_text()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    with fresh_database(postgres_url) as url:
        yield url


_NUMBERS = itertools.count(1)


def _ordinary_user() -> pwd.struct_passwd | None:
    """Whom to run the server as when we are root, whom PostgreSQL refuses; None when we are not."""
    if os.geteuid() != 0:
        return None
    for name in ORDINARY_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart("PostgreSQL refuses to run as root, and there is no user `nobody` to run it as.")


def _hand_over(directory: Path, user: pwd.struct_passwd) -> None:
    os.chown(directory, user.pw_uid, user.pw_gid)
    if _run_as(user, ["test", "-w", str(directory)]).returncode != 0:
        raise CannotStart(
            f"PostgreSQL refuses to run as root, and as `{user.pw_name}` it cannot reach {directory}. "
            "Choose a folder that everybody may pass through, such as one in /tmp."
        )


def _programs(directory: Path, user: pwd.struct_passwd | None) -> Path:
    programs = find_postgres()
    if programs is None:
        raise CannotStart("There is no PostgreSQL. `make test` prepares one; or apt-get install postgresql.")
    if _run_as(user, [str(programs / "postgres"), "--version"]).returncode == 0:
        return programs
    return _copy_within_reach(programs, directory / "programs")


def _copy_within_reach(programs: Path, home: Path) -> Path:
    """The project lies where only root may look (say, its home): copy the wheel's files beside the data."""
    package = programs.parent.parent
    copied = home / package.name / programs.parent.name
    if not copied.exists():
        shutil.copytree(programs.parent, copied, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name)
    return copied / programs.name


def _initialise(programs: Path, data: Path, user: pwd.struct_passwd | None, *, durable: bool) -> None:
    command = [str(programs / "initdb"), "--pgdata", str(data), "--username", "postgres", "--auth", "trust"]
    command += ["--encoding", "UTF8", "--no-locale"]
    done = _run_as(user, [*command, *([] if durable else ["--no-sync"])])
    if done.returncode != 0:
        raise CannotStart(f"PostgreSQL's initdb failed:\n{done.stdout}")


def _start(
    programs: Path, directory: Path, user: pwd.struct_passwd | None, settings: Sequence[str]
) -> PostgresServer | None:
    """None when it did not come up, for instance because somebody took the port in between."""
    port = free_port()
    command = [str(programs / "postgres"), "-D", str(directory / "data"), "-p", str(port)]
    command += [word for setting in settings for word in ("-c", setting)]
    with open(directory / "log", "ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_ENVIRONMENT,
            **_identity(user),
        )
    server = PostgresServer(f"postgresql://postgres@127.0.0.1:{port}/postgres", directory, process)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(server.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.03)
        else:
            return server
    server.crash()
    return None


def _run_as(user: pwd.struct_passwd | None, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd="/",
            env=_ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **_identity(user),
        )
    except PermissionError as problem:
        return subprocess.CompletedProcess(command, 126, str(problem))


def _identity(user: pwd.struct_passwd | None) -> dict[str, object]:
    # A session of its own: Ctrl-C in the terminal is for the tests, which then end the server in order.
    alone: dict[str, object] = {"start_new_session": True}
    return alone | ({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {})


def _last_words(directory: Path) -> str:
    return "\n".join((directory / "log").read_text(errors="replace").splitlines()[-20:])


# Nothing of the developer's own PG... variables may lead elsewhere.
_ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _start_in_background(folder: Path, address: Path) -> None:
    """In a process of its own, as the worker that asks first may well end before the others."""
    command = [
        sys.executable,
        "-m",
        "services.postgres",
        str(folder / "postgres"),
        "--url-file",
        str(address),
    ]
    command += ["--while-alive", str(shared_folder.first_process())]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    with open(folder / "postgres.log", "wb") as log:
        keeper = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
        )
    (folder / "postgres.pid").write_text(str(keeper.pid))
    while not address.exists():
        if keeper.poll() is not None:
            raise CannotStart((folder / "postgres.log").read_text())
        time.sleep(0.02)


def main() -> None:
    """Run a server until told to end."""
    parser = argparse.ArgumentParser(prog="python -m services.postgres", description=__doc__)
    parser.add_argument("directory", type=Path, help="where its data lies; made if missing")
    parser.add_argument("--durable", action="store_true", help="wait for the disk, as production does")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of PostgreSQL"
    )
    parser.add_argument("--url-file", type=Path, help="write the URL there as well")
    parser.add_argument(
        "--while-alive", type=int, metavar="PID", help="end when this process is gone, data and all"
    )
    chosen = parser.parse_args()
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        server = start_postgres(chosen.directory, chosen.durable, settings=chosen.set)
    except CannotStart as problem:
        sys.exit(str(problem))
    print(server.url, flush=True)
    if chosen.url_file:
        _write_whole(chosen.url_file, server.url)
    orphaned = False
    while not (ended or orphaned) and server.process.poll() is None:
        time.sleep(0.1)
        orphaned = bool(chosen.while_alive and not shared_folder.is_alive(chosen.while_alive))
    server.stop()
    if orphaned:
        shutil.rmtree(chosen.directory, ignore_errors=True)


def _write_whole(file: Path, text: str) -> None:
    """Whoever waits for the file finds all of it or nothing."""
    half = file.with_suffix(".part")
    half.write_text(text)
    half.rename(file)


if __name__ == "__main__":
    main()
