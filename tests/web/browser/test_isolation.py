"""What a task page, a site of somebody else and a link of theirs can not do to a worker (D21, D22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from stage import Stage, cat_task, task_frame
from strangers_site import StrangersSite

from kempelen.rules.frames import nonce
from people import Requester

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page

ATTEMPTS = """
async (site) => {
  const tried = {};
  const attempt = async (name, work) => {
    try { tried[name] = `done: ${await work()}`; } catch (fault) { tried[name] = `refused: ${fault.name}`; }
  };
  const soon = (promise) => Promise.race([promise,
    new Promise((_, no) => setTimeout(() => no(new Error("no answer")), 1500))]);
  await attempt("parent's page", () => parent.document.body.innerHTML);
  await attempt("parent's cookies", () => parent.document.cookie);
  await attempt("parent's address", () => String(parent.location.href));
  await attempt("parent's storage", () => parent.localStorage.length);
  await attempt("parent's functions", () => parent.fetch("/tasks"));
  await attempt("frame element", () => {
    if (window.frameElement === null) throw new TypeError();
  });
  await attempt("databases", () => soon(new Promise((yes, no) => {
    const asked = indexedDB.open("kempelen"); asked.onsuccess = yes; asked.onerror = () => no(asked.error);
  })));
  await attempt("caches", () => soon(caches.keys()));
  await attempt("service worker", () => soon(navigator.serviceWorker.register("/worker.js")));
  await attempt("site's pages", async () =>
    (await soon(fetch(site + "/tasks", { credentials: "include" }))).status);
  await attempt("site's actions", async () => {
    const body = new URLSearchParams({ name: "Robbed" });
    await soon(fetch(site + "/account", { method: "POST", credentials: "include", mode: "no-cors", body }));
    return (await soon(fetch(site + "/account", { credentials: "include" }))).text();
  });
  await attempt("site's socket", () => soon(new Promise((yes, no) => {
    const asked = new XMLHttpRequest(); asked.withCredentials = true; asked.open("GET", site + "/projects");
    asked.onload = () => yes(asked.responseText); asked.onerror = () => no(new TypeError()); asked.send();
  })));
  await attempt("camera", () => soon(navigator.mediaDevices.getUserMedia({ video: true, audio: true })));
  await attempt("place", () => soon(new Promise((yes, no) =>
    navigator.geolocation.getCurrentPosition(yes, no))));
  await attempt("clipboard", () => soon(navigator.clipboard.readText()));
  await attempt("whole page", () => { top.location = "about:blank#taken"; return "asked"; });
  await attempt("whole page by a link", () => {
    const link = document.createElement("a"); link.href = "about:blank#taken"; link.target = "_top";
    document.body.append(link); link.click(); return "asked";
  });
  await attempt("download", () => {
    const link = document.createElement("a"); link.href = "data:text/plain,x"; link.download = "x.exe";
    document.body.append(link); link.click(); return "asked";
  });
  await attempt("dialog", () => { window.open("javascript:alert(1)", "_self"); return "asked"; });
  return tried;
}
"""
"""What hostile content tries; it answers what became of each."""
ASKED_ONLY = {"whole page", "whole page by a link", "download", "dialog"}
"""What a browser refuses without telling: the page itself shows whether it happened."""


@pytest.fixture
def worker_page(stage: Stage) -> Page:
    """A page of Wei, who is signed in; the browser would give every device leave."""
    stage.worker("Wei")
    context = stage.signed_in("Wei")
    context.grant_permissions(
        ["camera", "microphone", "geolocation", "clipboard-read"], origin=stage.served.url()
    )
    return context.new_page()


def working_on(page: Page, stage: Stage, rosa: Requester, question: str) -> dict[str, Any]:
    """Accept a new task by its page; answers the HIT."""
    hit = rosa.create_hit(Question=question)
    page.goto(f"/projects/{hit['HITGroupId']}/tasks")
    with page.expect_navigation(url="**assignment_id=*"):
        page.get_by_role("button", name="Accept").click()
    return hit


def assert_nothing_works(page: Page, frame: Frame, site: str) -> None:
    """Try everything from inside the frame."""
    happened: list[str] = []
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on("download", lambda download: happened.append(download.url))
    before = page.url
    tried = frame.evaluate(ATTEMPTS, site)
    page.wait_for_timeout(300)
    done = {name: said for name, said in tried.items() if said.startswith("done") and name not in ASKED_ONLY}
    assert not done, done
    assert happened == [] and page.url == before


def test_a_task_cannot_reach_out_of_its_frame(stage: Stage, rosa: Requester, worker_page: Page) -> None:
    working_on(worker_page, stage, rosa, cat_task())
    frame = task_frame(worker_page)
    # Its stand-ins for cookies and storage are its own, and begin empty.
    assert frame.evaluate("[document.cookie, localStorage.length, origin]") == ["", 0, "null"]
    assert_nothing_works(worker_page, frame, stage.served.url())
    worker_page.goto("/account")
    expect(worker_page.get_by_label("Name", exact=True)).to_have_value("Wei")


def test_no_cookie_goes_to_the_content(stage: Stage, rosa: Requester, worker_page: Page) -> None:
    cookies: list[str] = []
    tasks = stage.served.url("tasks")
    worker_page.on(
        "request",
        lambda request: (
            request.url.startswith(tasks) and cookies.append(request.all_headers().get("cookie", ""))
        ),
    )
    working_on(worker_page, stage, rosa, cat_task())
    task_frame(worker_page)
    assert cookies and set(cookies) == {""}


def test_a_requesters_own_site_cannot_reach_ours(
    stage: Stage, rosa: Requester, worker_page: Page, stranger: StrangersSite
) -> None:
    stranger.pages["/task"] = "<!doctype html><title>Task</title><form><input name=answer></form>"
    stranger.pages["/worker.js"] = "self.addEventListener('fetch', () => {});"
    working_on(worker_page, stage, rosa, external(stranger.url("/task")))
    frame = task_frame(worker_page)
    assert frame.evaluate("origin") == stranger.url("").rstrip("/")
    # On its own origin it has storage and may have a service worker: they are its own, and reach nobody else.
    tried = frame.evaluate(ATTEMPTS, stage.served.url())
    own = {"databases", "caches", "service worker"}
    assert [
        name for name, said in tried.items() if said.startswith("done") and name not in ASKED_ONLY | own
    ] == []
    assert stage.served.url() in worker_page.url


def external(url: str) -> str:
    return (
        '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
        f'ExternalQuestion.xsd"><ExternalURL>{url}</ExternalURL><FrameHeight>400</FrameHeight></ExternalQuestion>'
    )


def test_forged_messages_move_nothing(
    stage: Stage, rosa: Requester, worker_page: Page, stranger: StrangersSite
) -> None:
    page = worker_page
    hit = working_on(page, stage, rosa, cat_task(height=500))
    assignment = str(page.get_attribute("main", "data-assignment"))
    frame = task_frame(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    secret = stage.town.app.directory.page_secret
    right = nonce(secret, "production", hit_id=hit["HITId"], assignment_id=assignment)
    before = page.url
    forged = [
        {"type": "kempelen:submitted", "nonce": given, "assignmentId": assignment}
        for given in ("", "0" * 32, None, right)
    ]
    forged += [
        {"type": "kempelen:draft", "nonce": "0" * 32, "fields": [{"Name": "answer", "Value": "forged"}]}
    ]
    forged += [{"type": "kempelen:height", "nonce": "0" * 32, "height": 99999}]
    forged += [{"type": 7, "nonce": right}, {"nonce": right}, {"type": "constructor", "nonce": right}]
    forged += [{"type": "kempelen:draft", "nonce": right, "fields": "no list"}]
    frame.evaluate("(all) => all.forEach((each) => parent.postMessage(each, '*'))", forged)
    # A window that the task opens has no opener, and one that a stranger opens at our page is none of theirs.
    stranger.pages["/window"] = "<!doctype html><title>Window</title><button>Go on</button>"
    with page.expect_popup() as popup:
        frame.evaluate("(url) => { window.__opened = window.open(url); }", stranger.url("/window"))
    assert popup.value.evaluate("window.opener") is None
    assert frame.evaluate("window.__opened") is None
    own = [
        *forged,
        {"type": "kempelen:draft", "nonce": right, "fields": [{"Name": "answer", "Value": "forged"}]},
    ]
    with popup.value.expect_popup() as ours:
        popup.value.evaluate("(url) => { window.__ours = window.open(url); }", before)
    task_frame(ours.value)
    popup.value.evaluate("(all) => all.forEach((each) => window.__ours?.postMessage(each, '*'))", own)
    assert popup.value.evaluate("window.__ours.closed")
    asked = [url for url in asked if not url.endswith("/draft")]  # our page, opened again, asks for its draft
    page.wait_for_timeout(1200)
    assert page.url == before
    assert not [url for url in asked if url.endswith(("/draft", "/state", "/next"))]
    assert page.request.get(f"/tasks/{assignment}/draft").json() == {}
    assert page.request.get(f"/tasks/{assignment}/state").json()["state"] == "Assigned"


def test_our_pages_are_in_nobodys_frame(stage: Stage, worker_page: Page, stranger: StrangersSite) -> None:
    site = stage.served.url()
    framed = "".join(f'<iframe src="{site}{path}"></iframe>' for path in ("/projects", "/account", "/login"))
    stranger.pages["/trap"] = f"<!doctype html><title>Win a prize</title>{framed}"
    for path in ("/projects", "/login"):
        headers = worker_page.request.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    worker_page.goto(stranger.url("/trap"), wait_until="load")
    assert len(worker_page.frames) == 4
    for frame in worker_page.frames[1:]:
        assert frame.url.startswith("chrome-error:"), frame.url


def test_other_sites_forms_do_nothing(
    stage: Stage, rosa: Requester, worker_page: Page, stranger: StrangersSite
) -> None:
    (hit,) = stage.cats(rosa)
    site, group = stage.served.url(), hit["HITGroupId"]
    wei = worker_page.context
    for path in ("/logout", f"/projects/{group}/tasks/{hit['HITId']}/accept", "/account", "/account/closing"):
        stranger.pages["/trap"] = (
            f'<form method="post" action="{site}{path}"><input name="name" value="Robbed"></form>'
            "<script>document.forms[0].submit()</script>"
        )
        with worker_page.expect_response(f"{site}{path}") as answer:
            worker_page.goto(stranger.url("/trap"), wait_until="commit")
        assert answer.value.status in (302, 403), path
        worker_page.wait_for_url(f"{site}/**", wait_until="load")
        assert_still_wei(wei, site)
    # A link may not take work either, even though old pages take it by GET.
    stranger.pages["/trap"] = f'<a href="{site}/projects/{group}/tasks/accept_random">A prize</a>'
    worker_page.goto(stranger.url("/trap"))
    with worker_page.expect_response("**/accept_random") as answer:
        worker_page.get_by_role("link", name="A prize").click()
    assert answer.value.status == 403
    expect(worker_page.get_by_role("heading", level=1)).to_have_text("This is not open to you")
    assert worker_page.context.request.get(f"{site}/tasks/").status == 404
    worker_page.goto("/tasks")
    expect(worker_page.get_by_text("Your queue is empty")).to_be_visible()


def assert_still_wei(context: BrowserContext, site: str) -> None:
    """Still signed in, and still named so."""
    answer = context.request.get(f"{site}/account")
    assert answer.url.endswith("/account") and 'value="Wei"' in answer.text()


def test_a_planted_second_session_signs_nobody_in(stage: Stage, worker_page: Page) -> None:
    stage.worker("Eve")
    context = worker_page.context
    planted = {"name": "session", "value": stage.session("Eve"), "domain": "localhost", "path": "/projects"}
    context.add_cookies([planted])
    answer = worker_page.goto("/projects")
    assert answer is not None and answer.status == 400
    assert "Both are cleared" in worker_page.inner_text("body")
    worker_page.goto("/login")
    expect(worker_page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_queue_has_a_cap_that_is_said(stage: Stage, rosa: Requester, worker_page: Page) -> None:
    hits = stage.cats(rosa, count=26)
    wei = stage.town.worker("Ana", password="correct horse battery")
    for hit in hits[:25]:
        wei.accept(hit["HITId"])
    page = stage.signed_in("Ana").new_page()
    page.goto(f"/projects/{hits[0]['HITGroupId']}/tasks")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/accept")
    expect(page.get_by_role("main")).to_contain_text("25")
    expect(page.get_by_role("link", name="My queue")).to_be_visible()
