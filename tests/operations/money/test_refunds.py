"""The house can give a fee back, once, and the books still add up."""

import pytest

from kempelen.operations.money.refunds import AlreadyRefunded
from kempelen.store.assignments import AssignmentDoesNotExist, InvalidAssignmentState
from people import Operator, Requester, Worker


def test_a_fee_goes_back_to_its_requester_and_the_worker_keeps_the_reward(
    rosa: Requester, wei: Worker, operator: Operator
) -> None:
    assignment = wei.do(rosa.create_hit(Reward="0.50")["HITId"])
    rosa("ApproveAssignment", AssignmentId=assignment)
    assert rosa.balance == ("999.40", "0.00")
    answer = operator("RefundFee", AssignmentId=assignment, Note="The task was broken.")
    assert answer == {"Amount": "0.10", "AvailableBalance": "999.50"}
    assert wei("GetEarnings")["Available"] == "0.50"
    assert not [each for each in rosa.town.app.audit() if each.violations]


def test_no_fee_goes_back_twice_or_before_it_was_paid(
    rosa: Requester, wei: Worker, operator: Operator
) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    with pytest.raises(InvalidAssignmentState, match="status of: Approved"):
        operator("RefundFee", AssignmentId=assignment)
    rosa("ApproveAssignment", AssignmentId=assignment)
    operator("RefundFee", AssignmentId=assignment)
    with pytest.raises(AlreadyRefunded):
        operator("RefundFee", AssignmentId=assignment)
    assert rosa.balance == ("999.95", "0.00")
    with pytest.raises(AssignmentDoesNotExist):
        operator("RefundFee", AssignmentId="3NONE")
