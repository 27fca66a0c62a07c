"""The JSON that old worker scripts read: each shape, whole, at exactly the address that was asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest

from people import Requester, Town, Worker, external_question
from web.old_scripts import Script, script_of

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DOLLARS = {"amount_in_dollars": float, "currency_code": str}
PROJECT = {
    "assignable_hits_count": int, "assignment_duration_in_seconds": int,
    "caller_meets_preview_requirements": bool, "caller_meets_requirements": bool, "creation_time": MOMENT,
    "description": str, "hit_set_id": str, "last_updated_time": MOMENT, "latest_expiration_time": MOMENT,
    "monetary_reward": DOLLARS, "requester_id": str, "requester_name": str, "requester_url": str,
    "title": str,
}  # fmt: skip
LISTED = PROJECT | {"accept_project_task_url": str, "project_tasks_url": str, "project_requirements": list}
QUEUED = PROJECT | {"hit_requirements": list}
QUESTION = {"type": str, "value": str, "attributes": {"FrameHeight": str, "FrameSourceAttribute": str}}
REQUIREMENT = {
    "qualification_type_id": str, "comparator": str, "worker_action": str, "qualification_values": list,
    "caller_meets_requirement": bool,
    "caller_qualification_value": {
        "integer_value": (int, type(None)),
        "locale_value": {"country": (str, type(None)), "subdivision": (str, type(None))},
    },
    "qualification_type": {
        "qualification_type_id": str, "name": str, "visibility": bool, "description": str, "has_test": bool,
        "is_requestable": bool, "keywords": str,
    },
}  # fmt: skip
PAGE = {"page_number": int, "num_results": int, "total_num_results": int}


def fits(value: Any, shape: Any, at: str = "") -> None:
    """Hold a value to its shape: every name that is there, and no other."""
    if isinstance(shape, dict):
        assert value.keys() == shape.keys(), (at, value.keys() ^ shape.keys())
        for name, inner in shape.items():
            fits(value[name], inner, f"{at}.{name}")
    elif isinstance(shape, re.Pattern):
        assert shape.fullmatch(value), (at, value)
    else:
        assert isinstance(value, shape), (at, value)


@pytest.fixture
def script(town: Town, wei: Worker) -> Script:
    return script_of(town, wei)


RATE = [
    {"QualificationTypeId": "000000000000000000L0", "Comparator": "GreaterThan", "IntegerValues": [95]},
    {
        "QualificationTypeId": "00000000000000000071", "Comparator": "In",
        "LocaleValues": [{"Country": "US", "Subdivision": "WA"}, {"Country": "PT"}],
        "ActionsGuarded": "PreviewAndAccept",
    },
]  # fmt: skip


@pytest.mark.parametrize("path", ["/projects?format=json", "/projects.json", "/?format=json"])
def test_the_list_of_projects(rosa: Requester, script: Script, path: str) -> None:
    hit = rosa.create_hit(Title="Cats", QualificationRequirements=RATE, Reward="0.05")
    found = script.json(path)
    fits(found, PAGE | {"results": list})
    assert (found["page_number"], found["num_results"], found["total_num_results"]) == (1, 1, 1)
    (one,) = found["results"]
    fits(one, LISTED)
    assert one["hit_set_id"] == hit["HITGroupId"]
    assert one["monetary_reward"] == {"amount_in_dollars": 0.05, "currency_code": "USD"}
    assert one["project_tasks_url"] == f"/projects/{hit['HITGroupId']}/tasks?ref=w_pl_prvw"
    assert one["accept_project_task_url"] == (
        f"/projects/{hit['HITGroupId']}/tasks/accept_random?ref=w_pl_prvw"
    )
    assert one["requester_url"].startswith(f"/requesters/{rosa.id}/projects?")
    rate, place = one["project_requirements"]
    fits(rate, REQUIREMENT)
    fits(place, REQUIREMENT)
    assert (rate["qualification_values"], place["qualification_values"]) == (["95"], ["US-WA", "PT"])
    assert (rate["worker_action"], place["worker_action"]) == ("AcceptProject", "PreviewProject")
    assert place["caller_qualification_value"] == {
        "integer_value": None,
        "locale_value": {"country": "US", "subdivision": "WA"},
    }
    assert place["caller_meets_requirement"] is True


def test_lists_come_in_pages_by_number_and_end_with_an_empty_one(rosa: Requester, script: Script) -> None:
    for number in range(5):
        rosa.create_hit(Title=f"Task {number}", Reward=f"0.1{number}")
    path = "/projects?format=json&page_size=2&sort=reward_desc&page_number="
    pages = [script.json(f"{path}{number}") for number in (1, 2, 3, 4)]
    assert [[one["title"] for one in page["results"]] for page in pages] == [
        ["Task 4", "Task 3"], ["Task 2", "Task 1"], ["Task 0"], [],
    ]  # fmt: skip
    assert [page["page_number"] for page in pages] == [1, 2, 3, 4]
    assert [page["num_results"] for page in pages] == [2, 2, 1, 0]
    assert {page["total_num_results"] for page in pages} == {5}
    assert script.json("/projects?format=json&page_size=1000&page_number=x&next=x")["num_results"] == 5


@pytest.mark.parametrize(
    ("sort", "first"),
    [("updated_asc", "Old"), ("updated_desc", "New"), ("reward_asc", "New"), ("reward_desc", "Old"),
     ("num_hits_asc", "Old"), ("num_hits_desc", "New"), ("nonsense", "New")],
)  # fmt: skip
def test_lists_are_sorted_by_the_old_names(
    town: Town, rosa: Requester, script: Script, sort: str, first: str
) -> None:
    rosa.create_hit(Title="Old", Reward="0.50")
    town.advance(seconds=5)
    for number in range(2):
        rosa.create_hit(Title="New", Reward="0.10", Question=external_question(number))
    town.market.settle()
    found = script.json(f"/projects?format=json&sort={sort}")["results"]
    assert found[0]["title"] == first
    assert {one["title"]: one["assignable_hits_count"] for one in found} == {"Old": 1, "New": 2}


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ("filters[search_term]=cats", {"Cats"}),
        ("filters%5Bsearch_term%5D=cats", {"Cats"}),
        ("filters[min_reward]=0.20", {"Dogs", "Masters"}),
        ("filters[min_reward]=0", {"Cats", "Dogs", "Masters"}),
        ("filters[qualified]=true&filters[masters]=false", {"Cats", "Dogs"}),
        ("qualified=true", {"Cats", "Dogs"}),
        ("filters[masters]=true", {"Masters"}),
        ("filters[search_term]=cats&filters[min_reward]=0.20", set()),
    ],
)
def test_lists_are_filtered_by_the_old_names(
    rosa: Requester, script: Script, filters: str, titles: set[str]
) -> None:
    masters = {"QualificationTypeId": "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "Comparator": "Exists"}
    rosa.create_hit(Title="Cats", Reward="0.05")
    rosa.create_hit(Title="Dogs", Reward="0.20")
    rosa.create_hit(Title="Masters", Reward="0.30", QualificationRequirements=[masters])
    found = script.json(f"/projects?format=json&{filters}")["results"]
    assert {one["title"] for one in found} == titles


@pytest.mark.parametrize("ending", [".json", "?format=json"])
def test_the_list_of_one_requester(rosa: Requester, omar: Requester, script: Script, ending: str) -> None:
    rosa.create_hit(Title="Hers")
    omar.create_hit(Title="His")
    found = script.json(f"/requesters/{rosa.id}/projects{ending}")
    fits(found, PAGE | {"results": list})
    (one,) = found["results"]
    fits(one, LISTED)
    assert one["title"] == "Hers"
    assert script.json("/requesters/ANOBODY/projects?format=json")["num_results"] == 0


@pytest.mark.parametrize("path", ["/tasks?format=json", "/tasks.json"])
def test_the_queue(town: Town, rosa: Requester, wei: Worker, script: Script, path: str) -> None:
    assert script.json(path) == {"tasks": [], "page_number": 1, "num_results": 0, "total_num_results": 0}
    hit = rosa.create_hit(Title="Cats", QualificationRequirements=RATE[1:])
    assignment = wei.accept(hit["HITId"])
    town.advance(seconds=100)
    found = script.json(path)
    fits(found, PAGE | {"tasks": list})
    (one,) = found["tasks"]
    fits(
        one,
        {
            "task_id": str, "assignment_id": str, "accepted_at": MOMENT, "deadline": MOMENT,
            "time_to_deadline_in_seconds": int, "state": str, "question": QUESTION, "project": QUEUED,
            "expired_task_action_url": str, "task_url": str,
        },
    )  # fmt: skip
    assert (one["task_id"], one["assignment_id"], one["state"]) == (hit["HITId"], assignment, "Assigned")
    assert one["time_to_deadline_in_seconds"] == 500
    assert one["task_url"] == (
        f"/projects/{hit['HITGroupId']}/tasks/{hit['HITId']}?assignment_id={assignment}"
    )
    assert one["question"]["type"] == "ExternalQuestion"
    assert one["question"]["attributes"] == {"FrameHeight": "600", "FrameSourceAttribute": "src"}
    assert f"assignmentId={assignment}" in one["question"]["value"]
    fits(one["project"]["hit_requirements"][0], REQUIREMENT)


@pytest.mark.parametrize("path", ["/dashboard?format=json", "/dashboard.json"])
def test_the_dashboard(town: Town, rosa: Requester, wei: Worker, script: Script, path: str) -> None:
    made = [wei.do(rosa.create_hit(Reward="0.50")["HITId"]) for _ in range(3)]
    rosa("ApproveAssignment", AssignmentId=made[0])
    rosa("RejectAssignment", AssignmentId=made[1], RequesterFeedback="No")
    rosa("SendBonus", WorkerId=wei.id, AssignmentId=made[0], BonusAmount="1.00", Reason="Good")
    town.advance(days=1)
    found = script.json(path)
    fits(
        found,
        {
            "available_earnings": DOLLARS, "availableEarnings": DOLLARS, "current_balance": float,
            "balance_by_end_of_last_year": float, "balance_by_end_of_year_before_last": float,
            "daily_hit_statistics_overview": list,
            "earnings_to_date": {
                "approved": float, "bonuses": float, "total_earnings": float, "total_earnigns": float,
            },
            "hits_overview": {
                "approved": int, "pending": int, "rejected": int, "approvalRate": float,
                "approval_rate": float, "rejection_rate": float,
            },
            "reward_payment_balances": {
                "current_reward_payment_balance": DOLLARS,
                "reward_payment_balance_by_end_of_last_year": DOLLARS,
                "reward_payment_balance_by_end_of_year_before_last": DOLLARS,
            },
        },
    )  # fmt: skip
    assert found["available_earnings"] == {"amount_in_dollars": 1.5, "currency_code": "USD"}
    assert found["hits_overview"]["approval_rate"] == 50.0
    assert (found["hits_overview"]["pending"], found["earnings_to_date"]["approved"]) == (1, 0.5)
    days = found["daily_hit_statistics_overview"]
    assert len(days) == 45
    for day in days:
        fits(day, {
            "date": MOMENT, "submitted": int, "approved": int, "rejected": int, "pending": int,
            "earnings": float,
        })  # fmt: skip
    assert days[0]["submitted"] == 0
    assert days[1] == {
        "date": "2026-09-21T00:00:00.000Z", "submitted": 3, "approved": 1, "rejected": 1, "pending": 1,
        "earnings": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize("day", ["2026-09-21?format=json", "2026-09-21.json"])
def test_the_details_of_a_day(rosa: Requester, wei: Worker, script: Script, day: str) -> None:
    hits = [rosa.create_hit(Title=title, Reward=reward) for title, reward in
            (("Waits", "0.10"), ("Paid", "0.20"), ("Refused", "0.30"), ("Free", "0.00"))]  # fmt: skip
    made = {hit["Title"]: wei.do(hit["HITId"]) for hit in hits}
    rosa("ApproveAssignment", AssignmentId=made["Paid"], RequesterFeedback="Thank you")
    rosa("ApproveAssignment", AssignmentId=made["Free"])
    rosa("RejectAssignment", AssignmentId=made["Refused"], RequesterFeedback="No cat")
    found = script.json(f"/status_details/{day}")
    fits(found, PAGE | {"results": list})
    assert (found["page_number"], found["num_results"], found["total_num_results"]) == (1, 4, 4)
    for one in found["results"]:
        fits(one, {
            "assignment_id": str, "hit_id": str, "requester_feedback": (str, type(None)),
            "requester_id": str, "requester_name": str, "reward": DOLLARS, "state": str, "title": str,
        })  # fmt: skip
    by_title = {one["title"]: one for one in found["results"]}
    assert {title: one["state"] for title, one in by_title.items()} == {
        "Waits": "Submitted", "Paid": "Paid", "Refused": "Rejected", "Free": "Approved",
    }  # fmt: skip
    assert by_title["Refused"]["requester_feedback"] == "No cat"
    assert by_title["Waits"]["requester_feedback"] is None


def test_the_details_of_a_day_come_twenty_a_page(rosa: Requester, wei: Worker, script: Script) -> None:
    for _ in range(21):
        wei.do(rosa.create_hit()["HITId"])
    path = "/status_details/2026-09-21?format=json&page_number="
    pages = [script.json(f"{path}{number}") for number in (1, 2, 3)]
    assert [page["num_results"] for page in pages] == [20, 1, 0]
    assert {page["total_num_results"] for page in pages} == {21}
    fetched = script.fetch("/status_details/yesterday?format=json")
    assert (fetched.url, fetched.response.status_code) == ("/status_details/yesterday?format=json", 404)


@pytest.mark.parametrize("ending", [".json", "?format=json"])
def test_the_preview_has_a_shape_of_ours(rosa: Requester, script: Script, ending: str) -> None:
    hit = rosa.create_hit()
    found = script.json(f"/projects/{hit['HITGroupId']}/tasks{ending}")
    fits(
        found,
        {
            "task_id": str, "assignment_id": type(None), "state": str, "question": QUESTION,
            "project": QUEUED, "accept_project_task_url": str, "next_task_url": str, "task_url": str,
        },
    )  # fmt: skip
    assert found["task_id"] == hit["HITId"]
    assert "ASSIGNMENT_ID_NOT_AVAILABLE" in found["question"]["value"]


def test_accepting_by_script_ends_in_the_page_with_the_modal(
    rosa: Requester, wei: Worker, script: Script
) -> None:
    hit = rosa.create_hit(Title="Cats", Reward="0.05")
    fetched = script.fetch(f"/projects/{hit['HITGroupId']}/tasks/accept_random?format=json&ref=w_pl_prvw")
    assert fetched.response.status_code == 200
    assert fetched.response.headers["content-type"].startswith("text/html")
    (task,) = wei("ListTasks")["Tasks"]
    assert f"assignment_id={task['AssignmentId']}" in fetched.url
    modal = fetched.mounts.of("modal/ShowModal")["modalOptions"]
    assert re.search(r"requester_id(%5D|\])=A", modal["contactRequesterUrl"])
    assert modal["monetaryReward"] == {"amountInDollars": 0.05, "currencyCode": "USD"}


def test_what_cannot_be_accepted_says_so_by_its_status(rosa: Requester, wei: Worker, script: Script) -> None:
    hard = rosa.create_hit(
        Title="Hard", QualificationRequirements=[RATE[1] | {"LocaleValues": [{"Country": "FR"}]}]
    )
    once = rosa.create_hit(Title="Once")
    wei.accept(once["HITId"])

    def status(group: str) -> int:
        fetched = script.fetch(f"/projects/{group}/tasks/accept_random?format=json")
        assert "assignment_id" not in fetched.url
        assert fetched.response.json()["message"]
        return fetched.response.status_code

    assert status(hard["HITGroupId"]) == 422
    assert status(once["HITGroupId"]) == 422
    assert status("3" + "X" * 29) == 404
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="No")
    assert status(rosa.create_hit(Title="More")["HITGroupId"]) == 403


@pytest.mark.parametrize(
    "path", ["/projects", "/requesters/A1/projects", "/tasks", "/dashboard", "/status_details/2026-09-21"]
)
def test_who_is_not_signed_in_ends_at_the_old_door(town: Town, path: str) -> None:
    fetched = script_of(town, None).fetch(f"{path}?format=json")
    assert "/ap/signin" in fetched.url and fetched.response.status_code == 200
    assert script_of(town, None).fetch(path).url.startswith("/login")
