"""Passkeys (WebAuthn level 2): what a browser is asked, and whether its answer holds.

The library is loaded when it is first needed: it is large, and most calls never touch a passkey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kempelen.errors import Refusal
from kempelen.rules.sentences import Sentence

WAIT = 300_000
"""How long a challenge is kept, in milliseconds."""


class WrongPasskey(Refusal):
    """The passkey was not accepted: {why}. Try again, or sign in another way."""

    code = "Kempelen.WrongPasskey"
    page_status = 403


@dataclass(frozen=True, slots=True)
class Registered:
    """A new passkey, as it is kept."""

    credential: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Asserted:
    """A passkey that signed a challenge."""

    sign_count: int
    knows_user: bool
    """Whether it asked for a finger, a face or a PIN."""


def creation_options(
    *,
    domain: str,
    name: str,
    email: str,
    user_id: str,
    challenge: bytes,
    known: Sequence[bytes],
) -> str:
    """What `navigator.credentials.create` is called with, as JSON. `known` are passkeys they have already."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=domain,
        rp_name="Kempelen",
        user_name=email,
        user_display_name=name,
        user_id=user_id.encode(),
        challenge=challenge,
        timeout=WAIT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return options_to_json(options)


def request_options(*, domain: str, challenge: bytes, known: Sequence[bytes]) -> str:
    """What `navigator.credentials.get` is called with, as JSON; without `known` the browser offers whatever
    passkeys of this site it has, and the user must be verified, for nothing else is asked then."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=domain,
        challenge=challenge,
        timeout=WAIT,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known] or None,
        user_verification=(
            UserVerificationRequirement.PREFERRED if known else UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options)


def credential_id(credential: str) -> bytes:
    """Which passkey a browser's answer is of. Raises `WrongPasskey`."""
    from webauthn.helpers import parse_authentication_credential_json

    try:
        return bytes(parse_authentication_credential_json(credential).raw_id)
    except Exception as fault:  # a parser of hostile bytes, not of ours: it raises many kinds
        raise WrongPasskey(why=Sentence("its answer cannot be read")) from fault


def registered(credential: str, *, domain: str, origins: Sequence[str], challenge: bytes) -> Registered:
    """The passkey that a browser made for this challenge. Raises `WrongPasskey`."""
    from webauthn import verify_registration_response

    found: Any
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=domain,
            expected_origin=list(origins),
        )
    except Exception as fault:
        raise WrongPasskey(why=Sentence("it does not fit this site, or too much time has passed")) from fault
    if not 1 <= len(found.credential_id) <= 1_023:
        raise WrongPasskey(why=Sentence("its id is too long"))
    return Registered(found.credential_id, found.credential_public_key, found.sign_count)


def asserted(
    credential: str,
    *,
    domain: str,
    origins: Sequence[str],
    challenge: bytes,
    public_key: bytes,
    sign_count: int,
) -> Asserted:
    """What a passkey's signature under this challenge says. Raises `WrongPasskey`, for a count that went
    back as well: then there are two of what should be one."""
    from webauthn import verify_authentication_response

    found: Any
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=domain,
            expected_origin=list(origins),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        )
    except Exception as fault:
        raise WrongPasskey(why=Sentence("it does not fit this site, or too much time has passed")) from fault
    return Asserted(found.new_sign_count, bool(found.user_verified))
