"""Many transfers at once, for what happens to many rows at once: the same rules and causes as in `ledger`.

Each transfer keeps its own cause; only the purses are changed once for each owner, last and in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kempelen.operation import Call
from kempelen.store import ledger
from kempelen.store.events import ADD_UNSEALED, TRANSFER
from kempelen.store.ledger import Cause


@dataclass(frozen=True, slots=True)
class Release:
    """What was held for slots of a HIT and is given back. The number is the HIT's `holds`."""

    requester: int
    amount: int
    hit: int
    number: int


@dataclass(frozen=True, slots=True)
class Reward:
    """What an approved assignment earns, paid from what was held for it."""

    assignment: int
    requester: int
    worker: int
    reward: int
    fee: int


def release_many(call: Call, releases: Sequence[Release]) -> None:
    """As `ledger.release` for each."""
    totals: dict[int, int] = {}
    transfers = []
    for each in releases:
        if each.amount:
            source, target = ledger.held(each.requester), ledger.available(each.requester)
            transfers.append(
                _transfer(
                    call,
                    Cause.RELEASE,
                    each.hit,
                    each.number,
                    debit=source,
                    credit=target,
                    amount=each.amount,
                )
            )
            totals[target] = totals.get(target, 0) + each.amount
    _write(call, transfers)
    for purse, amount in sorted(totals.items()):
        changed = call.do(ledger.RELEASE, purse=purse, amount=amount)
        assert changed == 1, "a release is never more than what is held"


def pay_rewards(call: Call, rewards: Sequence[Reward]) -> None:
    """As `ledger.pay_reward` from the hold for each."""
    spent: dict[int, int] = {}
    earned: dict[int, int] = {}
    transfers = []
    for each in rewards:
        source, target = ledger.held(each.requester), ledger.earned(each.worker)
        if each.reward:
            transfers.append(
                _transfer(
                    call, Cause.REWARD, each.assignment, 0, debit=source, credit=target, amount=each.reward
                )
            )
            earned[target] = earned.get(target, 0) + each.reward
        if each.fee:
            transfers.append(
                _transfer(
                    call, Cause.FEE, each.assignment, 0, debit=source, credit=ledger.FEES, amount=each.fee
                )
            )
        purse = ledger.available(each.requester)
        spent[purse] = spent.get(purse, 0) + each.reward + each.fee
    _write(call, transfers)
    for purse, amount in sorted(spent.items()):
        changed = call.do(ledger.PAY_HELD, purse=purse, amount=amount)
        assert changed == 1, "what an assignment costs is held for it"
    for purse, amount in sorted(earned.items()):
        call.do(ledger.GIVE, purse=purse, amount=amount, currency="USD")


def _transfer(
    call: Call, cause: Cause, key: int, number: int, *, debit: int, credit: int, amount: int
) -> dict[str, Any]:
    return {
        "id": call.key(),
        "at": call.now,
        "cause": int(cause),
        "cause_key": key,
        "cause_number": number,
        "debit": debit,
        "credit": credit,
        "amount": amount,
        "currency": "USD",
    }


def _write(call: Call, transfers: list[dict[str, Any]]) -> None:
    if not transfers:
        return
    # Not `later`: a cause that exists already must fail this step alone, which then goes one by one.
    call.connection.many(ledger.ADD_TRANSFER, transfers)
    for transfer in transfers:
        call.later(ADD_UNSEALED, kind=TRANSFER, id=transfer["id"])
