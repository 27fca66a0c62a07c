"""Fields that somebody controls carry two hundred scripts: no page runs one, even without its policy."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from furnished import furnish
from stage import Stage

from kempelen.errors import Refusal
from people import Requester, external_question

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

HOST = "payload.localhost"
LINES = Path(__file__).with_name("script_payloads.txt").read_text().splitlines()
PAYLOADS = [re.sub(r"\{U\+([0-9A-F]{4})\}", lambda found: chr(int(found[1], 16)), line) for line in LINES]
UNSTORABLE = "\x00"
"""What no text of ours may contain."""
RUN = """
async (pages) => {
  const told = [];
  const frames = pages.map(([name, html]) => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const inside = frame.contentDocument;
    inside.open(); inside.write(html); inside.close();
    return [name, frame];
  });
  await new Promise((done) => setTimeout(done, 250));
  for (const [name, frame] of frames) {
    if (frame.contentWindow?.__xss || window.__xss) told.push(`${name}: ran`);
    for (const each of frame.contentDocument?.querySelectorAll("*") ?? []) {
      for (const { name: attribute, value } of each.attributes) {
        const leads = ["href", "src", "action", "formaction", "data", "xlink:href"].includes(attribute);
        const runs = /^[\\s\\0-\\x1f]*(javascript|vbscript|data:text)/i.test(value);
        if (attribute.startsWith("on") || (leads && runs))
          told.push(`${name}: ${each.tagName} ${attribute}=${value}`);
        const away = value.includes("payload.localhost:1") && !value.startsWith("/");
        if (attribute === "srcdoc" || (leads && away)) {
          const harmless = each.tagName === "A" && each.relList.contains("noopener");
          if (!harmless) told.push(`${name}: ${each.tagName} ${value}`);
        }
      }
    }
    frame.remove();
  }
  return told;
}
"""
"""Writes pages into frames and lets them run; answers what ran and what could."""


class Watch:
    """A browser without content policies, so that what is found is what escaping leaves."""

    def __init__(self, stage: Stage) -> None:
        self.context: BrowserContext = stage.signed_in("Wei", bypass_csp=True, service_workers="block")
        self.page: Page = self.context.new_page()
        self.happened: list[str] = []
        self.page.on("dialog", lambda dialog: (self.happened.append(dialog.message), dialog.dismiss()))
        self.page.on("request", self._note)
        self.page.goto("/offline")

    def _note(self, request: Any) -> None:
        if HOST in request.url:
            self.happened.append(request.url)

    def html(self, address: str, status: int = 200) -> str:
        """A page as it is sent, without our own scripts and style."""
        answer = self.context.request.get(address)
        assert answer.status == status, (address, answer.status)
        return without_ours(answer.text())

    def run(self, pages: list[tuple[str, str]]) -> None:
        """Let the pages run: nothing of anybody else's may."""
        told = []
        for start in range(0, len(pages), 40):
            told += self.page.evaluate(RUN, pages[start : start + 40])
        assert told == [] and self.happened == []


def without_ours(html: str) -> str:
    """The page without the files of ours that it names, and without the frame of the task."""
    html = re.sub(
        r'<script type="module" src="/assets/[^"]*"></script>|<link rel="[a-z]+" href="/[^>]*>', "", html
    )
    return re.sub(r'<iframe class="embed.*?</iframe>', "", html, flags=re.DOTALL)


@pytest.fixture
def watch(stage: Stage) -> Watch:
    """The browser of a worker whose own name is a script."""
    stage.worker("Wei", adult=True)
    return Watch(stage)


def storable() -> list[str]:
    """The payloads that a text may be."""
    return [each for each in PAYLOADS if UNSTORABLE not in each]


def test_there_are_two_hundred_and_each_would_run_or_lead_away_unescaped() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 200
    assert len(PAYLOADS) - len(storable()) < 6


def test_pages_that_show_what_requesters_write(rosa: Requester, watch: Watch) -> None:
    pages = []
    every = storable()
    for start in range(0, len(every), 3):
        some = every[start : start + 3]
        together = "\n".join(some)
        settings = {
            "Instructions": {
                "Text": "\n\n".join(some),
                "Examples": [{"Text": each, "Right": True} for each in some],
            },
            "InstructionsVersion": some[0][:64],
            "ContentWarning": together,
            "ComprehensionCheck": {"Question": together, "Choices": [*some, "No"], "Right": some[0]},
        }
        for payload in some:
            question = external_question("nothing")
            hit = rosa.create_hit(Title=payload, Description=together, Keywords=payload, Question=question)
        rosa("PutTaskSettings", HITTypeId=hit["HITTypeId"], Settings=settings)
        for kind in ("tasks", "check", "eligibility"):
            html = watch.html(f"/projects/{hit['HITGroupId']}/{kind}")
            pages.append((f"{kind} {some}", html))
            assert kind == "check" or " ".join(some[-1].split()) in " ".join(unescape(html).split()), some[-1]
    address: str | None = "/projects"
    while address is not None:
        html = watch.html(address)
        pages.append((address, html))
        following = re.search(r'href="([^"]+)" rel="next"', html)
        address = unescape(following[1]) if following else None
    watch.run(pages)


def test_pages_that_show_what_workers_and_strangers_write(
    stage: Stage, rosa: Requester, watch: Watch
) -> None:
    pages = []
    for payload in PAYLOADS:
        word = quote(payload)
        fields = (
            "query",
            "show",
            "sort",
            "min_reward",
            "min_pay",
            "work_language",
            "keyboard",
            "filters[search_term]",
        )
        query = "&".join(
            f"{quote(field)}={word}" for field in fields if field not in ("min_reward", "min_pay")
        )
        pages.append(
            (f"query {payload}", without_ours(watch.context.request.get(f"/projects?{query}").text()))
        )
        pages.append((f"sign-in {payload}", signed_out(watch, f"/login?next={word}&language={word}")))
    for payload in PAYLOADS[::12]:
        typed = {"email": payload, "password": payload, "next": payload}
        pages.append((f"typed {payload}", sent(watch, "/login", typed)))
        typed = dict.fromkeys(
            ("name", "email", "password", "country", "subdivision", "time_zone", "proof"), payload
        )
        pages.append((f"sign-up {payload}", sent(watch, "/register", typed)))
        token = {"token": payload}
        pages.append((f"token {payload}", sent(watch, "/account/new-password", token | {"password": "x"})))
        pages.append(
            (
                f"path {payload}",
                without_ours(watch.context.request.get(f"/messages/{quote(payload, safe='')}").text()),
            )
        )
    watch.run(pages)


def signed_out(watch: Watch, address: str) -> str:
    return without_ours(watch.context.request.get(address, headers={"Cookie": ""}).text())


def sent(watch: Watch, path: str, fields: dict[str, str]) -> str:
    """What a form answers that was filled so."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    return without_ours(
        watch.context.request.post(path, form=fields, headers=headers, max_redirects=0).text()
    )


def test_addresses_to_go_on_at_lead_nowhere_else(watch: Watch) -> None:
    for payload in [
        *PAYLOADS,
        "//evil.localhost",
        "/\\evil.localhost",
        "https://evil.localhost",
        "/\t/evil.localhost",
    ]:
        answer = watch.context.request.get(f"/language?language=en&next={quote(payload)}", max_redirects=0)
        there = answer.headers.get("location", "/")
        assert there.startswith("/") and not there.startswith(("//", "/\\")) and "\t" not in there, there


def test_every_page_of_a_market_whose_every_text_is_a_script(stage: Stage, rosa: Requester) -> None:
    every = storable()
    numbers = iter(range(10**6))

    def words(plain: str) -> str:
        """Other payloads for each field, as many as a text of middle length holds."""
        at = next(numbers) * 7
        chosen = [every[(at + step) % len(every)] for step in range(7)]
        return "\n".join(chosen)[:900] if " " in plain and len(plain) > 12 else chosen[0]

    furnished = furnish(stage, rosa, words)
    agent = "<img src=x onerror=window.__xss=1>\"'><script>window.__xss=1</script>"
    context = stage.signed_in("Wei", user_agent=agent, bypass_csp=True)
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => (window.__xss = event.blockedURI))"
    )
    page = context.new_page()
    page.context.request.post(
        "/account", form={"name": every[0], "country": "US"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    happened: list[str] = []
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: HOST in request.url and happened.append(request.url))
    for address in furnished.addresses():
        answer = page.goto(address)
        assert answer is not None and answer.status < 500, address
        if "text/html" in answer.headers.get("content-type", ""):
            assert page.evaluate("window.__xss") is None, address
            assert happened == [], address


def test_what_no_text_may_contain_is_refused(rosa: Requester) -> None:
    for payload in PAYLOADS:
        if UNSTORABLE in payload:
            with pytest.raises(Refusal):
                rosa.create_hit(Title=payload, Keywords=payload)
