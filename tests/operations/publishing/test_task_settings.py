"""Settings of a HIT type: caps, exclusions, conditions, checks, priority; nothing where there are none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from test_accepting import crowd, next_of, publish, together

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operations.doing.accepting import CapReached, Excluded
from kempelen.operations.finding.comprehension import CheckFailed, CheckFirst
from kempelen.store.hit_types import HITTypeDoesNotExist
from people import Requester, Town, Worker


def settle(requester: Requester, hit: dict[str, Any], **settings: Any) -> int:
    """Put settings on a HIT's type; answers their version."""
    version: int = requester("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)["Version"]
    return version


def test_settings_are_versioned_and_given_back_as_put(rosa: Requester, omar: Requester) -> None:
    hit = rosa.create_hit()
    assert rosa("GetTaskSettings", HITTypeId=hit["HITTypeId"]) == {"Settings": {}, "Version": 0}
    assert settle(rosa, hit, Language="de", AIHelp="not_allowed") == 1
    assert settle(rosa, hit, Language="fr", Telemetry=["focus"]) == 2
    got = rosa("GetTaskSettings", HITTypeId=hit["HITTypeId"])
    assert got == {"Settings": {"Language": "fr", "Telemetry": ["focus"]}, "Version": 2}
    for operation, members in (("GetTaskSettings", {}), ("PutTaskSettings", {"Settings": {}})):
        with pytest.raises(HITTypeDoesNotExist):
            omar(operation, HITTypeId=hit["HITTypeId"], **members)


@pytest.mark.parametrize(
    "settings",
    [
        {"Caps": [{"Scope": "a", "Most": 1}, {"Scope": "a", "Most": 2}]},
        {"Conditions": [{"Name": "one"}]},
        {"Conditions": [{"Name": "one"}, {"Name": "one"}]},
        {"TimeExtensions": 2},
        {"ComprehensionCheck": {"Question": "?", "Choices": ["a", "b"], "Right": "c"}},
        {"ComprehensionCheck": {"Question": "?", "Choices": ["a"], "Right": "a"}},
        {"ComprehensionCheck": {"Question": "?", "Choices": ["a", "a"], "Right": "a"}},
        {"Priority": 16},
    ],
)
def test_settings_that_contradict_themselves_are_refused(rosa: Requester, settings: dict[str, Any]) -> None:
    hit = rosa.create_hit()
    with pytest.raises(Refusal):
        settle(rosa, hit, **settings)


def test_an_exclusion_names_types_of_ones_own(rosa: Requester, omar: Requester) -> None:
    foreign = omar.create_hit()
    with pytest.raises(HITTypeDoesNotExist):
        settle(rosa, rosa.create_hit(), Exclude={"HITTypeIds": [foreign["HITTypeId"]]})


def test_workers_are_told_what_concerns_them_and_no_more(rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    settle(
        rosa, hit, ContentWarning="Violence", Conditions=[{"Name": "control"}, {"Name": "drug"}],
        QualityPlan={"GoldPercent": 10}, Caps=[{"Scope": "study", "Most": 4}],
        ComprehensionCheck={"Question": "?", "Choices": ["a", "b"], "Right": "a", "Tries": 2},
    )  # fmt: skip
    told = wei("PreviewHIT", HITGroupId=hit["HITGroupId"])["Task"]["Settings"]
    assert told == {
        "ContentWarning": "Violence",
        "ComprehensionCheck": {"Question": "?", "Choices": ["a", "b"], "Tries": 2},
    }
    assert wei("GetHITGroup", HITGroupId=hit["HITGroupId"])["HITGroup"]["Settings"] == told


def test_a_worker_keeps_the_settings_they_accepted_under(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=2)
    settle(rosa, hit, InstructionsVersion="1")
    assignment = wei.accept(hit["HITId"])
    settle(rosa, hit, InstructionsVersion="2")
    assert wei("GetTask", AssignmentId=assignment)["Task"]["Settings"] == {"InstructionsVersion": "1"}
    assert next_of(ana, hit["HITGroupId"])["Settings"] == {"InstructionsVersion": "2"}


def test_a_cap_counts_what_is_kept_and_not_what_is_returned(rosa: Requester, wei: Worker) -> None:
    made = publish(rosa, 4)
    settle(rosa, made[0], MostPerWorker=2)
    group = made[0]["HITGroupId"]
    first = next_of(wei, group)["AssignmentId"]
    second = next_of(wei, group)["AssignmentId"]
    wei.submit(second)
    with pytest.raises(CapReached, match="at most 2"):
        next_of(wei, group)
    wei("ReturnAssignment", AssignmentId=first)
    next_of(wei, group)
    with pytest.raises(CapReached):
        wei.accept(made[3]["HITId"])


def test_what_time_took_away_does_not_count_either(rosa: Requester, wei: Worker, town: Town) -> None:
    made = publish(rosa, 3, AssignmentDurationInSeconds=60)
    settle(rosa, made[0], MostPerWorker=1)
    next_of(wei, made[0]["HITGroupId"])
    town.advance(seconds=61)
    next_of(wei, made[0]["HITGroupId"])


def test_a_shared_cap_holds_over_types(rosa: Requester, omar: Requester, wei: Worker) -> None:
    one, two = rosa.create_hit(Title="One"), rosa.create_hit(Title="Two")
    other = omar.create_hit(Title="Three")
    for requester, hit in ((rosa, one), (rosa, two), (omar, other)):
        settle(requester, hit, Caps=[{"Scope": "study", "Most": 1}])
    assignment = wei.accept(one["HITId"])
    with pytest.raises(CapReached):
        wei.accept(two["HITId"])
    wei.accept(other["HITId"])
    settle(rosa, one)
    wei("ReturnAssignment", AssignmentId=assignment)
    wei.accept(two["HITId"])


def test_a_cap_is_exact_in_many_tabs(rosa: Requester, wei: Worker) -> None:
    made = publish(rosa, 12)
    settle(rosa, made[0], MostPerWorker=5)
    answers = together(12, lambda number: wei("AcceptHIT", HITId=made[number]["HITId"]))
    assert len([answer for answer in answers if isinstance(answer, CapReached)]) == 7


def test_past_workers_are_kept_out(rosa: Requester, wei: Worker, ana: Worker) -> None:
    before, after = rosa.create_hit(Title="Before"), rosa.create_hit(Title="After", MaxAssignments=5)
    wei.do(before["HITId"])
    settle(rosa, after, Exclude={"HITTypeIds": [before["HITTypeId"]]})
    with pytest.raises(Excluded):
        wei.accept(after["HITId"])
    ana.accept(after["HITId"])


def test_who_returned_everything_is_no_past_worker(rosa: Requester, wei: Worker) -> None:
    before, after = rosa.create_hit(Title="Before"), rosa.create_hit(Title="After")
    settle(rosa, before, Caps=[{"Scope": "pilot", "Most": 9}])
    settle(rosa, after, Exclude={"Scopes": ["pilot"]})
    assignment = wei.accept(before["HITId"])
    with pytest.raises(Excluded):
        wei.accept(after["HITId"])
    wei("ReturnAssignment", AssignmentId=assignment)
    wei.accept(after["HITId"])


def test_of_batches_that_exclude_each_other_a_worker_gets_one_whatever_the_race(
    rosa: Requester, town: Town
) -> None:
    hits = [rosa.create_hit(Title=f"Batch {number}", MaxAssignments=9) for number in range(3)]
    types = [hit["HITTypeId"] for hit in hits]
    for hit in hits:
        others = [each for each in types if each != hit["HITTypeId"]]
        settle(rosa, hit, Exclude={"HITTypeIds": others})
    for worker in crowd(town, 6):
        answers = together(3, lambda number, worker=worker: worker("AcceptHIT", HITId=hits[number]["HITId"]))
        assert len([answer for answer in answers if isinstance(answer, Excluded)]) == 2


def test_conditions_stay_in_balance_in_a_crowd(rosa: Requester, town: Town) -> None:
    hit = rosa.create_hit(MaxAssignments=24)
    settle(rosa, hit, Conditions=[{"Name": "control"}, {"Name": "treatment", "Weight": 2}])
    workers = crowd(town, 24)
    tasks = together(24, lambda number: next_of(workers[number], hit["HITGroupId"]))
    assert Counter(task["Condition"] for task in tasks) == {"control": 8, "treatment": 16}
    listed = rosa("ListConditions", HITTypeId=hit["HITTypeId"], MaxResults=100)
    assert {one["Name"]: one["Workers"] for one in listed["Conditions"]} == {"control": 8, "treatment": 16}
    seen = {one["WorkerId"]: one["Condition"] for one in listed["Workers"]}
    assert seen == {worker.id: task["Condition"] for worker, task in zip(workers, tasks, strict=True)}


def test_a_place_in_a_condition_is_given_back_and_the_worker_keeps_theirs(
    rosa: Requester, wei: Worker, ana: Worker
) -> None:
    made = publish(rosa, 3, MaxAssignments=3)
    settle(rosa, made[0], Conditions=[{"Name": "a"}, {"Name": "b"}])
    group = made[0]["HITGroupId"]
    first = next_of(wei, group)
    wei("ReturnAssignment", AssignmentId=first["AssignmentId"])

    def filled() -> int:
        listed = rosa("ListConditions", HITTypeId=made[0]["HITTypeId"])["Conditions"]
        return sum(one["Workers"] for one in listed)

    assert filled() == 0
    for _ in range(2):
        task = next_of(wei, group)
        assert task["Condition"] == first["Condition"]
        wei.submit(task["AssignmentId"])
    assert filled() == 1
    assert next_of(ana, group)["Condition"] != first["Condition"]


def test_a_check_of_comprehension_comes_before_the_work(rosa: Requester, wei: Worker, ana: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=3)
    group = hit["HITGroupId"]
    with pytest.raises(ParameterValidationError, match="asks no question"):
        wei("AnswerComprehensionCheck", HITGroupId=group, Answer="a")
    check = {"Question": "What is asked?", "Choices": ["cats", "dogs"], "Right": "cats", "Tries": 2}
    settle(rosa, hit, ComprehensionCheck=check)
    with pytest.raises(CheckFirst):
        next_of(wei, group)
    assert wei("AnswerComprehensionCheck", HITGroupId=group, Answer="dogs") == {
        "Passed": False,
        "TriesLeft": 1,
    }
    assert wei("AnswerComprehensionCheck", HITGroupId=group, Answer="cats") == {"Passed": True}
    next_of(wei, group)
    for left in (1, 0):
        answer = ana("AnswerComprehensionCheck", HITGroupId=group, Answer="dogs")
        assert answer == {"Passed": False, "TriesLeft": left}
    with pytest.raises(CheckFailed):
        ana("AnswerComprehensionCheck", HITGroupId=group, Answer="cats")
    with pytest.raises(CheckFailed):
        next_of(ana, group)


def test_a_priority_is_the_level_of_new_hits(rosa: Requester, wei: Worker) -> None:
    first = rosa.create_hit()
    settle(rosa, first, Priority=0)
    urgent = rosa.create_hit()
    assert next_of(wei, first["HITGroupId"])["HITId"] == urgent["HITId"]
    assert next_of(wei, first["HITGroupId"])["HITId"] == first["HITId"]


def test_without_settings_everything_is_as_on_mturk(rosa: Requester, wei: Worker) -> None:
    task = next_of(wei, rosa.create_hit()["HITGroupId"])
    assert not {"Settings", "Condition"} & task.keys()
