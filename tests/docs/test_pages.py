"""The pages of the documentation lead where they say, and name only what there is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name

from kempelen import contract, operations
from kempelen.app import KEMPELEN
from kempelen.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]
MEASURED = {DOCS / "reference" / "measurements.md", DOCS / "reference" / "soak.md"}
"""Pages that appear when something has been measured."""

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCED = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
NAME = re.compile(r"[A-Z][A-Za-z]*[a-z][A-Z][A-Za-z]*")
VARIABLE = re.compile(r"\bKEMPELEN_[A-Z_]+\b")
FILE = re.compile(r"(?:src|tests|docs|bench|environment|contracts|rules|store|wire|web|jobs|cli)/[\w./-]*")
ELSEWHERE = re.compile(r"(?<![\w.])/(?:home|root|Users|tmp|work|mnt|opt)/")
NAMES_OF_OTHERS = {"SandboxOnly", "HttpToolsProtocol"}
"""What a page invents, and what belongs to a library."""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@cache
def source() -> frozenset[str]:
    """Every word of the code, the contracts and the tests."""
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.json"), *(ROOT / "tests").rglob("*.py")]
    return frozenset(word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8")))


@cache
def settings() -> frozenset[str]:
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    return frozenset(VARIABLE.findall(page))


@cache
def of_contract(path: Path) -> frozenset[str]:
    operations.load()
    return frozenset(contract.load(path).operations)


@cache
def commands() -> dict[tuple[str, ...], set[str]]:
    """The options of every command, by its words."""
    return dict(_commands(app, ()))


def _commands(group: Any, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    import typer

    command = typer.main.get_command(group)
    for name, each in command.commands.items():  # type: ignore[attr-defined]
        if hasattr(each, "commands"):
            for below, deeper in each.commands.items():
                yield (*above, name, below), _options(deeper)
            yield (*above, name), set()
        else:
            yield (*above, name), _options(each)


def _options(command: Any) -> set[str]:
    return {option for each in command.params for option in each.opts} | {"--help"}


def anchors(page: Path) -> set[str]:
    """The ids GitHub gives the headings of a page."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


@pages
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists() or target in MEASURED, f"{link} leads nowhere"
        assert not anchor or anchor in anchors(target), f"{link} has no such heading"


@pages
def test_every_page_can_be_found_from_the_map(page: Path) -> None:
    if page.parent.name in ("how-to", "explanation", "tutorial"):
        assert f"({page.parent.name}/{page.name})" in (DOCS / "index.md").read_text(encoding="utf-8")


@pages
def test_every_name_in_backticks_exists(page: Path) -> None:
    for words in IN_BACKTICKS.findall(prose(page)):
        if NAME.fullmatch(words) and words not in NAMES_OF_OTHERS:
            assert words in source(), f"{words} is nowhere in the code"


@pages
def test_every_setting_named_exists(page: Path) -> None:
    for variable in VARIABLE.findall(page.read_text(encoding="utf-8")):
        assert variable in settings() or variable in source(), f"there is no setting {variable}"


@pages
def test_every_file_named_exists(page: Path) -> None:
    for words in IN_BACKTICKS.findall(prose(page)):
        if FILE.fullmatch(words) and "NNNN" not in words:
            places = [ROOT / words, ROOT / "src" / "kempelen" / words]
            assert any(place.exists() or place in MEASURED for place in places), f"there is no {words}"


@pages
def test_every_command_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shell = [block for language, block in FENCED.findall(text) if language == "sh"]
    inline = [words for words in IN_BACKTICKS.findall(prose(page)) if words.startswith("kempelen ")]
    for line in "\n".join([*shell, *inline]).replace("\\\n", " ").splitlines():
        found = re.match(r"\s*kempelen (.*)", line.partition(" #")[0])
        if found:
            _check_command(found[1].split())


def _check_command(words: list[str]) -> None:
    if words == ["--help"]:
        return
    known = next((tuple(words[:count]) for count in (2, 1) if tuple(words[:count]) in commands()), None)
    assert known is not None, f"there is no command kempelen {' '.join(words)}"
    unknown = {word for word in words if word.startswith("--")} - commands()[known]
    assert not unknown, f"kempelen {' '.join(known)} has no {unknown}"


@pages
def test_every_operation_of_an_example_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    theirs, ours = of_contract(contract.MTURK), of_contract(KEMPELEN)
    dashed = {xform_name(name, "-") for name in theirs}
    for _, block in FENCED.findall(text):
        assert set(re.findall(r"aws mturk ([a-z-]+)", block)) <= dashed
        assert set(re.findall(r"^call (\w+)", block, re.MULTILINE)) <= ours
        assert set(re.findall(r"KempelenV1\.(\w+)", block)) <= ours


@pages
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    assert not ELSEWHERE.search(page.read_text(encoding="utf-8"))


def test_the_generated_pages_are_as_they_would_be_written() -> None:
    checked = subprocess.run(
        [sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True, timeout=100
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_wrong_command_is_noticed() -> None:
    with pytest.raises(AssertionError):
        _check_command(["audit", "--loudly"])
    with pytest.raises(AssertionError):
        _check_command(["applaud"])
