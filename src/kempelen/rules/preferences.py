"""What workers prefer: what the market itself acts on, and how what is given joins what there was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.rules import content_warnings


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the market acts on. `hidden_warnings` are bits of `content_warnings`."""

    hidden_warnings: int = 0
    warnings_a_day: int | None = None
    """How many tasks with a content warning the worker accepts in a day at most."""


NOTHING = Preferences()
USUAL: dict[str, Any] = {
    "AutoAcceptNext": False,
    "HiddenContentWarnings": [],
    "ContentWarningsADay": 0,
    "SingleKeyShortcuts": True,
    "Shortcuts": {},
}
"""What holds where nothing was given. `ContentWarningsADay` 0: no cap of the worker's own."""


def read(text: str | None) -> Preferences:
    """The preferences that are kept as JSON."""
    return NOTHING if text is None else _read(text)


@lru_cache(maxsize=8_192)
def _read(text: str) -> Preferences:
    given = json.loads(text)
    return Preferences(
        hidden_warnings=content_warnings.bits(given.get("HiddenContentWarnings", ())),
        warnings_a_day=given.get("ContentWarningsADay") or None,
    )


def whole(text: str | None) -> dict[str, Any]:
    """All preferences, the usual ones where the worker has given none."""
    return USUAL | ({} if text is None else json.loads(text))


def joined(text: str | None, given: Mapping[str, Any]) -> str:
    """What was kept with what is given now in its place, as JSON. Raises `ParameterValidationError` for two
    actions with the same key."""
    keys = [key for key in given.get("Shortcuts", {}).values() if key]
    for key in keys:
        if keys.count(key) > 1:
            raise ParameterValidationError(f'Two of the Shortcuts have the key "{key}".')
    kept = {} if text is None else json.loads(text)
    return json.dumps(kept | dict(given), sort_keys=True)
