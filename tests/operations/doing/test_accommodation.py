"""A standing accommodation: more time for the worker, of which nobody else is told."""

from dataclasses import replace

import pytest

from people import Requester, Town, Worker


@pytest.fixture
def slow(wei: Worker) -> Worker:
    """Wei with half as much time again."""
    wei.actor = replace(wei.actor, time_percent=150)
    return wei


def test_it_multiplies_the_deadline(town: Town, rosa: Requester, slow: Worker) -> None:
    assignment = slow.accept(rosa.create_hit(AssignmentDurationInSeconds=600)["HITId"])
    task = slow("GetTask", AssignmentId=assignment)["Task"]
    assert task["Deadline"] == task["AcceptTime"] + 900
    town.advance(seconds=899)
    slow.submit(assignment)


def test_it_ends_too(town: Town, rosa: Requester, slow: Worker) -> None:
    slow.accept(rosa.create_hit(AssignmentDurationInSeconds=600)["HITId"])
    town.advance(seconds=900)
    assert slow("ListTasks")["Tasks"] == []


def test_the_requester_is_shown_what_everybody_gets(rosa: Requester, slow: Worker, ana: Worker) -> None:
    hit = rosa.create_hit(AssignmentDurationInSeconds=600, MaxAssignments=2)["HITId"]
    shown = []
    for worker in (slow, ana):
        one = rosa("GetAssignment", AssignmentId=worker.do(hit))["Assignment"]
        shown.append(one["Deadline"] - one["AcceptTime"])
    assert shown == [600, 600]


def test_it_multiplies_more_time_as_well(rosa: Requester, slow: Worker) -> None:
    hit = rosa.create_hit(AssignmentDurationInSeconds=600)
    settings = {"TimeExtensionSeconds": 100, "TimeExtensions": 1}
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)
    assignment = slow.accept(hit["HITId"])
    accepted = slow("GetTask", AssignmentId=assignment)["Task"]["AcceptTime"]
    assert slow("ExtendTime", AssignmentId=assignment)["Deadline"] == accepted + 900 + 150
    slow.submit(assignment)
    one = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]
    assert one["Deadline"] == accepted + 700
