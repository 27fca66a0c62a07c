"""The programs that measure work, at tiny sizes, and the page says plainly what was reached."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
FIELDS = {
    "goal", "name", "how", "unit", "floor", "stretch", "more_is_better", "median", "least", "most",
    "rounds", "beside",
}  # fmt: skip
PROGRAMS = {
    "creating": ["P1", "P1", "P2", "P2"],
    "accepting": ["P5", "P6", "P6", "P6", "P5", "P6", "P6"],
    "paging": ["P9", "P9"],
    "listing": ["P10", "P10", "P10"],
    "approving": ["P11", "P11"],
    "storage_size": ["P12", "P12"],
    "installing": ["Start", "Start", "Start", "Start"],
}
FIGURE: dict[str, Any] = {
    "goal": "P9",
    "name": "Last page by first page",
    "how": "The first and the last page are read in turn.",
    "unit": "",
    "floor": 1.3,
    "stretch": 1.1,
    "more_is_better": False,
    "median": 1.05,
    "least": 0.9,
    "most": 1.2,
    "rounds": [0.9, 1.05, 1.2],
    "beside": {"first_page_ms": 1.5},
}


@pytest.fixture(autouse=True)
def bench_is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))


def record(**members: Any) -> dict[str, Any]:
    """What is kept of a program that has read one figure."""
    machine = {
        "cores": 2,
        "system": "Linux x86_64",
        "python": "3.11.7",
        "sqlite": "3.40.1",
        "load_before": 0.1,
    }
    said = {"date": "2026-11-22", "commit": "abc1234", "command": "python bench/run.py paging"}
    return said | {"machine": machine, "figures": [FIGURE | members]}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_its_figures_with_what_belongs_to_them(
    name: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEMPELEN_BENCH_POSTGRES", postgres_url)
    answer = importlib.import_module(name).measure(small=True)
    assert [figure["goal"] for figure in answer["figures"]] == PROGRAMS[name]
    for figure in answer["figures"]:
        assert set(figure) == FIELDS
        assert figure["least"] <= figure["median"] <= figure["most"]
        assert figure["how"].endswith(".")
    assert {"cores", "system", "python", "sqlite", "load_before"} <= set(answer["machine"])
    if name != "installing" and name != "paging":
        assert answer["machine"]["postgresql"]
    assert json.loads(json.dumps(answer)) == answer


def test_nothing_fails_doubles_or_gets_lost_among_many_workers() -> None:
    import accepting
    import filling

    with filling.market() as town:
        figure = accepting.rush(accepting.crowd(town), "SQLite", hits=3).as_json()
    assert figure["median"] == 0
    assert figure["beside"]["submitted"] == 60


def test_a_disk_reading_has_a_usual_and_a_slow_time(tmp_path: Path) -> None:
    import disk

    reading = disk.reading(tmp_path, count=20)
    assert 0 < reading["fdatasync_p50_us"] <= reading["fdatasync_p95_us"]


@pytest.mark.parametrize(
    ("median", "more_is_better", "said"),
    [
        (1.05, False, "yes, the stretch"),
        (1.2, False, "yes, the floor"),
        (1.4, False, "**no**"),
        (1.4, True, "yes, the floor"),
        (1.2, True, "**no**"),
    ],
)
def test_whether_a_goal_is_reached_is_computed(median: float, more_is_better: bool, said: str) -> None:
    import page

    stretch = 1.1 if not more_is_better else 1.5
    figure = FIGURE | {"median": median, "more_is_better": more_is_better, "stretch": stretch}
    assert page.reached(figure) == said


def test_the_page_begins_with_what_was_missed() -> None:
    import page

    text = page.page({"paging": record(median=1.5)})
    assert "These floors are not reached:\n\n- P9: Last page by first page is 1.5, its floor 1.3." in text
    assert "| P9 | Last page by first page | ≤ 1.3 | ≤ 1.1 | 1.5 (0.9–1.2) | **no** |" in text
    assert "`python bench/run.py paging` · 2026-11-22 · commit abc1234" in text
    assert "All floors measured here are reached." in page.page({"paging": record()})


def test_a_new_run_takes_the_place_of_the_last_one_of_that_program_alone(tmp_path: Path) -> None:
    import run

    run.keep(tmp_path, "paging", record())
    run.keep(tmp_path, "creating", record(goal="P1"))
    run.keep(tmp_path, "paging", record(median=1.0))
    kept = run.read(tmp_path)
    assert kept["paging"]["figures"][0]["median"] == 1.0
    assert kept["creating"]["figures"][0]["goal"] == "P1"


def test_the_kept_figures_and_the_page_of_them_agree() -> None:
    import page
    import run

    assert (run.REFERENCE / "measurements.md").read_text() == page.page(run.read(run.REFERENCE))


def test_a_small_run_can_be_kept_elsewhere_and_an_unknown_program_is_refused(tmp_path: Path) -> None:
    run = [sys.executable, str(BENCH / "run.py")]
    assert subprocess.run([*run, "paging", "--small", "--into", str(tmp_path)]).returncode == 0
    assert "ListHITs of 2,000 HITs" in (tmp_path / "measurements.md").read_text()
    refused = subprocess.run([*run, "flying"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert "there is no program flying" in refused.stderr
