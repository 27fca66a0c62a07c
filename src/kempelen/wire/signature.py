"""AWS Signature Version 4: who signed this request, and is it whole?

One algorithm, one place for it (the `Authorization` header) and no leniency: what a client in use sends is
accepted, everything else is refused with words that say what to change. A wrong signature and an unknown
access key get the same answer after the same work, so neither text nor time tells which keys exist.

Source: AWS General Reference, "Signature Version 4 signing process".
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from threading import Lock
from urllib.parse import quote, unquote_to_bytes

from kempelen.errors import Refusal

SERVICE = "mturk-requester"
SKEW_SECONDS = 300
ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
AUTHORIZATION_CHARACTERS = 4096

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details."
)
NOBODY = "nobody has this secret, and no request signed with it is accepted"

ACCESS_KEY_ID = re.compile(r"[A-Za-z0-9_]{1,128}")
DAY = re.compile(r"[0-9]{8}")
REGION = re.compile(r"[A-Za-z0-9-]{1,64}")
SCOPE_SERVICE = re.compile(r"[A-Za-z0-9_-]{1,64}")
SIGNED_HEADERS = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,128}(?:;[a-z0-9!#$%&'*+.^_`|~-]{1,128}){0,99}")
SIGNATURE = re.compile(r"[0-9a-f]{64}")
MOMENT = re.compile(rb"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")
QUERY_SIGNATURE = re.compile(
    rb"(?:^|&)(?:x-amz-(?:algorithm|signature|credential)|awsaccesskeyid|signature)=", re.I
)
INNER = bytes(byte ^ 0x36 for byte in range(256))
OUTER = bytes(byte ^ 0x5C for byte in range(256))
EPOCH_DAY = date(1970, 1, 1).toordinal()


class MissingAuthenticationToken(Refusal):
    """Missing Authentication Token"""

    type = "MissingAuthenticationTokenException"
    status = 403
    page_status = 403
    stamped = False


class IncompleteSignature(Refusal):
    """{reason}"""

    type = "IncompleteSignatureException"
    page_status = 403
    stamped = False


class InvalidSignature(Refusal):
    """{reason}"""

    type = "InvalidSignatureException"
    page_status = 403
    stamped = False


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came: header names in lower case, values and target bytes untouched."""

    method: str
    raw_path: bytes
    query_string: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What the Authorization header says; nothing in it has been proved."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[bytes, ...]
    signature: str


class SigningKey:
    """HMAC-SHA256 under one key, with the key's two blocks hashed beforehand (RFC 2104, section 4)."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        assert len(key) <= 64
        block = key.ljust(64, b"\0")
        self._inner = sha256(block.translate(INNER))
        self._outer = sha256(block.translate(OUTER))

    def sign(self, text: bytes) -> str:
        """The signature in hexadecimal."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.hexdigest()


class SigningKeys:
    """Derived signing keys by (secret, day, region, service); the eldest is forgotten first.

    They live in memory only. A withdrawn access key is refused where its secret is looked up, not here.
    """

    def __init__(self, capacity: int = 4096) -> None:
        self.capacity = capacity
        self._keys: dict[tuple[str, str, str, str], SigningKey] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, secret: str, *, day: str, region: str, service: str) -> SigningKey:
        """The key that signs on this `day` (yyyymmdd, UTC), derived when it is not at hand."""
        key = self._keys.get((secret, day, region, service))
        if key is None:
            key = SigningKey(signing_key(secret, day=day, region=region, service=service))
            with self._lock:
                while len(self._keys) >= self.capacity:
                    del self._keys[next(iter(self._keys))]
                self._keys[(secret, day, region, service)] = key
        return key


def claim_of(request: SignedRequest) -> Claim:
    """Whom this request says it is from.

    Raises MissingAuthenticationToken without a signature, IncompleteSignature for one that cannot be read or
    that stands where we take none.
    """
    authorizations = [value for name, value in request.headers if name == b"authorization"]
    if request.query_string and QUERY_SIGNATURE.search(request.query_string):
        raise IncompleteSignature(
            reason="Presigned requests are not accepted: sign in the Authorization header, not the query."
        )
    if not authorizations:
        raise MissingAuthenticationToken()
    if len(authorizations) > 1:
        raise IncompleteSignature(reason="A request must have exactly one Authorization header.")
    return parse_authorization(authorizations[0].decode("latin-1"))


def parse_authorization(header: str) -> Claim:
    """The claim an Authorization header makes; commas may stand with or without blanks.

    Raises IncompleteSignature, saying which part is missing or wrong.
    """
    # All day long a client says the same before its signature.
    before, equals, signature = header.rpartition("Signature=")
    if SIGNATURE.fullmatch(signature) is None:
        return _parsed(header)
    claim = _parsed_before(before + equals)
    return Claim(
        claim.access_key_id, claim.date, claim.region, claim.service, claim.signed_headers, signature
    )


@lru_cache(maxsize=1024)
def _parsed_before(header: str) -> Claim:
    return _parsed(header + 64 * "0")


def _parsed(header: str) -> Claim:
    if len(header) > AUTHORIZATION_CHARACTERS:
        raise IncompleteSignature(
            reason=f"Authorization header is over {AUTHORIZATION_CHARACTERS} characters."
        )
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise IncompleteSignature(reason=_algorithm_refused(algorithm))
    parts: dict[str, str] = {}
    for piece in rest.split(","):
        name, equals, value = piece.strip(" \t").partition("=")
        if not equals or name not in ("Credential", "SignedHeaders", "Signature") or name in parts:
            raise IncompleteSignature(
                reason="Authorization header must hold Credential, SignedHeaders and Signature, each once, "
                "as key=value pairs parted by commas."
            )
        parts[name] = value
    missing = [name for name in ("Credential", "SignedHeaders", "Signature") if name not in parts]
    if missing:
        raise IncompleteSignature(
            reason=" ".join(f"Authorization header requires '{name}' parameter." for name in missing)
        )
    return _claim(credential=parts["Credential"], names=parts["SignedHeaders"], signature=parts["Signature"])


def verify(
    request: SignedRequest,
    claim: Claim,
    *,
    secret: str | None,
    keys: SigningKeys,
    now: int,
    session_token: str | None = None,
    service: str = SERVICE,
) -> None:
    """Return if the owner of `secret` signed this request, it is whole, and dated within 5 minutes of `now`.

    `secret` is None for an access key nobody has. `now` is in milliseconds. `session_token` is the one issued
    with the access key, None for lasting keys. Raises IncompleteSignature or InvalidSignature.
    """
    fields = folded(request.headers)
    moment = _check_headers(request.headers, fields, claim=claim, session_token=session_token)
    _check_scope(claim, moment=moment, service=service)
    _check_age(moment, now=now)
    body_hash = sha256(request.body).hexdigest()
    if b"x-amz-content-sha256" in fields:
        _check_payload_hash(fields[b"x-amz-content-sha256"], body_hash=body_hash)
    known = NOBODY if secret is None else secret
    key = keys.get(known, day=claim.date, region=claim.region, service=service)
    canonical = canonical_request(request, fields, signed_headers=claim.signed_headers, body_hash=body_hash)
    expected = key.sign(string_to_sign(canonical, claim=claim, moment=moment))
    if not hmac.compare_digest(expected, claim.signature) or secret is None:
        raise InvalidSignature(reason=MISMATCH)


def signing_key(secret: str, *, day: str, region: str, service: str) -> bytes:
    """The key derived from a secret for one day, region and service."""
    key = ("AWS4" + secret).encode()
    for part in (day, region, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def string_to_sign(canonical: bytes, *, claim: Claim, moment: bytes) -> bytes:
    """What the signing key signs, for a canonical request at `moment` (yyyymmddThhmmssZ)."""
    scope = f"{claim.date}/{claim.region}/{claim.service}/{TERMINATOR}\n{sha256(canonical).hexdigest()}"
    return b"AWS4-HMAC-SHA256\n" + moment + b"\n" + scope.encode()


def folded(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Headers by name, the values of a repeated one joined by commas."""
    fields = dict(headers)
    if len(fields) < len(headers):
        fields.clear()
        for name, value in headers:
            fields[name] = fields[name] + b"," + value if name in fields else value
    return fields


def canonical_request(
    request: SignedRequest, fields: Mapping[bytes, bytes], *, signed_headers: Sequence[bytes], body_hash: str
) -> bytes:
    """The bytes whose hash is signed. `fields` are the request's headers, folded."""
    lines = b"".join([name + b":" + fields.get(name, b"") + b"\n" for name in signed_headers])
    if b"  " in lines or b": " in lines or b" \n" in lines or b"\t" in lines:
        trimmed = [name + b":" + b" ".join(fields.get(name, b"").split()) for name in signed_headers]
        lines = b"\n".join(trimmed) + b"\n"
    path, query = request.raw_path, request.query_string
    if path != b"/":
        path = canonical_path(path)
    if query:
        query = canonical_query(query)
    names = b";".join(signed_headers)
    return b"\n".join((request.method.encode(), path, query, lines, names, body_hash.encode()))


def canonical_path(raw_path: bytes) -> bytes:
    """The path without dot segments and empty segments, percent-encoded once more."""
    segments: list[bytes] = []
    for segment in raw_path.split(b"/"):
        if segment == b"..":
            del segments[-1:]
        elif segment not in (b"", b"."):
            segments.append(segment)
    path = b"/" + b"/".join(segments)
    if segments and raw_path.endswith(b"/"):
        path += b"/"
    return quote(path, safe="/-_.~").encode()


def canonical_query(query_string: bytes) -> bytes:
    """The query's pairs, encoded anew and sorted."""
    pairs = []
    for pair in query_string.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs)).encode()


def _encoded(part: bytes) -> str:
    return quote(unquote_to_bytes(part), safe="-_.~")


def _algorithm_refused(algorithm: str) -> str:
    if algorithm == "AWS" or algorithm.startswith("AWS3"):
        return f"Signature Version 2 and 3 are not accepted: sign with {ALGORITHM}."
    if algorithm.startswith("AWS4-"):
        return f"This signing algorithm is not accepted: sign with {ALGORITHM}."
    return f"The Authorization header must begin with {ALGORITHM}."


def _claim(*, credential: str, names: str, signature: str) -> Claim:
    parts = credential.split("/")
    if len(parts) != 5:
        raise IncompleteSignature(
            reason="Credential must have 5 elements parted by slashes: keyid/date/region/service/term."
        )
    access_key_id, day, region, service, terminator = parts
    if not (
        ACCESS_KEY_ID.fullmatch(access_key_id)
        and DAY.fullmatch(day)
        and REGION.fullmatch(region)
        and SCOPE_SERVICE.fullmatch(service)
    ):
        raise IncompleteSignature(
            reason="Credential has a key id, date, region or service of the wrong form."
        )
    if terminator != TERMINATOR:
        raise InvalidSignature(reason=f"Credential should be scoped with a valid terminator: '{TERMINATOR}'.")
    if not SIGNED_HEADERS.fullmatch(names):
        raise IncompleteSignature(reason="SignedHeaders must be lower-case names parted by semicolons.")
    signed = tuple(names.encode().split(b";"))
    if any(left >= right for left, right in pairwise(signed)):
        raise IncompleteSignature(reason="SignedHeaders must be sorted and name each header once.")
    if not SIGNATURE.fullmatch(signature):
        raise IncompleteSignature(reason="Signature must be 64 hexadecimal digits in lower case.")
    return Claim(access_key_id, day, region, service, signed, signature)


def _check_headers(
    headers: Sequence[tuple[bytes, bytes]],
    fields: Mapping[bytes, bytes],
    *,
    claim: Claim,
    session_token: str | None,
) -> bytes:
    """The X-Amz-Date header, if every header that must be signed is, and each stands there once."""
    signed = claim.signed_headers
    if b"host" not in signed:
        raise InvalidSignature(reason="'Host' must be a 'SignedHeader' in the AWS Authorization.")
    for name in signed:
        if name not in fields:
            raise InvalidSignature(reason=f"The signed header '{name.decode()}' is missing.")
    if len(fields) < len(headers):
        names = [name for name, _ in headers]
        for name in signed:
            if names.count(name) > 1:
                raise InvalidSignature(reason=f"The signed header '{name.decode()}' is sent more than once.")
    for name in fields:
        if name[:6] == b"x-amz-" and name not in signed:
            unsigned = name.decode("latin-1")
            raise InvalidSignature(reason=f"'{unsigned}' must be a 'SignedHeader' in the AWS Authorization.")
    if b"x-amz-date" not in signed:
        raise IncompleteSignature(reason="Authorization header requires existence of an 'X-Amz-Date' header.")
    if session_token is not None or b"x-amz-security-token" in fields:
        _check_token(fields.get(b"x-amz-security-token", b""), session_token=session_token)
    return fields[b"x-amz-date"]


def _check_token(sent: bytes, *, session_token: str | None) -> None:
    if session_token is None or not hmac.compare_digest(sent, session_token.encode()):
        raise InvalidSignature(reason="The security token included in the request is invalid.")


def _check_scope(claim: Claim, *, moment: bytes, service: str) -> None:
    if claim.service != service:
        raise InvalidSignature(reason=f"Credential should be scoped to correct service: '{service}'.")
    if moment[:8] != claim.date.encode():
        sent = moment.decode("latin-1")
        raise InvalidSignature(
            reason="Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{claim.date}' != '{sent[:8]}', from '{sent[:32]}'."
        )


def _check_age(moment: bytes, *, now: int) -> None:
    signed_at = _milliseconds(moment)
    skew = SKEW_SECONDS * 1000
    if abs(signed_at - now) <= skew:
        return
    sent, clock, minutes = moment.decode(), _written(now), SKEW_SECONDS // 60
    if signed_at < now:
        limit = _written(now - skew)
        reason = f"Signature expired: {sent} is now earlier than {limit} ({clock} - {minutes} min.)"
    else:
        limit = _written(now + skew)
        reason = f"Signature not yet current: {sent} is still later than {limit} ({clock} + {minutes} min.)"
    raise InvalidSignature(reason=reason)


def _check_payload_hash(sent: bytes, *, body_hash: str) -> None:
    if sent == b"UNSIGNED-PAYLOAD" or sent.startswith(b"STREAMING-"):
        raise InvalidSignature(
            reason="The body must be signed: UNSIGNED-PAYLOAD and STREAMING-... are not accepted."
        )
    if not hmac.compare_digest(sent, body_hash.encode()):
        raise InvalidSignature(
            reason="The provided 'x-amz-content-sha256' header does not match what was computed."
        )


@lru_cache(maxsize=512)
def _milliseconds(moment: bytes) -> int:
    match = MOMENT.fullmatch(moment)
    if match is not None:
        year, month, day, hour, minute, second = map(int, match.groups())
        if hour < 24 and minute < 60 and second < 60:
            try:
                days = date(year, month, day).toordinal() - EPOCH_DAY
            except ValueError:
                days = None
            if days is not None:
                return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
    raise IncompleteSignature(reason="Date must be in ISO-8601 'basic format': X-Amz-Date: yyyymmddThhmmssZ.")


def _written(at: int) -> str:
    seconds = at // 1000
    day = date.fromordinal(EPOCH_DAY + seconds // 86400)
    return f"{day:%Y%m%d}T{seconds // 3600 % 24:02}{seconds // 60 % 60:02}{seconds % 60:02}Z"
