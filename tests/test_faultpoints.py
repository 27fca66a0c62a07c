"""Fault points do nothing until armed, and then end the process where they say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kempelen import faultpoints
from kempelen.faultpoints import WrongFaultPoint

PROGRAM = """
from kempelen import faultpoints
faultpoints.arm({setting!r})
for number in range(3):
    print(number, flush=True)
    faultpoints.reached("writer.before_commit")
"""


def run(setting: str) -> tuple[int, str]:
    program = PROGRAM.format(setting=setting)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def test_an_armed_point_ends_the_process_at_its_count() -> None:
    assert run("writer.before_commit:2") == (137, "0\n1\n")


def test_nothing_happens_unarmed_or_elsewhere() -> None:
    assert run("") == (0, "0\n1\n2\n")
    assert run("sealing.before:1") == (0, "0\n1\n2\n")


@pytest.mark.parametrize("setting", ["nowhere:1", "sealing.before", "sealing.before:0", "sealing.before:x"])
def test_a_point_that_is_none_is_refused(setting: str) -> None:
    with pytest.raises(WrongFaultPoint):
        faultpoints.arm(setting)
