"""Constraints: those of a service model, and our own beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kempelen.rules.money import Money

LONGEST_AMOUNT = 32
"""Characters of an amount of money, leading zeros included."""
NUMBERS = frozenset({"integer", "long", "double", "float"})
KNOWN = frozenset(["min", "max", "minBytes", "maxBytes", "minAmount", "maxAmount", "without", "oneOf"])
"""The limits of ours that a file may name."""

Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a value must hold, and how it is told that it does not."""

    holds: Callable[[Any], object]
    """Truthy if all is well."""
    text: str
    own: bool = False
    """A limit of ours rather than of the model."""


def of_model(shape: Shape) -> list[Constraint]:
    """The model's own constraints, in the words and the order of AWS's framework."""
    is_number = shape["type"] in NUMBERS
    what = "value" if is_number else "length"
    found = []
    if "max" in shape:
        text = f"Member must have {what} less than or equal to {shape['max']}"
        found.append(Constraint(_within(None, shape["max"], is_number=is_number), text))
    if "min" in shape:
        text = f"Member must have {what} greater than or equal to {shape['min']}"
        found.append(Constraint(_within(shape["min"], None, is_number=is_number), text))
    if "pattern" in shape:
        text = f"Member must satisfy regular expression pattern: {shape['pattern']}"
        found.append(Constraint(re.compile(shape["pattern"]).fullmatch, text))
    if "enum" in shape:
        text = f"Member must satisfy enum value set: [{', '.join(shape['enum'])}]"
        found.append(Constraint(frozenset(shape["enum"]).__contains__, text))
    return found


def of_ours(limits: Shape, kind: str) -> list[Constraint]:
    """The limits under `kempelen`, each with a sentence that says what would be right."""
    unknown = limits.keys() - KNOWN
    assert not unknown, f"limits we do not know: {unknown}"
    found = []
    if "min" in limits or "max" in limits:
        low, high, is_number = limits.get("min"), limits.get("max"), kind in NUMBERS
        unit = "" if is_number else " members" if kind in ("list", "map") else " characters"
        text = _told(low, high, unit)
        found.append(Constraint(_within(low, high, is_number=is_number), text, own=True))
    if "minBytes" in limits or "maxBytes" in limits:
        low, high = limits.get("minBytes", 0), limits["maxBytes"]
        text = _told(low or None, high, " bytes in UTF-8")
        found.append(Constraint(_within_bytes(low, high), text, own=True))
    if "minAmount" in limits or "maxAmount" in limits:
        found.append(_amount_between(limits.get("minAmount", "0.00"), limits["maxAmount"]))
    if "without" in limits:
        holds_none = _FORBIDDEN[limits["without"]].search
        text = f"It must not contain {limits['without']}."
        found.append(Constraint(lambda value: holds_none(value) is None, text, own=True))
    if "oneOf" in limits:
        text = f"It must be one of: {', '.join(limits['oneOf'])}."
        found.append(Constraint(frozenset(limits["oneOf"]).__contains__, text, own=True))
    return found


def _within(low: int | None, high: int | None, *, is_number: bool) -> Callable[[Any], bool]:
    """Compares the value of a number, the length of anything else; these run on every call."""
    if is_number:
        least = -math.inf if low is None else low
        most = math.inf if high is None else high
        return lambda value: bool(least <= value <= most)
    if high is None:
        return lambda value: len(value) >= (low or 0)
    if low is None:
        return lambda value: len(value) <= high
    return lambda value: low <= len(value) <= high


def _within_bytes(low: int, high: int) -> Callable[[str], bool]:
    return lambda value: low <= (len(value) if value.isascii() else len(value.encode())) <= high


def _told(low: int | None, high: int | None, unit: str) -> str:
    verb = "have" if unit else "be"
    if high is None:
        return f"It must {verb} at least {low}{unit}."
    if low is None:
        return f"It must {verb} at most {high}{unit}."
    return f"It must have {low} to {high}{unit}." if unit else f"It must be between {low} and {high}."


def _amount_between(least: str, most: str) -> Constraint:
    low, high = Money.parse(least).cents, Money.parse(most).cents

    def holds(value: str) -> bool:
        try:
            return len(value) <= LONGEST_AMOUNT and low <= Money.parse(value).cents <= high
        except ValueError:
            return True  # What is no amount at all is refused by the model's pattern, in the model's words.

    return Constraint(holds, f"It must be an amount between {least} and {most}.", own=True)


_FORBIDDEN = {
    "line breaks": re.compile(r"[\r\n]"),
    "control characters": re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]"),
}
