"""`kempelen language-tests`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def _run(data: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "kempelen", "language-tests", "--data", str(data), *arguments]
    environment = os.environ | {"COLUMNS": "200"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def test_it_puts_the_tests_in_place_and_lists_them(tmp_path: Path) -> None:
    first = _run(tmp_path)
    assert "3KEMPELENLANGUAGEREADING0000ES  Kempelen: Spanish reading" in first
    assert "production: 12 put in place." in first
    worlds = json.loads(_run(tmp_path, "--json"))
    assert [worlds[name]["NumChanged"] for name in ("production", "sandbox")] == [0, 0]
