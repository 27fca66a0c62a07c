"""The journal of the long tests, and the page that sums it up."""

from __future__ import annotations

import json
import os
import statistics
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soak.parts import Part

Line = dict[str, Any]


class Journal:
    """One JSON line for each finished part."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def lines(self) -> list[Line]:
        """All of them, the oldest first."""
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    def append(self, line: Line) -> None:
        """Keep a line, on disk when this returns."""
        with open(self._path, "a") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def of(self, part: str) -> list[Line]:
        """The lines of one part."""
        return [line for line in self.lines() if line["part"] == part]

    def runs(self, part: str) -> int:
        """How often a part was run."""
        return len(self.of(part))

    def done(self, part: str) -> int:
        """How much of a part is done."""
        return sum(line["amount"] for line in self.of(part))


def write_summary(path: Path, journal: Journal, parts: Iterable[Part]) -> None:
    """The page for people."""
    rows = [_row(part, journal.of(part.name)) for part in parts]
    reached: Counter[str] = Counter()
    for line in journal.lines():
        reached.update(line.get("reached", {}))
    text = [
        "# Long tests",
        "",
        "Written by `make soak` from its journal; a zero is only worth its denominator.",
        "",
        "| Part | Done | Of | Unit | Seeds | Minutes | Acknowledged | Unknown | Recovery p50, max | Wrong |",
        "|---|--:|--:|---|---|--:|--:|--:|--:|--:|",
        *rows,
        "",
        "`Acknowledged` and `Unknown` are writes whose answer came, and writes cut off by the crash.",
        "Where nothing is wrong, all of the first were found exactly once, each of the second wholly or not",
        "at all. Recovery is in seconds, from the start of the process to its first answer.",
    ]
    if reached:
        text += ["", "## Reached by the simulation", "", "| State | Times |", "|---|--:|"]
        text += [f"| {name} | {count} |" for name, count in sorted(reached.items())]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(text) + "\n")


def _row(part: Part, lines: list[Line]) -> str:
    recoveries = [each for line in lines for each in line.get("recoveries", ())]
    recovery = f"{statistics.median(recoveries):.1f} / {max(recoveries):.1f}" if recoveries else ""
    seeds = f"{lines[0]['seed']} … {lines[-1]['seed']}" if lines else ""
    cells = (
        part.name,
        sum(line["amount"] for line in lines),
        part.wanted,
        part.unit,
        seeds,
        f"{sum(line['seconds'] for line in lines) / 60:.1f}",
        sum(line.get("acknowledged", 0) for line in lines) or "",
        sum(line.get("unknown", 0) for line in lines) or "",
        recovery,
        sum(len(line["faults"]) for line in lines),
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
