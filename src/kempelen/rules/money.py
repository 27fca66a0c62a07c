"""Money: whole minor units and a currency. No float ever touches it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]{0,2}))?")
MINOR_UNITS = 100
"""Cents a dollar. Every account is in USD until currencies get their own precision."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of money, in integer minor units (cents for USD)."""

    cents: int
    currency: str = "USD"

    @classmethod
    def parse(cls, text: str) -> Money:
        """The amount that a contract string such as `"0.05"`, `"1"` or `"1."` names.

        Raises `ValueError` for anything the pattern of CurrencyAmount does not allow, a trailing newline and
        non-ASCII digits included.
        """
        match = _AMOUNT.fullmatch(text)
        if match is None or not text.isascii():
            raise ValueError(f"{text!r} is not an amount of money such as 0.05")
        return cls(int(match[1]) * MINOR_UNITS + int((match[2] or "").ljust(2, "0")))

    def __str__(self) -> str:
        """Dollars with two decimals, as the contract writes them: `0.05`."""
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), MINOR_UNITS)
        return f"{sign}{whole}.{rest:02d}"
