"""Style sheets, scripts and fonts: kept for ever under a name that changes with them."""

from __future__ import annotations

import httpx2
import pytest
from starlette.applications import Starlette

from kempelen.web.assets import Assets


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets()


async def _get(assets: Assets, path: str, **headers: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(Starlette(routes=assets.routes()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://site") as client:
        return await client.get(path, headers=headers)


@pytest.mark.anyio
async def test_todays_files_may_be_kept_for_ever(assets: Assets) -> None:
    answer = await _get(assets, assets.url("site.css"), **{"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text.index("@layer tokens, base, parts;") == 0


@pytest.mark.anyio
async def test_an_old_name_still_finds_the_file_but_is_not_kept(assets: Assets) -> None:
    answer = await _get(assets, "/assets/000000000000/mark.svg")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["no.css", "..%2fsite.py", "%2e%2e/site.py", "css"])
async def test_nothing_else_is_given_out(assets: Assets, name: str) -> None:
    assert (await _get(assets, f"/assets/{assets.version}/{name}")).status_code == 404


def test_every_part_of_the_style_sheet_is_in_a_layer(assets: Assets) -> None:
    sheet = assets.text("site.css")
    assert sheet.count("@font-face") == 4
    assert sheet.count("@layer parts {") > 3
