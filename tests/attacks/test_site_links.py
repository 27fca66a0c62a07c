"""Links into the site from elsewhere: none leads away, takes work, opens a camera or breaks a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apps import opened
from kempelen.identity import Identity
from kempelen.operations.ending import taking_down
from people import Person, Requester, Town, Worker
from web.visitors import visitor

ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}
HERE = {"Sec-Fetch-Site": "same-origin"}
AWAY = (
    "//[",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/%0d%0a\r\nX: y",
    "",
)


@pytest.mark.parametrize("place", AWAY)
def test_no_next_page_leads_away_or_breaks(town: Town, wei: Worker, place: str) -> None:
    browser = visitor(town, wei)
    for path in ("/language", "/theme", "/login"):
        answer = browser.send("GET", path, params={"next": place})
        assert answer.status_code == 302
        assert answer.headers["Location"] in ("/", "/projects")


def test_a_next_page_in_another_script_is_found_again(town: Town, wei: Worker) -> None:
    answer = visitor(town, wei).send("GET", "/theme", params={"next": "/projects?query=łąka&sort=%C3%A9#é"})
    assert answer.headers["Location"] == "/projects?query=%C5%82%C4%85ka&sort=%C3%A9#%C3%A9"


def test_no_link_from_elsewhere_goes_on_to_accept(town: Town, rosa: Requester, wei: Worker) -> None:
    first, _ = (rosa.create_hit()["HITId"] for _ in range(2))
    done = wei.accept(first)
    wei.submit(done, answer="yes")
    browser, path = visitor(town, wei), f"/tasks/{done}/next?auto_accept=true"
    for site in ("cross-site", "same-site"):
        assert browser.get(path, **{"Sec-Fetch-Site": site}).status == 403
    assert browser.get(path, **HERE, **{"Sec-Purpose": "prefetch"}).status == 403
    assert not wei("ListTasks")["Tasks"]
    assert browser.get(path, **HERE).status == 302
    assert len(wei("ListTasks")["Tasks"]) == 1


def test_no_link_from_elsewhere_allows_a_device(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit()
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings={"Devices": ["camera"]})
    held = wei.accept(hit["HITId"])
    browser = visitor(town, wei)
    path = f"/projects/{hit['HITGroupId']}/tasks/{hit['HITId']}?assignment_id={held}&allow=camera"
    page = browser.get(path, **ELSEWHERE)
    assert page.status == 200
    assert 'allow=""' in page.html
    assert "Allow for this task" in page.text
    page = browser.get(path, **HERE)
    assert 'allow="camera"' in page.html
    assert "Allow for this task" not in page.text


def test_a_page_that_comes_too_soon_says_so(tmp_path: Path) -> None:
    app = opened(tmp_path, requests_a_second=1)
    try:
        town = Town(app, app.production)
        browser = visitor(town, town.worker("Wei"))
        statuses = {browser.get("/projects").status for _ in range(6)}
    finally:
        app.close()
    assert statuses == {200, 429}


def test_operators_take_down_work_of_many_at_once(
    town: Town, rosa: Requester, wei: Worker, ana: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_down, "AT_ONCE", 1)
    hit: dict[str, Any] = rosa.create_hit(MaxAssignments=2)
    for each in (wei, ana):
        each.accept(hit["HITId"])
    answer = visitor(town, _operator(town)).form("/operator/take-down", HITId=hit["HITId"], Reason="Hate")
    assert (answer.status, answer.response.headers.get("Location")) == (302, "/operator/?done=1")
    town.market.settle()
    assert {each("GetDashboard")["ApprovedCount"] for each in (wei, ana)} == {1}


def _operator(town: Town) -> Person:
    """Somebody who runs the house and can sign in."""
    added = town.operator("AddOperator", Name="Olga", Email="olga@example.org")
    found = Identity(town.app.directory).of_key(added["AccessKey"]["AccessKeyId"])
    assert found is not None
    return Person(town, found[0])
