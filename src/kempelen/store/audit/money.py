"""What the ledger's invariants read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store.audit.pages import pages_of, within
from kempelen.store.ledger import AVAILABLE, EARNED, HELD, KINDS, Cause
from kempelen.store.sql import Sql
from kempelen.store.tables.money import bonuses, purses, transfers
from kempelen.store.tables.work import assignments, hits, once, requesters


def _sum(amount: ColumnElement[int], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    total = select(func.coalesce(func.sum(amount), 0)).where(*conditions)
    return total.scalar_subquery()


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(transfers).where(*conditions).scalar_subquery()


def _account(owner: ColumnElement[int], kind: int) -> ColumnElement[int]:
    return owner * KINDS + kind


_OWNED = transfers.c.credit >= KINDS
"""To an account that is not the market's own: as the index has it."""
TRANSFER_PAGES = pages_of(transfers.c.id)
TRANSFERS = Sql(
    select(
        transfers.c.id,
        transfers.c.cause,
        transfers.c.cause_key,
        transfers.c.debit,
        transfers.c.credit,
        transfers.c.amount,
        transfers.c.currency,
    )
    .where(within(transfers.c.id))
    .order_by(transfers.c.id)
)
"""Every transfer."""

WITHOUT_PURSE = Sql(
    select(transfers.c.id, transfers.c.credit)
    .where(
        within(transfers.c.id),
        (transfers.c.credit % KINDS).in_([AVAILABLE, HELD, EARNED]),
        ~select(purses.c.account)
        .where(
            or_(
                purses.c.account == transfers.c.credit,
                and_(transfers.c.credit % KINDS == HELD, purses.c.account == transfers.c.credit - 1),
            )
        )
        .exists(),
    )
    .order_by(transfers.c.id)
)
"""Transfers to somebody who has no purse."""

PURSE_PAGES = pages_of(purses.c.account)
PURSES = Sql(
    select(
        purses.c.account,
        purses.c.available,
        purses.c.held,
        _sum(transfers.c.amount, transfers.c.credit == purses.c.account, _OWNED)
        - _sum(transfers.c.amount, transfers.c.debit == purses.c.account),
        _sum(transfers.c.amount, transfers.c.credit == purses.c.account + 1, _OWNED)
        - _sum(transfers.c.amount, transfers.c.debit == purses.c.account + 1),
    ).where(within(purses.c.account))
)
"""Purses with what their transfers add up to: (account, available, held, available and held recounted)."""

_money_in = _sum(transfers.c.amount, (transfers.c.debit % KINDS).in_([0, 5]), transfers.c.debit < KINDS)
TOTALS = Sql(
    select(
        select(func.coalesce(func.sum(purses.c.available + purses.c.held), 0)).scalar_subquery(),
        _money_in,
        _sum(transfers.c.amount, (transfers.c.credit % KINDS).in_([0, 4, 5]), transfers.c.credit < KINDS),
        _sum(transfers.c.amount, transfers.c.debit == 4),
    )
)
"""All purses, what came in from outside and from play, what left them to the market's own accounts, and what
those gave back."""

ASSIGNMENT_PAGES = pages_of(assignments.c.id)


def _of_assignment(cause: Cause, *more: ColumnElement[bool]) -> ColumnElement[int]:
    return _count(transfers.c.cause == int(cause), transfers.c.cause_key == assignments.c.id, *more)


_from_its_requester = transfers.c.debit.in_(
    [_account(assignments.c.requester, AVAILABLE), _account(assignments.c.requester, HELD)]
)
PAYMENTS = Sql(
    select(
        assignments.c.public_id,
        assignments.c.status,
        assignments.c.reward,
        assignments.c.fee,
        _of_assignment(Cause.REWARD),
        _of_assignment(
            Cause.REWARD,
            transfers.c.amount == assignments.c.reward,
            transfers.c.credit == _account(assignments.c.worker, EARNED),
            _from_its_requester,
        ),
        _of_assignment(Cause.FEE),
        _of_assignment(Cause.FEE, transfers.c.amount == assignments.c.fee, _from_its_requester),
    ).where(within(assignments.c.id))
)
"""Assignments with (status, reward, fee, rewards paid, those that are right, fees paid, those that are
right)."""

BONUS_PAGES = pages_of(bonuses.c.id)
BONUSES = Sql(
    select(
        bonuses.c.id,
        bonuses.c.fee,
        _count(transfers.c.cause == int(Cause.BONUS), transfers.c.cause_key == bonuses.c.id),
        _count(
            transfers.c.cause == int(Cause.BONUS),
            transfers.c.cause_key == bonuses.c.id,
            transfers.c.amount == bonuses.c.amount,
            transfers.c.debit == _account(bonuses.c.requester, AVAILABLE),
            transfers.c.credit == _account(bonuses.c.worker, EARNED),
        ),
        _count(transfers.c.cause == int(Cause.BONUS_FEE), transfers.c.cause_key == bonuses.c.id),
        _count(
            transfers.c.cause == int(Cause.BONUS_FEE),
            transfers.c.cause_key == bonuses.c.id,
            transfers.c.amount == bonuses.c.fee,
        ),
        select(func.count())
        .select_from(assignments)
        .where(
            assignments.c.id == bonuses.c.assignment,
            assignments.c.worker == bonuses.c.worker,
            assignments.c.requester == bonuses.c.requester,
            assignments.c.hit == bonuses.c.hit,
        )
        .scalar_subquery(),
    ).where(within(bonuses.c.id))
)
"""Bonuses with (fee, payments, those that are right, fees paid, those that are right, their assignment)."""

HIT_PAGES = pages_of(hits.c.id)
_paid_from_hold = (
    select(func.coalesce(func.sum(transfers.c.amount), 0))
    .select_from(assignments)
    .where(
        assignments.c.hit == hits.c.id,
        assignments.c.status <= int(AssignmentStatus.REJECTED),
        transfers.c.cause.in_([int(Cause.REWARD), int(Cause.FEE)]),
        transfers.c.cause_key == assignments.c.id,
        transfers.c.debit == _account(hits.c.requester, HELD),
    )
    .scalar_subquery()
)


def _of_hit(cause: Cause) -> ColumnElement[int]:
    return _sum(transfers.c.amount, transfers.c.cause == int(cause), transfers.c.cause_key == hits.c.id)


HOLDS = Sql(
    select(
        hits.c.public_id,
        hits.c.status,
        hits.c.expired,
        hits.c.open,
        hits.c.pending,
        hits.c.submitted,
        hits.c.held,
        hits.c.reward + hits.c.fee,
        _of_hit(Cause.HOLD),
        _of_hit(Cause.RELEASE),
        _paid_from_hold,
    ).where(within(hits.c.id))
)
"""HITs with their slots and (held, cost of a slot, put on hold, given back, paid from the hold)."""

REQUESTER_PAGES = pages_of(requesters.c.id)
HELD_BY_REQUESTER = Sql(
    select(
        requesters.c.public_id,
        select(func.coalesce(func.sum(purses.c.held), 0))
        .where(purses.c.account == _account(requesters.c.id, AVAILABLE))
        .scalar_subquery(),
        select(func.coalesce(func.sum(hits.c.held * (hits.c.reward + hits.c.fee)), 0))
        .where(hits.c.requester == requesters.c.id)
        .scalar_subquery(),
    ).where(within(requesters.c.id))
)
"""Requesters with what their purse holds and what their HITs hold."""


def _cause_without(cause: ColumnElement[bool], row: Select[tuple[int]]) -> ColumnElement[bool]:
    return and_(cause, ~row.exists())


_sibling = transfers.alias("sibling")
UNFOUNDED = Sql(
    select(transfers.c.id, transfers.c.cause, transfers.c.cause_key)
    .where(
        within(transfers.c.id),
        or_(
            _cause_without(
                transfers.c.cause.in_([int(Cause.REWARD), int(Cause.FEE)]),
                select(assignments.c.id).where(assignments.c.id == transfers.c.cause_key),
            ),
            _cause_without(
                transfers.c.cause.in_([int(Cause.BONUS), int(Cause.BONUS_FEE)]),
                select(bonuses.c.id).where(bonuses.c.id == transfers.c.cause_key),
            ),
            _cause_without(
                transfers.c.cause.in_([int(Cause.HOLD), int(Cause.RELEASE)]),
                select(hits.c.id).where(hits.c.id == transfers.c.cause_key),
            ),
            _cause_without(
                transfers.c.cause == int(Cause.LATE_FEE),
                select(_sibling.c.id).where(
                    _sibling.c.cause == int(Cause.LATE_REWARD),
                    _sibling.c.cause_key == transfers.c.cause_key,
                ),
            ),
        ),
    )
    .order_by(transfers.c.id)
)
"""Transfers whose cause does not exist, and fees without what they are the fee of."""

# Tokens have no number of their own, so they are walked by the HITs of their requesters.
TOKENS_WITHOUT_HIT = Sql(
    select(once.c.requester, once.c.token, once.c.made)
    .where(
        within(once.c.requester),
        once.c.operation == "CreateHIT",
        ~select(hits.c.id)
        .where(hits.c.public_id == once.c.made, hits.c.requester == once.c.requester)
        .exists(),
    )
    .order_by(once.c.requester, once.c.token)
)
TOKENS_THAT_SHARE = Sql(
    select(once.c.requester, once.c.operation, once.c.made, func.count())
    .where(within(once.c.requester), once.c.operation == bindparam("operation"))
    .group_by(once.c.requester, once.c.operation, once.c.made)
    .having(func.count() > 1)
)
