"""Days as whole numbers since 1970 in UTC, which statistics are kept by, and as people write them."""

from __future__ import annotations

from datetime import date

from kempelen.rules.lifecycle import DAY

_FIRST = date(1970, 1, 1).toordinal()


def day_of(moment: int) -> int:
    """The day of a moment in milliseconds."""
    return moment // DAY


def written(day: int) -> str:
    """A day such as `2026-11-22`."""
    return date.fromordinal(_FIRST + day).isoformat()


def read(text: str) -> int | None:
    """The day that is written so; None if it is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found.toordinal() - _FIRST if found.isoformat() == text and found.year >= 1970 else None


def first_day_of_year(day: int) -> int:
    """The first of January before or on a day."""
    return date.fromordinal(_FIRST + day).replace(month=1, day=1).toordinal() - _FIRST
