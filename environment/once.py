"""Do a preparation once: safe when two programs ask at the same time, instant when it is already done."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"


class CannotPrepare(Exception):
    """Something outside the project is missing; the message says what a person can do about it."""


def once(folder: Path, *, depends_on: str, announce: str, build: Callable[[Path], None]) -> Path:
    """The folder, built when it was missing or built for something else than `depends_on`.

    `announce` is printed only when there is work to do. Raises what `build` raises, leaving no folder.
    """
    wanted = hashlib.sha256(depends_on.encode()).hexdigest()
    stamp = folder / ".prepared"
    if _read(stamp) == wanted:
        return folder
    with locked(folder.parent / f".{folder.name}.lock"):
        if _read(stamp) == wanted:
            return folder
        print(announce, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            build(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        stamp.write_text(wanted)
    return folder


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file; the system lets go of it when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def run_as_program(prepare: Callable[[], object]) -> None:
    """Run a preparation from the command line: one plain sentence and status 1 when it cannot be done."""
    try:
        prepare()
    except CannotPrepare as problem:
        sys.exit(str(problem))


def _read(stamp: Path) -> str | None:
    try:
        return stamp.read_text()
    except OSError:
        return None
