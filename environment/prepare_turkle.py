"""Prepare Turkle with a server for it, in a virtual environment of its own: what ours is measured beside.

Only `bench/work_loop.py` needs it, and calls this by itself.
"""

import subprocess
import sys
import venv
from pathlib import Path

from once import CACHE, CannotPrepare, once, run_as_program

PACKAGES = ("turkle>=3.1,<4", "gunicorn>=23,<28", "psycopg[binary]>=3.2,<4")
HOME = CACHE / "turkle"
PYTHON = HOME / "bin" / "python"


def prepare_turkle() -> Path:
    """The Python that has Turkle. Raises CannotPrepare when pip cannot install it."""

    def build(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--root-user-action=ignore", *PACKAGES]).returncode != 0:
            raise CannotPrepare(
                "pip could not install Turkle; its reason stands above. "
                "It needs the Python package index, or a mirror named in PIP_INDEX_URL."
            )

    announce = "Installing Turkle, which is measured beside ours."
    # The path counts too: a virtual environment does not survive being moved.
    once(HOME, depends_on=f"{PACKAGES} {sys.version} {HOME}", announce=announce, build=build)
    return PYTHON


if __name__ == "__main__":
    run_as_program(prepare_turkle)
