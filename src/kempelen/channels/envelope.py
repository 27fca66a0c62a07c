"""The envelope of SNS's HTTP notifications, made and signed by us, and checked as a receiver checks it.

Source: Amazon SNS Developer Guide, "Parsing message formats" and "Verifying the signatures of Amazon SNS
messages", signature version 2 (RSA with SHA-256 over named members, each a line of name and a line of value).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kempelen.channels import Message

SIGNATURE_VERSION = "2"
KEY_BITS = 2_048
VALID_DAYS = 3_650
DAY_MILLISECONDS = 86_400_000

SIGNED_MEMBERS = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}

Envelope = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SigningIdentity:
    """The key envelopes are signed with and the certificate receivers check them by, both PEM."""

    private_key_pem: bytes
    certificate_pem: bytes


def new_signing_identity(*, now: int, common_name: str) -> SigningIdentity:
    """A new RSA key and its self-signed certificate, valid for ten years from a day before `now`."""
    from cryptography import x509  # seldom needed, and slow to import

    key = rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name[:64])])
    start = datetime.fromtimestamp((now - DAY_MILLISECONDS) // 1000, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return SigningIdentity(
        private_key_pem=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM),
    )


class Signer:
    """Makes signed envelopes. `certificate_url` is where receivers fetch the certificate from us."""

    def __init__(self, identity: SigningIdentity, *, certificate_url: str) -> None:
        self._identity = identity
        self._certificate_url = certificate_url

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        """Read when something is signed first: checking an RSA key takes a tenth of a second."""
        key = serialization.load_pem_private_key(self._identity.private_key_pem, password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("envelopes are signed with an RSA key")
        return key

    def notification(self, message: Message, *, unsubscribe_url: str) -> dict[str, str]:
        """The envelope of a message; the same message gives the same envelope."""
        return self._signed(
            {
                "Type": "Notification",
                "MessageId": message.id,
                "TopicArn": message.topic,
                "Subject": message.subject,
                "Message": message.body,
                "Timestamp": _timestamp(message.created_at),
            }
        ) | {"UnsubscribeURL": unsubscribe_url}

    def confirmation(
        self, *, message_id: str, topic: str, token: str, subscribe_url: str, now: int
    ) -> dict[str, str]:
        """The envelope that asks a new receiver to open `subscribe_url`, and so to say that it wants more."""
        return self._signed(
            {
                "Type": "SubscriptionConfirmation",
                "MessageId": message_id,
                "Token": token,
                "TopicArn": topic,
                "Message": f"You have chosen to subscribe to the topic {topic}.\n"
                "To confirm the subscription, visit the SubscribeURL included in this message.",
                "SubscribeURL": subscribe_url,
                "Timestamp": _timestamp(now),
            }
        )

    def _signed(self, envelope: dict[str, str]) -> dict[str, str]:
        signature = self._key.sign(_signed_text(envelope), padding.PKCS1v15(), hashes.SHA256())
        return envelope | {
            "SignatureVersion": SIGNATURE_VERSION,
            "Signature": base64.b64encode(signature).decode("ascii"),
            "SigningCertURL": self._certificate_url,
        }


def verify(envelope: Envelope, certificate_pem: bytes) -> bool:
    """Whether the envelope was signed with the key of this certificate and has not been changed since.

    Only signature version 2 counts. A receiver must have fetched the certificate from a place it trusts, and
    should drop envelopes whose `Timestamp` is old. Raises `ValueError` if the certificate cannot be read.
    """
    from cryptography import x509

    key = x509.load_pem_x509_certificate(certificate_pem).public_key()
    if not isinstance(key, rsa.RSAPublicKey) or not all(isinstance(each, str) for each in envelope.values()):
        return False
    if envelope.get("SignatureVersion") != SIGNATURE_VERSION or envelope.get("Type") not in SIGNED_MEMBERS:
        return False
    try:
        signature = base64.b64decode(envelope.get("Signature", ""), validate=True)
        key.verify(signature, _signed_text(envelope), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def encoded(envelope: Envelope) -> bytes:
    """The envelope as it is posted."""
    return json.dumps(envelope, indent=2).encode("ascii")


def _signed_text(envelope: Envelope) -> bytes:
    names = SIGNED_MEMBERS[envelope["Type"]]
    return "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope).encode()


def _timestamp(at: int) -> str:
    seconds, milliseconds = divmod(at, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"
