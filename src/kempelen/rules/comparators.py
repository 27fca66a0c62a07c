"""How a requirement compares what a worker holds with what is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import eq, ge, gt, le, lt, ne


@dataclass(frozen=True, slots=True)
class Locale:
    """Where a worker lives: an ISO 3166-1 alpha-2 country and, in the US, a state (`None` if unknown)."""

    country: str
    subdivision: str | None = None

    def includes(self, other: Locale) -> bool:
        """Whether `other` lies in this one. A country includes all its subdivisions, not the other way."""
        return self.country == other.country and self.subdivision in (None, other.subdivision)


Value = int | Locale
"""What a qualification holds."""


class Comparator(StrEnum):
    """The contract's comparators."""

    LESS_THAN = "LessThan"
    LESS_THAN_OR_EQUAL_TO = "LessThanOrEqualTo"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_OR_EQUAL_TO = "GreaterThanOrEqualTo"
    EQUAL_TO = "EqualTo"
    NOT_EQUAL_TO = "NotEqualTo"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"
    IN = "In"
    NOT_IN = "NotIn"


EXISTENCE = frozenset({Comparator.EXISTS, Comparator.DOES_NOT_EXIST})
"""They look at whether there is a value, and take none to compare with."""

MEMBERSHIP = frozenset({Comparator.IN, Comparator.NOT_IN})
"""They take a list; every other comparator that takes a value takes one."""

OF_LOCALES = frozenset({Comparator.EQUAL_TO, Comparator.NOT_EQUAL_TO, *MEMBERSHIP})
"""Those that locales can be compared by: places have no order."""

_NEGATIVE = frozenset({Comparator.NOT_EQUAL_TO, Comparator.NOT_IN})

_ORDERS: dict[Comparator, Callable[[int, int], bool]] = {
    Comparator.LESS_THAN: lt,
    Comparator.LESS_THAN_OR_EQUAL_TO: le,
    Comparator.GREATER_THAN: gt,
    Comparator.GREATER_THAN_OR_EQUAL_TO: ge,
    Comparator.EQUAL_TO: eq,
    Comparator.NOT_EQUAL_TO: ne,
}


def holds(
    comparator: Comparator,
    value: Value | None,
    *,
    integers: Sequence[int] = (),
    locales: Sequence[Locale] = (),
) -> bool:
    """Whether the comparison is true of `value`, which is `None` for a worker who holds none.

    Who holds no value meets `DoesNotExist` and nothing else, not even `NotEqualTo` and `NotIn`. A value is
    compared with the list of its own kind; compared with the other kind it fails.
    """
    if comparator in EXISTENCE:
        return (value is not None) == (comparator is Comparator.EXISTS)
    if isinstance(value, Locale):
        return bool(locales) and _place_holds(comparator, value, locales)
    return value is not None and bool(integers) and _number_holds(comparator, value, integers)


def _place_holds(comparator: Comparator, value: Locale, locales: Sequence[Locale]) -> bool:
    is_in = any(locale.includes(value) for locale in locales)
    return comparator in OF_LOCALES and is_in != (comparator in _NEGATIVE)


def _number_holds(comparator: Comparator, value: int, integers: Sequence[int]) -> bool:
    if comparator in MEMBERSHIP:
        return (value in integers) == (comparator is Comparator.IN)
    return _ORDERS[comparator](value, integers[0])
