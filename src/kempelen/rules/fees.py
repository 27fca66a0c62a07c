"""What a requester pays beside the reward. The only place where money is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

BASIS = 10_000
"""Rates are whole basis points: 2,000 of 10,000 is 20 %."""


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """Fee rates in basis points, amounts in minor units.

    `discounts` lowers the reward and bonus rate for volume: pairs of (spent this month in minor units at
    least, rate in basis points off the rate of 20 %), the highest that is reached counts.
    """

    reward_rate: int = 2_000
    many_assignments_rate: int = 2_000
    many_assignments_from: int = 10
    masters_rate: int = 500
    bonus_rate: int = 2_000
    minimum: int = 1
    discounts: Sequence[tuple[int, int]] = field(default=())

    def discount(self, spent_this_month: int) -> int:
        """The basis points that volume takes off the reward and bonus rates."""
        return max((off for spent, off in self.discounts if spent_this_month >= spent), default=0)


def _part(amount: int, rate: int, minimum: int) -> int:
    """`rate` basis points of an amount, half a cent rounded up, at least the minimum."""
    return max(minimum, (amount * max(rate, 0) + BASIS // 2) // BASIS)


def reward_fee(
    schedule: FeeSchedule, *, reward: int, max_assignments: int, masters: bool, spent_this_month: int = 0
) -> int:
    """The fee on one assignment's reward, in minor units, by the HIT's size when it was created."""
    rate = schedule.reward_rate - schedule.discount(spent_this_month)
    if max_assignments >= schedule.many_assignments_from:
        rate += schedule.many_assignments_rate
    if masters:
        rate += schedule.masters_rate
    return _part(reward, rate, schedule.minimum)


def bonus_fee(schedule: FeeSchedule, *, bonus: int, spent_this_month: int = 0) -> int:
    """The fee on a bonus, in minor units."""
    return _part(bonus, schedule.bonus_rate - schedule.discount(spent_this_month), schedule.minimum)
