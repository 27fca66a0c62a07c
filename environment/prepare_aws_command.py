"""Prepare the AWS command line, version 1, in a virtual environment of its own: it pins its own botocore."""

import subprocess
import sys
import venv
from pathlib import Path

from once import CACHE, CannotPrepare, once, run_as_program

PACKAGE = "awscli>=1.42,<2"
HOME = CACHE / "awscli"
COMMAND = HOME / "bin" / "aws"


def prepare_aws_command() -> Path:
    """The `aws` program. Raises CannotPrepare when pip cannot install it."""

    def build(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--root-user-action=ignore", PACKAGE]).returncode != 0:
            raise CannotPrepare(
                "pip could not install the AWS command line; its reason stands above. "
                "It needs the Python package index, or a mirror named in PIP_INDEX_URL."
            )

    announce = "Installing the AWS command line for the tests."
    # The path counts too: a virtual environment does not survive being moved.
    once(HOME, depends_on=f"{PACKAGE} {sys.version} {HOME}", announce=announce, build=build)
    return COMMAND


if __name__ == "__main__":
    run_as_program(prepare_aws_command)
