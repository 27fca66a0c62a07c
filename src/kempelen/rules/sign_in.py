"""The terms of signing in: how long sessions live, how guesses are slowed, which accounts look alike."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
HALF_SIGNED_IN = 10 * MINUTE
"""How long the second factor is waited for, in milliseconds."""
CONFIRMATION = DAY
RESET = HOUR
"""How long links sent by mail work."""
FREE_GUESSES = 5
"""Wrong passwords for one account before the next must wait."""
LONGEST_WAIT = 15 * MINUTE
GUESSES_AN_HOUR = 100
"""Wrong passwords from one address in an hour."""
MAILS_AN_HOUR = 5
"""Mails of one kind that strangers can have sent to one person in an hour."""
CHALLENGES_AN_HOUR = 300
"""Passkey challenges one address gets in an hour."""


@dataclass(frozen=True, slots=True)
class SignInTerms:
    """What the operator has decided about accounts."""

    session_days: int = 30
    idle_days: int = 14
    open_to_strangers: bool = True
    """Whether people may sign up by themselves."""
    sign_ups_an_hour: int = 10
    """How many of one network, before each needs a proof of work."""
    confirms_addresses: bool = False
    """Whether an address must be confirmed by a mail; without a mail server nobody could."""
    site: str = "http://localhost:8080"
    """Where links in mails lead."""
    passkey_domain: str = "localhost"
    origins: tuple[str, ...] = ("http://localhost:8080",)
    """The sites where passkeys of that domain are used."""


def wait_after(guesses: int) -> int:
    """How long the next guess for an account must wait after so many wrong ones, in milliseconds."""
    if guesses < FREE_GUESSES:
        return 0
    return min(LONGEST_WAIT, 1_000 << min(guesses - FREE_GUESSES, 20))


def guesser(address: str) -> str:
    """Whom guesses from an address are counted against: itself, or its /64."""
    return _network(address, 32, 64)


def network(address: str) -> str:
    """The network of an address that neighbours share: its /24 or /48."""
    return _network(address, 24, 48)


def _network(address: str, bits: int, bits_of_6: int) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    length = bits if found.version == 4 else bits_of_6
    return str(ipaddress.ip_network((found, length), strict=False))


def likeness(email: str) -> str:
    """What addresses share that may reach one mailbox: case, dots and `+tag` left out."""
    local, _, domain = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def mark(secret: bytes, kind: str, value: str) -> bytes:
    """A keyed digest under which something about a person is counted without being kept."""
    return hmac.new(secret, f"{kind}\0{value}".encode(), hashlib.sha256).digest()[:20]


def digest(secret: str) -> bytes:
    """The digest under which a secret of ours is kept; it is random enough to need no salt."""
    return hashlib.sha256(secret.encode()).digest()
