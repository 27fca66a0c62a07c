"""Programs for Node.js with Amazon's own SDK, run as a requester would run them."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from prepare_node import SDK, find_node

SECONDS = 60


class RunNode(Protocol):
    """Runs an ECMAScript module that may `import ... from "@aws-sdk/client-mturk"`."""

    def __call__(
        self, source: str | Path, *, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`source` is the text of the module, or its file. The caller looks at `returncode` and `stdout`."""


@pytest.fixture(scope="session")
def node_command() -> Path:
    """The `node` program."""
    node = find_node()
    assert node, (
        "There is no Node.js: `make test` prepares it, or .venv/bin/python environment/prepare_node.py"
    )
    return node


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder with the AWS SDK for JavaScript."""
    modules = SDK / "node_modules"
    assert modules.is_dir(), (
        "The AWS SDK for JavaScript is missing: `make test` prepares it, or "
        ".venv/bin/python environment/prepare_node.py"
    )
    return modules


@pytest.fixture
def run_node(node_command: Path, node_modules: Path, tmp_path: Path) -> RunNode:
    """Run a module in this test's own folder."""

    def run(
        source: str | Path, *, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        program = tmp_path / "program.mjs"
        program.write_text(source.read_text() if isinstance(source, Path) else source)
        # Node looks for packages beside the module, so they are laid beside it.
        beside = tmp_path / "node_modules"
        if not beside.exists():
            beside.symlink_to(node_modules)
        return subprocess.run(
            [node_command, program],
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    return run
