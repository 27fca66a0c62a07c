"""The examples of the documentation run as they stand, and print what their comments say."""

from __future__ import annotations

import builtins
import re
from pathlib import Path
from typing import Any

import pytest

from people import Requester, Town
from services.serving import Served

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = re.compile(r"^```python tested\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"^\s*print\(.*\)  # (.*)$", re.MULTILINE)
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if EXAMPLE.search(page.read_text())]


def promised(code: str) -> list[str]:
    """What the lines that print something promise, in their order."""
    return PROMISE.findall(code)


def is_kept(promise: str, printed: str) -> bool:
    """Whether a line of print keeps its promise: `…` stands for anything, `with X` for a part."""
    _, contains, part = promise.partition(" with ")
    if contains:
        return part in printed
    return re.fullmatch(".*".join(map(re.escape, promise.split("…"))), printed) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_do_what_they_say(
    served: Served, town: Town, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa: Requester = town.requester("Rosa", funds="10.00")
    wei = town.worker("Wei", country="US")
    town.operator("InstallLanguageTests")  # as `kempelen serve` does
    printed: list[str] = []
    monkeypatch.setattr(builtins, "print", lambda *values: printed.append(" ".join(map(str, values))))
    names: dict[str, Any] = {"ROSA_KEY": rosa.access_key, "ROSA_SECRET": rosa.secret_key}
    names |= {"WEI_KEY": wei.access_key, "WEI_SECRET": wei.secret_key}
    names |= {"KEY": rosa.access_key, "SECRET": rosa.secret_key}
    for example in EXAMPLE.findall(page.read_text()):
        code = example.replace("http://localhost:8080", served.url())
        printed.clear()
        exec(compile(code, str(page), "exec"), names)
        promises = promised(example)
        if promises:
            assert len(promises) == len(printed)
        for promise, line in zip(promises, printed, strict=False):
            assert is_kept(promise, line), f"{page.name} promises {promise!r} and prints {line!r}"


def test_the_pages_for_newcomers_are_among_those_that_are_run() -> None:
    assert {"first-hit", "use-boto3"} <= {page.stem for page in PAGES}
