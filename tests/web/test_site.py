"""What surrounds every page: headers, where forms come from, cookies, sign-in, and refusals."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from kempelen.web.visit import local
from people import Town, Worker
from services.serving import Served

PASSWORD = "correct horse battery"


@pytest.fixture
def ben(town: Town) -> Worker:
    return town.worker("Ben", password=PASSWORD)


@pytest.fixture
def browser(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.url(), timeout=20) as client:
        yield client


@pytest.fixture
def signed_in(browser: httpx2.Client, ben: Worker) -> httpx2.Client:
    answer = browser.post("/login", data={"email": "ben@example.org", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (302, "/projects")
    return browser


def test_a_worker_signs_in_looks_around_and_signs_out(signed_in: httpx2.Client) -> None:
    page = signed_in.get("/projects")
    assert page.status_code == 200
    assert "Sign out" in page.text
    assert signed_in.post("/logout").headers["location"] == "/login"
    assert signed_in.get("/projects").headers["location"].startswith("/login?next=")


def test_every_page_is_kept_apart_from_other_sites(signed_in: httpx2.Client) -> None:
    headers = signed_in.get("/projects").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_does_nothing(signed_in: httpx2.Client, headers: dict[str, str]) -> None:
    for path in ("/logout", "/account", "/hidden", "/account/closing", "/account/security/password"):
        assert signed_in.post(path, headers=headers).status_code == 403
    assert signed_in.get("/projects").status_code == 200


def test_a_link_of_another_site_takes_no_work(signed_in: httpx2.Client) -> None:
    answer = signed_in.get("/projects/3X/tasks/accept_random", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_two_sessions_at_once_are_neither_believed_nor_kept(signed_in: httpx2.Client) -> None:
    header = f"session={signed_in.cookies['session']}; session=planted"
    answer = httpx2.get(str(signed_in.base_url.join("/projects")), headers={"Cookie": header})
    assert answer.status_code == 400
    assert 'session=""' in answer.headers["set-cookie"]


def test_a_wrong_password_keeps_the_address_and_says_so(browser: httpx2.Client, ben: Worker) -> None:
    answer = browser.post("/login", data={"email": "ben@example.org", "password": "wrong"})
    assert answer.status_code == 403
    assert 'value="ben@example.org"' in answer.text
    assert 'role="alert"' in answer.text


def test_who_is_signed_out_comes_back_to_where_they_were(browser: httpx2.Client, ben: Worker) -> None:
    asked = browser.get("/tasks?format=json&x=1")
    assert asked.headers["location"] == "/ap/signin?next=%2Ftasks%3Fformat%3Djson%26x%3D1"
    fields = {"email": "ben@example.org", "password": PASSWORD, "next": "/tasks?x=1"}
    assert browser.post("/login", data=fields).headers["location"] == "/tasks?x=1"


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""]
)
def test_no_link_leads_elsewhere(path: str) -> None:
    assert local(path) == "/"


def test_a_foreign_or_unknown_thing_is_a_page_that_says_what_to_do(signed_in: httpx2.Client) -> None:
    page = signed_in.get("/projects/3UNKNOWNUNKNOWNUNKNOWNUNKNOWN2/tasks")
    assert page.status_code == 404
    assert "Find work" in page.text
    script = signed_in.get("/projects/3UNKNOWNUNKNOWNUNKNOWNUNKNOWN2/tasks?format=json")
    assert script.status_code == 404
    assert script.json()["message"]


def test_a_form_that_is_none_is_refused(signed_in: httpx2.Client) -> None:
    kind = {"Content-Type": "text/plain"}
    assert signed_in.post("/hidden", content=b"x", headers=kind).status_code == 400
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert signed_in.post("/hidden", content=b"a=%ff&" * 2_000, headers=kind).status_code == 400
    assert signed_in.post("/account/preferences/now", content=b"{", headers=kind).status_code == 400


def test_language_and_theme_are_remembered(browser: httpx2.Client) -> None:
    assert 'lang="ar" dir="rtl"' in browser.get("/login?language=ar").text
    browser.get("/language?language=es&next=/login")
    assert '<html lang="es"' in browser.get("/login").text
    browser.get("/theme?theme=dark")
    assert 'data-theme="dark"' in browser.get("/login").text
