"""Task settings of a HIT type: what they mean, what workers are told of them, and what cannot be asked."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.rules.ids import RandomSource

TOLD = (
    "Language",
    "ContentWarning",
    "ContentWarnings",
    "ContentWarningsADay",
    "PhoneFriendly",
    "KeyboardFriendly",
    "AIHelp",
    "TimeExtensionSeconds",
    "TimeExtensions",
    "Devices",
    "Telemetry",
    "ComprehensionCheck",
    "MostPerWorker",
    "Pseudonyms",
    "Instructions",
    "InstructionsVersion",
)
"""What workers are told. Quality plans, conditions, exclusions and shared caps are the requester's own."""

DEFAULT_TRIES = 2
DEFAULT_APPROVED_BELOW = 100
MOST_CHOICES = 20
LONGEST_CHOICE = 1_000


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of an experiment; workers are shared out by weight."""

    name: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Check:
    """A question about the instructions that must be answered rightly before work is accepted."""

    question: str
    choices: tuple[str, ...]
    right: str
    tries: int

    @property
    def digest(self) -> str:
        """The same for the same question: a changed one is to be answered anew."""
        told = json.dumps([self.question, self.choices, self.right])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class NewcomerCap:
    """How many answers of workers with fewer than `approved_below` approved ones are taken."""

    most: int
    approved_below: int


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """The settings that the market itself acts on; absent ones leave everything as on MTurk."""

    most_per_worker: int | None = None
    caps: tuple[tuple[str, int], ...] = ()
    excluded_types: tuple[str, ...] = ()
    excluded_scopes: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    time_extension_seconds: int = 0
    time_extensions: int = 0
    pseudonyms: bool = False
    check: Check | None = None
    newcomer_cap: NewcomerCap | None = None
    warnings: tuple[str, ...] = ()
    """Kinds of content that workers are warned of; `other` where only a text says what."""
    warnings_a_day: int | None = None
    """How many tasks with a content warning, of anybody's, a worker has accepted in a day at most."""

    @property
    def excludes(self) -> bool:
        """Whether past workers of anything are kept out."""
        return bool(self.excluded_types or self.excluded_scopes)


NOTHING = TaskSettings()


def read(text: str | None) -> TaskSettings:
    """The settings that a HIT type keeps as JSON."""
    return NOTHING if text is None else _read(text)


@lru_cache(maxsize=8_192)
def _read(text: str) -> TaskSettings:
    given: dict[str, Any] = json.loads(text)
    exclude = given.get("Exclude", {})
    check = given.get("ComprehensionCheck")
    newcomers = given.get("NewcomerCap")
    warnings = given.get("ContentWarnings") or (["other"] if "ContentWarning" in given else [])
    return TaskSettings(
        newcomer_cap=None
        if newcomers is None
        else NewcomerCap(newcomers["Most"], newcomers.get("ApprovedBelow", DEFAULT_APPROVED_BELOW)),
        warnings=tuple(warnings),
        warnings_a_day=given.get("ContentWarningsADay"),
        most_per_worker=given.get("MostPerWorker"),
        caps=tuple((cap["Scope"], cap["Most"]) for cap in given.get("Caps", ())),
        excluded_types=tuple(exclude.get("HITTypeIds", ())),
        excluded_scopes=tuple(exclude.get("Scopes", ())),
        conditions=tuple(Condition(one["Name"], one.get("Weight", 1)) for one in given.get("Conditions", ())),
        time_extension_seconds=given.get("TimeExtensionSeconds", 0),
        time_extensions=given.get("TimeExtensions", 0),
        pseudonyms=given.get("Pseudonyms", False),
        check=None
        if check is None
        else Check(
            check["Question"], tuple(check["Choices"]), check["Right"], check.get("Tries", DEFAULT_TRIES)
        ),
    )


@lru_cache(maxsize=8_192)
def _told(text: str) -> str:
    given: dict[str, Any] = json.loads(text)
    told = {name: given[name] for name in TOLD if name in given}
    if "ComprehensionCheck" in told:
        told["ComprehensionCheck"] = {
            name: value for name, value in told["ComprehensionCheck"].items() if name != "Right"
        }
    return json.dumps(told)


def told(text: str | None) -> dict[str, Any] | None:
    """What a worker is told of these settings; the right answer of a check is not."""
    return None if text is None else json.loads(_told(text))


def refuse_wrong(settings: Mapping[str, Any]) -> None:
    """Raise `ParameterValidationError` for settings of the right shape that contradict themselves."""
    _refuse_repeats("Caps", (cap["Scope"] for cap in settings.get("Caps", ())))
    _refuse_repeats("Conditions", (one["Name"] for one in settings.get("Conditions", ())))
    if len(settings.get("Conditions", ())) == 1:
        raise ParameterValidationError("An experiment needs at least two Conditions.")
    if bool(settings.get("TimeExtensions")) != bool(settings.get("TimeExtensionSeconds")):
        raise ParameterValidationError(
            "TimeExtensions and TimeExtensionSeconds are given together: how often, and by how much."
        )
    check = settings.get("ComprehensionCheck")
    if check is not None:
        _refuse_wrong_check(check)


def _refuse_wrong_check(check: Mapping[str, Any]) -> None:
    choices = check["Choices"]
    if not 2 <= len(choices) <= MOST_CHOICES or any(len(one) > LONGEST_CHOICE for one in choices):
        raise ParameterValidationError(
            f"A ComprehensionCheck has 2 to {MOST_CHOICES} Choices of at most {LONGEST_CHOICE} characters."
        )
    _refuse_repeats("Choices of a ComprehensionCheck", choices)
    if check["Right"] not in choices:
        raise ParameterValidationError("Right of a ComprehensionCheck must be one of its Choices.")


def _refuse_repeats(what: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise ParameterValidationError(f"{name} is given twice in the {what}.")


def least_filled(conditions: Iterable[Condition], fills: Mapping[str, int], random: RandomSource) -> str:
    """The condition with the fewest workers for its weight; of equal ones any, at random.

    Balanced assignment as urn randomisation taken to its limit: with equal weights the numbers never differ
    by more than one.
    """
    listed = list(conditions)
    best = min(listed, key=lambda one: _Share(fills.get(one.name, 0), one.weight))
    equal = [
        one for one in listed if fills.get(one.name, 0) * best.weight == fills.get(best.name, 0) * one.weight
    ]
    return equal[random.getrandbits(32) % len(equal)].name


@dataclass(frozen=True, slots=True)
class _Share:
    """A number of workers for a weight, compared without fractions."""

    filled: int
    weight: int

    def __lt__(self, other: _Share) -> bool:
        return self.filled * other.weight < other.filled * self.weight
