"""How long this disk takes to keep one small write: the reading that belongs beside every durable figure.

python bench/disk.py [FOLDER]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

BLOCK = bytes(4096)
"""One page, as a short commit writes."""


def reading(folder: Path | str | None = None, *, count: int = 200) -> dict[str, float]:
    """Append a page and wait for the disk, `count` times; answers p50 and p95 in microseconds.

    `folder` is where the databases that are measured lie; without one, the folder for temporary files.
    """
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(count):
            os.write(file.fileno(), BLOCK)
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    taken.sort()
    return {
        "fdatasync_p50_us": round(taken[count // 2] * 1e6, 1),
        "fdatasync_p95_us": round(taken[int(count * 0.95)] * 1e6, 1),
    }


if __name__ == "__main__":
    print(json.dumps(reading(sys.argv[1] if len(sys.argv) > 1 else None)))
