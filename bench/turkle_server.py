"""A Turkle to measure beside ours, a process tree of its own with people and work in it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import readings  # noqa: F401  (it makes the tests' modules importable, and they those of environment/)
import services  # noqa: F401
from prepare_turkle import prepare_turkle
from servers import HERE, free_port, running, wait_for

PROCESSES = 3


@dataclass(frozen=True)
class Turkle:
    """A running Turkle with one batch. Worker `worker7` has the password `worker7`."""

    url: str
    batch: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def turkle(template: str, *, tasks: int, workers: int, database: str = "") -> Iterator[Turkle]:
    """A Turkle behind gunicorn on SQLite, or on the empty PostgreSQL database named, with so many tasks of
    one assignment each; the template has one parameter, `picture`."""
    python = prepare_turkle()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "BENCH_TURKLE_DATABASE": database or str(Path(folder) / "turkle.db"),
            "DJANGO_SETTINGS_MODULE": "turkle_settings",
            "PYTHONPATH": str(HERE),
        }
        filled = subprocess.run(
            [python, HERE / "turkle_filling.py", str(tasks), str(workers)],
            input=template,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
            check=True,
        )
        url = f"http://127.0.0.1:{free_port()}"
        words = [str(python.parent / "gunicorn"), "--workers", str(PROCESSES), "--log-level", "error"]
        words += ["--bind", url.removeprefix("http://"), "django.core.wsgi:get_wsgi_application()"]
        with running(words, **environment) as process:
            wait_for(f"{url}/login/", process)
            yield Turkle(url, filled.stdout.strip(), process)
