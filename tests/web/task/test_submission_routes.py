"""externalSubmit, however a page sends its answer, and what it is told."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from framing import asked, form_question, framed, site_of, taken_on
from kempelen.app import App
from kempelen.operation import Actor
from kempelen.web.task.listener import site_routes
from people import Requester, Town, Worker
from services.serving import serving
from web_forms import FILE_FORM

SUBMIT = "/mturk/externalSubmit"


@pytest.fixture
def site(app: App) -> TestClient:
    return site_of(app)


@pytest.fixture
def assignment(rosa: Requester, wei: Worker) -> str:
    return wei.accept(rosa.create_hit()["HITId"])


def answer_of(rosa: Requester, assignment: str) -> dict[str, str]:
    document = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["Answer"]
    return dict(
        re.findall(r"<QuestionIdentifier>(.*?)</QuestionIdentifier><FreeText>(.*?)</FreeText>", document)
    )


def test_a_form_is_taken_and_the_page_around_it_is_told(
    town: Town, site: TestClient, rosa: Requester, wei: Worker
) -> None:
    task = taken_on(wei, rosa.create_hit()["HITId"])
    assignment = task["AssignmentId"]
    frame = framed(town, task)
    sent = {
        "assignmentId": assignment,
        "hitId": "x",
        "workerId": "y",
        "turkSubmitTo": "z",
        "animal": "cat",
        "empty": "",
    }
    answer = site.post(SUBMIT, data=sent, headers={"Origin": "null"})
    assert answer.status_code == 200 and "Thank you" in answer.text
    assert (
        f'data-receipt="{frame.receipt}"' in answer.text and f'data-assignment="{assignment}"' in answer.text
    )
    assert answer_of(rosa, assignment) == {"animal": "cat", "empty": ""}
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts") and "frame-ancestors *" in policy
    assert "x-frame-options" not in answer.headers and "allow-same-origin" not in policy
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", [SUBMIT, "/" + SUBMIT])
@pytest.mark.parametrize("way", ["query", "get", "multipart", "text", "json", "both"])
def test_every_way_of_sending_arrives(
    site: TestClient, rosa: Requester, assignment: str, way: str, path: str
) -> None:
    query = f"http://localhost:8080{path}?assignmentId={assignment}&animal=big+c%C3%A4t&a=1"
    bare = f"http://localhost:8080{path}"
    fields = {"assignmentId": assignment, "animal": "big cät", "a": "1"}
    if way == "get":
        answer = site.get(query)
    elif way == "query":
        answer = site.post(query)
    elif way == "multipart":
        answer = site.post(bare, files={name: (None, value) for name, value in fields.items()})
    elif way == "text":
        body = query.partition("?")[2]
        answer = site.post(bare, content=body, headers={"Content-Type": "text/plain;charset=UTF-8"})
    elif way == "json":
        answer = site.post(bare, json=fields, headers={"Accept": "application/json"})
        assert answer.json()["Status"] == "Submitted"
    else:
        answer = site.post(query, data={"b": "2"})
    assert answer.status_code == 200
    told = answer_of(rosa, assignment)
    assert told.pop("b", "2") == "2" and told == {"animal": "big c&#228;t", "a": "1"}


def test_both_spellings_are_routed_by_the_real_server(app: App, rosa: Requester, wei: Worker) -> None:
    import socket

    assignment = wei.accept(rosa.create_hit()["HITId"])
    with serving(app) as served:
        host, port = served.url("production").removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            request = f"GET //mturk/externalSubmit?assignmentId={assignment} HTTP/1.1\r\nHost: x\r\n"
            connection.sendall(f"{request}Connection: close\r\n\r\n".encode())
            head = connection.recv(100)
    assert head.startswith(b"HTTP/1.1 200")


def test_no_field_at_all_is_an_answer(site: TestClient, rosa: Requester, assignment: str) -> None:
    assert site.post(SUBMIT, data={"assignmentId": assignment}).status_code == 200
    assert answer_of(rosa, assignment) == {}


def test_repeated_names_and_old_character_sets_arrive(
    site: TestClient, rosa: Requester, assignment: str
) -> None:
    body = f"assignmentId={assignment}&x=a&x=b&old=caf%E9&=nameless".encode()
    site.post(SUBMIT, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer_of(rosa, assignment) == {"x": "a|b", "old": "caf&#233;"}


def test_refusals_say_what_happened(
    town: Town, site: TestClient, rosa: Requester, wei: Worker, ana: Worker, assignment: str
) -> None:
    def said(**fields: str) -> tuple[int, str]:
        answer = site.post(SUBMIT, data=fields)
        assert "data-receipt" not in answer.text
        return answer.status_code, answer.text

    assert said(animal="cat")[0] == 400
    status, text = said(assignmentId="ASSIGNMENT_ID_NOT_AVAILABLE")
    assert status == 422 and "preview" in text
    assert said(assignmentId="3" + "A" * 29)[0] == 404
    assert said(assignmentId="<script>alert(1)</script>")[0] == 404
    assert site.post(SUBMIT, data={"assignmentId": assignment}).status_code == 200
    assert said(assignmentId=assignment)[0] == 409
    returned = wei.accept(rosa.create_hit()["HITId"])
    wei("ReturnAssignment", AssignmentId=returned)
    status, text = said(assignmentId=returned)
    assert status == 409 and "returned" in text
    late = ana.accept(rosa.create_hit()["HITId"])
    town.advance(seconds=601)
    status, text = said(assignmentId=late, animal="cat")
    assert status == 410 and "kept for the requester" in text
    kept = rosa("ListLateAnswers")["LateAnswers"]
    assert [each["AssignmentId"] for each in kept] == [late] and "cat" in kept[0]["Answer"]
    as_json = site.post(SUBMIT, data={"assignmentId": late}, headers={"Accept": "application/json"})
    assert as_json.status_code == 410 and as_json.json()["TurkErrorCode"].endswith("AssignmentExpired")


def test_a_session_that_comes_along_must_be_the_workers(
    town: Town, rosa: Requester, wei: Worker, ana: Worker, assignment: str
) -> None:
    who: list[Actor | None] = [ana.actor]

    def visitor(request: Request) -> Actor | None:
        return who[0]

    store = town.app.outside.blobs("production")
    routes = site_routes(town.market, store, town.app.settings, visitor)
    site = TestClient(Starlette(routes=routes))
    assert site.post(SUBMIT, data={"assignmentId": assignment}).status_code == 404
    who[0] = wei.actor
    assert site.post(SUBMIT, data={"assignmentId": assignment}).status_code == 200


def test_a_browser_that_only_looks_ahead_hands_nothing_in(
    site: TestClient, wei: Worker, assignment: str
) -> None:
    assert site.head(f"{SUBMIT}?assignmentId={assignment}").status_code == 400
    ahead = site.get(f"{SUBMIT}?assignmentId={assignment}", headers={"Sec-Purpose": "prefetch"})
    assert ahead.status_code == 400
    assert wei("GetTask", AssignmentId=assignment)["Task"]["Status"] == "Assigned"
    asked_before = site.options(SUBMIT)
    assert asked_before.status_code == 204 and asked_before.headers["access-control-allow-origin"] == "*"


def test_more_than_can_be_kept_is_refused(site: TestClient, assignment: str) -> None:
    def status(body: bytes, kind: str = "application/x-www-form-urlencoded") -> int:
        address = f"{SUBMIT}?assignmentId={assignment}"
        return site.post(address, content=body, headers={"Content-Type": kind}).status_code

    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n1\r\n'
    parts = b"".join(part % str(number).encode() for number in range(1_200))
    assert status(b"&".join(b"a%d=1" % number for number in range(1_001))) == 422
    assert status(b"&" * 2_000) == 422
    assert status(b"a=" + b"x" * 1_100_000) == 422
    assert status(b"a=" + b"x" * 4_000_000) == 422
    assert status(b"n" * 1_001 + b"=1") == 422
    assert status(parts + b"--b--\r\n", "multipart/form-data; boundary=b") == 422
    assert status(part % (b"n" * 9_000), "multipart/form-data; boundary=b") == 400
    assert status(part % b"a", "multipart/form-data; boundary=b") == 400
    assert status(b"x", "multipart/form-data") == 400
    assert status(b"[1]", "application/json") == 400
    assert status(b"[" * 100_000, "application/json") == 400
    assert status(b"ok=1") == 200


def test_a_forms_problems_stand_at_their_fields_and_nothing_typed_is_lost(
    site: TestClient, rosa: Requester, wei: Worker
) -> None:
    number = (
        "<FreeTextAnswer><Constraints><IsNumeric minValue='1' maxValue='9'/></Constraints></FreeTextAnswer>"
    )
    question = form_question(asked("count", number, text="How many?") + asked("why", "<FreeTextAnswer/>"))
    assignment = wei.accept(rosa.create_hit(Question=question)["HITId"])
    sent = {"assignmentId": assignment, "count": "12", "why": '"><script>alert(1)</script>'}
    again = site.post(SUBMIT, data=sent)
    assert again.status_code == 422 and "Nothing is lost" in again.text
    assert (
        'value="12"' in again.text and 'id="q1-problem"' in again.text and 'aria-invalid="true"' in again.text
    )
    assert "9 or less" in again.text and "<script>alert" not in again.text
    assert (
        f'action="http://localhost:{wei.town.app.settings.port}{SUBMIT}?assignmentId={assignment}"'
        in again.text
    )
    assert site.post(SUBMIT, data=sent | {"count": "8"}).status_code == 200
    assert answer_of(rosa, assignment)["count"] == "8"


def test_a_file_goes_with_the_form_and_is_not_asked_for_again(
    site: TestClient, rosa: Requester, wei: Worker
) -> None:
    both = FILE_FORM.replace(
        "</QuestionForm>", asked("n", "<FreeTextAnswer/>", required=True) + "</QuestionForm>"
    )
    assignment = wei.accept(rosa.create_hit(Question=both)["HITId"])
    address = f"{SUBMIT}?assignmentId={assignment}"
    again = site.post(address, files={"photo": ("cat.png", b"a cat", "image/png")}, data={"n": ""})
    assert again.status_code == 422 and "cat.png was sent (5 bytes)" in again.text
    small = site.post(address, files={"photo": ("c.png", b"c", "image/png")}, data={"n": "1"})
    assert small.status_code == 422 and "takes files of 3" in small.text
    large = site.post(address, files={"photo": ("c.png", b"c" * 100_001, "image/png")}, data={"n": "1"})
    assert large.status_code == 413
    early = site.post(
        SUBMIT, files={"photo": ("c.png", b"abc", "image/png"), "assignmentId": (None, assignment)}
    )
    assert early.status_code == 400 and "assignmentId" in early.text
    # Browsers send an empty part where no file was chosen.
    done = site.post(address, files={"photo": ("", b"", "application/octet-stream"), "n": (None, "1")})
    assert done.status_code == 200
    document = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["Answer"]
    assert "<UploadedFileSizeInBytes>5</UploadedFileSizeInBytes>" in document


def test_a_file_that_nobody_asked_for_is_its_name(
    app: App, site: TestClient, rosa: Requester, assignment: str
) -> None:
    site.post(f"{SUBMIT}?assignmentId={assignment}", files={"x": ("cat.png", b"a cat", "image/png")})
    assert answer_of(rosa, assignment) == {"x": "cat.png"}
    assert not [each for each in (app.settings.data / "blobs").rglob("*") if each.is_file()]
