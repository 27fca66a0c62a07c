"""PutFeeTerms: what one requester pays the market, where it is not what everybody pays."""

from __future__ import annotations

import json
from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.money.funds import cents_of
from kempelen.operations.money.pricing import with_terms
from kempelen.store import terms


@command("PutFeeTerms", by=Role.OPERATOR)
def put_fee_terms(
    call: Call,
    *,
    account_id: str,
    reward_rate: int | None = None,
    many_assignments_rate: int | None = None,
    masters_rate: int | None = None,
    bonus_rate: int | None = None,
    minimum: int | None = None,
    discounts: list[dict[str, Any]] | None = None,
) -> None:
    """Give a requester terms of their own in this world, in place of those they have; what is left out
    follows the general schedule, and nothing at all ends them. Rates and discounts are in basis points.

    HITs keep the fee they were published with.
    """
    organisation = call.directory.requester(account_id)
    if organisation is None:
        raise ParameterValidationError(value=account_id, parameter="AccountId")
    given: dict[str, Any] = {
        "reward_rate": reward_rate,
        "many_assignments_rate": many_assignments_rate,
        "masters_rate": masters_rate,
        "bonus_rate": bonus_rate,
        "minimum": minimum,
    }
    if discounts is not None:
        given["discounts"] = [
            (cents_of(each["SpentThisMonth"], "SpentThisMonth"), each["RateOff"]) for each in discounts
        ]
    written = {name: value for name, value in given.items() if value is not None}
    fees = with_terms(call.traits.fees, json.dumps(written))
    for _, off in fees.discounts:
        if off > min(fees.reward_rate, fees.bonus_rate):
            raise ParameterValidationError(
                f"A discount of {off} basis points is more than the rates it is taken off "
                f"(RewardRate {fees.reward_rate}, BonusRate {fees.bonus_rate})."
            )
    terms.put_fees(call, organisation.key, json.dumps(written) if written else None)
    call.emit(Event(EventKind.TermsChanged, requester=organisation.key))
