"""An authenticator in software: makes ES256 passkeys and signs with them, as a browser's answers have it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftPasskey:
    """One passkey of one site."""

    def __init__(self, *, origin: str, domain: str, name: bytes = b"one", counts: bool = True) -> None:
        self.origin = origin
        self.domain = domain
        self.id = hashlib.sha256(name).digest()
        self.knows_user = True
        self.count = 0
        self._counts = counts
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: str) -> str:
        """The answer to `navigator.credentials.create`."""
        numbers = self._key.public_key().public_numbers()
        public_key = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public_key)
        facts = self._facts(ATTESTED) + attested
        response = {
            "clientDataJSON": self._client("webauthn.create", options),
            "attestationObject": bytes_to_base64url(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": facts})
            ),
        }
        return self._answer(response)

    def get(self, options: str) -> str:
        """The answer to `navigator.credentials.get`."""
        self.count += self._counts
        client = self._client("webauthn.get", options)
        facts = self._facts(0)
        from webauthn.helpers import base64url_to_bytes

        signed = facts + hashlib.sha256(base64url_to_bytes(client)).digest()
        response = {
            "clientDataJSON": client,
            "authenticatorData": bytes_to_base64url(facts),
            "signature": bytes_to_base64url(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
        }
        return self._answer(response)

    def _client(self, kind: str, options: str) -> str:
        challenge = json.loads(options)["challenge"]
        facts = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return bytes_to_base64url(json.dumps(facts).encode())

    def _facts(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.knows_user else 0)
        return hashlib.sha256(self.domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, Any]) -> str:
        name = bytes_to_base64url(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
