"""Addresses of MTurk's first worker site lead to today's pages."""

from __future__ import annotations

import pytest

from people import Requester, Town, Worker, external_question
from web.old_scripts import script_of
from web.visitors import Visitor, visitor


@pytest.fixture
def browser(town: Town, wei: Worker) -> Visitor:
    return visitor(town, wei)


def leads(browser: Visitor, path: str, **headers: str) -> str:
    """Where an address leads."""
    page = browser.get(path, **headers)
    assert page.status == 302, (path, page.status, page.text)
    return str(page.response.headers["Location"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/mturk/dashboard", "/dashboard"),
        ("/mturk/myhits", "/tasks"),
        ("/mturk/findhits", "/projects"),
        ("/mturk/findhits?match=true", "/projects?filters%5Bqualified%5D=true"),
        ("/mturk/findhits?match=false", "/projects"),
        (
            "/mturk/searchbar?selectedSearchType=hitgroups&searchWords=cats+dogs&minReward=0.50&qualifiedFor=on"
            "&sortType=Reward%3A1&pageSize=100&pageNumber=2",
            "/projects?query=cats+dogs&min_reward=0.50&filters%5Bqualified%5D=true&sort=reward_desc"
            "&page_size=100&page_number=2",
        ),
        ("/mturk/searchbar?sortType=NumHITs:0", "/projects?sort=num_hits_asc"),
        ("/mturk/searchbar?selectedSearchType=hitgroups&requesterId=A1", "/requesters/A1/projects"),
        ("/mturk/preview?groupId=3ABC", "/projects/3ABC/tasks"),
        ("/mturk/previewandaccept?groupId=3ABC", "/projects/3ABC/tasks/accept_random"),
        (
            "/mturk/previewandaccept?groupId=3ABC&autoAcceptEnabled=true",
            "/projects/3ABC/tasks/accept_random?auto_accept=true",
        ),
        ("/mturk/statusdetail?encodedDate=09212026", "/status_details/2026-09-21"),
        ("/mturk/statusdetail?pageNumber=2&encodedDate=09212026", "/status_details/2026-09-21?page_number=2"),
        ("/mturk/statusdetail?encodedDate=today", "/dashboard"),
        ("/mturk/requestqualification?qualificationId=3Q", "/qualifications/3Q"),
        ("/mturk/return?hitId=3ABC&inPipeline=false", "/tasks"),
        ("/mturk/preview?groupId=..%2F..%2F%2Fevil.example", "/projects/..%2F..%2F%2Fevil.example/tasks"),
    ],
)
def test_old_addresses_lead_on(browser: Visitor, old: str, new: str) -> None:
    assert leads(browser, old) == new


def test_a_panda_takes_work_and_a_preview_takes_none(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(MaxAssignments=2)
    script = script_of(town, wei)
    seen = script.fetch(f"/mturk/preview?hitId={hit['HITId']}")
    assert (
        seen.response.status_code == 200 and seen.url == f"/projects/{hit['HITGroupId']}/tasks/{hit['HITId']}"
    )
    assert wei("ListTasks")["Tasks"] == []
    taken = script.fetch(f"/mturk/previewandaccept?groupId={hit['HITGroupId']}")
    assert taken.response.status_code == 200
    (task,) = wei("ListTasks")["Tasks"]
    assert f"assignment_id={task['AssignmentId']}" in taken.url
    held = script.fetch(f"/mturk/return?hitId={hit['HITId']}")
    assert held.url == taken.url and len(wei("ListTasks")["Tasks"]) == 1


def test_one_given_hit_is_taken_but_not_from_another_site(
    town: Town, rosa: Requester, wei: Worker, browser: Visitor
) -> None:
    rosa.create_hit(Question=external_question("other"))
    hit = rosa.create_hit()
    path = f"/mturk/accept?hitId={hit['HITId']}"
    assert browser.get(path, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert browser.get("/mturk/accept").status == 404
    assert wei("ListTasks")["Tasks"] == []
    assert "assignment_id=" in leads(browser, path)
    assert wei("ListTasks")["Tasks"][0]["HITId"] == hit["HITId"]
    assert "assignment_id=" in leads(browser, f"/mturk/preview?hitId={hit['HITId']}")
    assert browser.get("/mturk/preview?hitId=3NOTHING").status == 404


def test_who_is_not_signed_in_signs_in_first(town: Town) -> None:
    nobody = visitor(town)
    assert leads(nobody, "/mturk/preview?groupId=3ABC") == "/login?next=%2Fmturk%2Fpreview%3FgroupId%3D3ABC"
