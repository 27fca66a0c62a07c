"""Push subscriptions as browsers give them, judged from their spelling alone (RFC 8291 section 3.1)."""

from __future__ import annotations

import base64
import binascii
import re

from kempelen.errors import ParameterValidationError

POINT_BYTES = 65
AUTH_BYTES = 16
_URL_SAFE = re.compile(r"[A-Za-z0-9_-]+")
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""The curve P-256: y² = x³ - 3x + b modulo p (FIPS 186-5; SP 800-186 section 3.2.1.3)."""


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding. Raises `ValueError`."""
    text = text.rstrip("=")
    if not _URL_SAFE.fullmatch(text):
        raise ValueError("not base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as fault:
        raise ValueError("not base64url") from fault


def encoded(octets: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def refuse_wrong_keys(*, p256dh: str, auth: str) -> None:
    """Raise `ParameterValidationError` for keys no browser would give."""
    if not _is_point(p256dh):
        raise ParameterValidationError("P256dh must be a point of P-256, uncompressed, in base64url.")
    try:
        is_right = len(decoded(auth)) == AUTH_BYTES
    except ValueError:
        is_right = False
    if not is_right:
        raise ParameterValidationError(f"Auth must be {AUTH_BYTES} bytes in base64url.")


def _is_point(text: str) -> bool:
    try:
        octets = decoded(text)
    except ValueError:
        return False
    if len(octets) != POINT_BYTES or octets[0] != 4:
        return False
    x, y = int.from_bytes(octets[1:33]), int.from_bytes(octets[33:])
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0
