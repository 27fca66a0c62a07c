"""The invariants of the ledger: money is neither made nor lost, and nothing is paid twice."""

from __future__ import annotations

from collections.abc import Iterator

from kempelen.audit.register import Look, invariant
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.store.audit import money as store
from kempelen.store.ledger import AVAILABLE, EARNED, EXTERNAL, FEES, HELD, KINDS, PLAY, Cause

_OWN = {EXTERNAL, FEES, PLAY}
_ROUTES: dict[int, tuple[set[int], set[int]]] = {
    Cause.DEPOSIT: ({EXTERNAL}, {AVAILABLE}),
    Cause.PLAY: ({PLAY}, {AVAILABLE}),
    Cause.HOLD: ({AVAILABLE}, {HELD}),
    Cause.RELEASE: ({HELD}, {AVAILABLE}),
    Cause.REWARD: ({AVAILABLE, HELD}, {EARNED}),
    Cause.FEE: ({AVAILABLE, HELD}, {FEES}),
    Cause.BONUS: ({AVAILABLE}, {EARNED}),
    Cause.BONUS_FEE: ({AVAILABLE}, {FEES}),
    Cause.LATE_REWARD: ({AVAILABLE}, {EARNED}),
    Cause.LATE_FEE: ({AVAILABLE}, {FEES}),
    Cause.REFUND: ({FEES, EARNED}, {AVAILABLE}),
}
"""From which kinds of account to which each cause moves money."""
_WITHIN_ONE_OWNER = {Cause.HOLD, Cause.RELEASE}
CURRENCY = "USD"


@invariant("I1")
def balanced(look: Look) -> Iterator[str]:
    """Every transfer takes a positive whole amount from one account and gives it to another one."""
    for key, _, _, debit, credit, amount, currency in look.through(store.TRANSFER_PAGES, store.TRANSFERS):
        if amount <= 0 or debit == credit or currency != CURRENCY:
            yield f"transfer {key}: {amount} {currency} from account {debit} to account {credit}"


@invariant("I2")
def routes(look: Look) -> Iterator[str]:
    """Money enters and leaves only by the accounts of the market itself, and all purses together hold what
    came in less what went out."""
    for key, cause, _, debit, credit, _, _ in look.through(store.TRANSFER_PAGES, store.TRANSFERS):
        if not _is_a_route(cause, debit, credit):
            yield f"transfer {key}: cause {cause} moves nothing from account {debit} to account {credit}"
    row = look.connection.one(store.TOTALS)
    assert row is not None
    in_purses, came_in, went_out, gave_back = row
    if in_purses != came_in + gave_back - went_out:
        yield f"purses hold {in_purses}, but {came_in + gave_back - went_out} came to them"


def _is_a_route(cause: int, debit: int, credit: int) -> bool:
    sources, targets = _ROUTES.get(cause, (set(), set()))
    source, target = debit % KINDS, credit % KINDS
    if source not in sources or target not in targets:
        return False
    if (source in _OWN and debit >= KINDS) or (target in _OWN and credit >= KINDS):
        return False
    return cause not in _WITHIN_ONE_OWNER or debit // KINDS == credit // KINDS


@invariant("I3")
def balances(look: Look) -> Iterator[str]:
    """The balance of every purse is what its transfers add up to, and nobody was paid who has no purse."""
    for account, available, held, counted, counted_held in look.through(store.PURSE_PAGES, store.PURSES):
        if available != counted:
            yield f"purse {account}: {available} available, {counted} by its transfers"
        if held != counted_held:
            yield f"purse {account}: {held} on hold, {counted_held} by its transfers"
    for key, account in look.through(store.TRANSFER_PAGES, store.WITHOUT_PURSE):
        yield f"transfer {key}: account {account} has no purse"


@invariant("I5")
def solvent(look: Look) -> Iterator[str]:
    """No requester and no worker has less than nothing."""
    for account, available, held, _, _ in look.through(store.PURSE_PAGES, store.PURSES):
        if available < 0 or held < 0:
            yield f"purse {account}: {available} available, {held} on hold"


@invariant("I7")
def paid_once(look: Look) -> Iterator[str]:
    """Every approved assignment was paid exactly one reward, from its requester to its worker, of the amount
    shown at acceptance, and exactly one fee."""
    for name, status, reward, fee, rewards, right, fees, right_fees in look.through(
        store.ASSIGNMENT_PAGES, store.PAYMENTS
    ):
        if status != AssignmentStatus.APPROVED:
            continue
        wanted, wanted_fees = int(reward > 0), int(fee > 0)
        if rewards != wanted or right != wanted:
            yield f"assignment {name}: {rewards} rewards, {right} of them right, instead of {wanted}"
        if fees != wanted_fees or right_fees != wanted_fees:
            yield f"assignment {name}: {fees} fees, {right_fees} of them right, instead of {wanted_fees}"


@invariant("I8")
def unpaid(look: Look) -> Iterator[str]:
    """An assignment that is not approved was paid neither reward nor fee."""
    for name, status, _, _, rewards, _, fees, _ in look.through(store.ASSIGNMENT_PAGES, store.PAYMENTS):
        if status != AssignmentStatus.APPROVED and (rewards or fees):
            yield f"assignment {name} in state {status}: {rewards} rewards and {fees} fees"


@invariant("I9")
def bonuses_paid_once(look: Look) -> Iterator[str]:
    """Every bonus was paid exactly once, with exactly one fee, for an assignment of its worker."""
    for key, fee, paid, right, fees, right_fees, known in look.through(store.BONUS_PAGES, store.BONUSES):
        if paid != 1 or right != 1:
            yield f"bonus {key}: {paid} payments, {right} of them right"
        if fees != int(fee > 0) or right_fees != int(fee > 0):
            yield f"bonus {key}: {fees} fees, {right_fees} of them right"
        if known != 1:
            yield f"bonus {key}: its assignment is not its worker's"


@invariant("I10")
def holds(look: Look) -> Iterator[str]:
    """What is on hold for a HIT is the price of its open, accepted and undecided slots: after its expiry of
    the accepted and undecided ones, after its disposal of none. A requester's hold is the sum of these."""
    for row in look.through(store.HIT_PAGES, store.HOLDS):
        name, status, expired, open_slots, pending, submitted, slots, cost, held, released, paid = row
        wanted = pending + submitted + (0 if expired else open_slots)
        if status == HITStatus.DISPOSED:
            wanted = 0
        if slots != wanted:
            yield f"HIT {name}: holds for {slots} slots instead of {wanted}"
        if held - released - paid != slots * cost:
            yield f"HIT {name}: {held} held, {released} released, {paid} paid, but {slots} slots at {cost}"
    for name, purse, recounted in look.through(store.REQUESTER_PAGES, store.HELD_BY_REQUESTER):
        if purse != recounted:
            yield f"requester {name}: {purse} on hold, {recounted} by the HITs"


@invariant("I13")
def founded(look: Look) -> Iterator[str]:
    """No transfer without what it is for: no fee without a reward, a bonus or a late answer that was paid, no
    hold without its HIT."""
    for key, cause, about in look.through(store.TRANSFER_PAGES, store.UNFOUNDED):
        yield f"transfer {key}: {Cause(cause).name.lower()} for {about}, which does not exist"


@invariant("I14")
def refunded_once(look: Look) -> Iterator[str]:
    """Of what was put on hold for a HIT, no more was ever given back and paid out than was put there."""
    for name, *_, held, released, paid in look.through(store.HIT_PAGES, store.HOLDS):
        if released + paid > held:
            yield f"HIT {name}: {released} released and {paid} paid of {held}"


@invariant("I15")
def one_effect(look: Look) -> Iterator[str]:
    """No two request tokens of one requester made the same HIT: each had an effect of its own."""
    shared = look.through(store.REQUESTER_PAGES, store.TOKENS_THAT_SHARE, operation="CreateHIT")
    for requester, operation, made, count in shared:
        yield f"requester {requester}: {count} tokens of {operation} made {made}"


@invariant("I16")
def tokens_with_effect(look: Look) -> Iterator[str]:
    """No request token is kept without its effect."""
    for requester, token, made in look.through(store.REQUESTER_PAGES, store.TOKENS_WITHOUT_HIT):
        yield f"requester {requester}: the token {token!r} made HIT {made}, which does not exist"
