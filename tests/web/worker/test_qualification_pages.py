"""Qualifications at the site: finding one, asking for it, taking its test, giving it up; and their JSON."""

import pytest

from people import Requester, Town, Worker
from qualification_papers import KEY, TEST, make_type
from web.visitors import Visitor, visitor


@pytest.fixture
def browser(town: Town, wei: Worker) -> Visitor:
    return visitor(town, wei)


@pytest.fixture
def keyed(rosa: Requester) -> str:
    """A type with a test of a minute that is scored at once, and can be taken again after an hour."""
    made = make_type(
        rosa, Test=TEST, AnswerKey=KEY, TestDurationInSeconds=60, RetryDelayInSeconds=3600, Keywords="pets"
    )
    return str(made["QualificationTypeId"])


def test_what_can_be_asked_for_is_listed_and_searched(
    rosa: Requester, omar: Requester, browser: Visitor, keyed: str
) -> None:
    make_type(omar, Name="Dogs", Description="Knows <dogs>", AutoGranted=True)
    make_type(omar, Name="Old", QualificationTypeStatus="Inactive")
    page = browser.get("/qualifications")
    assert "Cats Knows cats Rosa a test of 1 min not held" in page.text
    assert "Dogs Knows <dogs> Omar given at once not held" in page.text
    assert "Old" not in page.text
    assert "Dogs" not in browser.get("/qualifications?search=pets").text
    assert "No qualification fits" in browser.get("/qualifications?search=fish").text


def test_a_test_is_begun_mended_and_handed_in(town: Town, browser: Visitor, keyed: str) -> None:
    page = browser.get(f"/qualifications/{keyed}")
    assert "Begin the test: 1 min" in page.text
    assert "What does it say?" not in page.text
    assert browser.get(f"/qualifications/{keyed}/test").status == 302
    page = browser.follow(browser.form(f"/qualifications/{keyed}/requests"))
    assert "What does it say?" in page.text
    assert 'class="timer"' in page.html
    assert "AnswerScore" not in page.html
    action = page.html.split('class="question-form" method="post" action="')[1].split('"')[0]
    assert action.startswith(f"/qualifications/{keyed}/test?request=")
    page = browser.form(action, why="Because <it> does.")
    assert page.status == 422
    assert "Please answer" in page.text
    assert "Because &lt;it&gt; does." in page.html
    assert 'aria-invalid="true"' in page.html
    page = browser.follow(browser.form(action, cat="meow", why="Because."))
    assert "with the value 73" in page.text
    assert "You can ask again from" in page.text
    assert browser.form(action, cat="meow").status == 409
    assert browser.form(f"/qualifications/{keyed}/requests").status == 422
    town.advance(hours=1)
    assert "Begin the test" in browser.get(f"/qualifications/{keyed}").text


def test_answers_that_come_too_late_are_not_taken(town: Town, browser: Visitor, keyed: str) -> None:
    page = browser.follow(browser.form(f"/qualifications/{keyed}/requests"))
    action = page.html.split('class="question-form" method="post" action="')[1].split('"')[0]
    town.advance(seconds=61)
    page = browser.form(action, cat="meow")
    assert page.status == 410
    assert "ran out" in page.text
    assert browser.get(f"/qualifications/{keyed}/test").status == 302


def test_a_request_waits_and_is_taken_back(rosa: Requester, browser: Visitor) -> None:
    made = make_type(rosa, RetryDelayInSeconds=0)["QualificationTypeId"]
    page = browser.follow(browser.form(f"/qualifications/{made}/requests"))
    assert "The requester decides, and you are told." in page.text
    waiting = rosa("ListQualificationRequests")["QualificationRequests"][0]["QualificationRequestId"]
    page = browser.get("/qualifications/pending")
    assert "waiting for the requester" in page.text
    assert waiting in page.html
    page = browser.follow(browser.form(f"/qualifications/{made}/withdrawal", request=waiting))
    assert "You have taken your request back." in page.text
    assert "Nothing waits" in browser.get("/qualifications/pending").text
    assert "taken back" in browser.get("/qualifications/pending?show=all").text


def test_what_is_held_is_shown_and_given_up(rosa: Requester, wei: Worker, browser: Visitor) -> None:
    assert "You hold no qualifications yet" in browser.get("/qualifications/assigned").text
    made = make_type(rosa)["QualificationTypeId"]
    rosa("AssociateQualificationWithWorker", QualificationTypeId=made, WorkerId=wei.id, IntegerValue=80)
    assert "Cats Knows cats Rosa 80" in browser.get("/qualifications/assigned").text
    page = browser.get(f"/qualifications/{made}")
    assert "Your value is 80." in page.text
    assert "You cannot ask for it again." in page.text
    page = browser.follow(browser.form(f"/qualifications/{made}/discard"))
    assert "You have given this qualification up." in page.text
    assert "taken away You gave it up." in browser.get("/qualifications/assigned").text


def test_each_reason_why_not_is_said(
    rosa: Requester, omar: Requester, wei: Worker, browser: Visitor, keyed: str
) -> None:
    rosa("CreateWorkerBlock", WorkerId=wei.id, Reason="x")
    assert browser.get(f"/qualifications/{keyed}").links["Who has blocked me"] == "/blocks"
    assert browser.form(f"/qualifications/{keyed}/requests").status == 403
    once = make_type(omar, AutoGranted=True)["QualificationTypeId"]
    browser.form(f"/qualifications/{once}/requests")
    assert "only once" in browser.get(f"/qualifications/{once}").text
    idle = make_type(omar, Name="Idle", QualificationTypeStatus="Inactive")["QualificationTypeId"]
    assert "Nobody can ask for it at present." in browser.get(f"/qualifications/{idle}").text
    assert "it follows from your record" in browser.get("/qualifications/00000000000000000040").text
    assert "Your value is US-WA" in browser.get("/qualifications/00000000000000000071").text
    assert browser.get("/qualifications/3NOTHING").status == 404
    gone = make_type(omar, Name="Gone")["QualificationTypeId"]
    omar("DeleteQualificationType", QualificationTypeId=gone)
    assert browser.get(f"/qualifications/{gone}").status in (404, 422)


def test_requests_of_others_are_not_there(rosa: Requester, ana: Worker, browser: Visitor, keyed: str) -> None:
    theirs = ana("RequestQualification", QualificationTypeId=keyed)["QualificationRequestId"]
    assert browser.form(f"/qualifications/{keyed}/withdrawal", request=theirs).status == 404
    assert browser.form(f"/qualifications/{keyed}/test?request={theirs}", cat="meow").status == 404


@pytest.mark.parametrize("path", ["assigned.json?page_size=2", "assigned?format=json&page_size=2"])
def test_old_scripts_read_what_is_held_page_by_page(
    town: Town, rosa: Requester, wei: Worker, browser: Visitor, keyed: str, path: str
) -> None:
    made = [make_type(rosa, Name=f"q{number}")["QualificationTypeId"] for number in range(2)]
    for type_id in (keyed, *made):
        town.advance(seconds=1)
        rosa("AssociateQualificationWithWorker", QualificationTypeId=type_id, WorkerId=wei.id, IntegerValue=5)
    first = browser.get(f"/qualifications/{path}").response.json()
    held = first["assigned_qualifications"][0]
    granted_at = held.pop("grant_time")
    assert granted_at.endswith("Z")
    assert held.pop("earliest_retriable_time") > granted_at
    assert held == {
        "qualification_type_id": keyed,
        "request_qualification_url": f"/qualifications/{keyed}",
        "retake_test_url": None,
        "name": "Cats",
        "description": "Knows cats",
        "value": 5,
        "state": "Granted",
        "reason": None,
        "can_retake_test_or_rerequest": False,
        "is_system_qualification": False,
        "is_requestable": True,
        "has_test": True,
        "creator_name": "Rosa",
        "creator_url": f"/requesters/{rosa.id}/projects",
    }
    separator = "&next_token="
    second = browser.get(f"/qualifications/{path}{separator}{first['next_page_token']}").response.json()
    assert [each["name"] for each in second["assigned_qualifications"]] == ["q1"]
    assert second["next_page_token"] is None


def test_the_other_lists_have_json_of_ours(browser: Visitor, keyed: str) -> None:
    listed = browser.get("/qualifications.json").response.json()
    assert listed["num_results"] == 1
    assert listed["results"][0]["has_test"] is True
    shown = browser.get(f"/qualifications/{keyed}?format=json").response.json()
    assert shown["can_request"] is True
    browser.form(f"/qualifications/{keyed}/requests")
    waiting = browser.get("/qualifications/pending.json").response.json()["results"][0]
    assert (waiting["qualification_type_id"], waiting["state"]) == (keyed, "TestOpen")
    assert browser.get(f"/qualifications/{keyed}?format=json").response.json()["why_not"] == "TestOpen"


def test_a_language_test_of_the_market_is_taken_like_any_other(town: Town, browser: Visitor) -> None:
    tests = town.operator("InstallLanguageTests")["LanguageTests"]
    for each in tests[:12]:
        address = f"/qualifications/{each['QualificationTypeId']}"
        assert "Begin the test" in browser.get(address).text
        page = browser.follow(browser.form(f"{address}/requests"))
        assert page.status == 200
        if "<audio" in page.html:
            assert "media-src 'self'" in page.response.headers["Content-Security-Policy"]
            assert 'src="/assets/' in page.html or f'src="{town.market.traits.worker_site}' in page.html
    listed = browser.get("/qualifications/pending.json").response.json()["results"][0]
    assert (listed["creator_name"], listed["creator_url"]) == ("Kempelen", None)
