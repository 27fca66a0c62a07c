"""The AWS JSON 1.1 door: `POST /` with `X-Amz-Target`, signed. Translates, and decides nothing.

Our own operations may come with a bearer token instead, from browsers of any origin (`bearer.py`). Where a
member is given twice, the last one counts.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from kempelen.errors import Refusal, SerializationException, Unavailable
from kempelen.market import Market
from kempelen.operation import REGISTER, Actor, UnknownOperation
from kempelen.wire import bearer, signature
from kempelen.wire.accounts import Accounts

log = logging.getLogger("kempelen.wire")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

OURS = b"KempelenV1."
"""How targets of our own operations begin: those that a bearer token may call."""
CONTENT_TYPE = b"application/x-amz-json-1.1"
MOST_COMING_IN = 134_217_728
"""Bytes of all bodies together that are still coming in, from senders nobody knows yet. Only small bodies are
taken beyond it."""
SMALL = 65_536
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(strict=True).decode


class ClientGone(Exception):
    """Nobody waits for an answer any more."""


class WireDoor:
    """Answers signed calls for one world; operations of the house are run in the house."""

    def __init__(
        self, market: Market, house: Market, accounts: Accounts, prefixes: dict[str, frozenset[str]]
    ) -> None:
        self._market = market
        self._house = house
        self._accounts = accounts
        self._coming_in = 0
        self._targets = {
            f"{prefix}.{name}".encode(): name for prefix, names in prefixes.items() for name in names
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one `POST /` or `OPTIONS /`."""
        request_id = self._market.new_request_id()
        if scope["method"] == "OPTIONS":
            await _send(send, 204, b"", request_id, bearer.PREFLIGHT)
            return
        from_browser = False
        try:
            name = self._name(scope["headers"])
            body = await self._read(receive)
            token = bearer.token_of(scope["headers"])
            from_browser = token is not None and self._is_ours(scope["headers"])
            actor = self._actor(scope, body) if token is None else self._bearer(scope, token)
            market = self._house if _is_in_house(name) else self._market
            answered = await market.run_async(name, actor, _payload(body), request_id=request_id)
            status, answer = 200, _encode(answered)
        except ClientGone:
            return
        except Refusal as refusal:
            status, answer = refusal.status, self._refused(refusal)
        except Exception:
            log.exception("request %s failed", request_id)
            status, answer = 500, _fault()
        await _send(send, status, answer, request_id, bearer.CROSS_ORIGIN if from_browser else ())

    async def _read(self, receive: Receive) -> bytes:
        """The body. Raises `Unavailable` for a large one while many others are coming in."""
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                part = message.get("body", b"")
                parts.append(part)
                size += len(part)
                self._coming_in += len(part)
                if self._coming_in > MOST_COMING_IN and size > SMALL:
                    raise Unavailable()
                if not message.get("more_body"):
                    return b"".join(parts)
        finally:
            self._coming_in -= size

    def _name(self, headers: Headers) -> str:
        targets = [value for key, value in headers if key == b"x-amz-target"]
        name = self._targets.get(targets[0]) if len(targets) == 1 else None
        if name is None:
            shown = targets[0].decode("latin-1")[:200] if targets else "(no X-Amz-Target)"
            raise UnknownOperation(name=shown)
        return name

    def _is_ours(self, headers: Headers) -> bool:
        return any(key == b"x-amz-target" and value.startswith(OURS) for key, value in headers)

    def _bearer(self, scope: Scope, token: str) -> Actor:
        if not self._is_ours(scope["headers"]):
            raise bearer.SignatureWanted()
        return self._accounts.bearer(token, scope)

    def _actor(self, scope: Scope, body: bytes) -> Actor:
        request = signature.SignedRequest(
            method=scope["method"],
            raw_path=scope.get("raw_path") or b"/",
            query_string=scope["query_string"],
            headers=scope["headers"],
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


def _is_in_house(name: str) -> bool:
    operation = REGISTER.get(name)
    return operation is not None and operation.in_house


def _payload(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise SerializationException(text=f"The request is not valid JSON: {fault}") from None


async def _send(
    send: Send, status: int, answer: bytes, request_id: str, more: Iterable[tuple[bytes, bytes]]
) -> None:
    headers = [(b"x-amzn-requestid", request_id.encode()), *more]
    if status != 204:
        headers += [(b"content-type", CONTENT_TYPE), (b"content-length", str(len(answer)).encode())]
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
