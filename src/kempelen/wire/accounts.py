"""Who signed a request: the access key's owner, once the signature is found to be theirs."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from kempelen.clock import Clock
from kempelen.identity import Identity
from kempelen.operation import Actor
from kempelen.wire import signature


class Accounts:
    """Turns signatures into actors."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        self._identity = identity
        self._clock = clock
        self._signing_keys = signature.SigningKeys()

    def signed(
        self, request: signature.SignedRequest, claim: signature.Claim, scope: MutableMapping[str, Any]
    ) -> Actor:
        """The actor who signed the request. Raises the refusals of a wrong signature."""
        found = self._identity.of_key(claim.access_key_id)
        secret = None if found is None else found[1]
        signature.verify(request, claim, secret=secret, keys=self._signing_keys, now=self._clock())
        assert found is not None, "an unknown key has no signature that fits"
        client = scope.get("client")
        agent = next((value for name, value in request.headers if name == b"user-agent"), b"")
        return found[0].at(
            source_address=client[0] if client else "",
            secure=scope.get("scheme") == "https",
            user_agent=agent.decode("latin-1")[:256],
        )
