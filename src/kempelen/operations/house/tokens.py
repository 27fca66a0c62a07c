"""Bearer tokens, for our own operations from browsers: scoped, expiring, revocable."""

from __future__ import annotations

from typing import Any

from kempelen.errors import Refusal
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command
from kempelen.operations.house.ownership import is_own, owner
from kempelen.rules import policies, scopes
from kempelen.rules.ids import new_secret
from kempelen.store import tokens

ANYBODY = (Role.OPERATOR, Role.REQUESTER, Role.WORKER)
MARK = "kempelen_"
"""How a token begins, so that one that was published by mistake is recognised."""


class TokenDoesNotExist(Refusal):
    """The token {token_id} does not exist."""

    code = "Kempelen.TokenDoesNotExist"


def check_scopes(arguments: Arguments, traits: Traits) -> list[str]:
    """The scopes a token is asked for, refused where they name no operations of ours."""
    names = scopes.checked(arguments["scopes"])
    policies.parse(scopes.limiting(names), name="Scopes")
    return names


@command("CreateToken", by=ANYBODY, prepare=check_scopes, in_house=True)
def create_token(
    call: Call,
    *,
    scopes: list[str],
    lifetime_in_seconds: int,
    account_id: str | None = None,
    label: str | None = None,
) -> dict[str, Any]:
    """A token that acts for one's own account, or for operators for any; it is shown this one time.

    It does what its scopes name as long as the credential it was made with may do the same.
    """
    whose = owner(call, account_id=account_id)
    token_id, token = call.new_id(), MARK + new_secret(call.random)
    expires_at = call.now + lifetime_in_seconds * 1000
    tokens.add(
        call,
        public_id=token_id,
        token=token,
        organisation=whose.organisation,
        person=whose.person,
        role=int(whose.role),
        maker=call.actor.credential,
        scopes=call.prepared,
        expires_at=expires_at,
        label=label,
    )
    call.emit(
        Event(EventKind.TokenCreated, requester=whose.organisation, worker=whose.person, detail=token_id)
    )
    return {"TokenId": token_id, "Token": token, "ExpirationTime": expires_at}


@command("RevokeToken", by=ANYBODY, in_house=True)
def revoke_token(call: Call, *, token_id: str) -> None:
    """End a token before its time; one that has ended stays so. Raises `TokenDoesNotExist`."""
    token = tokens.find(call, token_id)
    if token is None or not is_own(
        call, organisation=token.organisation, person=token.person, role=token.role
    ):
        raise TokenDoesNotExist(token_id=token_id)
    if tokens.revoke(call, token.key):
        call.emit(
            Event(EventKind.TokenRevoked, requester=token.organisation, worker=token.person, detail=token_id)
        )
