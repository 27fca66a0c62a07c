"""Passwords: kept as argon2id hashes, which are slow and large on purpose."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kempelen.errors import Refusal
from kempelen.rules.sentences import Sentence

NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$2mv6AGXIC1kfOO4J7Pf7gg$BqeIkjT0XGgkLL+mXNZ1hA1KRCSijPM8eEUfYA0Yg4A"
"""The hash of a password that was thrown away, so that an unknown address takes as long to refuse as a wrong
password."""
FEWEST_LETTERS = 5


class WeakPassword(Refusal):
    """This password is easy to guess: {why}. Take several words that nobody would put together."""

    code = "Kempelen.WeakPassword"


def refuse_weak(password: str, *, email: str = "", name: str = "") -> None:
    """Raise `WeakPassword` for one of few letters, or one made of the person's own name or address.

    Length is the contract's to check; no letter, digit or sign is asked for (NIST SP 800-63B-4, 3.1.1.2).
    """
    folded = password.casefold()
    if len(set(folded)) < FEWEST_LETTERS:
        raise WeakPassword(why=Sentence("it has fewer than {least} different letters", least=FEWEST_LETTERS))
    rest = folded
    for own in sorted((*email.casefold().split("@"), email.casefold(), name.casefold(), "kempelen"), key=len):
        if len(own) >= 3:
            rest = rest.replace(own, "")
    if len(rest) < len(folded) and len(rest) < 8:
        raise WeakPassword(why=Sentence("it is mostly your name or your address"))


def hashed(password: str) -> str:
    """The hash to keep. Takes some 50 ms and 64 MiB: never inside a transaction of a world."""
    return PasswordHasher().hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of that hash; as slow for nobody's (None)."""
    try:
        return PasswordHasher().verify(kept or NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
