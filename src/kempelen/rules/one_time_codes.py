"""Codes that work once: six digits of an authenticator app (RFC 6238), and recovery codes on paper."""

from __future__ import annotations

import base64
import hmac

from kempelen.rules.ids import RandomSource

STEP = 30_000
"""How long an app shows one code, in milliseconds."""
DRIFT = 1
"""How many codes before and after the present one are taken, for clocks that are not quite right."""
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""No letter that looks like another."""


def new_secret(source: RandomSource) -> str:
    """A secret of 160 bits in base32, as apps take it."""
    return base64.b32encode(source.getrandbits(160).to_bytes(20, "big")).decode()


def address(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth address that a picture shows to an app."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is, a step early or late allowed; None if it is of none of them."""
    import pyotp

    given = "".join(code.split())
    found = None
    for step in range(now // STEP - DRIFT, now // STEP + DRIFT + 1):
        if hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step), given if given.isascii() else ""):
            found = step
    return found


def new_recovery_codes(source: RandomSource) -> list[str]:
    """Ten codes of sixteen letters (79 bits), in groups of four."""
    codes = []
    for _ in range(RECOVERY_CODES):
        number, letters = source.getrandbits(96), []
        for _ in range(16):
            number, digit = divmod(number, len(_LETTERS))
            letters.append(_LETTERS[digit])
        text = "".join(letters)
        codes.append("-".join(text[place : place + 4] for place in range(0, 16, 4)))
    return codes


def plain(code: str) -> str:
    """A recovery code as it is kept: without spaces and hyphens, in small letters."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())
