"""Approving, rejecting and taking a rejection back; of those who decide at once, one wins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import bindparam, select

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.store import ledger
from kempelen.store.assignments import AssignmentDoesNotExist, InvalidAssignmentState
from kempelen.store.ledger import InsufficientFunds
from kempelen.store.sql import Sql
from kempelen.store.tables.work import workers
from people import Requester, Town, Worker


def state(rosa: Requester, assignment: str) -> str:
    status: str = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["AssignmentStatus"]
    return status


def earned(town: Town, worker: Worker) -> int:
    """What a worker has earned, in cents."""
    account = ledger.earned(worker.actor.account)
    cents: int = town.market.read(lambda call: ledger.balance(call, account)[0])
    return cents


DECIDED = Sql(
    select(workers.c.submitted, workers.c.approved, workers.c.rejected, workers.c.holding).where(
        workers.c.id == bindparam("key")
    )
)


def counts(town: Town, worker: Worker) -> tuple[int, int, int, int]:
    """How many assignments a worker submitted, had approved and rejected, and holds."""
    row: tuple[int, int, int, int] = town.market.read(
        lambda call: call.one(DECIDED, key=worker.actor.account)
    )
    return row


def test_a_rejection_pays_nothing_gives_the_money_back_and_keeps_the_slot(
    town: Town, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(Reward="0.50")
    assignment = wei.do(hit["HITId"])
    assert rosa("RejectAssignment", AssignmentId=assignment, RequesterFeedback="") == {}
    assert rosa.balance == ("1000.00", "0.00")
    assert earned(town, wei) == 0
    shown = rosa.hit(hit["HITId"])
    assert shown["HITStatus"] == "Reviewable"
    assert shown["NumberOfAssignmentsAvailable"] == 0
    assert shown["NumberOfAssignmentsCompleted"] == 1
    with pytest.raises(Refusal):
        ana.accept(hit["HITId"])


def test_submitted_and_undecided_work_is_in_no_counter(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=2)
    wei.do(hit["HITId"])
    shown = rosa.hit(hit["HITId"])
    assert shown["NumberOfAssignmentsCompleted"] == 0
    assert shown["NumberOfAssignmentsPending"] == 0
    assert shown["NumberOfAssignmentsAvailable"] == 1


def test_an_accepted_assignment_can_be_neither_approved_nor_rejected(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    for name in ("ApproveAssignment", "RejectAssignment"):
        with pytest.raises(InvalidAssignmentState) as refusal:
            rosa(name, AssignmentId=assignment, RequesterFeedback="")
        assert refusal.value.message == (
            "This Assignment is currently in the state 'Assigned'.  "
            "This operation can be called with a status of: null"
        )


def test_what_was_returned_is_gone(rosa: Requester, wei: Worker) -> None:
    assignment = wei.accept(rosa.create_hit()["HITId"])
    wei("ReturnAssignment", AssignmentId=assignment)
    for name in ("ApproveAssignment", "RejectAssignment", "GetAssignment"):
        more = {"RequesterFeedback": ""} if name == "RejectAssignment" else {}
        with pytest.raises(AssignmentDoesNotExist):
            rosa(name, AssignmentId=assignment, **more)


def test_an_approved_assignment_can_never_be_rejected(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    rosa("ApproveAssignment", AssignmentId=assignment, RequesterFeedback="Thank you!")
    with pytest.raises(InvalidAssignmentState, match=r"state 'Approved'.*called with a status of: Submitted"):
        rosa("RejectAssignment", AssignmentId=assignment, RequesterFeedback="")
    with pytest.raises(InvalidAssignmentState, match="called with a status of: Submitted"):
        rosa("ApproveAssignment", AssignmentId=assignment, OverrideRejection=True)
    assert rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["RequesterFeedback"] == "Thank you!"


def test_override_on_submitted_work_just_approves(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    rosa("ApproveAssignment", AssignmentId=assignment, OverrideRejection=True)
    assert rosa.balance == ("999.94", "0.00")


def test_a_rejection_is_taken_back_for_30_days_and_pays_from_the_available_balance(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    first, second = (wei.do(rosa.create_hit(RequesterAnnotation=name)["HITId"]) for name in "ab")
    for assignment in (first, second):
        rosa("RejectAssignment", AssignmentId=assignment, RequesterFeedback="no")
    with pytest.raises(InvalidAssignmentState, match="state 'Rejected'"):
        rosa("ApproveAssignment", AssignmentId=first)
    town.advance(days=30)
    rosa("ApproveAssignment", AssignmentId=first, OverrideRejection=True)
    assert rosa.balance == ("999.94", "0.00")
    assert earned(town, wei) == 5
    town.advance(milliseconds=1)
    with pytest.raises(InvalidAssignmentState, match="state 'Rejected'"):
        rosa("ApproveAssignment", AssignmentId=second, OverrideRejection=True)
    assert counts(town, wei) == (2, 1, 1, 0)


def test_taking_a_rejection_back_without_funds_changes_nothing(town: Town, wei: Worker) -> None:
    poor = town.requester("Poor", funds="0.06")
    assignment = wei.do(poor.create_hit(Reward="0.05")["HITId"])
    poor("RejectAssignment", AssignmentId=assignment, RequesterFeedback="no")
    poor.create_hit(Reward="0.05", RequesterAnnotation="another")
    with pytest.raises(InsufficientFunds):
        poor("ApproveAssignment", AssignmentId=assignment, OverrideRejection=True)
    assert state(poor, assignment) == "Rejected"
    assert counts(town, wei) == (1, 0, 1, 0)


@pytest.mark.parametrize("feedback", ["x" * 1025, "a\x07b"])
def test_feedback_is_bounded_and_plain(rosa: Requester, wei: Worker, feedback: str) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    for name in ("ApproveAssignment", "RejectAssignment"):
        with pytest.raises(ParameterValidationError):
            rosa(name, AssignmentId=assignment, RequesterFeedback=feedback)
    assert state(rosa, assignment) == "Submitted"


def test_work_is_counted_as_it_happens(town: Town, rosa: Requester, wei: Worker) -> None:
    first, second = (rosa.create_hit(RequesterAnnotation=name)["HITId"] for name in "ab")
    assignment = wei.accept(first)
    assert counts(town, wei) == (0, 0, 0, 1)
    wei.submit(assignment)
    assert counts(town, wei) == (1, 0, 0, 0)
    rosa("ApproveAssignment", AssignmentId=assignment)
    rosa("RejectAssignment", AssignmentId=wei.do(second), RequesterFeedback="")
    assert counts(town, wei) == (2, 1, 1, 0)


def test_a_delay_of_0_approves_at_once_and_silence_after_the_delay(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    at_once = wei.do(rosa.create_hit(AutoApprovalDelayInSeconds=0)["HITId"])
    assert state(rosa, at_once) == "Approved"
    later = wei.do(rosa.create_hit(AutoApprovalDelayInSeconds=3600)["HITId"])
    assert state(rosa, later) == "Submitted"
    town.advance(hours=1)
    assert state(rosa, later) == "Approved"
    assert earned(town, wei) == 10


def all_at_once(*attempts: Callable[[], object]) -> list[object]:
    """What each attempt answered, or the refusal it met."""

    def tried(attempt: Callable[[], object]) -> object:
        try:
            return attempt()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(tried, attempts))


@pytest.mark.parametrize("is_due", [False, True])
def test_of_many_decisions_at_once_one_wins_and_money_moves_once(
    town: Town, rosa: Requester, wei: Worker, is_due: bool
) -> None:
    for number in range(3):
        hit = rosa.create_hit(Reward="1.00", AutoApprovalDelayInSeconds=60, RequesterAnnotation=str(number))
        assignment = wei.do(hit["HITId"])
        before, had = float(rosa.balance[0]), earned(town, wei)
        if is_due:
            town.advance(seconds=60)
        approve = partial(rosa, "ApproveAssignment", AssignmentId=assignment)
        reject = partial(rosa, "RejectAssignment", AssignmentId=assignment, RequesterFeedback="")
        outcomes = all_at_once(*[approve, reject, approve, reject] * 2, partial(rosa.hit, hit["HITId"]))[:8]
        assert outcomes.count({}) == (0 if is_due else 1)
        assert all(isinstance(each, InvalidAssignmentState) for each in outcomes if each != {})
        is_paid = state(rosa, assignment) == "Approved"
        assert is_paid or not is_due
        assert earned(town, wei) - had == (100 if is_paid else 0)
        assert round(float(rosa.balance[0]) - before, 2) == (0 if is_paid else 1.20)
        assert rosa.balance[1] == "0.00"
