"""Bars of a plot that has a bar a day: where they stand, in percent of the plot's width and height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LABEL_ROOM = 16.0
"""How much of the height is left for the labels above the bars."""
GAP = 0.25
"""How much of a day's width is left empty."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar. Left and top edges, width and height in percent; the amount as it was given."""

    day: str
    amount: str
    left: float
    width: float
    top: float
    height: float
    anchor: str
    """Where a label is held at the bar's middle, to stay inside the plot: `start`, `middle` or `end`."""

    @property
    def middle(self) -> float:
        """Where the bar's label stands."""
        return round(self.left + self.width / 2, 3)


def bars(days: Sequence[tuple[str, str]]) -> list[Bar]:
    """A bar for each day and amount, oldest first; the highest reaches up to the labels."""
    most = max((float(amount) for _, amount in days), default=0.0)
    step = 100 / max(1, len(days))
    return [
        _bar(day, amount, left=number * step, step=step, share=float(amount) / most if most else 0.0)
        for number, (day, amount) in enumerate(days)
    ]


def _bar(day: str, amount: str, *, left: float, step: float, share: float) -> Bar:
    height = share * (100 - LABEL_ROOM)
    return Bar(
        day=day,
        amount=amount,
        left=round(left + step * GAP / 2, 3),
        width=round(step * (1 - GAP), 3),
        top=round(100 - height, 3),
        height=round(height, 3),
        anchor="start" if left < 20 else "end" if left > 80 else "middle",
    )
