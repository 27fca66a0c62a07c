"""What every measuring program answers: figures with their goals, and facts of the machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.append(str(TESTS))  # people and servers to measure with are those of the tests


@dataclass(frozen=True)
class Figure:
    """One measured figure: a value a round, beside the goal it is held against."""

    goal: str
    """The goal's number, such as P6."""
    name: str
    how: str
    """In a sentence, what was done to read it."""
    rounds: Sequence[float]
    floor: float
    stretch: float | None
    more_is_better: bool
    unit: str = ""
    beside: dict[str, Any] = field(default_factory=dict)
    """What else was read in the same run: rates, seconds, the disk."""

    def as_json(self) -> dict[str, Any]:
        """Its fields and the median, the least and the most of its rounds."""
        return {
            "goal": self.goal,
            "name": self.name,
            "how": " ".join(self.how.split()),
            "unit": self.unit,
            "floor": self.floor,
            "stretch": self.stretch,
            "more_is_better": self.more_is_better,
            "median": _short(statistics.median(self.rounds)),
            "least": _short(min(self.rounds)),
            "most": _short(max(self.rounds)),
            "rounds": [_short(each) for each in self.rounds],
            "beside": {
                name: _short(each) if isinstance(each, float) else each for name, each in self.beside.items()
            },
        }


def result(figures: Sequence[Figure], *, postgresql: str = "") -> dict[str, Any]:
    """What `measure` answers."""
    return {"machine": machine(postgresql=postgresql), "figures": [each.as_json() for each in figures]}


def machine(*, postgresql: str = "") -> dict[str, Any]:
    """Cores, system, and the versions of Python and the databases."""
    facts: dict[str, Any] = {
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[0], 2),
    }
    return facts | ({"postgresql": postgresql} if postgresql else {})


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def print_measured(measure: Callable[..., dict[str, Any]], *, minutes: float | None = None) -> None:
    """The command line of a program: measure, and print one JSON object.

    `minutes` is the default of the option of that name, for programs that have it.
    """
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--small", action="store_true", help="a few seconds, to see that the program works")
    if minutes is not None:
        parser.add_argument("--minutes", type=float, default=minutes, help="how long the long part runs")
    chosen = vars(parser.parse_args())
    print(json.dumps(measure(**chosen), indent=1))


def commit() -> str:
    """The commit that is checked out, and whether the program was changed since."""
    root = TESTS.parent
    words = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        return "unknown"
    changed = subprocess.run(["git", "-C", str(root), "diff", "--quiet", "HEAD", "--", "src", "bench"])
    return done.stdout.strip() + (" with changes" if changed.returncode else "")


def _short(number: float) -> float:
    """Four digits are more than any of these figures is worth."""
    return float(f"{number:.4g}")
