"""How many pages a second a visitor may ask for."""

from __future__ import annotations

from pathlib import Path

from apps import opened
from people import Town
from web.visitors import visitor


def test_who_asks_for_too_many_pages_waits_and_nobody_else_does(tmp_path: Path) -> None:
    app = opened(tmp_path, pages_a_second=1)
    try:
        town = Town(app, app.production)
        wei, ana = visitor(town, town.worker("Wei")), visitor(town, town.worker("Ana"))
        assert [wei.get("/tasks.json").status for _ in range(10)] == [200] * 10
        page = wei.get("/tasks")
        assert page.status == 429
        assert "You have exceeded the allowable page request rate for this website" in page.text
        assert wei.get("/tasks?format=json").response.json()["message"].startswith("You have exceeded")
        assert ana.get("/tasks").status == 200
        town.advance(seconds=1)
        assert [wei.get("/tasks").status for _ in range(2)] == [200, 429]
    finally:
        app.close()


def test_without_the_setting_nobody_waits(tmp_path: Path) -> None:
    app = opened(tmp_path)
    try:
        town = Town(app, app.production)
        wei = visitor(town, town.worker("Wei"))
        assert {wei.get("/tasks.json").status for _ in range(50)} == {200}
    finally:
        app.close()
