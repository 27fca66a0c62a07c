"""What old scripts look for in the pages: mounts with their properties, class names, fields."""

from __future__ import annotations

import pytest

from people import Requester, Town, Worker
from web.old_scripts import Mounts, Script, script_of


@pytest.fixture
def script(town: Town, wei: Worker) -> Script:
    return script_of(town, wei)


def page_of(script: Script, path: str) -> Mounts:
    fetched = script.fetch(path)
    assert fetched.response.status_code == 200, fetched.response.text
    return fetched.mounts


def test_the_list_has_its_table_and_its_pages(rosa: Requester, script: Script) -> None:
    for number in range(3):
        rosa.create_hit(Title=f"Task {number} <i>&", Reward=f"0.0{number + 1}")
    page = page_of(script, "/?page_number=1&page_size=2&sort=reward_asc")
    rows = page.of("hitSetTable/HitSetTable")["bodyData"]
    asked = "/projects?format=json&page_number=1&page_size=2&sort=reward_asc"
    assert rows == script.json(asked)["results"]
    assert page.classes["table-row"] == len(rows) == 2
    assert page.of("navigation/Pagination") == {"currentPage": 1, "lastPage": 2}
    last = page_of(script, "/projects?page_number=2&page_size=2&sort=reward_asc")
    assert [row["title"] for row in last.of("hitSetTable/HitSetTable")["bodyData"]] == ["Task 2 <i>&"]
    assert last.of("navigation/Pagination") == {"currentPage": 2, "lastPage": 2}
    assert page_of(script, "/projects").of("navigation/Pagination") == {"currentPage": 1, "lastPage": 1}
    assert last.has("main", id="MainContent")
    assert last.classes["me-bar"] == 1


def test_a_list_that_is_read_by_number_goes_on_by_number(rosa: Requester, script: Script) -> None:
    for number in range(3):
        rosa.create_hit(Title=f"Task {number}")
    first = script.browser.get("/projects?page_size=2&page_number=1")
    second = script.browser.get(first.links["Next page"])
    assert "page_number=2" in first.links["Next page"] and "page_size=2" in first.links["Next page"]
    assert "Next page" not in second.links
    token = script.browser.get("/projects?page_size=2")
    assert "next=" in token.links["Next page"]
    assert (
        len(
            Mounts(script.browser.get(token.links["Next page"]).html).of("hitSetTable/HitSetTable")[
                "bodyData"
            ]
        )
        == 1
    )


def test_the_queue_has_its_table(rosa: Requester, wei: Worker, script: Script) -> None:
    wei.accept(rosa.create_hit()["HITId"])
    page = page_of(script, "/tasks")
    rows = page.of("taskQueueTable/TaskQueueTable")["bodyData"]
    assert [row["assignment_id"] for row in rows] == [
        row["assignment_id"] for row in script.json("/tasks?format=json")["tasks"]
    ]
    assert page.of("navigation/Pagination") == {"currentPage": 1, "lastPage": 1}
    assert page.classes["task-row"] == page.classes["table-row"] == 1
    assert page.has("input", name="authenticity_token") and page.has("input", name="_method", value="delete")


def test_the_working_page_has_its_marks(rosa: Requester, wei: Worker, script: Script) -> None:
    hit = rosa.create_hit()
    page = page_of(script, f"/projects/{hit['HITGroupId']}/tasks/accept_random")
    duration = hit["AssignmentDurationInSeconds"]
    assert page.of("taskSubmitter/TaskSubmitter")["hiddenFormParams"]["task_id"] == hit["HITId"]
    assert page.of("common/CompletionTimer") == {
        "originalTimeToCompleteInSeconds": duration, "timeRemainingInSeconds": duration,
    }  # fmt: skip
    assert page.of("workPipeline/AutoAcceptCheckbox") == {}
    assert set(page.of("modal/ShowModal")["modalOptions"]) == {
        "assignableHitsCount", "assignmentDurationInSeconds", "contactRequesterUrl", "creationTime",
        "description", "expirationTime", "monetaryReward", "projectTitle", "requesterName",
    }  # fmt: skip
    for name in (
        "project-detail-bar",
        "work-pipeline-bottom-bar",
        "me-bar",
        "task-question-iframe-container",
    ):
        assert page.classes[name] == 1, name
    assert page.has("iframe", **{"class": "embed-responsive-item"})
    assert page.has("input", name="authenticity_token") and page.has("meta", name="csrf-token")
    assert not page.has("img", **{"class": "captcha-image"})


def test_the_preview_has_its_marks(rosa: Requester, script: Script) -> None:
    page = page_of(script, f"/projects/{rosa.create_hit()['HITGroupId']}/tasks")
    assert page.classes["task-preview"] == page.classes["project-detail-bar"] == 1
    assert page.has("iframe", **{"class": "embed-responsive-item"})


def test_a_day_has_its_table(rosa: Requester, wei: Worker, script: Script) -> None:
    wei.do(rosa.create_hit()["HITId"])
    page = page_of(script, "/status_details/2026-09-21")
    rows = page.of("hitStatusDetailsTable/HitStatusDetailsTable")["bodyData"]
    assert rows == script.json("/status_details/2026-09-21?format=json")["results"]
    assert page.classes["table-row"] == 1
    assert page.of("navigation/Pagination") == {"currentPage": 1, "lastPage": 1}


def test_what_is_refused_has_a_banner(script: Script) -> None:
    page = script.fetch(f"/projects/3{'X' * 29}/tasks")
    assert page.response.status_code == 404
    banner = page.mounts.of("alert/Alert")
    assert set(banner) == {"header", "message", "renderMessageAsHTML", "type"}
    assert banner["message"] and banner["renderMessageAsHTML"] is False
    assert page.mounts.classes["error-page"] == 1
