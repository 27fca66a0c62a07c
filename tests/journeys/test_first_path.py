"""The thinnest path through everything: publish, accept, submit, approve, and the money that moves."""

import pytest

from kempelen.store.assignments import InvalidAssignmentState
from kempelen.store.ledger import InsufficientFunds
from people import Requester, Town, Worker


def test_a_hit_is_published_done_approved_and_paid(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(Reward="0.50")
    assert hit["HITStatus"] == "Assignable"
    assert rosa.balance == ("999.40", "0.60")
    assignment = wei.accept(hit["HITId"])
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Unassignable"
    wei.submit(assignment, label="cat")
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Reviewable"
    rosa("ApproveAssignment", AssignmentId=assignment)
    assert rosa.balance == ("999.40", "0.00")
    assert rosa.hit(hit["HITId"])["NumberOfAssignmentsCompleted"] == 1


def test_nothing_is_paid_twice(rosa: Requester, wei: Worker) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    rosa("ApproveAssignment", AssignmentId=assignment)
    with pytest.raises(InvalidAssignmentState, match="called with a status of: Submitted"):
        rosa("ApproveAssignment", AssignmentId=assignment)
    assert rosa.balance == ("999.94", "0.00")


def test_a_requester_without_funds_publishes_nothing(town: Town) -> None:
    poor = town.requester("Poor", funds="0.05")
    with pytest.raises(InsufficientFunds, match="insufficient funds"):
        poor.create_hit(Reward="0.05")
    assert poor.balance == ("0.05", "0.00")


def test_the_sandbox_never_runs_out_and_touches_nothing_else(sandbox: Town) -> None:
    requester = sandbox.requester("Sam")
    requester.create_hit(Reward="900.00", MaxAssignments=9)
    assert requester.balance == ("10000.00", "")
