"""Measure, keep the figures, and write the page of them.

    python bench/run.py                      all programs
    python bench/run.py creating paging      these
    python bench/run.py accepting --minutes 10
    python bench/run.py --page               only write the page again

Figures are kept in docs/reference/measurements.json with date and commit, each program's in place of its last
ones; docs/reference/measurements.md is made of them. With --small nothing is kept unless --into names a
folder."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from page import page
from readings import commit

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parent / "docs" / "reference"
PROGRAMS = (
    "creating",
    "accepting",
    "paging",
    "listing",
    "approving",
    "storage_size",
    "installing",
    "work_loop",
)
Record = dict[str, Any]


def main() -> int:
    """Run what is named; 1 if a program failed, and then what it measured before stays."""
    chosen = _chosen()
    kept = chosen.into or (None if chosen.small else REFERENCE)
    failed = []
    for name in () if chosen.page else chosen.programs or PROGRAMS:
        print(f"{name} …", file=sys.stderr, flush=True)
        words = [f"--minutes={chosen.minutes:g}"] if name == "accepting" and chosen.minutes else []
        words += ["--small"] if chosen.small else []
        record = measured(name, words)
        if record is None:
            failed.append(name)
        elif kept is None:
            print(json.dumps(record, indent=1))
        else:
            keep(kept, name, record)
    if kept is not None:
        (kept / "measurements.md").write_text(page(read(kept)))
    if failed:
        print(f"These failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def measured(name: str, words: list[str]) -> Record | None:
    """What a program answers in a process of its own, with date, commit and command; None if it failed."""
    done = subprocess.run(
        [sys.executable, str(HERE / f"{name}.py"), *words], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        return None
    said = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": commit(),
        "command": " ".join(["python bench/run.py", name, *words]),
    }
    answer: Record = json.loads(done.stdout)
    return said | answer


def read(folder: Path) -> dict[str, Record]:
    """What was kept there, by program."""
    file = folder / "measurements.json"
    records: dict[str, Record] = json.loads(file.read_text()) if file.exists() else {}
    return records


def keep(folder: Path, name: str, record: Record) -> None:
    """Put a program's figures in place of its last ones."""
    folder.mkdir(parents=True, exist_ok=True)
    records = read(folder) | {name: record}
    (folder / "measurements.json").write_text(json.dumps(records, indent=1, sort_keys=True) + "\n")


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("programs", nargs="*", help=f"of {', '.join(PROGRAMS)}; all without any")
    parser.add_argument("--small", action="store_true", help="tiny sizes, to see that the programs work")
    parser.add_argument("--into", type=Path, help="the folder of the figures and the page")
    parser.add_argument(
        "--minutes", type=float, help="how long dispatch runs on each engine: 10 is the goal's"
    )
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page again")
    chosen = parser.parse_args()
    if unknown := set(chosen.programs) - set(PROGRAMS):
        parser.error(f"there is no program {', '.join(sorted(unknown))}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
