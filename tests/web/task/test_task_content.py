"""Documents inside frames: who may open them, what surrounds them, what is rewritten in them."""

from __future__ import annotations

import dataclasses
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from framing import framed, html_question, path_of, places_of, taken_on, tasks_of
from kempelen.app import App
from kempelen.web.task.content import needs_wrapping, rewritten, with_script, wrapped
from kempelen.web.task.frames import Frame, frame_of
from people import Requester, Town, Worker, external_question

HTML = "<!doctype html><html><head><title>T</title></head><body><p>Is it a cat?</p></body></html>"


@pytest.fixture
def tasks(app: App) -> TestClient:
    return tasks_of(app)


def opened(tasks: TestClient, frame: Frame) -> str:
    answer = tasks.get(path_of(frame))
    assert answer.status_code == 200, answer.text
    return answer.text


def test_an_external_page_is_given_mturks_parameters(town: Town, rosa: Requester, wei: Worker) -> None:
    hit = rosa.create_hit(Question=external_question("task?x=1#top"))
    preview = framed(town, wei("PreviewHIT", HITId=hit["HITId"])["Task"])
    query = f"assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId={hit['HITId']}"
    assert preview.url == f"https://example.org/task?x=1&{query}#top"
    assert preview.receipt == "" and preview.height == 600 and "allow-same-origin" in preview.sandbox
    task = taken_on(wei, hit["HITId"])
    frame = framed(town, task)
    given = parse_qsl(urlsplit(frame.url).query)
    site = places_of(town).site
    assert given[1:] == [
        ("assignmentId", task["AssignmentId"]), ("hitId", hit["HITId"]), ("workerId", wei.id),
        ("turkSubmitTo", site),
    ]  # fmt: skip
    assert not site.endswith("/") and frame.receipt and frame.receipt != frame.nonce


def test_a_page_on_an_origin_of_ours_never_gets_that_origin(town: Town, rosa: Requester, wei: Worker) -> None:
    places = dataclasses.replace(places_of(town), content_domain="*.tasks.example.org")
    for url in (places.site, places.task_url, "https://x.tasks.example.org", "https://tasks.example.org"):
        question = external_question().replace("https://example.org", url)
        task = wei("PreviewHIT", HITId=rosa.create_hit(Question=question)["HITId"])["Task"]
        assert "allow-same-origin" not in frame_of(town.market, places, task).sandbox
    task = wei("PreviewHIT", HITId=rosa.create_hit(Question=external_question())["HITId"])["Task"]
    assert "allow-same-origin" in frame_of(town.market, places, task).sandbox


def test_html_comes_from_the_task_listener_with_the_same_parameters(
    town: Town, tasks: TestClient, rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit(Question=html_question(HTML))
    task = taken_on(wei, hit["HITId"])
    frame = framed(town, task)
    assert [name for name, _ in parse_qsl(urlsplit(frame.url).query)] == [
        "assignmentId", "hitId", "workerId", "turkSubmitTo",
    ]  # fmt: skip
    assert frame.kind == "HTMLQuestion" and frame.height == 400 and "allow-same-origin" not in frame.sandbox
    shown = opened(tasks, frame)
    assert (
        shown.startswith("<!doctype html><script src=") and frame.nonce in shown and "Is it a cat?" in shown
    )
    assert frame.receipt not in shown


def test_content_has_no_origin_no_cookie_and_one_place_to_be_framed(
    town: Town, tasks: TestClient, rosa: Requester, wei: Worker
) -> None:
    frame = framed(town, taken_on(wei, rosa.create_hit(Question=html_question(HTML))["HITId"]))
    answer = tasks.get(path_of(frame), headers={"Cookie": "session=stolen"})
    policy = answer.headers["content-security-policy"]
    assert policy == (
        "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox; "
        f"frame-ancestors {places_of(town).site}"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "set-cookie" not in answer.headers and "service-worker-allowed" not in answer.headers
    worker = tasks.get("/task/frame.js", headers={"Service-Worker": "script"})
    assert worker.status_code == 403


def test_devices_open_only_as_asked_and_allowed(
    town: Town, tasks: TestClient, rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit(Question=html_question(HTML))
    rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings={"Devices": ["camera", "fullscreen"]})
    task = taken_on(wei, hit["HITId"])
    assert framed(town, task).devices == ("camera", "fullscreen") and framed(town, task).allow == ""
    frame = framed(town, task, allowed=("camera", "microphone"))
    assert frame.allow == "camera"
    policy = tasks.get(path_of(frame)).headers["permissions-policy"]
    assert "camera=*" in policy and "microphone=()" in policy and "fullscreen=()" in policy


def test_a_ticket_ends_and_is_renewed_and_nobody_makes_one(
    town: Town, tasks: TestClient, rosa: Requester, wei: Worker
) -> None:
    task = wei("PreviewHIT", HITId=rosa.create_hit(Question=html_question(HTML))["HITId"])["Task"]
    path = urlsplit(path_of(framed(town, task))).path
    assert tasks.get(path[:-2] + "AA").status_code == 410
    assert tasks.get("/production/frames/" + "x" * 600).status_code == 422
    assert tasks.get(path.replace("/production/", "/sandbox/")).status_code == 410
    town.advance(seconds=3_000)
    renewed = tasks.post(path + "/renewal")
    assert renewed.headers["access-control-allow-origin"] == "*" and "MediaURL" not in renewed.json()
    town.advance(seconds=600)
    assert tasks.get(path).status_code == 410
    assert tasks.post(path + "/renewal").status_code == 410
    assert tasks.get(f"/production/frames/{renewed.json()['Ticket']}").status_code == 200


def test_a_frame_closes_with_its_assignment(
    town: Town, tasks: TestClient, rosa: Requester, wei: Worker, ana: Worker
) -> None:
    hit = rosa.create_hit(Question=html_question(HTML), MaxAssignments=2)
    task = taken_on(wei, hit["HITId"])
    frame = framed(town, task)
    wei.submit(task["AssignmentId"])
    assert tasks.get(path_of(frame)).status_code == 409
    other = framed(town, taken_on(ana, hit["HITId"]))
    town.advance(seconds=601)
    gone = tasks.get(path_of(other))
    assert (
        gone.status_code == 410
        and "time" in gone.text
        and "frame-ancestors http" in (gone.headers["content-security-policy"])
    )


def test_each_hit_type_has_its_own_origin_where_there_is_a_domain(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit(Question=html_question(HTML))
    places = dataclasses.replace(
        places_of(town), task_url="https://tasks.example.org", content_domain="*.tasks.example.org"
    )
    frame = frame_of(town.market, places, wei("PreviewHIT", HITId=hit["HITId"])["Task"])
    assert frame.url.startswith(f"https://{hit['HITTypeId'].lower()}.tasks.example.org/production/frames/")


@pytest.mark.parametrize(
    "written",
    [
        "https://s3.amazonaws.com/mturk-public/externalHIT_v1.js",
        "http://s3.amazonaws.com/mturk-public/externalHIT_v1.js",
        "//s3-us-west-2.amazonaws.com/mturk-public/externalHIT_v1.js",
        "https://mturk-public.s3.us-east-1.amazonaws.com/externalHIT_v1.js",
        "HTTPS://S3.amazonaws.com/mturk-public/externalHIT.js",
    ],
)
def test_mturks_script_becomes_ours(written: str) -> None:
    html = rewritten(f'<script src="{written}">', external_hit="/ours.js", crowd="c", submit="s")
    assert html == '<script src="/ours.js">'


def test_forms_and_the_crowd_script_lead_to_us() -> None:
    html = (
        '<form action="https://www.mturk.com/mturk/externalSubmit">'
        "<form action='//workersandbox.mturk.com//mturk/externalSubmit'>"
        '<script src="https://assets.crowd.aws/crowd-html-elements.js">'
        '<a href="https://www.mturk.com/worker">'
    )
    ours = rewritten(html, external_hit="e", crowd="/crowd.js", submit="https://site/mturk/externalSubmit")
    assert ours.count("https://site/mturk/externalSubmit") == 2 and '"/crowd.js"' in ours
    assert "https://www.mturk.com/worker" in ours


def test_our_script_comes_first_and_the_doctype_stays_before_it() -> None:
    script = '<script src="/f.js" data-a="&quot;"></script>'
    for html, wanted in (
        ("<!DOCTYPE html><p>", f"<!DOCTYPE html>{script}<p>"),
        ("\n<!-- <head> --> <!doctype html ><head>", f"\n<!-- <head> --> <!doctype html >{script}<head>"),
        ("<p>", f"{script}<p>"),
        ("<!-- never closed <!doctype html>", f"{script}<!-- never closed <!doctype html>"),
    ):
        assert with_script(html, source="/f.js", facts={"a": '"'}) == wanted


def test_a_bare_layout_is_put_into_mturks_form() -> None:
    given = {
        "submit": "https://s/mturk/externalSubmit",
        "assignment_id": "3A",
        "label": "Submit",
        "disabled": False,
    }
    html = wrapped("<html><head></head><body class='a'><input name=x></body></html>", **given)  # type: ignore[arg-type]
    assert html.index("<body class='a'>") < html.index("<form name") < html.index("<input name=x>")
    assert html.index('id="submitButton"') < html.index("</form>") < html.index("</body>")
    assert needs_wrapping("<input name=x><!-- <form> -->")
    assert not needs_wrapping("<crowd-form></crowd-form>") and not needs_wrapping("<form action=x>")
    assert wrapped("<p>x</p>", **given).startswith("<form")  # type: ignore[arg-type]


def test_only_layouts_are_wrapped(town: Town, tasks: TestClient, rosa: Requester, wei: Worker) -> None:
    layout = rosa("CreateHITLayout", HTML="<p>${animal}?</p><input name=seen>", FrameHeight=300)["Layout"]
    hit = rosa.create_hit(
        HITLayoutId=layout["HITLayoutId"], HITLayoutParameters=[{"Name": "animal", "Value": "cat"}]
    )
    preview = opened(tasks, framed(town, wei("PreviewHIT", HITId=hit["HITId"])["Task"]))
    assert '<form name="mturk_form"' in preview and 'value="Submit" disabled' in preview
    task = taken_on(wei, hit["HITId"])
    shown = opened(tasks, framed(town, task))
    assert f'value="{task["AssignmentId"]}"' in shown and "disabled" not in shown and "cat?" in shown
    plain = rosa.create_hit(Question=html_question("<p>bare</p>"))
    assert "mturk_form" not in opened(tasks, framed(town, taken_on(wei, plain["HITId"])))


@pytest.mark.parametrize("name", ["frame.js", "form.js", "form.css", "crowd-html-elements.js", "reply.js"])
def test_our_own_files_are_served_to_frames_of_any_origin(tasks: TestClient, name: str) -> None:
    answer = tasks.get(f"/task/{name}")
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = tasks.get(f"/task/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert tasks.get("/task/..%2Fframe.js").status_code == 404
    assert tasks.get("/mturk-public/externalHIT_v1.js").status_code == 200
