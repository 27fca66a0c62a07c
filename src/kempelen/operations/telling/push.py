"""Push messages: which browsers take them for a worker, and sending one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from kempelen.errors import ParameterValidationError
from kempelen.operation import Call, Role, command, query
from kempelen.rules import push as rules
from kempelen.rules.addresses import parse_endpoint
from kempelen.store import outbox, push_subscriptions, queue


@query("GetPushKey", by=Role.WORKER)
def get_push_key(call: Call) -> dict[str, Any]:
    """The key a browser subscribes with (`applicationServerKey`), in base64url."""
    return {"PublicKey": call.traits.push_key}


@command("PutPushSubscription", by=Role.WORKER)
def put_push_subscription(call: Call, *, endpoint: str, p256dh: str, auth: str) -> None:
    """Have push messages sent to a browser, as its PushSubscription says; of over ten the oldest goes."""
    if parse_endpoint(endpoint, allowed=call.traits.egress_allowed).scheme != "https":
        raise ParameterValidationError("Endpoint must be an https URL.")
    rules.refuse_wrong_keys(p256dh=p256dh, auth=auth)
    queue.lock(call)
    push_subscriptions.put(call, endpoint=endpoint, p256dh=p256dh, auth=auth)


@command("DeletePushSubscription", by=Role.WORKER)
def delete_push_subscription(call: Call, *, endpoint: str) -> None:
    """Send a browser nothing any more; nothing happens if it is not known."""
    push_subscriptions.remove_own(call, endpoint)


def push(call: Call, worker: int, *, title: str, text: str, path: str) -> int:
    """Have a message sent to all browsers of a worker; answers how many. `path` is where a click leads."""
    found = push_subscriptions.of_worker(call, worker)
    for key, endpoint in found:
        message = {"title": title[:200], "body": text[:1_000], "url": f"{call.traits.worker_site}{path}"}
        outbox.put(
            call,
            kind="push",
            lane=f"push {urlsplit(endpoint).netloc}",
            payload={"subscription": key, "message": message},
        )
    return len(found)
