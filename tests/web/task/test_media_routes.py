"""Requesters' media come in by a link, and reach workers by addresses that end."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from framing import form_question, framed, html_question, path_of, site_of, taken_on, tasks_of
from kempelen.app import App
from kempelen.errors import ParameterValidationError
from kempelen.jobs.orphans import remove_orphans
from kempelen.operations.publishing.media import MediaDoesNotExist
from kempelen.store import media
from people import Requester, Town, Worker


@pytest.fixture
def tasks(app: App) -> TestClient:
    return tasks_of(app)


def put(app: App, rosa: Requester, name: str = "cat.png", content: bytes = b"0123456789") -> None:
    link = rosa("CreateMediaUploadURL", Name=name, ContentType="image/png")
    assert link["Address"] == f"kempelen-media://{name}"
    sent = site_of(app).put(urlsplit(link["UploadURL"]).path, content=content)
    assert sent.status_code == 200 and sent.json()["Media"]["Size"] == len(content)


def address_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+(/production/media/[^\"' ]+)", text)
    assert found is not None, text
    return found[1]


def test_media_are_shown_to_who_works_for_a_minute_and_again(
    app: App, town: Town, tasks: TestClient, rosa: Requester, wei: Worker
) -> None:
    put(app, rosa)
    hit = rosa.create_hit(Question=html_question('<img src="kempelen-media://cat.png">'))
    task = taken_on(wei, hit["HITId"])
    path = path_of(framed(town, task))
    address = address_in(tasks.get(path).text)
    got = tasks.get(address)
    assert got.content == b"0123456789" and got.headers["content-type"] == "image/png"
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    part = tasks.get(address, headers={"Range": "bytes=2-4"})
    assert part.status_code == 206 and part.content == b"234"
    assert part.headers["content-range"] == "bytes 2-4/10"
    town.advance(seconds=60)
    assert tasks.get(address).status_code == 403
    frame_path = urlsplit(path).path
    renewed = tasks.post(f"{frame_path}/renewal?media=cat.png").json()["MediaURL"]
    assert tasks.get(urlsplit(renewed).path).content == b"0123456789"
    assert "MediaURL" not in tasks.post(f"{frame_path}/renewal?media=other.png").json()
    wei.submit(task["AssignmentId"])
    assert tasks.get(urlsplit(renewed).path).status_code == 403
    assert tasks.post(f"{frame_path}/renewal?media=cat.png").status_code == 409


def test_media_of_others_are_never_shown(
    app: App, town: Town, tasks: TestClient, rosa: Requester, omar: Requester, wei: Worker
) -> None:
    put(app, rosa)
    hit = omar.create_hit(Question=html_question("<img src='kempelen-media://cat.png'>"))
    shown = tasks.get(path_of(framed(town, wei("PreviewHIT", HITId=hit["HITId"])["Task"]))).text
    assert tasks.get(address_in(shown)).status_code == 404
    assert tasks.get("/production/media/nonsense/cat.png").status_code == 403


def test_forms_show_media_too(app: App, town: Town, tasks: TestClient, rosa: Requester, wei: Worker) -> None:
    put(app, rosa)
    question = form_question(
        "<Question><QuestionIdentifier>q</QuestionIdentifier><QuestionContent><Binary><MimeType>"
        "<Type>image</Type></MimeType><DataURL>kempelen-media://cat.png</DataURL>"
        "<AltText>A cat</AltText></Binary>"
        "<FormattedContent>"
        '<![CDATA[<img src="kempelen-media://cat.png" alt="again"/>]]></FormattedContent></QuestionContent>'
        "<AnswerSpecification><FreeTextAnswer/></AnswerSpecification></Question>"
    )
    hit = rosa.create_hit(Question=question)
    shown = tasks.get(path_of(framed(town, wei("PreviewHIT", HITId=hit["HITId"])["Task"]))).text
    assert "kempelen-media:" not in shown and shown.count("/production/media/") == 2 + 1
    assert tasks.get(address_in(shown)).status_code == 200


def test_media_are_listed_replaced_and_deleted(
    app: App, town: Town, rosa: Requester, omar: Requester
) -> None:
    put(app, rosa, "b.png", b"old")
    put(app, rosa, "a.png")
    put(app, rosa, "b.png", b"newer")
    first = rosa("ListMedia", MaxResults=1)
    assert [each["Name"] for each in first["Media"]] == ["a.png"]
    rest = rosa("ListMedia", NextToken=first["NextToken"])["Media"]
    assert [(each["Name"], each["Size"]) for each in rest] == [("b.png", 5)]
    assert omar("ListMedia")["Media"] == []
    with pytest.raises(MediaDoesNotExist):
        omar("DeleteMedia", Name="a.png")
    rosa("DeleteMedia", Name="a.png")
    assert [each["Name"] for each in rosa("ListMedia")["Media"]] == ["b.png"]


def test_an_upload_link_takes_what_was_said_until_it_ends(app: App, town: Town, rosa: Requester) -> None:
    with pytest.raises(ParameterValidationError):
        rosa("CreateMediaUploadURL", Name="x.html", ContentType="text/html")
    path = urlsplit(rosa("CreateMediaUploadURL", Name="x", ContentType="audio/mpeg")["UploadURL"]).path
    site = site_of(app)
    assert site.put(path[:-2] + "AA", content=b"x").status_code == 403
    town.advance(seconds=900)
    assert site.put(path, content=b"x").status_code == 403
    assert rosa("ListMedia")["Media"] == []


def test_kept_media_are_no_orphans(app: App, town: Town, rosa: Requester) -> None:
    put(app, rosa)
    store = app.outside.blobs("production")
    town.advance(days=4000)
    assert remove_orphans(town.market, store, media.unknown) == 0
    assert [each for each in (Path(app.settings.data) / "blobs").rglob("*") if each.is_file()]
