"""Files of answers come in by stream and go out as attachments that nothing renders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kempelen.app import App
from kempelen.server import listeners
from people import Requester, Town, Worker
from web_forms import FILE_FORM


@pytest.fixture
def site(app: App) -> TestClient:
    return TestClient(listeners(app)["production"], base_url="http://localhost:8080")


@pytest.fixture
def assignment(rosa: Requester, wei: Worker) -> str:
    return wei.accept(rosa.create_hit(Question=FILE_FORM)["HITId"])


def send(
    site: TestClient, assignment: str, content: bytes = b"a cat", name: str = "cat.png"
) -> dict[str, str]:
    files = {"file": (name, content, "image/png")}
    answer = site.post(f"/tasks/files/{assignment}/photo", files=files, data={"other": "field"})
    assert answer.status_code == 200, answer.text
    kept: dict[str, str] = answer.json()
    return kept


def link(rosa: Requester, assignment: str) -> str:
    url: str = rosa("GetFileUploadURL", AssignmentId=assignment, QuestionIdentifier="photo")["FileUploadURL"]
    assert url.startswith(f"{rosa.town.market.traits.worker_site}/files/")
    return url[url.index("/files/") :]


def test_a_file_is_sent_submitted_and_fetched(
    site: TestClient, rosa: Requester, wei: Worker, assignment: str
) -> None:
    kept = send(site, assignment)
    wei.submit(assignment, photo=kept["FileKey"])
    answer = rosa("GetAssignment", AssignmentId=assignment)["Assignment"]["Answer"]
    assert f"<UploadedFileKey>{kept['FileKey']}</UploadedFileKey>" in answer
    assert "<UploadedFileSizeInBytes>5</UploadedFileSizeInBytes>" in answer
    got = site.get(link(rosa, assignment))
    assert got.content == b"a cat"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == "attachment; filename=\"cat.png\"; filename*=UTF-8''cat.png"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox")


def test_a_body_may_be_the_file_itself_and_replaces_what_came_before(
    site: TestClient, rosa: Requester, wei: Worker, assignment: str
) -> None:
    send(site, assignment)
    again = site.put(f"/tasks/files/{assignment}/photo?name=dog.png", content=b"a big dog")
    assert again.json()["Size"] == 9
    wei.submit(assignment, photo=again.json()["FileKey"])
    got = site.get(link(rosa, assignment), headers={"Range": "bytes=2-4"})
    assert got.status_code == 206 and got.content == b"big"
    assert got.headers["content-range"] == "bytes 2-4/9"


def test_a_link_ends_after_a_minute_and_cannot_be_changed(
    site: TestClient, rosa: Requester, wei: Worker, town: Town, assignment: str
) -> None:
    wei.submit(assignment, photo=send(site, assignment)["FileKey"])
    url = link(rosa, assignment)
    assert site.get(url[:-1] + ("A" if url[-1] != "A" else "B")).status_code == 403
    assert site.get("/files/nonsense").status_code == 403
    town.advance(seconds=59)
    assert site.get(url).status_code == 200
    town.advance(seconds=1)
    assert site.get(url).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["../../x", "C:\\x\\y.exe", "/etc/passwd", "a" * 4000, "‮gpj.exe", "naïve 猫.png", 'a"; x="b', "..", ""],
)
def test_a_senders_name_is_only_ever_encoded_metadata(
    app: App, site: TestClient, rosa: Requester, wei: Worker, assignment: str, name: str
) -> None:
    wei.submit(assignment, photo=send(site, assignment, name=name or "x")["FileKey"])
    shown = site.get(link(rosa, assignment)).headers["content-disposition"]
    pattern = r"attachment; filename=\"[A-Za-z0-9._ -]+\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+"
    assert re.fullmatch(pattern, shown)
    assert "%2F" not in shown and "%5C" not in shown and "%E2%80%AE" not in shown
    folder = Path(app.settings.data) / "blobs"
    assert all(re.fullmatch(r"[0-9A-Z]{30}", each.name) for each in folder.rglob("*") if each.is_file())


def test_sizes_states_and_questions_are_checked_before_anything_is_kept(
    app: App, site: TestClient, wei: Worker, assignment: str
) -> None:
    def status(content: bytes, *, of: str = assignment, question: str = "photo") -> int:
        return int(site.put(f"/tasks/files/{of}/{question}", content=content).status_code)

    assert status(b"ab") == 422
    assert status(b"x" * 100_001) == 413
    assert status(b"x" * 300_000) == 413
    assert status(b"a cat", question="other") == 422
    assert status(b"a cat", of="3" + "A" * 29) == 404
    wei.submit(assignment, photo=send(site, assignment)["FileKey"])
    assert status(b"a cat") == 409
    kept = [each for each in (Path(app.settings.data) / "blobs").rglob("*") if each.is_file()]
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nno colon\r\n"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--",
        ),
        ("multipart/form-data; boundary=x", b"--x\r\nA: " + b"b" * 20_000),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(
    site: TestClient, assignment: str, kind: str, body: bytes
) -> None:
    answer = site.post(f"/tasks/files/{assignment}/photo", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400 and "cannot be read" in answer.json()["Message"]


def test_frames_may_send_files(site: TestClient, assignment: str) -> None:
    answer = site.options(f"/tasks/files/{assignment}/photo")
    assert answer.status_code == 204 and answer.headers["access-control-allow-origin"] == "*"


def test_the_certificate_and_the_links_of_notifications_are_served(app: App, site: TestClient) -> None:
    certificate = site.get("/notifications/certificate.pem")
    assert certificate.content == app.outside.identity.certificate_pem
    assert site.get("/notifications/confirm?token=wrong").status_code == 404
    assert site.get("/notifications/unsubscribe?token=wrong").status_code == 200
    assert site.post("/notifications/unsubscribe?token=wrong").status_code == 404
