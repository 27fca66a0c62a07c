"""The AWS command line, run as a requester would run it."""

from pathlib import Path

import pytest

from prepare_aws_command import COMMAND


@pytest.fixture(scope="session")
def aws_command() -> Path:
    """The `aws` program, version 1."""
    assert COMMAND.exists(), (
        "The AWS command line is missing: `make test` prepares it, or "
        ".venv/bin/python environment/prepare_aws_command.py"
    )
    return COMMAND
