"""Web push: a message encrypted for one browser and handed to its push service.

Sources: RFC 8030 (the request), RFC 8188 and RFC 8291 (`aes128gcm`), RFC 8292 (VAPID: who we are).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kempelen.channels import Undelivered
from kempelen.egress import DestinationRefused, DestinationUnreachable, Egress
from kempelen.rules.ids import RandomSource
from kempelen.rules.push import decoded, encoded

TIMEOUT_SECONDS = 10.0
MAX_ANSWER_BYTES = 4_096
KEPT_SECONDS = 86_400
"""How long a push service keeps a message for a browser that is away."""
TOKEN_SECONDS = 12 * 3_600
RECORD_BYTES = 4_096
LONGEST_TEXT = 3_900
"""Bytes of a message; services take at least 4,096 with everything around it (RFC 8030 section 7.2)."""
GONE = (404, 410)
_LATER = (408, 425, 429)


class SubscriptionGone(Undelivered):
    """The browser takes no messages here any more."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser takes messages, and its keys, in base64url."""

    endpoint: str
    p256dh: str
    auth: str


class PushIdentity:
    """The key pair that push services know us by. `contact`: a `mailto:` or `https:` URL."""

    def __init__(self, private_key_pem: bytes, *, contact: str) -> None:
        key = serialization.load_pem_private_key(private_key_pem, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key
        self._contact = contact

    @property
    def public_key(self) -> str:
        """What browsers subscribe with (`applicationServerKey`)."""
        return encoded(_octets(self._key.public_key()))

    def authorization(self, endpoint: str, *, now: int) -> str:
        """The Authorization header for a push service (RFC 8292 section 3). `now` in milliseconds."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": now // 1000 + TOKEN_SECONDS,
            "sub": self._contact,
        }
        signed = ".".join(encoded(_json(each)) for each in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = encoded(r.to_bytes(32) + s.to_bytes(32))
        return f"vapid t={signed}.{signature}, k={self.public_key}"


def new_push_key() -> bytes:
    """A new private key for `PushIdentity`, PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class PushChannel:
    """Sends push messages through the guarded way out. Safe to share between threads."""

    def __init__(self, egress: Egress, identity: PushIdentity, random: RandomSource) -> None:
        self._egress = egress
        self._identity = identity
        self._random = random

    @property
    def public_key(self) -> str:
        """What browsers subscribe with."""
        return self._identity.public_key

    def send(self, to: Subscription, message: Mapping[str, str], *, now: int) -> None:
        """Send JSON to a browser. Raises `SubscriptionGone`, or `Undelivered` for what may pass."""
        text = _json(message)
        if len(text) > LONGEST_TEXT:
            raise Undelivered("the message is too long to push", permanent=True)
        body = encrypt(
            text,
            to,
            key=ec.generate_private_key(ec.SECP256R1()),
            salt=self._random.getrandbits(128).to_bytes(16),
        )
        headers = {
            "Authorization": self._identity.authorization(to.endpoint, now=now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
        }
        try:
            answer = self._egress.post(
                to.endpoint, body, headers, timeout_seconds=TIMEOUT_SECONDS, max_answer_bytes=MAX_ANSWER_BYTES
            )
        except DestinationRefused as refusal:
            raise Undelivered(refusal.message, permanent=True) from refusal
        except DestinationUnreachable as refusal:
            raise Undelivered(refusal.message) from refusal
        if answer.status in GONE:
            raise SubscriptionGone("the browser has unsubscribed", permanent=True)
        if not 200 <= answer.status < 300:
            permanent = 400 <= answer.status < 500 and answer.status not in _LATER
            raise Undelivered(f"the push service answered {answer.status}", permanent=permanent)


def encrypt(text: bytes, to: Subscription, *, key: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """A message as one record that only this browser can read (RFC 8291 section 3.4). `key` is used once."""
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(to.p256dh))
        auth = decoded(to.auth)
    except ValueError:
        raise Undelivered("the subscription's keys cannot be read", permanent=True) from None
    ours = _octets(key.public_key())
    shared = key.exchange(ec.ECDH(), theirs)
    secret = _derived(shared, auth, b"WebPush: info\0" + _octets(theirs) + ours, 32)
    content_key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(content_key).encrypt(nonce, text + b"\x02", None)
    return salt + RECORD_BYTES.to_bytes(4) + bytes([len(ours)]) + ours + sealed


def _derived(secret: bytes, salt: bytes, about: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=about).derive(secret)


def _octets(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
