"""How long installing takes, how big it gets, how soon the program answers, and what it holds when idle.

    python bench/installing.py [--small]

Installs this folder with pip into a fresh environment (wheels may come from pip's cache) and measures what
was installed there. With --small nothing is installed: the program that is here is measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disk import reading
from readings import Figure, print_measured, quantile, result
from servers import ROOT, cpu_seconds, free_port, resident_mb, running, wait_for

WITH_BYTE_CODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Whatever the shell says: people's first start keeps the byte code it makes."""


@dataclass(frozen=True)
class Start:
    """One start of a server: seconds until it answered, processor time until then, memory when idle."""

    seconds: float
    processor_seconds: float
    megabytes: float


def measure(small: bool = False) -> dict[str, Any]:
    """Size of what is installed, seconds until help and the server are there, memory of an idle one."""
    with tempfile.TemporaryDirectory() as folder:
        python, figures = sys.executable, []
        if not small:
            python, sizes = _installed(Path(folder) / "fresh")
            figures.append(sizes)
        figures.append(_help(python, runs=2 if small else 11))
        figures += _serving(python, Path(folder), runs=1 if small else 5, idle_seconds=0.2 if small else 10)
    return result(figures)


def _installed(place: Path) -> tuple[str, Figure]:
    """A fresh environment with the program in it: its Python, and how big it has become."""
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    python = str(place / "bin" / "python")
    before = _megabytes(place)
    started = time.perf_counter()
    words = [python, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([*words, str(ROOT)], check=True)
    took = time.perf_counter() - started
    return python, Figure(
        "Start",
        "Size of what `pip install .` unpacks, without byte code",
        "`pip install --no-compile .` into a fresh environment: what its files have grown by.",
        [_megabytes(place) - before],
        200,
        None,
        more_is_better=False,
        unit="MB",
        beside={"pip_install_seconds": took},
    )


def _megabytes(folder: Path) -> float:
    files = (
        Path(above) / name
        for above, _, names in os.walk(folder)
        for name in names
        if not name.endswith(".pyc")
    )
    return sum(each.lstat().st_size for each in files) / 1e6


def _help(python: str, *, runs: int) -> Figure:
    first, *later = (_seconds([python, "-m", "kempelen", "--help"]) for _ in range(runs))
    return Figure(
        "Start",
        "Seconds of `kempelen --help`",
        f"{runs} times from the start of the process to its end; the first, which makes byte code, left out.",
        later,
        0.3,
        None,
        more_is_better=False,
        unit="s",
        beside={"first_seconds": first},
    )


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | WITH_BYTE_CODE)
    return time.perf_counter() - started


def _serving(python: str, folder: Path, *, runs: int, idle_seconds: float) -> list[Figure]:
    disk = reading(folder, count=100)
    if python != sys.executable:
        _started(python, folder / "byte code")  # the first start makes it
    new, known = [], []
    for number in range(runs):
        new.append(_started(python, folder / f"data{number}", idle_seconds=idle_seconds))
        known.append(_started(python, folder / f"data{number}"))
    how = f"{runs} times from the start of `kempelen serve` until /ready answers"
    return [
        Figure(
            "Start",
            "Seconds until `kempelen serve` is ready, in a new folder",
            f"{how}, with databases, secrets and keys to make.",
            [each.seconds for each in new],
            2,
            None,
            more_is_better=False,
            unit="s",
            beside=disk | {"cpu_seconds": quantile([each.processor_seconds for each in new], 0.5)},
        ),
        Figure(
            "Start",
            "Seconds until `kempelen serve` is ready, in a folder it knows",
            f"{how}, in a folder that has been served before.",
            [each.seconds for each in known],
            2,
            None,
            more_is_better=False,
            unit="s",
            beside=disk | {"cpu_seconds": quantile([each.processor_seconds for each in known], 0.5)},
        ),
        Figure(
            "Start",
            "Memory of an idle server",
            f"Resident memory of `kempelen serve` on SQLite {idle_seconds:g} s after it was ready.",
            [each.megabytes for each in new],
            120,
            None,
            more_is_better=False,
            unit="MB",
        ),
    ]


def _started(python: str, data: Path, *, idle_seconds: float = 0) -> Start:
    """Start a server and end it again; a port that somebody took in between is tried anew."""
    for _ in range(3):
        port = free_port()
        command = [python, "-m", "kempelen", "serve", "--data", str(data), "--port", str(port)]
        command += ["--sandbox-port", "0", "--task-port", "0"]
        started = time.perf_counter()
        with running(command, KEMPELEN_LOG_CALLS="0", **WITH_BYTE_CODE) as process:
            try:
                wait_for(f"http://127.0.0.1:{port}/ready", process)
                took, processor = time.perf_counter() - started, cpu_seconds(process.pid)
                time.sleep(idle_seconds)
                memory = resident_mb(process.pid)
            except RuntimeError:
                continue
            if process.poll() is None:
                return Start(took, processor, memory)
    raise RuntimeError("the server does not start")


if __name__ == "__main__":
    print_measured(measure)
