"""What a worker holds and has had, and more time."""

from __future__ import annotations

import pytest

from kempelen.operations.doing.late_answers import TimeRanOut
from kempelen.operations.doing.queue import NoExtension
from kempelen.operations.doing.returning import TimeIsUp
from kempelen.store.assignments import AssignmentDoesNotExist
from people import Requester, Town, Worker, external_question


def test_the_queue_has_the_nearest_deadline_first(rosa: Requester, wei: Worker) -> None:
    slow = rosa.create_hit(Title="Slow", AssignmentDurationInSeconds=900)
    quick = rosa.create_hit(Title="Quick", AssignmentDurationInSeconds=60)
    wei.accept(slow["HITId"])
    wei.accept(quick["HITId"])
    listed = wei("ListTasks")
    assert [task["Title"] for task in listed["Tasks"]] == ["Quick", "Slow"]
    assert listed["NumResults"] == 2
    wei.submit(listed["Tasks"][0]["AssignmentId"])
    assert [task["Title"] for task in wei("ListTasks")["Tasks"]] == ["Slow"]


def test_a_task_is_shown_to_its_worker_alone(rosa: Requester, wei: Worker, ana: Worker) -> None:
    assignment = wei.accept(rosa.create_hit(Question=external_question("one"))["HITId"])
    task = wei("GetTask", AssignmentId=assignment)["Task"]
    assert task["Status"] == "Assigned"
    assert "example.org/one" in task["Question"]
    with pytest.raises(AssignmentDoesNotExist):
        ana("GetTask", AssignmentId=assignment)
    wei.submit(assignment)
    assert wei("GetTask", AssignmentId=assignment)["Task"]["Status"] == "Submitted"


def test_a_task_brings_along_what_its_page_shows_of_the_worker(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    assignment = wei.accept(hit["HITId"])
    assert wei("GetTask", AssignmentId=assignment).keys() == {"Task"}
    told = wei("GetTask", AssignmentId=assignment, WithPage=True)
    assert told["Summary"] == wei("GetWorkerSummary") == {"Available": "0.00", "Held": 1, "Unread": 0}
    assert (told["AutoAcceptNext"], told["InstructionsCollapsed"]) == (False, False)
    wei("PutPreferences", Preferences={"AutoAcceptNext": True})
    wei("PutInstructionsCollapsed", HITGroupId=hit["HITGroupId"], Collapsed=True)
    told = wei("GetTask", AssignmentId=assignment, WithPage=True)
    assert told["Summary"] == wei("GetWorkerSummary")
    assert "Shortcuts" in told["Summary"]
    assert (told["AutoAcceptNext"], told["InstructionsCollapsed"]) == (True, True)


def test_the_history_has_everything_in_pages(rosa: Requester, wei: Worker, town: Town) -> None:
    made = [rosa.create_hit(Title=f"Task {number}") for number in range(5)]
    done = []
    for hit in made:
        town.advance(seconds=1)
        done.append(wei.accept(hit["HITId"]))
    wei.submit(done[1])
    wei.submit(done[3])
    wei("ReturnAssignment", AssignmentId=done[0])
    rosa("ApproveAssignment", AssignmentId=done[3], RequesterFeedback="Thank you")
    seen, token = [], None
    while True:
        page = wei("ListOwnAssignments", MaxResults=2, **({"NextToken": token} if token else {}))
        seen += page["Assignments"]
        token = page.get("NextToken")
        if token is None:
            break
    assert [each["AssignmentId"] for each in seen] == done[::-1]
    approved = wei("ListOwnAssignments", Status="Approved")["Assignments"]
    assert [each["AssignmentId"] for each in approved] == [done[3]]
    assert approved[0]["RequesterFeedback"] == "Thank you"
    returned = wei("ListOwnAssignments", Status="Returned")["Assignments"]
    assert [each["Title"] for each in returned] == ["Task 0"]


def test_no_more_time_than_the_requester_allows(rosa: Requester, wei: Worker, town: Town) -> None:
    hit = rosa.create_hit(AssignmentDurationInSeconds=60)
    plain = wei.accept(hit["HITId"])
    with pytest.raises(NoExtension, match="does not allow"):
        wei("ExtendTime", AssignmentId=plain)
    settings = {"TimeExtensions": 2, "TimeExtensionSeconds": 30}
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)
    with pytest.raises(NoExtension, match="does not allow"):
        wei("ExtendTime", AssignmentId=plain)
    assignment = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60)["HITId"])
    accepted_at = town.now
    first = wei("ExtendTime", AssignmentId=assignment)
    assert first["ExtensionsLeft"] == 1
    wei("ExtendTime", AssignmentId=assignment)
    with pytest.raises(NoExtension, match="2 times already"):
        wei("ExtendTime", AssignmentId=assignment)
    town.advance(seconds=119)
    assert town.now - accepted_at < 120_000
    wei.submit(assignment)
    with pytest.raises(TimeIsUp):
        wei("ExtendTime", AssignmentId=plain)


def test_the_queue_can_tell_the_groups_of_its_tasks_once_each(rosa: Requester, wei: Worker) -> None:
    hits = [rosa.create_hit(Title=title) for title in ("Cats", "Cats", "Dogs")]
    for hit in hits:
        wei.accept(hit["HITId"])
    assert "HITGroups" not in wei("ListTasks")
    listed = wei("ListTasks", WithGroups=True)
    assert sorted(group["Title"] for group in listed["HITGroups"]) == ["Cats", "Dogs"]
    assert {task["HITGroupId"] for task in listed["Tasks"]} == {
        group["HITGroupId"] for group in listed["HITGroups"]
    }
    assert wei("ListTasks", WithGroups=True)["NumResults"] == 3


def test_one_assignment_tells_what_became_of_it_to_its_worker_alone(
    rosa: Requester, wei: Worker, ana: Worker
) -> None:
    made = wei.do(rosa.create_hit(Title="Cats", Reward="0.50")["HITId"])
    rosa("ApproveAssignment", AssignmentId=made, RequesterFeedback="Thank you")
    rosa("SendBonus", WorkerId=wei.id, AssignmentId=made, BonusAmount="1.00", Reason="Quick")
    told = wei("GetOwnAssignment", AssignmentId=made)
    assert (told["Assignment"]["Status"], told["Assignment"]["RequesterFeedback"]) == (
        "Approved", "Thank you",
    )  # fmt: skip
    assert [(each["Amount"], each["Reason"]) for each in told["Bonuses"]] == [("1.00", "Quick")]
    assert "LateAnswer" not in told
    with pytest.raises(AssignmentDoesNotExist):
        ana("GetOwnAssignment", AssignmentId=made)


def test_one_assignment_tells_of_its_late_answer(rosa: Requester, wei: Worker, town: Town) -> None:
    made = wei.accept(rosa.create_hit(AssignmentDurationInSeconds=60, Reward="0.50")["HITId"])
    town.advance(seconds=90)
    with pytest.raises(TimeRanOut):
        wei.submit(made)
    told = wei("GetOwnAssignment", AssignmentId=made)
    assert told["Assignment"]["Status"] == "Abandoned"
    assert (
        told["LateAnswer"]["KeptUntil"] > told["LateAnswer"]["ReceivedTime"] > told["Assignment"]["Deadline"]
    )
    assert "PaidAmount" not in told["LateAnswer"]
    rosa("PayLateAnswer", AssignmentId=made)
    assert wei("GetOwnAssignment", AssignmentId=made)["LateAnswer"]["PaidAmount"] == "0.50"
