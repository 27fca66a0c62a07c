"""What operators ask a running server."""

import httpx2
import pytest

from kempelen.app import App
from services.serving import Served, serving


@pytest.mark.parametrize("listener", ["production", "sandbox"])
def test_health_readiness_version_and_metrics_are_answered(served: Served, listener: str) -> None:
    url = served.url(listener)
    assert httpx2.get(f"{url}/health").json() == {"status": "ok"}
    assert httpx2.get(f"{url}/ready").json() == {"status": "ready"}
    assert httpx2.get(f"{url}/version").json()["world"] == listener
    assert "kempelen_calls" in httpx2.get(f"{url}/metrics").text


def test_metrics_can_be_kept_for_those_who_bring_a_token(app: App) -> None:
    from dataclasses import replace

    guarded = replace(app, settings=replace(app.settings, metrics_token="a token"))
    with serving(guarded) as served:
        url = f"{served.url('production')}/metrics"
        assert httpx2.get(url).status_code == 401
        assert httpx2.get(url, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert httpx2.get(url, headers={"Authorization": "Bearer a token"}).status_code == 200
