"""The ledger: append-only transfers between accounts, and the purses that must never go below zero.

An account is a whole number: its owner's key times eight, plus what kind of account it is. The market's own
accounts have the owner 0. A transfer takes from one account and gives to another, so every transaction
balances by its shape; its cause is unique, so nothing pays twice.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import Refusal
from kempelen.operation import Call
from kempelen.store.events import ADD_UNSEALED, TRANSFER
from kempelen.store.sql import Sql, added
from kempelen.store.tables.money import purses, transfers

KINDS = 8
EXTERNAL = 0
"""The world outside: deposits come from it."""
AVAILABLE = 1
HELD = 2
EARNED = 3
FEES = 4
PLAY = 5
"""Where a sandbox's money comes from."""


def available(requester: int) -> int:
    """A requester's account of money that can be spent."""
    return requester * KINDS + AVAILABLE


def held(requester: int) -> int:
    """A requester's account of money held for work that is published."""
    return requester * KINDS + HELD


def earned(worker: int) -> int:
    """A worker's account."""
    return worker * KINDS + EARNED


class Cause(IntEnum):
    """Why money moved; with the row's key and a number, unique."""

    DEPOSIT = 1
    PLAY = 2
    HOLD = 3
    RELEASE = 4
    REWARD = 5
    FEE = 6
    BONUS = 7
    BONUS_FEE = 8
    LATE_REWARD = 9
    LATE_FEE = 10
    REFUND = 11


class InsufficientFunds(Refusal):
    """This Requester has insufficient funds in their account to complete this transaction. Please
    visit https://requester.mturk.com/prepayments/new to purchase Prepaid HITs."""

    code = "AWS.MechanicalTurk.InsufficientFunds"


ADD_TRANSFER = added(transfers)
TAKE = Sql(
    update(purses)
    .where(purses.c.account == bindparam("purse"), purses.c.available >= bindparam("amount"))
    .values(available=purses.c.available - bindparam("amount"))
)
HOLD = Sql(
    update(purses)
    .where(purses.c.account == bindparam("purse"), purses.c.available >= bindparam("amount"))
    .values(available=purses.c.available - bindparam("amount"), held=purses.c.held + bindparam("amount"))
)
RELEASE = Sql(
    update(purses)
    .where(purses.c.account == bindparam("purse"), purses.c.held >= bindparam("amount"))
    .values(available=purses.c.available + bindparam("amount"), held=purses.c.held - bindparam("amount"))
)
PAY_HELD = Sql(
    update(purses)
    .where(purses.c.account == bindparam("purse"), purses.c.held >= bindparam("amount"))
    .values(held=purses.c.held - bindparam("amount"))
)


def _give(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = build(purses).values(
        account=bindparam("purse"), available=bindparam("amount"), held=0, currency=bindparam("currency")
    )
    return statement.on_conflict_do_update(
        index_elements=[purses.c.account],
        set_={"available": purses.c.available + statement.excluded.available},
    )


GIVE = Sql(_give)  # type: ignore[arg-type]
OF_CAUSE = Sql(
    select(transfers.c.id).where(
        transfers.c.cause == bindparam("cause"),
        transfers.c.cause_key == bindparam("key"),
        transfers.c.cause_number == 0,
    )
)
BALANCE = Sql(select(purses.c.available, purses.c.held).where(purses.c.account == bindparam("purse")))


def _transfer(
    call: Call, cause: Cause, key: int, number: int, *, debit: int, credit: int, amount: int
) -> None:
    """Write one transfer. A cause that already moved money is a bug and ends the command."""
    transfer = call.key()
    call.add(
        ADD_TRANSFER,
        id=transfer,
        at=call.now,
        cause=int(cause),
        cause_key=key,
        cause_number=number,
        debit=debit,
        credit=credit,
        amount=amount,
        currency="USD",
    )
    call.later(ADD_UNSEALED, kind=TRANSFER, id=transfer)


def _fund_play(call: Call, requester: int, amount: int) -> None:
    """In a sandbox each debit is preceded by an equal transfer, so nothing fails for want of funds."""
    call.do(GIVE, purse=available(requester), amount=amount, currency="USD")
    _transfer(call, Cause.PLAY, call.key(), 0, debit=PLAY, credit=available(requester), amount=amount)


def deposit(call: Call, requester: int, amount: int) -> None:
    """Money comes in from outside to a requester's account."""
    call.do(GIVE, purse=available(requester), amount=amount, currency="USD")
    _transfer(call, Cause.DEPOSIT, call.key(), 0, debit=EXTERNAL, credit=available(requester), amount=amount)


def refund_fee(call: Call, requester: int, amount: int, *, assignment: int) -> None:
    """The market gives a fee back. The assignment is the cause, so it can be given back only once."""
    call.do(GIVE, purse=available(requester), amount=amount, currency="USD")
    _transfer(call, Cause.REFUND, assignment, 0, debit=FEES, credit=available(requester), amount=amount)


def is_refunded(call: Call, assignment: int) -> bool:
    """Whether the fee of an assignment was given back."""
    return call.one(OF_CAUSE, cause=int(Cause.REFUND), key=assignment) is not None


def hold(call: Call, requester: int, amount: int, *, hit: int, number: int) -> None:
    """Put money aside for a HIT's slots. Raises `InsufficientFunds`."""
    if amount == 0:
        return
    if call.traits.play_money:
        _fund_play(call, requester, amount)
    if call.do(HOLD, purse=available(requester), amount=amount) != 1:
        raise InsufficientFunds()
    _transfer(
        call, Cause.HOLD, hit, number, debit=available(requester), credit=held(requester), amount=amount
    )


def release(call: Call, requester: int, amount: int, *, hit: int, number: int) -> None:
    """Give back what was held for a HIT's slots."""
    if amount == 0:
        return
    changed = call.do(RELEASE, purse=available(requester), amount=amount)
    assert changed == 1, "a release is never more than what is held"
    _transfer(
        call, Cause.RELEASE, hit, number, debit=held(requester), credit=available(requester), amount=amount
    )


def pay_reward(
    call: Call, requester: int, worker: int, *, assignment: int, reward: int, fee: int, from_hold: bool
) -> None:
    """Pay a worker what an assignment earns, and the market its fee.

    `from_hold` is False after a rejection, when nothing is held any more; then the money comes from the
    available balance and may be missing (`InsufficientFunds`).
    """
    total = reward + fee
    source = held(requester) if from_hold else available(requester)
    if not from_hold and call.traits.play_money:
        _fund_play(call, requester, total)
    if total and call.do(PAY_HELD if from_hold else TAKE, purse=available(requester), amount=total) != 1:
        assert not from_hold, "what an assignment costs is held for it"
        raise InsufficientFunds()
    if reward:
        call.do(GIVE, purse=earned(worker), amount=reward, currency="USD")
        _transfer(call, Cause.REWARD, assignment, 0, debit=source, credit=earned(worker), amount=reward)
    if fee:
        _transfer(call, Cause.FEE, assignment, 0, debit=source, credit=FEES, amount=fee)


def pay_extra(
    call: Call, requester: int, worker: int, *, causes: tuple[Cause, Cause], key: int, amount: int, fee: int
) -> None:
    """Pay a worker from the available balance, and the market its fee: bonuses and late answers.

    `causes` names the payment and its fee; `key` the row they are about. Raises `InsufficientFunds`.
    """
    total = amount + fee
    if call.traits.play_money:
        _fund_play(call, requester, total)
    if call.do(TAKE, purse=available(requester), amount=total) != 1:
        raise InsufficientFunds()
    call.do(GIVE, purse=earned(worker), amount=amount, currency="USD")
    _transfer(call, causes[0], key, 0, debit=available(requester), credit=earned(worker), amount=amount)
    if fee:
        _transfer(call, causes[1], key, 0, debit=available(requester), credit=FEES, amount=fee)


def balance(call: Call, account: int) -> tuple[int, int]:
    """What an account has available and on hold, in minor units."""
    row = call.one(BALANCE, purse=account)
    return (0, 0) if row is None else (row[0], row[1])
