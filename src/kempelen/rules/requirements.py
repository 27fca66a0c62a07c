"""What a HIT type asks of workers, who meets it, and what those who do not may still do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kempelen.errors import InvalidParameterCombination, ParameterValidationError
from kempelen.rules.comparators import EXISTENCE, MEMBERSHIP, OF_LOCALES, Comparator, Locale, Value, holds
from kempelen.rules.countries import COUNTRIES, US_SUBDIVISIONS
from kempelen.rules.system_qualifications import ADULT, ALL_MASTERS, LOCALE

MAXIMUM_REQUIREMENTS = 10
MAXIMUM_TYPE_ID_BYTES = 255
MAXIMUM_INTEGER_VALUES = 15
MAXIMUM_LOCALE_VALUES = 30
LARGEST_INTEGER = 2**31 - 1

_COUNTRIES = frozenset(COUNTRIES)
_US_SUBDIVISIONS = frozenset(US_SUBDIVISIONS)


class ActionsGuarded(StrEnum):
    """What a worker who fails a requirement is kept from."""

    ACCEPT = "Accept"
    PREVIEW_AND_ACCEPT = "PreviewAndAccept"
    DISCOVER_PREVIEW_AND_ACCEPT = "DiscoverPreviewAndAccept"


class WorkerAction(StrEnum):
    """What a worker may want to do with a HIT."""

    DISCOVER = "Discover"
    PREVIEW = "Preview"
    ACCEPT = "Accept"


_GUARDS: Mapping[WorkerAction, frozenset[ActionsGuarded]] = {
    WorkerAction.DISCOVER: frozenset({ActionsGuarded.DISCOVER_PREVIEW_AND_ACCEPT}),
    WorkerAction.PREVIEW: frozenset(
        {ActionsGuarded.DISCOVER_PREVIEW_AND_ACCEPT, ActionsGuarded.PREVIEW_AND_ACCEPT}
    ),
    WorkerAction.ACCEPT: frozenset(ActionsGuarded),
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One checked requirement; of the two lists at most one has members."""

    qualification_type_id: str
    comparator: Comparator
    integer_values: tuple[int, ...] = ()
    locale_values: tuple[Locale, ...] = ()
    actions_guarded: ActionsGuarded = ActionsGuarded.ACCEPT


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a worker stands to one requirement: what is held (`None` if nothing), and whether that does."""

    requirement: Requirement
    held: Value | None
    met: bool


def explain(requirements: Sequence[Requirement], values: Mapping[str, Value]) -> tuple[Explanation, ...]:
    """Every requirement with what this worker, who holds `values` by qualification type id, brings to it."""
    held = ((one, values.get(one.qualification_type_id)) for one in requirements)
    return tuple(Explanation(one, value, meets(one, value)) for one, value in held)


def meets(requirement: Requirement, value: Value | None) -> bool:
    """Whether who holds `value` (`None` if nothing) meets the requirement."""
    return holds(
        requirement.comparator,
        value,
        integers=requirement.integer_values,
        locales=requirement.locale_values,
    )


def may(action: WorkerAction, explanations: Sequence[Explanation]) -> bool:
    """Whether a worker with these explanations may do this: every requirement that guards it must be met.

    Accept is guarded by all, Preview by those that say so, Discover only by DiscoverPreviewAndAccept.
    """
    return all(one.met for one in explanations if one.requirement.actions_guarded in _GUARDS[action])


def parse_requirements(given: Sequence[Mapping[str, object]]) -> tuple[Requirement, ...]:
    """The requirements of a request, in contract names; whether their types exist is the caller's to see.

    Raises `ParameterValidationError` for what cannot be asked, `InvalidParameterCombination` for a
    requirement with both ActionsGuarded and RequiredToPreview.
    """
    if len(given) > MAXIMUM_REQUIREMENTS:
        raise ParameterValidationError(
            f"A HIT type can have at most {MAXIMUM_REQUIREMENTS} qualification requirements."
        )
    return tuple(_parse(one) for one in given)


def _parse(given: Mapping[str, object]) -> Requirement:
    requirement = Requirement(
        qualification_type_id=_type_id(given.get("QualificationTypeId")),
        comparator=_comparator(given.get("Comparator")),
        integer_values=tuple(_integer(one) for one in _listed(given, "IntegerValues")),
        locale_values=tuple(_locale(one) for one in _listed(given, "LocaleValues")),
        actions_guarded=_actions_guarded(given),
    )
    _refuse_wrong_counts(requirement)
    _refuse_wrong_kinds(requirement)
    return requirement


def _type_id(given: object) -> str:
    if not isinstance(given, str) or not 0 < len(given.encode("utf-8", "replace")) <= MAXIMUM_TYPE_ID_BYTES:
        raise ParameterValidationError(
            f"A QualificationTypeId of a requirement must be a text of 1 to {MAXIMUM_TYPE_ID_BYTES} bytes."
        )
    return given


def _comparator(given: object) -> Comparator:
    if not isinstance(given, str) or given not in set(Comparator):
        raise ParameterValidationError(
            f"The Comparator of a requirement must be one of {_choices(Comparator)}."
        )
    return Comparator(given)


def _listed(given: Mapping[str, object], name: str) -> Sequence[object]:
    values = given.get(name)
    if values is None:
        return ()
    most = MAXIMUM_LOCALE_VALUES if name == "LocaleValues" else MAXIMUM_INTEGER_VALUES
    if not isinstance(values, list | tuple) or len(values) > most:
        raise ParameterValidationError(f"{name} of a requirement must be a list of at most {most} values.")
    return values


def _integer(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or abs(given) > LARGEST_INTEGER:
        raise ParameterValidationError(
            f"Each of the IntegerValues of a requirement must be a whole number up to {LARGEST_INTEGER}."
        )
    return given


def _locale(given: object) -> Locale:
    country = given.get("Country") if isinstance(given, Mapping) else None
    if not isinstance(country, str) or country not in _COUNTRIES:
        raise ParameterValidationError(
            "Each of the LocaleValues of a requirement must have a Country of two capital letters,"
            " a code assigned in ISO 3166-1."
        )
    subdivision = given.get("Subdivision") if isinstance(given, Mapping) else None
    if subdivision is None:
        return Locale(country)
    if country != "US" or not isinstance(subdivision, str) or subdivision not in _US_SUBDIVISIONS:
        raise ParameterValidationError(
            "The Subdivision of a locale must be the two capital letters of a state of the US or DC,"
            " and its Country must be US."
        )
    return Locale(country, subdivision)


def _actions_guarded(given: Mapping[str, object]) -> ActionsGuarded:
    guarded, is_required_to_preview = given.get("ActionsGuarded"), given.get("RequiredToPreview")
    if guarded is not None and is_required_to_preview is not None:
        raise InvalidParameterCombination(parameters="ActionsGuarded, RequiredToPreview")
    if is_required_to_preview is not None and not isinstance(is_required_to_preview, bool):
        raise ParameterValidationError("RequiredToPreview of a requirement must be true or false.")
    if guarded is None:
        return ActionsGuarded.PREVIEW_AND_ACCEPT if is_required_to_preview else ActionsGuarded.ACCEPT
    if not isinstance(guarded, str) or guarded not in set(ActionsGuarded):
        raise ParameterValidationError(
            f"ActionsGuarded of a requirement must be one of {_choices(ActionsGuarded)}."
        )
    return ActionsGuarded(guarded)


def _choices(choices: type[StrEnum]) -> str:
    return ", ".join(choices)


def _refuse_wrong_counts(requirement: Requirement) -> None:
    comparator, integers, locales = (
        requirement.comparator,
        requirement.integer_values,
        requirement.locale_values,
    )
    if integers and locales:
        raise ParameterValidationError("A requirement can have IntegerValues or LocaleValues, not both.")
    count = len(integers) + len(locales)
    if comparator in EXISTENCE and count:
        raise ParameterValidationError(
            f"A requirement with the comparator {comparator} can have neither IntegerValues nor LocaleValues."
        )
    if comparator in MEMBERSHIP and not count:
        raise ParameterValidationError(
            f"A requirement with the comparator {comparator} needs at least one value."
        )
    if comparator not in EXISTENCE | MEMBERSHIP and count != 1:
        raise ParameterValidationError(
            f"A requirement with the comparator {comparator} needs exactly one value."
        )


def _refuse_wrong_kinds(requirement: Requirement) -> None:
    type_id, comparator = requirement.qualification_type_id, requirement.comparator
    if requirement.locale_values and type_id != LOCALE:
        raise ParameterValidationError(
            f"LocaleValues can only be asked of the qualification type {LOCALE} (Worker_Locale)."
        )
    if type_id == LOCALE and comparator not in OF_LOCALES | EXISTENCE:
        raise ParameterValidationError(
            f"The qualification type {LOCALE} (Worker_Locale) cannot be compared by {comparator}."
        )
    if type_id == LOCALE and requirement.integer_values:
        raise ParameterValidationError(
            f"The qualification type {LOCALE} (Worker_Locale) takes LocaleValues, not IntegerValues."
        )
    if type_id in ALL_MASTERS and comparator not in EXISTENCE:
        raise ParameterValidationError(
            "A requirement on a masters qualification must have the comparator Exists or DoesNotExist."
        )
    asked = (comparator, requirement.integer_values)
    if type_id == ADULT and asked != (Comparator.EQUAL_TO, (1,)):
        raise ParameterValidationError(
            f"A requirement on the qualification type {ADULT} (Worker_Adult) must be EqualTo 1."
        )


def as_answer(requirement: Requirement) -> dict[str, object]:
    """The requirement in contract names, ActionsGuarded always; RequiredToPreview is for old clients."""
    answer: dict[str, object] = {
        "QualificationTypeId": requirement.qualification_type_id,
        "Comparator": requirement.comparator.value,
    }
    if requirement.integer_values:
        answer["IntegerValues"] = list(requirement.integer_values)
    if requirement.locale_values:
        answer["LocaleValues"] = [locale_as_answer(one) for one in requirement.locale_values]
    answer["RequiredToPreview"] = requirement.actions_guarded is not ActionsGuarded.ACCEPT
    answer["ActionsGuarded"] = requirement.actions_guarded.value
    return answer


def locale_as_answer(locale: Locale) -> dict[str, str]:
    """A locale in contract names."""
    if locale.subdivision is None:
        return {"Country": locale.country}
    return {"Country": locale.country, "Subdivision": locale.subdivision}


def from_answer(answer: Mapping[str, object]) -> Requirement:
    """What `as_answer` wrote, read again, for a store that keeps it in that form."""
    return _parse({name: value for name, value in answer.items() if name != "RequiredToPreview"})
