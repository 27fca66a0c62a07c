"""Hostile content: it is not shown once it was taken down, and however it is written, nobody waits for it."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest

from framing import framed, html_question, path_of, tasks_of
from kempelen.web.instructions import to_html
from kempelen.web.task import content
from people import Requester, Town, Worker

HTML = "<!DOCTYPE html><html><body><p>Is there a cat?</p></body></html>"

SIZE = 65_000
"""A question has at most 65,535 bytes."""
SLOW_HTML = {
    "an address of Amazon's": "//s3" + "-a" * (SIZE // 2),
    "many of them": "//s3.a.b" * (SIZE // 8),
    "bodies": "<body " * (SIZE // 6),
    "a body": "<body " + "a " * (SIZE // 2),
    "comments": "<!--" * (SIZE // 4),
    "blanks": " " * SIZE,
    "instructions": "<?" * (SIZE // 2),
}
SLOW_TEXT = {
    "a table": "|a" * 1_500 + "\n" + "|-" * 1_500 + "\n|a" * 1_500,
    "a table of few signs": "|a" * 400 + "\n" + "|-" * 400 + "\n|" * 4_000,
    "brackets": "[" * 20_000,
}


@pytest.mark.parametrize("name", SLOW_HTML)
def test_no_html_is_made_ready_for_long(name: str) -> None:
    html, started = SLOW_HTML[name], time.process_time()
    html = content.rewritten(html, external_hit="x", crowd="x", submit="x")
    content.needs_wrapping(html)
    html = content.wrapped(html, submit="x", assignment_id="x", label="x", disabled=False)
    content.with_script(html, source="x", facts={})
    assert time.process_time() - started < 0.3


def test_amazons_addresses_are_still_found() -> None:
    places = ("s3", "s3.us-east-1", "s3-us-west-2", "s3.dualstack.us-east-1")
    for place in places:
        for address in (f"{place}.amazonaws.com/mturk-public", f"mturk-public.{place}.amazonaws.com"):
            html = f'<script src="https://{address}/externalHIT_v1.js">'
            assert (
                content.rewritten(html, external_hit="/ours", crowd="", submit="") == '<script src="/ours">'
            )


@pytest.mark.parametrize("name", SLOW_TEXT)
def test_no_instructions_are_made_ready_for_long_or_grow(name: str) -> None:
    started = time.process_time()
    assert len(to_html(SLOW_TEXT[name])) < 100_000
    assert time.process_time() - started < 1.2


def test_instructions_have_their_tables() -> None:
    assert "<td>cat</td>" in to_html("| what | say |\n|---|---|\n| cat | yes |")


def test_a_preview_that_is_open_shows_nothing_that_was_taken_down(
    town: Town, rosa: Requester, wei: Worker
) -> None:
    hit = rosa.create_hit(Question=html_question(HTML))["HITId"]
    path = urlsplit(path_of(framed(town, wei("PreviewHIT", HITId=hit)["Task"]))).path
    tasks = tasks_of(town.app)
    assert tasks.get(path).status_code == 200
    town.operator("TakeDownHIT", HITId=hit, Reason="Hate")
    for answer in (tasks.get(path), tasks.post(f"{path}/renewal")):
        assert answer.status_code == 404
        assert "Is there a cat?" not in answer.text
