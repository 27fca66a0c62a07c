"""Passwords: kept as argon2id hashes, which are slow and large on purpose."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$2mv6AGXIC1kfOO4J7Pf7gg$BqeIkjT0XGgkLL+mXNZ1hA1KRCSijPM8eEUfYA0Yg4A"
"""The hash of a password that was thrown away, so that an unknown address takes as long to refuse as a wrong
password."""


def hashed(password: str) -> str:
    """The hash to keep. Takes some 50 ms and 64 MiB: never inside a transaction of a world."""
    return PasswordHasher().hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of that hash; as slow for nobody's (None)."""
    try:
        return PasswordHasher().verify(kept or NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
