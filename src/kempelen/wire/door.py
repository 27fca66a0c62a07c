"""The AWS JSON 1.1 door: `POST /` with `X-Amz-Target`, signed. Translates, and decides nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from kempelen.errors import Refusal, SerializationException
from kempelen.market import Market
from kempelen.operation import REGISTER, Actor, UnknownOperation
from kempelen.wire import signature
from kempelen.wire.accounts import Accounts

log = logging.getLogger("kempelen.wire")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

CONTENT_TYPE = b"application/x-amz-json-1.1"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(strict=True).decode


class WireDoor:
    """Answers signed calls for one world; operations of the house are run in the house."""

    def __init__(
        self, market: Market, house: Market, accounts: Accounts, prefixes: dict[str, frozenset[str]]
    ) -> None:
        self._market = market
        self._house = house
        self._accounts = accounts
        self._targets = {
            f"{prefix}.{name}".encode(): name for prefix, names in prefixes.items() for name in names
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one `POST /`."""
        request_id = self._market.new_request_id()
        body = await _read(receive)
        try:
            status, answer = 200, await self._answer(scope, body, request_id)
        except Refusal as refusal:
            status, answer = refusal.status, self._refused(refusal)
        except Exception:
            log.exception("request %s failed", request_id)
            status, answer = 500, _fault()
        await _send(send, status, answer, request_id)

    async def _answer(self, scope: Scope, body: bytes, request_id: str) -> bytes:
        headers: Headers = scope["headers"]
        name = self._name(headers)
        actor = self._actor(scope, headers, body)
        market = self._house if REGISTER[name].in_house else self._market
        result = await market.run_async(name, actor, _payload(body), request_id=request_id)
        return _encode(result)

    def _name(self, headers: Headers) -> str:
        targets = [value for key, value in headers if key == b"x-amz-target"]
        name = self._targets.get(targets[0]) if len(targets) == 1 else None
        if name is None:
            shown = targets[0].decode("latin-1")[:200] if targets else "(no X-Amz-Target)"
            raise UnknownOperation(name=shown)
        return name

    def _actor(self, scope: Scope, headers: Headers, body: bytes) -> Actor:
        request = signature.SignedRequest(
            method=scope["method"],
            raw_path=scope.get("raw_path") or b"/",
            query_string=scope["query_string"],
            headers=headers,
            body=body,
        )
        claim = signature.claim_of(request)
        return self._accounts.signed(request, claim, scope)

    def _refused(self, refusal: Refusal) -> bytes:
        answer = {"__type": refusal.type, "Message": refusal.message}
        if refusal.stamped:
            answer["Message"] += f" ({self._market.clock()}{self._market.traits.message_suffix})"
        if refusal.code:
            answer["TurkErrorCode"] = refusal.code
        return _encode(answer)


def _payload(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise SerializationException(text=f"The request is not valid JSON: {fault}") from None


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
    return b"".join(parts)


async def _send(send: Send, status: int, answer: bytes, request_id: str) -> None:
    headers = [
        (b"content-type", CONTENT_TYPE),
        (b"content-length", str(len(answer)).encode()),
        (b"x-amzn-requestid", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def _fault() -> bytes:
    return _encode(
        {
            "__type": "ServiceFault",
            "Message": "There was an error with this request.",
            "TurkErrorCode": "AWS.MechanicalTurk.ServiceFault",
        }
    )
