"""Bearer tokens and CORS: how browsers, from any origin, call Kempelen's own operations and no others.

A preflight cannot say which operation will follow, so it is always answered in the same way, and leaves out
the header a signature needs: only calls with a token can follow it. No credentials of the browser's own
(cookies) are ever allowed, so a foreign page gains nothing that its token does not give it.
"""

from __future__ import annotations

from collections.abc import Sequence

from kempelen.errors import Refusal

Headers = Sequence[tuple[bytes, bytes]]

SCHEME = b"bearer "
LONGEST = 512
"""Bytes of a token at most."""
PREFLIGHT = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type, x-amz-target"),
    (b"access-control-max-age", b"600"),
)
"""The answer to `OPTIONS /`."""
CROSS_ORIGIN = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-amzn-requestid"),
)
"""What answers to calls with a token carry."""


class UnrecognizedToken(Refusal):
    """The bearer token included in the request is unknown, expired or revoked."""

    type = "UnrecognizedClientException"
    status = 401
    page_status = 401
    stamped = False


class SignatureWanted(Refusal):
    """Bearer tokens are for the operations of Kempelen's own. Sign this request with an access key."""

    type = "IncompleteSignatureException"
    page_status = 403
    stamped = False


def token_of(headers: Headers) -> str | None:
    """The bearer token a request carries, or None for one without.

    Raises `UnrecognizedToken` for what cannot be one.
    """
    given = [value for name, value in headers if name == b"authorization"]
    if not any(value[: len(SCHEME)].lower() == SCHEME for value in given):
        return None
    token = given[0][len(SCHEME) :].strip()
    if len(given) != 1 or not token or len(token) > LONGEST or not token.isascii():
        raise UnrecognizedToken()
    return token.decode()
