"""Named places at which tests let a process die at once, as a power cut would.

Off by default, and then `reached` costs one look at a global. A setting such as `writer.before_commit:3` arms
a point: the third time it is reached, the process ends with status 137 and nothing is cleaned up.
"""

from __future__ import annotations

import os
import threading

from kempelen.errors import Refusal

POINTS = frozenset(
    {
        "writer.before_commit",
        "writer.after_commit",
        "sweep.before",
        "delivery.before_send",
        "delivery.after_send",
        "sealing.before",
        "blob.before_rename",
        "blob.after_rename",
    }
)
KILLED = 137

_armed: dict[str, int] = {}
_lock = threading.Lock()


class WrongFaultPoint(Refusal):
    """The fault point {text!r} is not one of {points}, with a count: name:count."""


def arm(setting: str) -> None:
    """Arm what a setting names (`name:count`, by commas), and nothing else. Raises `WrongFaultPoint`."""
    wanted = {}
    for text in filter(None, (each.strip() for each in setting.split(","))):
        name, _, count = text.partition(":")
        if name not in POINTS or not (count.isascii() and count.isdigit()) or int(count) < 1:
            raise WrongFaultPoint(text=text, points=", ".join(sorted(POINTS)))
        wanted[name] = int(count)
    with _lock:
        _armed.clear()
        _armed.update(wanted)


def reached(name: str) -> None:
    """End the process here, if this point is armed and its count is reached."""
    if not _armed:
        return
    with _lock:
        left = _armed.get(name)
        if left is None:
            return
        _armed[name] = left - 1
        if left == 1:
            os._exit(KILLED)
