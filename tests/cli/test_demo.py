"""`kempelen demo` does what it says, and the market it leaves behind holds."""

import csv
import os
import subprocess
import sys
from pathlib import Path

IMPORTS = "from pathlib import Path; from kempelen.cli.demo import run;"


def test_the_demo_publishes_works_agrees_pays_and_audits(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    play = f"{IMPORTS} run(folder=Path({str(folder)!r}), stay=False)"
    ports = {f"KEMPELEN_{name}": "0" for name in ("PORT", "SANDBOX_PORT", "TASK_PORT")}
    done = subprocess.run(
        [sys.executable, "-c", play], capture_output=True, text=True, timeout=110, env=os.environ | ports
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SimplePlurality agreed on" in done.stdout
    assert "0 are broken" in done.stdout
    assert "on hold." in done.stdout
    with (folder / "results.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 72
    assert {row["AssignmentStatus"] for row in rows} == {"Approved"}
    assert {row["Answer.sentiment"] for row in rows} <= {"positive", "negative", "mixed"}


def test_the_demo_empties_no_folder_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    play = f"{IMPORTS} run(folder=Path({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", play], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "not empty and no demo made it" in done.stderr
    assert (tmp_path / "precious.txt").read_text() == "mine"
