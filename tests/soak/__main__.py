"""The long tests, in parts of less than ten minutes that go on where they were stopped.

    PYTHONPATH=tests python -m soak                          whatever is still missing
    PYTHONPATH=tests python -m soak --part kill-sqlite --cycles 20
    PYTHONPATH=tests python -m soak --summary                only write docs/reference/soak.md

Every part appends one line to `docs/reference/soak.jsonl`, which is kept with the project, so that another
machine goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
for folder in ("src", "environment"):
    sys.path.insert(0, str(ROOT / folder))

from soak import parts, record  # noqa: E402


def main() -> int:
    """Run what is wanted; 1 if something was wrong."""
    wanted = argparse.ArgumentParser(prog="python -m soak", description=__doc__.splitlines()[0])
    wanted.add_argument("--part", choices=sorted(parts.PARTS), help="one part only")
    wanted.add_argument("--cycles", type=int, help="how much of it: cycles, requests or seconds")
    wanted.add_argument("--minutes", type=float, default=1e9, help="begin no further part after this long")
    wanted.add_argument("--summary", action="store_true", help="write the summary and nothing else")
    given = wanted.parse_args()
    journal = record.Journal(ROOT / "docs" / "reference" / "soak.jsonl")
    until = time.monotonic() + given.minutes * 60
    while not given.summary:
        part = parts.PARTS[given.part] if given.part else parts.next_part(journal)
        if part is None or time.monotonic() > until:
            break
        done = _run(part, journal, amount=given.cycles)
        if done["faults"]:
            print(f"{part.name}: wrong, see the journal", *done["faults"][:5], sep="\n  ", flush=True)
        if given.part:
            break
    record.write_summary(ROOT / "docs" / "reference" / "soak.md", journal, parts.PARTS.values())
    missed = parts.never_reached(journal)
    if missed:
        print("never reached:", *missed, sep="\n  ")
    return int(bool(missed) or any(each["faults"] for each in journal.lines()))


def _run(part: parts.Part, journal: record.Journal, *, amount: int | None) -> record.Line:
    already = journal.done(part.name)
    amount = amount or min(part.chunk, part.wanted - already)
    left = parts.seconds_left(journal)
    print(
        f"{part.name}: {already} of {part.wanted} {part.unit} done, {amount} more; "
        f"about {left / 60:.0f} minutes left in all",
        flush=True,
    )
    began = time.monotonic()
    line = part.run(amount, journal.runs(part.name) + 1)
    line |= {"part": part.name, "seconds": round(time.monotonic() - began, 1)}
    journal.append(line)
    return line


if __name__ == "__main__":
    sys.exit(main())
