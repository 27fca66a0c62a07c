"""Make .venv and put the project with its test and check tools into it.

Run by make with a Python of the machine; needs nothing but the standard library.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from once import ROOT, CannotPrepare, locked, run_as_program

HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
STAMP = HOME / ".installed"
GROUPS = ("test", "check")


def install() -> None:
    """Bring .venv up to date with pyproject.toml. Raises CannotPrepare with what to do about it."""
    with locked(ROOT / ".cache" / ".venv.lock"):
        if _is_current():
            return
        if not _works():
            _create()
        print("Installing Kempelen and its tools into .venv (a minute or two the first time).", flush=True)
        # `pip install --group` came with pip 25.1; the pip that a fresh environment brings can be older.
        _pip("install", "--upgrade", "pip>=25.1")
        _pip("install", "--editable", ".", *(word for group in GROUPS for word in ("--group", group)))
        STAMP.touch()


def _is_current() -> bool:
    return STAMP.exists() and STAMP.stat().st_mtime >= (ROOT / "pyproject.toml").stat().st_mtime and _works()


def _works() -> bool:
    if not PYTHON.exists():
        return False
    question = "import pip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    return subprocess.run([PYTHON, "-c", question], capture_output=True).returncode == 0


def _create() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if importlib.util.find_spec("ensurepip") is None:
        raise CannotPrepare(
            f"This Python {version} cannot make virtual environments, because its ensurepip is missing. "
            f"On Debian or Ubuntu: apt-get install python{version}-venv"
        )
    print(f"Making .venv with Python {version}.", flush=True)
    shutil.rmtree(HOME, ignore_errors=True)
    try:
        venv.create(HOME, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise CannotPrepare(f"The virtual environment {HOME} could not be made: {problem}") from problem


def _pip(*arguments: str) -> None:
    command = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, cwd=Path(ROOT), env=_environment()).returncode != 0:
        raise CannotPrepare(
            f"pip could not do `pip {' '.join(arguments)}`; its reason stands above. "
            "It needs the Python package index, or a mirror named in PIP_INDEX_URL."
        )


def _environment() -> dict[str, str]:
    # Said plainly for people who work as root in a container: this is a virtual environment of our own.
    return {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}


if __name__ == "__main__":
    run_as_program(install)
