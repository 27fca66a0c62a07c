"""What a slot of a HIT costs beside its reward, by the requester's terms."""

from __future__ import annotations

import dataclasses
import json

from kempelen.operation import Call
from kempelen.rules.fees import FeeSchedule, bonus_fee, reward_fee
from kempelen.store import terms
from kempelen.store.hit_types import HITType


def schedule(call: Call) -> tuple[FeeSchedule, int]:
    """The acting requester's fee schedule, and what they have spent this month in minor units."""
    written = terms.fees(call, call.actor.account)
    fees = call.traits.fees if written is None else with_terms(call.traits.fees, written)
    spent = terms.spent_this_month(call, call.actor.account) if fees.discounts else 0
    return fees, spent


def with_terms(general: FeeSchedule, written: str) -> FeeSchedule:
    """The general schedule with a requester's own terms, as they are kept: a JSON object of what differs."""
    own = json.loads(written)
    if "discounts" in own:
        own["discounts"] = tuple((spent, off) for spent, off in own["discounts"])
    return dataclasses.replace(general, **own)


def price(call: Call, hit_type: HITType, *, max_assignments: int) -> int:
    """The fee on one assignment of a HIT of this type and size, in minor units."""
    fees, spent = schedule(call)
    return reward_fee(
        fees,
        reward=hit_type.reward,
        max_assignments=max_assignments,
        masters=bool(hit_type.masters),
        spent_this_month=spent,
    )


def bonus_price(call: Call, amount: int) -> int:
    """The fee on a bonus, in minor units."""
    fees, spent = schedule(call)
    return bonus_fee(fees, bonus=amount, spent_this_month=spent)
