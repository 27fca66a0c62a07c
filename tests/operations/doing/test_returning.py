"""Giving work back: one slot, once, and what follows."""

from __future__ import annotations

import pytest
from test_accepting import next_of, together

from kempelen.operations.doing.accepting import NoMoreHITs
from kempelen.operations.doing.returning import NotHeld, TimeIsUp
from kempelen.store.assignments import AssignmentDoesNotExist
from people import Requester, Town, Worker


def test_a_returned_slot_is_free_for_anybody(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit = rosa.create_hit()
    assignment = wei.accept(hit["HITId"])
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Unassignable"
    assert wei("ReturnAssignment", AssignmentId=assignment) == {"HITGroupId": hit["HITGroupId"]}
    shown = rosa.hit(hit["HITId"])
    assert (shown["HITStatus"], shown["NumberOfAssignmentsAvailable"]) == ("Assignable", 1)
    assert shown["NumberOfAssignmentsPending"] == 0
    again = wei.accept(hit["HITId"])
    assert again != assignment
    wei("ReturnAssignment", AssignmentId=again)
    ana.accept(hit["HITId"])


def test_nothing_is_returned_twice(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=2)
    assignment = wei.accept(hit["HITId"])
    wei("ReturnAssignment", AssignmentId=assignment)
    with pytest.raises(NotHeld, match="returned"):
        wei("ReturnAssignment", AssignmentId=assignment)
    assert rosa.hit(hit["HITId"])["NumberOfAssignmentsAvailable"] == 2


def test_two_tabs_that_return_at_once_free_one_slot(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    assignment = wei.accept(hit["HITId"])
    answers = together(6, lambda _: wei("ReturnAssignment", AssignmentId=assignment))
    assert len([answer for answer in answers if isinstance(answer, NotHeld)]) == 5
    assert rosa.hit(hit["HITId"])["NumberOfAssignmentsAvailable"] == 3


def test_submitted_work_and_that_of_others_cannot_be_returned(
    rosa: Requester, wei: Worker, ana: Worker
) -> None:
    assignment = wei.do(rosa.create_hit()["HITId"])
    with pytest.raises(NotHeld, match="submitted"):
        wei("ReturnAssignment", AssignmentId=assignment)
    with pytest.raises(AssignmentDoesNotExist):
        ana("ReturnAssignment", AssignmentId=assignment)


def test_when_time_is_up_the_work_has_gone_back(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit(AssignmentDurationInSeconds=60)
    assignment = wei.accept(hit["HITId"])
    town.advance(seconds=61)
    with pytest.raises(TimeIsUp):
        wei("ReturnAssignment", AssignmentId=assignment)


def test_what_is_returned_after_the_expiry_is_paid_back(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit(Reward="1.00", LifetimeInSeconds=60, AssignmentDurationInSeconds=600)
    assignment = wei.accept(hit["HITId"])
    town.advance(seconds=61)
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Unassignable"
    assert rosa.balance == ("998.80", "1.20")
    wei("ReturnAssignment", AssignmentId=assignment)
    assert rosa.hit(hit["HITId"])["HITStatus"] == "Reviewable"
    assert rosa.balance == ("1000.00", "0.00")
    with pytest.raises(NoMoreHITs):
        next_of(wei, hit["HITGroupId"])
