"""Page tokens: sealed, so that nobody reads row keys from them, and bound to where they were given out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

LONGEST = 255
"""The contract's limit, in characters."""
_TAG = 16
_MOST_BYTES = LONGEST * 3 // 4 - _TAG
"""How many bytes of JSON a token has room for."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Position = tuple[int | str, ...]
"""The sort key of the last row that was shown."""


class InvalidToken(ValueError):
    """The token was not made by this house, or for another use."""


def seal(secret: bytes, context: str, position: Position) -> str:
    """A token for `position` that opens only in the same context.

    The tag of the content is the nonce of its key stream (a synthetic initialisation vector, as in RFC 5297),
    so equal positions have equal tokens and others have others.
    """
    content = _encode(position).encode()
    assert len(content) <= _MOST_BYTES, "a token holds keys and short names, never long text"
    tag = _tag(secret, context, content)
    return base64.urlsafe_b64encode(tag + _crossed(secret, tag, content)).rstrip(b"=").decode()


def unseal(secret: bytes, context: str, token: str) -> Position:
    """The position a token stands for. Raises `InvalidToken` for everything `seal` did not make so."""
    if len(token) > LONGEST or not token.isascii():
        raise InvalidToken(token)
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error as fault:
        raise InvalidToken(token) from fault
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise InvalidToken(token)  # the last letter has bits to spare: only the one spelling is good
    tag, content = raw[:_TAG], _crossed(secret, raw[:_TAG], raw[_TAG:])
    if not hmac.compare_digest(tag, _tag(secret, context, content)):
        raise InvalidToken(token)
    position: list[Any] = json.loads(content)
    return tuple(position)


def _tag(secret: bytes, context: str, content: bytes) -> bytes:
    framed = context.encode()
    return hmac.digest(secret, len(framed).to_bytes(4) + framed + content, hashlib.sha256)[:_TAG]


def _crossed(secret: bytes, tag: bytes, content: bytes) -> bytes:
    stream = hashlib.shake_256(b"page token" + secret + tag).digest(len(content))
    crossed = int.from_bytes(content) ^ int.from_bytes(stream)
    return crossed.to_bytes(len(content))
