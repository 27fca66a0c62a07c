"""Recordings of the dictations, as browsers ask for them."""

from __future__ import annotations

import httpx2
import pytest
from starlette.applications import Starlette

from kempelen.operations.people.language_tests import RECORDINGS
from kempelen.web.assets import Assets


async def _get(**headers: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(Starlette(routes=Assets().routes()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://site") as client:
        return await client.get(f"{RECORDINGS}/es-a1.mp3", headers=headers)


@pytest.mark.anyio
async def test_a_recording_is_given_whole() -> None:
    answer = await _get()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
    assert answer.headers["accept-ranges"] == "bytes"
    assert len(answer.content) > 3_000


@pytest.mark.anyio
async def test_a_part_is_given_to_browsers_that_play_nothing_else() -> None:
    whole = (await _get()).content
    answer = await _get(Range="bytes=0-1")
    assert (answer.status_code, answer.content) == (206, whole[:2])
    assert answer.headers["content-range"] == f"bytes 0-1/{len(whole)}"
