"""Running the simulation for a while: seed after seed, each of them the same every time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from people import Town
from simulation.machine import REACHED, WANTED, MarketMachine

EXAMPLES = 3
"""Histories of one seed."""
STEPS = 50
"""Steps of one history."""


@dataclass(slots=True)
class Report:
    """What a simulation has been through."""

    first_seed: int
    last_seed: int = 0
    histories: int = 0
    steps: int = 0
    reached: dict[str, int] = field(default_factory=dict)
    never_reached: tuple[str, ...] = ()


def simulate(town: Town, *, first_seed: int, seconds: float, shrink: bool = False) -> Report:
    """Go through histories until the time is over. Raises what the first failing one
    raises, with its seed; `shrink` makes that history small first, which takes minutes."""
    report = Report(first_seed)
    phases = (Phase.explicit, Phase.generate, *((Phase.shrink,) if shrink else ()))
    wanted = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    before = dict(REACHED)
    until = time.monotonic() + seconds
    number = first_seed
    while time.monotonic() < until:

        class Machine(MarketMachine):
            pass

        Machine.town = town
        Machine.examples = number * 1_000
        try:
            # Left to itself it ends most histories before they become interesting.
            run_state_machine_as_test(seed(number)(Machine), settings=wanted, _min_steps=STEPS)
        except BaseException as fault:
            fault.add_note(f"seed {number}")
            raise
        report.histories += Machine.examples - number * 1_000
        report.steps += Machine.steps
        report.last_seed = number
        number += 1
    report.reached = {name: REACHED[name] - before.get(name, 0) for name in sorted(REACHED)}
    report.never_reached = tuple(name for name in WANTED if not report.reached.get(name))
    return report
