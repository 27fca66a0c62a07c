"""Push subscriptions: whose they are, how many, and what becomes of one that has gone."""

from collections.abc import Mapping
from typing import Any

import pytest

from kempelen.app import App, senders
from kempelen.channels.push import SubscriptionGone
from kempelen.errors import Refusal
from kempelen.jobs.deliveries import Deliveries
from kempelen.jobs.senders import Pushes
from kempelen.operations.telling.push import push
from kempelen.rules.push import decoded
from kempelen.store import outbox, push_subscriptions
from people import Town, Worker

POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


def subscribe(worker: Worker, name: str) -> str:
    endpoint = f"https://push.example.org/{name}"
    worker("PutPushSubscription", Endpoint=endpoint, P256dh=POINT, Auth=AUTH)
    return endpoint


def browsers(town: Town, worker: Worker) -> list[str]:
    found = town.market.read(lambda call: push_subscriptions.of_worker(call, worker.actor.account))
    return sorted(endpoint.rpartition("/")[2] for _, endpoint in found)


def test_a_browser_subscribes_once(town: Town, wei: Worker, ana: Worker) -> None:
    endpoint = subscribe(wei, "desk")
    subscribe(wei, "desk")
    subscribe(ana, "desk")
    assert browsers(town, wei) == ["desk"]
    ana("DeletePushSubscription", Endpoint=endpoint)
    assert (browsers(town, wei), browsers(town, ana)) == (["desk"], [])


def test_of_too_many_the_oldest_goes(town: Town, wei: Worker) -> None:
    for number in range(11):
        subscribe(wei, f"b{number:02}")
        town.advance(seconds=1)
    assert browsers(town, wei) == [f"b{number:02}" for number in range(1, 11)]


@pytest.mark.parametrize(
    "endpoint", ["http://push.example.org/a", "https://127.0.0.1/a", "https://", "ftp://a"]
)
def test_only_places_outside_are_taken(wei: Worker, endpoint: str) -> None:
    with pytest.raises(Refusal):
        wei("PutPushSubscription", Endpoint=endpoint, P256dh=POINT, Auth=AUTH)


def test_the_key_stays_the_houses(app: App, sandbox: Town, wei: Worker) -> None:
    key = wei("GetPushKey")["PublicKey"]
    assert len(decoded(key)) == 65
    assert sandbox.worker("Will")("GetPushKey")["PublicKey"] == key


class Service:
    """A push service by hand."""

    def __init__(self, *, gone: bool = False) -> None:
        self.gone = gone
        self.sent: list[tuple[str, Mapping[str, str]]] = []

    def send(self, to: Any, message: Mapping[str, str], *, now: int) -> None:
        if self.gone:
            raise SubscriptionGone("gone", permanent=True)
        self.sent.append((to.endpoint, message))


def deliver(town: Town, service: Service) -> None:
    sender = Pushes(service, push_subscriptions.find, push_subscriptions.remove, SubscriptionGone)
    Deliveries(town.market, outbox, {"push": sender}).drain()


def test_a_message_goes_to_every_browser(app: App, town: Town, wei: Worker) -> None:
    assert "push" in senders(app, town.market)
    subscribe(wei, "desk")
    subscribe(wei, "phone")
    town.market.system(
        lambda call: push(call, wei.actor.account, title="Paid", text="$1.00", path="/earnings")
    )
    service = Service()
    deliver(town, service)
    assert sorted(endpoint[-5:] for endpoint, _ in service.sent) == ["/desk", "phone"]
    assert service.sent[0][1]["url"].endswith("/earnings")


def test_a_browser_that_has_gone_is_forgotten(town: Town, wei: Worker) -> None:
    subscribe(wei, "desk")
    town.market.system(lambda call: push(call, wei.actor.account, title="Paid", text="", path="/"))
    deliver(town, Service(gone=True))
    assert browsers(town, wei) == []
