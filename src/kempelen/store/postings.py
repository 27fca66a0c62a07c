"""Many transfers at once, for what happens to many rows at once: the same rules and causes as in `ledger`.

Each transfer keeps its own cause; only the purses are changed once for each owner, last and in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, insert, literal, select

from kempelen.operation import Call
from kempelen.store import ledger
from kempelen.store.connection import KEY_BLOCK
from kempelen.store.events import ADD_UNSEALED, TRANSFER
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.ledger import Cause
from kempelen.store.sql import Sql
from kempelen.store.sweeping import Approved
from kempelen.store.tables.money import transfers
from kempelen.store.tables.shared import unsealed
from kempelen.store.tables.work import assignments


@dataclass(frozen=True, slots=True)
class Release:
    """What was held for slots of a HIT and is given back. The number is the HIT's `holds`."""

    requester: int
    amount: int
    hit: int
    number: int


def _pay(cause: Cause, credit: ColumnElement[int], amount: ColumnElement[int]) -> Sql:
    """A transfer for each of the assignments given as `keys`, from what its requester has on hold."""

    def build(dialect: str) -> object:
        place = func.row_number().over(order_by=assignments.c.id) - 1
        columns = {
            "id": bindparam("first", type_=BigInteger) + place,
            "at": bindparam("now", type_=BigInteger),
            "cause": literal(int(cause)),
            "cause_key": assignments.c.id,
            "cause_number": literal(0),
            "debit": assignments.c.requester * ledger.KINDS + ledger.HELD,
            "credit": credit,
            "amount": amount,
            "currency": literal("USD"),
        }
        rows = select(*columns.values()).where(among_keys(dialect, assignments.c.id), amount > 0)
        return insert(transfers).from_select(list(columns), rows, include_defaults=False)

    return Sql(build)  # type: ignore[arg-type]


PAY_REWARDS = _pay(Cause.REWARD, assignments.c.worker * ledger.KINDS + ledger.EARNED, assignments.c.reward)
PAY_FEES = _pay(Cause.FEE, literal(ledger.FEES), assignments.c.fee)
LEAVE_UNSEALED = Sql(
    insert(unsealed).from_select(
        ["kind", "id"],
        select(literal(TRANSFER), transfers.c.id).where(
            transfers.c.id >= bindparam("first"), transfers.c.id <= bindparam("last")
        ),
        include_defaults=False,
    )
)


def release_many(call: Call, releases: Sequence[Release]) -> None:
    """As `ledger.release` for each."""
    totals: dict[int, int] = {}
    written = []
    for each in releases:
        if each.amount:
            source, target = ledger.held(each.requester), ledger.available(each.requester)
            written.append(
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
    _write(call, written)
    for purse, amount in sorted(totals.items()):
        changed = call.do(ledger.RELEASE, purse=purse, amount=amount)
        assert changed == 1, "a release is never more than what is held"


def pay_rewards(call: Call, approved: Sequence[Approved]) -> None:
    """As `ledger.pay_reward` from the hold for each assignment, at most `KEY_BLOCK`."""
    keys = as_keys(call, [each.key for each in approved])
    for statement in (PAY_REWARDS, PAY_FEES):
        first = call.connection.key_block()
        call.do(statement, first=first, now=call.now, keys=keys)
        call.do(LEAVE_UNSEALED, first=first, last=first + KEY_BLOCK - 1)
    spent: dict[int, int] = {}
    earned: dict[int, int] = {}
    for each in approved:
        spent[each.requester] = spent.get(each.requester, 0) + each.reward + each.fee
        earned[each.worker] = earned.get(each.worker, 0) + each.reward
    for requester, amount in sorted(spent.items()):
        changed = call.do(ledger.PAY_HELD, purse=ledger.available(requester), amount=amount) if amount else 1
        assert changed == 1, "what an assignment costs is held for it"
    for worker, amount in sorted(earned.items()):
        if amount:
            call.do(ledger.GIVE, purse=ledger.earned(worker), amount=amount, currency="USD")


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


def _write(call: Call, written: list[dict[str, Any]]) -> None:
    if not written:
        return
    # Not `later`: a cause that exists already must fail this step alone, which then goes one by one.
    call.connection.many(ledger.ADD_TRANSFER, written)
    call.connection.many(ADD_UNSEALED, [{"kind": TRANSFER, "id": each["id"]} for each in written])
