"""What people say of themselves: languages, time zone, looks, and which mail they want."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from kempelen.errors import ParameterValidationError

SITE_LANGUAGES: Final = ("en", "es", "ar")
THEMES: Final = ("auto", "light", "dark", "contrast")
MULTIPLIERS: Final = {"1": 100, "1.25": 125, "1.5": 150, "2": 200, "3": 300}
"""Standing accommodations, and the per cent of a task's time each gives."""
MAIL_KINDS: Final = ("messages", "qualifications", "watches", "work")
"""The kinds of mail somebody can do without; letters about the account itself are always sent."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


def checked_languages(languages: list[str]) -> list[str]:
    """Language tags such as `pt-BR`, each once. Raises `ParameterValidationError`."""
    for each in languages:
        if not _LANGUAGE.fullmatch(each):
            raise ParameterValidationError(
                f'The value "{each}" is not valid for the parameter Languages. Give codes such as pt-BR.'
            )
    return list(dict.fromkeys(languages))


def checked_zone(zone: str) -> str:
    """A time zone of the IANA database such as `Europe/Lisbon`. Raises `ParameterValidationError`."""
    if not _ZONE.fullmatch(zone) or not _is_zone(zone):
        raise ParameterValidationError(value=zone, parameter="TimeZone")
    return zone


def multiplier(percent: int) -> str:
    """How an accommodation is written."""
    return next((text for text, each in MULTIPLIERS.items() if each == percent), "1")


@lru_cache(maxsize=1_000)
def _is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        return False
    return True
