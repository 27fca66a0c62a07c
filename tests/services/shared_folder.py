"""One folder a test run, known to all its worker processes, gone when the run is over.

Services that are too slow to start once a worker put their address here, and their process id, by which they
are ended.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

VARIABLE = "TEST_SERVICES_FOLDER"
PATIENCE_SECONDS = 30


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder; workers inherit its path with the environment."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="kempelen-services-")
        # A service may have to run as another user (PostgreSQL refuses root): let it pass, but not list.
        os.chmod(folder, 0o711)
        os.environ[VARIABLE] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends what was started, after the last test of the last worker."""
    folder = os.environ.get(VARIABLE)
    if folder and not hasattr(config, "workerinput"):
        for file in Path(folder).glob("*.pid"):
            end(int(file.read_text()))
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[VARIABLE]


def folder_of_this_run() -> Path:
    """The folder; asserts that this runs inside pytest."""
    return Path(os.environ[VARIABLE])


def first_process() -> int:
    """The process id of pytest itself, also when asked in a worker of pytest-xdist."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def end(process: int) -> None:
    """Ask the process to end and wait for it; after half a minute it is killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        os.kill(process, signal.SIGTERM)
        while is_alive(process):
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.01)
    except ProcessLookupError:
        pass


def is_alive(process: int) -> bool:
    """False also for a child of ours that has ended but was not waited for: it is waited for here."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
