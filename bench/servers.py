"""Servers to measure, each a process of its own, and a market in them to work with."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 30) -> float:
    """Wait until something answers there; how many seconds that took."""
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=1):
                took = time.perf_counter() - started
            if process.poll() is None:  # else another program answers there
                return took
        except urllib.error.HTTPError:
            return time.perf_counter() - started
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"nothing answers at {url}")


@contextlib.contextmanager
def running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended afterwards by its own pid."""
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def cpu_seconds(process: int) -> float:
    """The processor time a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int) -> float:
    """The memory a process holds, in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@contextlib.contextmanager
def idle_server() -> Iterator[str]:
    """The server that does nothing."""
    port = free_port()
    with running([sys.executable, str(HERE / "idle_server.py"), str(port)]) as process:
        wait_for(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}/"


@dataclass(frozen=True)
class Kempelen:
    """A running server of ours, with a funded requester."""

    url: str
    access_key: str
    secret_key: str
    process: subprocess.Popen[bytes]
    folder: Path
    database: str
    sandbox_url: str

    def client(self, **settings: Any) -> Any:
        """A boto3 client for the production world."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            "mturk",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(max_pool_connections=16, retries={"max_attempts": 0}, **settings),
        )

    def command(self, *words: str) -> dict[str, Any]:
        """Run a `kempelen` command beside the server; answers its JSON object."""
        done = subprocess.run(
            [sys.executable, "-m", "kempelen", *words, "--data", str(self.folder), *self._database()],
            check=True,
            capture_output=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def cpu_seconds(self) -> float:
        """The processor time the server process has used."""
        return cpu_seconds(self.process.pid)

    def resident_mb(self) -> float:
        """The memory the server process holds, in MB."""
        return resident_mb(self.process.pid)

    def _database(self) -> list[str]:
        return ["--database", self.database] if self.database else []


@contextlib.contextmanager
def kempelen(*, database: str = "", folder: Path | None = None, **environment: str) -> Iterator[Kempelen]:
    """A server of ours on SQLite, or on the database named; settings are given as its environment."""
    with contextlib.ExitStack() as stack:
        folder = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = [free_port() for _ in range(3)]
        words = [sys.executable, "-m", "kempelen", "serve", "--data", str(folder)]
        words += [word for name, port in zip(("--port", "--sandbox-port", "--task-port"), ports, strict=True)
                  for word in (name, str(port))]  # fmt: skip
        words += ["--database", database] if database else []
        process = stack.enter_context(running(words, KEMPELEN_LOG_CALLS="0", **environment))
        wait_for(f"http://127.0.0.1:{ports[0]}/ready", process)
        url = f"http://127.0.0.1:{ports[0]}/"
        server = Kempelen(url, "", "", process, folder, database, f"http://127.0.0.1:{ports[1]}/")
        email = f"bench{time.time_ns()}@example.org"
        added = server.command(
            "add", "requester", "--name", "Bench", "--email", email, "--funds", "10000000", "--json"
        )
        yield Kempelen(
            url,
            added["access_key_id"],
            added["secret_access_key"],
            process,
            folder,
            database,
            server.sandbox_url,
        )
