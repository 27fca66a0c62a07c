"""The measured loop of work goes through on ours, and its figures hold both sides beside each other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(autouse=True)
def bench_is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))


def test_every_loop_goes_through_and_its_processor_time_is_known() -> None:
    import work_loop

    with work_loop.market(tasks=100, workers=2) as ours:
        read = ours.work(2, seconds=0.05)
    assert read.done > 0
    assert read.failed == 0
    assert 0 < read.cpu_a_loop < 1
    assert read.rate == read.done / read.seconds


def test_the_figures_are_quotients_of_the_two_sides() -> None:
    import work_loop

    ours = work_loop.Reading(seconds=1.0, latencies=[0.01] * 50, cpu=[0.1])
    its = work_loop.Reading(seconds=2.0, latencies=[0.2] * 10, cpu=[0.4, 0.6], failed=10)
    disk = {"fdatasync_p50_us": 100.0, "fdatasync_p95_us": 200.0}
    figures = work_loop.figures_of("SQLite", 16, [ours], [its], seconds=1.0, disks=[disk])
    loops, processor = (each.as_json() for each in figures)
    assert (loops["goal"], loops["median"], loops["floor"]) == ("P3", 10.0, 25.0)
    assert loops["beside"]["turkle_failed"] == 0.5
    assert (processor["goal"], processor["median"], processor["floor"]) == ("P4", 0.02, 0.04)
    assert processor["beside"]["turkle_server_alone_ms"] == 40.0


def test_processor_time_counts_what_children_have_used() -> None:
    import work_loop

    before = work_loop.cpu_seconds(os.getpid())
    child = os.fork()
    if not child:
        for _ in range(2_000_000):
            pass
        os._exit(0)
    os.waitpid(child, 0)
    assert work_loop.cpu_seconds(os.getpid()) > before


def test_a_page_is_read_as_a_browser_does() -> None:
    from browsing import Answer

    page = b"""<iframe id="frame" src="/frames/1?a=1&amp;b=2"></iframe>
        <form method="post" action='http://127.0.0.1:9/submit'>
        <input type="hidden" value="3A" name="assignmentId" id="assignmentId"></form>"""
    answer = Answer("http://127.0.0.1:8/tasks/1", 200, "", page)
    assert answer.frame() == "http://127.0.0.1:8/frames/1?a=1&b=2"
    assert answer.action() == "http://127.0.0.1:9/submit"
    assert answer.hidden() == {"assignmentId": "3A"}
