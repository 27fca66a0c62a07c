"""Who sends a request: the account of the key that signed it, or of the bearer token it carries."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from kempelen.clock import Clock
from kempelen.identity import Identity
from kempelen.operation import Actor
from kempelen.wire import signature
from kempelen.wire.bearer import UnrecognizedToken

Scope = MutableMapping[str, Any]


MOST_PLACED = 4_096
"""How many actors with the place they call from are kept at hand at most."""


class Accounts:
    """Turns signatures and tokens into actors."""

    def __init__(self, identity: Identity, clock: Clock) -> None:
        self._identity = identity
        self._clock = clock
        self._signing_keys = signature.SigningKeys()
        self._placed: dict[tuple[str, str, bytes, bool], tuple[Actor, Actor]] = {}

    def signed(self, request: signature.SignedRequest, claim: signature.Claim, scope: Scope) -> Actor:
        """The actor who signed the request. Raises the refusals of a wrong signature."""
        found = self._identity.of_key(claim.access_key_id)
        secret = None if found is None else found[1]
        signature.verify(request, claim, secret=secret, keys=self._signing_keys, now=self._clock())
        assert found is not None, "an unknown key has no signature that fits"
        return self._from(scope, found[0])

    def bearer(self, token: str, scope: Scope) -> Actor:
        """The actor a bearer token stands for. Raises `UnrecognizedToken`."""
        actor = self._identity.of_token(token, self._clock())
        if actor is None:
            raise UnrecognizedToken()
        return self._from(scope, actor)

    def _from(self, scope: Scope, actor: Actor) -> Actor:
        """The actor, calling from there. Most calls come from where the one before came from."""
        client = scope.get("client")
        address = client[0] if client else ""
        secure = scope.get("scheme") == "https"
        agent: bytes = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")[:256]
        name = (actor.credential, address, agent, secure)
        before = self._placed.get(name)
        if before is not None and before[0] is actor:
            return before[1]
        placed = actor.at(source_address=address, secure=secure, user_agent=agent.decode("latin-1"))
        if len(self._placed) >= MOST_PLACED:
            self._placed.clear()
        self._placed[name] = (actor, placed)
        return placed
