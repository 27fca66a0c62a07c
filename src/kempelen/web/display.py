"""How amounts, moments and spans look to one visitor: in their language and their time zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from kempelen.web import languages


@dataclass(frozen=True, slots=True)
class Display:
    """The formats of one language and zone. Moments are seconds since 1970, as operations answer them."""

    language: str
    zone: str = "UTC"

    def money(self, amount: str | Decimal | float, currency: str = "USD") -> str:
        """`0.12` as `$0.12`."""
        return _money(self._locale, str(amount), currency)

    def count(self, number: int) -> str:
        """`1284` as `1,284`."""
        return _count(self._locale, number)

    def percent(self, share: float, digits: int = 1) -> str:
        """`0.991` as `99.1 %`."""
        return _percent(self._locale, round(share, 3 + digits), digits)

    def moment(self, at: float) -> str:
        """Day and time to the minute."""
        return _moment(self._locale, self.zone, int(at) // 60 * 60)

    def day(self, at: float) -> str:
        """The day alone."""
        return _day(self._locale, self.zone, int(at))

    def date(self, written: str) -> str:
        """A day that is no moment, given as `2026-11-22`."""
        return _date(self._locale, written)

    def iso(self, at: float) -> str:
        """For machines: `2026-11-22T10:00:00Z`."""
        return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def span(self, seconds: float) -> str:
        """`5400` as `1 hr, 30 min`, in at most two units."""
        return _span(self._locale, int(seconds))

    def roughly(self, seconds: float) -> str:
        """`5400` as `2 hours`, in one unit."""
        return _roughly(self._locale, int(seconds))

    def countries(self, codes: Collection[str]) -> list[tuple[str, str]]:
        """Countries by their names in this language, in its order."""
        return _countries(self._locale, tuple(codes))

    @property
    def _locale(self) -> str:
        return self.language if self.language in languages.NAMES else languages.ENGLISH


@lru_cache(maxsize=4096)
def _money(locale: str, amount: str, currency: str) -> str:
    from babel.numbers import format_currency

    return str(format_currency(Decimal(amount), currency, locale=locale))


@lru_cache(maxsize=4096)
def _count(locale: str, number: int) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(number, locale=locale))


@lru_cache(maxsize=4096)
def _percent(locale: str, share: float, digits: int) -> str:
    from babel.numbers import format_percent

    return str(
        format_percent(share, format=None if digits == 0 else "#,##0." + "#" * digits + " %", locale=locale)
    )


@lru_cache(maxsize=16)
def _countries(locale: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    from babel import Locale

    names = Locale.parse(locale).territories
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda each: each[1].casefold())


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=8192)
def _moment(locale: str, zone: str, at: int) -> str:
    from babel.dates import format_datetime

    return str(format_datetime(datetime.fromtimestamp(at, _zone(zone)), "d MMM y HH:mm", locale=locale))


@lru_cache(maxsize=4096)
def _day(locale: str, zone: str, at: int) -> str:
    from babel.dates import format_date

    return str(format_date(datetime.fromtimestamp(at, _zone(zone)).date(), "medium", locale=locale))


@lru_cache(maxsize=4096)
def _date(locale: str, written: str) -> str:
    from babel.dates import format_date

    return str(format_date(date.fromisoformat(written), "medium", locale=locale))


_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@lru_cache(maxsize=4096)
def _span(locale: str, seconds: int) -> str:
    from babel.units import format_unit

    parts = []
    for unit, size in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(str(format_unit(number, unit, "short", locale=locale)))
        elif parts:
            break
    return " ".join(parts[:2]) or str(format_unit(0, "second", "short", locale=locale))


@lru_cache(maxsize=4096)
def _roughly(locale: str, seconds: int) -> str:
    from babel.dates import format_timedelta

    return str(format_timedelta(timedelta(seconds=seconds), threshold=1.2, locale=locale))
