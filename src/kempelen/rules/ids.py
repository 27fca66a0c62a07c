"""Public ids: random, so that they carry no time and no order (order would tell gold from work)."""

from __future__ import annotations

import os
import random
import threading
from typing import Protocol

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TASK_LENGTH = 30
_PERSON_LENGTH = 14


class RandomSource(Protocol):
    """Where random bits come from: the machine's, or a seeded one in tests and rehearsals."""

    def getrandbits(self, bits: int, /) -> int: ...


class SystemRandom:
    """The operating system's random source, asked for a few kilobytes at a time."""

    def __init__(self, block: int = 4096) -> None:
        self._block = block
        self._bytes = b""
        self._at = 0
        self._lock = threading.Lock()

    def getrandbits(self, bits: int, /) -> int:
        """A whole number of so many random bits, each bit used once."""
        count = (bits + 7) // 8
        with self._lock:
            if self._at + count > len(self._bytes):
                self._bytes = os.urandom(max(self._block, count))
                self._at = 0
            taken = self._bytes[self._at : self._at + count]
            self._at += count
        return int.from_bytes(taken, "little") >> (count * 8 - bits)


def system_random() -> RandomSource:
    """The operating system's random source."""
    return SystemRandom()


def seeded_random(seed: int) -> RandomSource:
    """A source that repeats itself, for tests and simulations; never for secrets."""
    return random.Random(seed)


_LETTERS = bytes(ord(ALPHABET[byte % 36]) for byte in range(252)) + bytes(4)
_UNFAIR = bytes(range(252, 256))
"""Bytes that are thrown away: 252 is the most of 36's multiples, so that no letter is likelier."""
_SPARE = 8


def _text(source: RandomSource, length: int) -> str:
    """Random letters, one for a byte."""
    letters = b""
    while len(letters) < length:
        taken = source.getrandbits(8 * (length + _SPARE)).to_bytes(length + _SPARE, "little")
        letters += taken.translate(_LETTERS, _UNFAIR)
    return letters[:length].decode()


def new_id(source: RandomSource) -> str:
    """A public id of a HIT, assignment, type, group, layout or request: `3` and 29 of `[0-9A-Z]`."""
    return "3" + _text(source, _TASK_LENGTH - 1)


def new_person_id(source: RandomSource) -> str:
    """A public id of a worker or requester: `A` and 13 of `[0-9A-Z]`."""
    return "A" + _text(source, _PERSON_LENGTH - 1)


def new_access_key_id(source: RandomSource) -> str:
    """An access key id in AWS's manner: `AKIA` and 16 of `[0-9A-Z]`."""
    return "AKIA" + _text(source, 16)


def new_secret(source: RandomSource) -> str:
    """A secret of 40 characters (at least 200 random bits), for access keys and bearer tokens."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    number = source.getrandbits(240)
    return "".join(letters[(number >> (6 * place)) & 63] for place in range(40))


def new_link_secret(source: RandomSource) -> str:
    """A secret of 43 characters (256 random bits) that a link or a cookie carries as it is."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    number = source.getrandbits(258)
    return "".join(letters[(number >> (6 * place)) & 63] for place in range(43))


def new_request_id(source: RandomSource) -> str:
    """A request id in the shape of a UUID."""
    digits = f"{source.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
