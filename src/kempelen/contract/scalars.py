"""Scalars read from JSON and written to it. Nothing is coerced but timestamps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from kempelen.contract.faults import Fault, WrongType, is_broken

Reader = Callable[[object, list[Fault]], object]
"""Takes a JSON value, gives what an operation is called with; appends faults, raises `WrongType`."""
Writer = Callable[[Any], object]
"""Takes what an operation answers, gives a JSON value."""

_BITS = {"integer": 32, "long": 64}
_TEXT = "a string"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MOMENT = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LAST_MOMENT = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_NUMERIC_TEXT = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?")
_LONGEST_MOMENT = 64


def _read_string(value: object, faults: list[Fault]) -> object:
    if not isinstance(value, str) or is_broken(value):
        raise WrongType(_TEXT, value)
    return value


def _read_boolean(value: object, faults: list[Fault]) -> object:
    if not isinstance(value, bool):
        raise WrongType("true or false", value)
    return value


def _read_double(value: object, faults: list[Fault]) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise WrongType("a number", value)
    return float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # An integer beyond what a float can hold.
        return False


def _integer_reader(bits: int) -> Reader:
    limit = 1 << (bits - 1)
    expected = f"a whole number of {bits} bits"

    def read(value: object, faults: list[Fault]) -> object:
        if type(value) is not int or not -limit <= value < limit:
            raise WrongType(expected, value)
        return value

    return read


def _read_timestamp(value: object, faults: list[Fault]) -> object:
    """Milliseconds, from epoch seconds (a number, or a number as text) or ISO-8601 (UTC unless it says)."""
    moment = _milliseconds(value)
    if moment is None or not _FIRST_MOMENT <= moment <= _LAST_MOMENT:
        raise WrongType("a moment in epoch seconds or ISO-8601, in the years 1 to 9999", value)
    return moment


def _milliseconds(value: object) -> int | None:
    if isinstance(value, str):
        return _milliseconds_of_text(value) if len(value) <= _LONGEST_MOMENT else None
    if type(value) is int:
        return value * 1000
    if not isinstance(value, float) or not math.isfinite(value * 1000):
        return None
    return round(value * 1000)


def _milliseconds_of_text(text: str) -> int | None:
    if _NUMERIC_TEXT.fullmatch(text):
        return round(float(text) * 1000)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (zoned - _EPOCH) // timedelta(milliseconds=1)


READERS: Mapping[str, Reader] = {
    "string": _read_string,
    "boolean": _read_boolean,
    "timestamp": _read_timestamp,
    "double": _read_double,
    "float": _read_double,
} | {kind: _integer_reader(bits) for kind, bits in _BITS.items()}


def _write_string(value: Any) -> object:
    assert isinstance(value, str), f"{value!r} is no string"
    return value


def _write_boolean(value: Any) -> object:
    assert isinstance(value, bool), f"{value!r} is no boolean"
    return value


def _write_integer(value: Any) -> object:
    assert type(value) is int, f"{value!r} is no whole number"
    return value


def _write_double(value: Any) -> object:
    assert type(value) is int or (type(value) is float and math.isfinite(value)), f"{value!r} is no number"
    return value


def _write_timestamp(value: Any) -> object:
    """Clients compute with the number, so it is never text; MTurk's own have whole seconds."""
    assert type(value) is int, f"{value!r} is no moment in milliseconds"
    seconds, rest = divmod(value, 1000)
    return seconds if rest == 0 else value / 1000


WRITERS: Mapping[str, Writer] = {
    "string": _write_string,
    "boolean": _write_boolean,
    "timestamp": _write_timestamp,
    "double": _write_double,
    "float": _write_double,
    "integer": _write_integer,
    "long": _write_integer,
}

WRITTEN_AS_THEY_ARE: Mapping[str, type] = {"string": str, "boolean": bool, "integer": int, "long": int}
"""Shape types whose values, being exactly of this Python type, need no writer: most of every answer."""
