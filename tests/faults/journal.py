"""What a client meant to do and what it was told, on disk before the next thing happens."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ACKNOWLEDGED = "acknowledged"
REFUSED = "refused"
UNKNOWN = "unknown"


@dataclass(slots=True)
class Act:
    """One request as its client knows it."""

    id: str
    operation: str
    who: str
    members: dict[str, Any]
    outcome: str = UNKNOWN
    answer: dict[str, Any] = field(default_factory=dict)


class Journal:
    """An append-only file of lines, each on disk before `write` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()

    def sending(self, act: Act) -> None:
        """Before the request leaves."""
        line = {"id": act.id, "operation": act.operation, "who": act.who, "members": act.members}
        self._write({"say": "sending"} | line)

    def answered(self, act: Act) -> None:
        """After its answer has come."""
        self._write({"say": "answered", "id": act.id, "outcome": act.outcome, "answer": act.answer})

    def close(self) -> None:
        """No more lines."""
        os.close(self._file)

    def _write(self, line: dict[str, Any]) -> None:
        text = json.dumps(line).encode() + b"\n"
        with self._lock:
            os.write(self._file, text)
            os.fdatasync(self._file)


def read(path: Path) -> list[Act]:
    """All acts of a journal; what was never answered is unknown."""
    acts: dict[str, Act] = {}
    for line in path.read_text().splitlines():
        said = json.loads(line)
        if said["say"] == "sending":
            acts[said["id"]] = Act(said["id"], said["operation"], said["who"], said["members"])
        else:
            acts[said["id"]].outcome = said["outcome"]
            acts[said["id"]].answer = said["answer"]
    return list(acts.values())
