"""A server process under test: started, asked whether it answers, killed, started again."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from services.ports import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


class DidNotStart(Exception):
    """The server did not answer in time; the message has its last words."""


@dataclass(slots=True)
class Place:
    """Where a server keeps its data, and what it is told."""

    folder: Path
    database: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    task_port: int = field(default_factory=free_port)


class ServerProcess:
    """One run of the server, known by its process id."""

    def __init__(self, place: Place, **more: str) -> None:
        self._place = place
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KEMPELEN_")}
        environment |= {
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}",
            "KEMPELEN_DATA": str(place.folder),
            "KEMPELEN_DATABASE": place.database,
        }
        command = [sys.executable, "-m", "faults.program"]
        command += [str(port) for port in (place.port, place.sandbox_port, place.task_port)]
        self._log = open(place.folder / "server.log", "ab")  # noqa: SIM115
        self._began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            env=environment | place.environment | more,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            cwd=ROOT,
            start_new_session=True,
        )

    def wait(self) -> float:
        """Wait for the first 200; answers the seconds it took from the start. Raises `DidNotStart`."""
        deadline = self._began + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._place.port, timeout=5)
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/ready", headers={"Host": "localhost"})
                if connection.getresponse().status == 200:
                    return time.monotonic() - self._began
            connection.close()
            time.sleep(0.01)
        raise DidNotStart((self._place.folder / "server.log").read_text(errors="replace")[-2_000:])

    def kill(self) -> None:
        """`kill -9`."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    @property
    def resident_bytes(self) -> int:
        """How much memory it has."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in text.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def _end(self, how: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(30)
        self._log.close()
