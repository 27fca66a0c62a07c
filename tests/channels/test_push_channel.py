"""Web push: the RFC's own example, who we are, and what a push service answers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kempelen.channels import Undelivered
from kempelen.channels.push import (
    PushChannel,
    PushIdentity,
    Subscription,
    SubscriptionGone,
    encrypt,
    new_push_key,
)
from kempelen.egress import Answer, DestinationUnreachable, Egress
from kempelen.rules.ids import seeded_random
from kempelen.rules.push import decoded, encoded, refuse_wrong_keys

# RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
TO = Subscription("https://push.example.net:8443/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", THEIRS, AUTH)
NOW = 1_453_341_200_000


def test_the_example_of_the_rfc_is_encrypted_as_there() -> None:
    key = ec.derive_private_key(int.from_bytes(decoded(OURS)), ec.SECP256R1())
    assert encoded(encrypt(TEXT, TO, key=key, salt=decoded(SALT))) == BODY


def test_we_say_who_we_are() -> None:
    identity = PushIdentity(new_push_key(), contact="mailto:olga@example.org")
    scheme, token, key = identity.authorization(TO.endpoint, now=NOW).replace(",", "").split(" ")
    assert scheme == "vapid" and key == f"k={identity.public_key}"
    signed, _, signature = token.removeprefix("t=").rpartition(".")
    header, claims = (json.loads(decoded(each)) for each in signed.split("."))
    assert header == {"typ": "JWT", "alg": "ES256"}
    assert claims["aud"] == "https://push.example.net:8443"
    assert claims["sub"] == "mailto:olga@example.org"
    assert NOW // 1000 < claims["exp"] <= NOW // 1000 + 86_400
    raw = decoded(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(identity.public_key))
    pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public.verify(pair, signed.encode(), ec.ECDSA(hashes.SHA256()))


class Service(Egress):
    """A push service that answers as it is told to."""

    def __init__(self, status: int | None) -> None:
        super().__init__()
        self.status = status
        self.asked: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url, body, headers, **limits):  # type: ignore[no-untyped-def]
        self.asked.append((url, body, dict(headers)))
        if self.status is None:
            raise DestinationUnreachable(reason="nobody there")
        return Answer(self.status, b"")


def channel(service: Service) -> PushChannel:
    return PushChannel(service, PushIdentity(new_push_key(), contact="mailto:a@b.c"), seeded_random(1))


def test_a_message_leaves_encrypted_and_signed() -> None:
    service = Service(201)
    channel(service).send(TO, {"title": "New work"}, now=NOW)
    ((url, body, headers),) = service.asked
    assert url == TO.endpoint and b"New work" not in body
    assert headers["Content-Encoding"] == "aes128gcm" and headers["TTL"] == "86400"
    assert headers["Authorization"].startswith("vapid t=")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_gone_is_told_from_trouble(status: int) -> None:
    with pytest.raises(SubscriptionGone):
        channel(Service(status)).send(TO, {}, now=NOW)


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(403, True), (413, True), (429, False), (500, False), (302, False), (None, False)],
)
def test_trouble_is_tried_again_where_that_can_help(status: int | None, permanent: bool) -> None:
    with pytest.raises(Undelivered) as told:
        channel(Service(status)).send(TO, {}, now=NOW)
    assert told.value.permanent is permanent


def test_a_message_that_no_service_need_take_is_not_sent() -> None:
    with pytest.raises(Undelivered, match="too long"):
        channel(Service(201)).send(TO, {"body": "x" * 4_000}, now=NOW)


def wrong_keys() -> Iterator[tuple[str, str]]:
    yield THEIRS, "short"
    yield THEIRS, "not base64url!"
    yield encoded(b"\x04" + bytes(64)), AUTH  # a point that is not on the curve
    yield encoded(decoded(THEIRS)[:33]), AUTH
    yield "é", AUTH


@pytest.mark.parametrize(("p256dh", "auth"), list(wrong_keys()))
def test_keys_that_no_browser_gives_are_refused(p256dh: str, auth: str) -> None:
    from kempelen.errors import ParameterValidationError

    with pytest.raises(ParameterValidationError):
        refuse_wrong_keys(p256dh=p256dh, auth=auth)


def test_keys_of_a_browser_are_taken() -> None:
    refuse_wrong_keys(p256dh=THEIRS, auth=AUTH)
