"""Quotas: counted in the transaction that uses them, refused with the moment they begin anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.store import terms


class QuotaExceeded(Refusal):
    """The quota {name} of {scope} is {most} and this request would make it {would}. {renewal}"""

    code = "Kempelen.QuotaExceeded"


def count_hits(call: Call, *, hits: int, spend: int) -> None:
    """Count new HITs, or `hits=0` for more assignments, and what they cost. Raises `QuotaExceeded`."""
    limits = terms.limits(call)
    general = f"requester:{call.actor.account}"
    day, month = terms.day(call.now), terms.month(call.now)
    uses = (
        ("hits_a_day", day, hits),
        ("spend_a_day", day, spend),
        ("spend_a_month", month, spend),
        ("open_hits", "", hits),
    )
    counted = {(general, "spend_a_month")} | set(limits)
    for name, period, amount in uses:
        for scope, limited in counted:
            if limited != name or amount == 0:
                continue
            total = terms.use(call, scope=scope, name=name, period=period, amount=amount)
            most = limits.get((scope, name))
            if most is not None and total > most:
                raise QuotaExceeded(
                    name=name, scope=scope, most=most, would=total, renewal=_renewal(call.now, period)
                )


def _renewal(now: int, period: str) -> str:
    moment = datetime.fromtimestamp(now / 1000, UTC)
    if len(period) == 10:
        begins = (moment + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
    elif len(period) == 7:
        begins = (moment.replace(day=1) + timedelta(days=32)).strftime("%Y-%m-01T00:00:00Z")
    else:
        return "It becomes free as open HITs end."
    return f"It begins anew at {begins}."
