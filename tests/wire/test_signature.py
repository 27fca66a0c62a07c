"""Who signed this request, and is it whole?"""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from kempelen.errors import Refusal
from kempelen.wire.signature import (
    Claim,
    IncompleteSignature,
    InvalidSignature,
    MissingAuthenticationToken,
    SignedRequest,
    SigningKey,
    SigningKeys,
    canonical_request,
    claim_of,
    folded,
    parse_authorization,
    signing_key,
    string_to_sign,
    verify,
)

VECTORS = Path(__file__).parent / "vectors"
SUITE = json.loads((VECTORS / "aws_signing_suite.json").read_text())
CLIENTS = json.loads((VECTORS / "clients.json").read_text())

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = 1_768_478_400_000  # 2026-01-15T12:00:00Z
MINUTE = 60_000
BODY = b'{"MaxResults":10}'
HEADERS = {
    b"host": b"market.example.org",
    b"content-type": b"application/x-amz-json-1.1",
    b"x-amz-target": b"MTurkRequesterServiceV20170117.ListHITs",
    b"x-amz-date": b"20260115T120000Z",
}


def signed(
    headers=(),
    *,
    names=None,
    body=BODY,
    secret=SECRET,
    region="us-east-1",
    service="mturk-requester",
    day=None,
    terminator="aws4_request",
    method="POST",
    path=b"/",
    query=b"",
):
    """A request as an honest client signs it; `headers` replace the usual ones, None takes one away."""
    fields = {name: value for name, value in {**HEADERS, **dict(headers)}.items() if value is not None}
    request = SignedRequest(method, path, query, list(fields.items()), body)
    names = tuple(sorted(fields)) if names is None else names
    moment = fields.get(b"x-amz-date", b"20260115T120000Z")
    day = day or moment[:8].decode()
    claim = Claim("AKIAIOSFODNN7EXAMPLE", day, region, service, names, "0" * 64)
    body_hash = hashlib.sha256(body).hexdigest()
    canonical = canonical_request(request, folded(request.headers), signed_headers=names, body_hash=body_hash)
    key = SigningKey(signing_key(secret, day=day, region=region, service=service))
    signature = key.sign(string_to_sign(canonical, claim=claim, moment=moment))
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={claim.access_key_id}/{day}/{region}/{service}/{terminator}, "
        f"SignedHeaders={b';'.join(names).decode()}, Signature={signature}"
    )
    return replace(request, headers=[*request.headers, (b"authorization", authorization.encode())])


def check(request, *, secret=SECRET, now=NOW, **more):
    verify(request, claim_of(request), secret=secret, keys=SigningKeys(), now=now, **more)


def refused(request, *, saying="", **more):
    with pytest.raises((InvalidSignature, IncompleteSignature)) as caught:
        check(request, **more)
    assert saying in caught.value.message
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize("case", SUITE["cases"], ids=lambda case: case["name"])
def test_aws_own_vectors_give_aws_own_signatures(case):
    headers = [(name.encode(), value.encode()) for name, value in case["headers"]]
    body = case["body"].encode()
    request = SignedRequest(case["method"], case["path"].encode(), case["query"].encode(), headers, body)
    names = tuple(name.encode() for name in case["signed_headers"])
    claim = Claim(SUITE["access_key_id"], SUITE["date"], SUITE["region"], SUITE["service"], names, "")
    body_hash = hashlib.sha256(body).hexdigest()
    canonical = canonical_request(request, folded(headers), signed_headers=names, body_hash=body_hash)
    key = signing_key(SUITE["secret"], day=claim.date, region=claim.region, service=claim.service)
    text = string_to_sign(canonical, claim=claim, moment=SUITE["moment"].encode())
    assert SigningKey(key).sign(text) == case["signature"]


@pytest.mark.parametrize("case", CLIENTS["requests"], ids=lambda case: case["name"])
def test_what_aws_clients_send_is_accepted(case):
    headers = [(name.encode(), value.encode()) for name, value in case["headers"]]
    request = SignedRequest("POST", b"/", b"", headers, case["body"].encode())
    assert claim_of(request).access_key_id == CLIENTS["access_key_id"]
    check(request, secret=CLIENTS["secret"], now=CLIENTS["now"])


@pytest.mark.parametrize("case", CLIENTS["requests"], ids=lambda case: case["name"])
def test_a_changed_body_is_refused_for_every_client(case):
    headers = [(name.encode(), value.encode()) for name, value in case["headers"]]
    request = SignedRequest("POST", b"/", b"", headers, case["body"].encode() + b" ")
    refused(request, secret=CLIENTS["secret"], now=CLIENTS["now"])


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "sandbox", "local"])
def test_any_region_is_accepted(region):
    check(signed(region=region))


def test_the_region_cannot_be_changed_afterwards():
    request = signed(region="eu-west-1")
    name, value = request.headers[-1]
    moved = replace(
        request, headers=[*request.headers[:-1], (name, value.replace(b"eu-west-1", b"us-east-1"))]
    )
    refused(moved, saying="does not match the signature")


def test_unknown_key_and_wrong_secret_get_the_same_answer():
    unknown = refused(signed(), secret=None)
    wrong = refused(signed(secret="another"))
    assert (unknown.type, unknown.message) == (wrong.type, wrong.message)
    assert unknown.type == "InvalidSignatureException"


def test_nobody_can_sign_with_the_secret_of_unknown_keys():
    from kempelen.wire.signature import NOBODY

    refused(signed(secret=NOBODY), secret=None)


@pytest.mark.parametrize(
    ("part", "value"),
    [("method", "GET"), ("raw_path", b"/other"), ("query_string", b"a=1"), ("body", b"{}")],
)
def test_every_part_of_the_request_is_under_the_signature(part, value):
    refused(replace(signed(), **{part: value}), saying="does not match the signature")


@pytest.mark.parametrize("name", [b"x-amz-target", b"host", b"content-type"])
def test_every_signed_header_is_under_the_signature(name):
    request = signed()
    headers = [(key, b"changed.example" if key == name else value) for key, value in request.headers]
    refused(replace(request, headers=headers), saying="does not match the signature")


def test_host_must_be_signed():
    refused(signed(names=(b"content-type", b"x-amz-date", b"x-amz-target")), saying="'Host' must be")


@pytest.mark.parametrize("name", [b"x-amz-target", b"x-amz-date", b"x-amz-anything"])
def test_every_amz_header_must_be_signed(name):
    request = signed({b"x-amz-anything": b"1"}, names=tuple(sorted({*HEADERS, b"x-amz-anything"} - {name})))
    refused(request, saying=f"'{name.decode()}' must be a 'SignedHeader'")


def test_an_amz_header_added_on_the_way_is_refused():
    request = signed()
    refused(
        replace(request, headers=[*request.headers, (b"x-amz-target", b"Other")]), saying="more than once"
    )
    refused(
        replace(request, headers=[*request.headers, (b"x-amz-new", b"1")]), saying="must be a 'SignedHeader'"
    )


def test_a_doubled_signed_header_is_refused_even_when_both_are_equal():
    request = signed()
    refused(replace(request, headers=[request.headers[0], *request.headers]), saying="more than once")


def test_an_unsigned_header_may_be_doubled():
    request = signed()
    check(replace(request, headers=[*request.headers, (b"via", b"1.1 a"), (b"via", b"1.1 b")]))


def test_a_signed_header_that_is_missing_is_refused():
    request = signed()
    headers = [field for field in request.headers if field[0] != b"content-type"]
    refused(replace(request, headers=headers), saying="'content-type' is missing")


def test_blanks_in_header_values_count_as_one():
    request = signed({b"x-amz-note": b"a b"})
    headers = [(name, b"  a \t  b " if name == b"x-amz-note" else value) for name, value in request.headers]
    check(replace(request, headers=headers))


@pytest.mark.parametrize("drift", [-5 * MINUTE, 5 * MINUTE, 0])
def test_five_minutes_of_skew_are_accepted(drift):
    check(signed(), now=NOW + drift)


def test_an_old_signature_says_what_time_it_is():
    problem = refused(signed(), now=NOW + 5 * MINUTE + 1000)
    assert problem.type == "InvalidSignatureException"
    assert problem.message == (
        "Signature expired: 20260115T120000Z is now earlier than 20260115T120001Z (20260115T120501Z - 5 min.)"
    )


def test_a_signature_from_the_future_says_what_time_it_is():
    assert refused(signed(), now=NOW - 6 * MINUTE).message == (
        "Signature not yet current: 20260115T120000Z is still later than 20260115T115900Z "
        "(20260115T115400Z + 5 min.)"
    )


def test_a_day_old_signature_is_refused_whoever_asks():
    assert refused(signed(), secret=None, now=NOW + 1440 * MINUTE).message.startswith("Signature expired")


@pytest.mark.parametrize(
    "moment",
    [
        b"20260115T250000Z",
        b"20260230T120000Z",
        b"20260115T1200Z",
        b"2026-01-15T12:00:00Z",
        b"00000115T120000Z",
    ],
)
def test_a_date_that_is_none_is_refused(moment):
    request = signed({b"x-amz-date": moment}, day=moment[:8].decode() if moment[:8].isdigit() else "20260115")
    refused(request)


def test_the_date_must_be_sent():
    problem = refused(signed({b"x-amz-date": None}), saying="X-Amz-Date")
    assert problem.type == "IncompleteSignatureException"


def test_the_scope_must_be_of_the_same_day():
    refused(signed(day="20260114"), saying="Date in Credential scope does not match")


def test_the_scope_must_be_for_this_service():
    refused(signed(service="s3"), saying="correct service: 'mturk-requester'")


def test_the_scope_must_end_as_version_4_ends():
    refused(signed(terminator="aws5_request"), saying="terminator: 'aws4_request'")


def test_a_session_token_nobody_issued_is_refused():
    refused(signed({b"x-amz-security-token": b"made up"}), saying="security token")


def test_a_session_token_we_issued_must_be_there_and_equal():
    check(signed({b"x-amz-security-token": b"issued"}), session_token="issued")
    refused(signed({b"x-amz-security-token": b"other"}), session_token="issued", saying="security token")
    refused(signed(), session_token="issued", saying="security token")


@pytest.mark.parametrize(
    "value",
    [b"UNSIGNED-PAYLOAD", b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", b"STREAMING-UNSIGNED-PAYLOAD-TRAILER"],
)
def test_an_unsigned_body_is_refused_with_clear_words(value):
    refused(signed({b"x-amz-content-sha256": value}), saying="The body must be signed")


def test_a_stated_body_hash_must_be_the_body_s():
    check(signed({b"x-amz-content-sha256": hashlib.sha256(BODY).hexdigest().encode()}))
    refused(
        signed({b"x-amz-content-sha256": hashlib.sha256(b"{}").hexdigest().encode()}), saying="does not match"
    )
    refused(signed({b"x-amz-content-sha256": "\u00e9".encode()}), saying="does not match")


def test_no_authorization_is_a_missing_token():
    with pytest.raises(MissingAuthenticationToken) as caught:
        claim_of(SignedRequest("POST", b"/", b"", list(HEADERS.items()), BODY))
    assert caught.value.status == 403
    assert caught.value.message == "Missing Authentication Token"


def test_two_authorizations_are_refused():
    request = signed()
    refused(replace(request, headers=[*request.headers, request.headers[-1]]), saying="exactly one")


@pytest.mark.parametrize(
    "query",
    [
        b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00",
        b"a=1&x-amz-credential=AKIA",
        b"AWSAccessKeyId=AKIA&Signature=abc&Expires=99999999999",
    ],
)
def test_presigned_requests_are_refused_with_clear_words(query):
    refused(SignedRequest("POST", b"/", query, list(HEADERS.items()), BODY), saying="Presigned requests")
    refused(signed(query=query), saying="Presigned requests")


@pytest.mark.parametrize(
    ("header", "saying"),
    [
        ("AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=", "Signature Version 2"),
        ("AWS3-HTTPS AWSAccessKeyId=AKIA", "Version 2 and 3"),
        ("AWS4-ECDSA-P256-SHA256 Credential=a", "algorithm is not accepted"),
        ("AWS4-HMAC-SHA1 Credential=a", "algorithm is not accepted"),
        ("none", "must begin with AWS4-HMAC-SHA256"),
        ("Bearer abc", "must begin with AWS4-HMAC-SHA256"),
        ("", "must begin with"),
        ("AWS4-HMAC-SHA256", "must hold"),
        ("AWS4-HMAC-SHA256 Credential=A/20260115/r/s/aws4_request", "requires 'SignedHeaders' parameter"),
        ("AWS4-HMAC-SHA256 " + "x" * 5000, "over 4096"),
    ],
)
def test_an_authorization_that_cannot_be_read_says_why(header, saying):
    with pytest.raises(IncompleteSignature) as caught:
        parse_authorization(header)
    assert saying in caught.value.message


GOOD = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/mturk-requester/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0a" * 32
)


def test_a_claim_is_what_the_header_says():
    assert parse_authorization(GOOD) == parse_authorization(GOOD.replace(", ", ","))
    assert parse_authorization(GOOD) == Claim(
        "AKIAIOSFODNN7EXAMPLE",
        "20260115",
        "us-east-1",
        "mturk-requester",
        (b"host", b"x-amz-date"),
        "0a" * 32,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("host;x-amz-date", "x-amz-date;host"),
        ("host;x-amz-date", "host;host"),
        ("host;x-amz-date", "Host;x-amz-date"),
        ("host;x-amz-date", "host;"),
        ("host;x-amz-date", ""),
        ("0a" * 32, "0A" * 32),
        ("0a" * 32, "0a" * 31),
        ("0a" * 32, "0a" * 32 + "\n"),
        ("/20260115/", "/2026011/"),
        ("/20260115/", "/２０２６０１１５/"),
        ("/us-east-1/", "//"),
        ("/us-east-1/", "/us/east/"),
        ("/aws4_request", ""),
        ("AKIAIOSFODNN7EXAMPLE", "AKIA OSFODNN7EXAMPLE"),
        ("AKIAIOSFODNN7EXAMPLE", ""),
        (", Signature", ", Signature=1, Signature"),
        (", Signature", ", Extra=1, Signature"),
        (", Signature", ",, Signature"),
        (", Signature", " Signature"),
        ("AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
    ],
)
def test_an_authorization_bent_in_any_part_is_refused(old, new):
    assert old in GOOD
    with pytest.raises(Refusal):
        parse_authorization(GOOD.replace(old, new))


def test_signing_keys_are_kept_and_bounded():
    keys = SigningKeys(capacity=3)
    first = keys.get("a", day="20260115", region="r", service="s")
    assert keys.get("a", day="20260115", region="r", service="s") is first
    for number in range(10):
        keys.get(str(number), day="20260115", region="r", service="s")
    assert len(keys) == 3


def test_a_kept_key_serves_its_own_day_region_and_secret_only():
    keys = SigningKeys()
    for request, secret in [
        (signed(), SECRET),
        (signed(region="eu-west-1"), SECRET),
        (signed(secret="other"), "other"),
    ]:
        verify(request, claim_of(request), secret=secret, keys=keys, now=NOW)
    with pytest.raises(InvalidSignature):
        verify(signed(), claim_of(signed()), secret="other", keys=keys, now=NOW)
    assert len(keys) == 3
