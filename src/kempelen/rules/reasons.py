"""What a requirement asks of a worker and what the worker brings to it, in one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kempelen.rules.comparators import Comparator, Locale, Value
from kempelen.rules.requirements import Explanation, Requirement
from kempelen.rules.system_qualifications import (
    ADULT,
    ALL_MASTERS,
    LOCALE,
    NUMBER_HITS_APPROVED,
    PERCENT_ASSIGNMENTS_ABANDONED,
    PERCENT_ASSIGNMENTS_APPROVED,
    PERCENT_ASSIGNMENTS_REJECTED,
    PERCENT_ASSIGNMENTS_RETURNED,
    PERCENT_ASSIGNMENTS_SUBMITTED,
)

_SYSTEM_NOUNS: Mapping[str, str] = {
    NUMBER_HITS_APPROVED: "a number of approved assignments",
    PERCENT_ASSIGNMENTS_APPROVED: "a percentage of approved assignments",
    PERCENT_ASSIGNMENTS_SUBMITTED: "a percentage of submitted assignments",
    PERCENT_ASSIGNMENTS_ABANDONED: "a percentage of abandoned assignments",
    PERCENT_ASSIGNMENTS_RETURNED: "a percentage of returned assignments",
    PERCENT_ASSIGNMENTS_REJECTED: "a percentage of rejected assignments",
}

_COMPARED: Mapping[Comparator, Callable[[str], str]] = {
    Comparator.LESS_THAN: "less than {}".format,
    Comparator.LESS_THAN_OR_EQUAL_TO: "at most {}".format,
    Comparator.GREATER_THAN: "more than {}".format,
    Comparator.GREATER_THAN_OR_EQUAL_TO: "at least {}".format,
    Comparator.EQUAL_TO: "exactly {}".format,
    Comparator.NOT_EQUAL_TO: "anything but {}".format,
    Comparator.IN: "one of {}".format,
    Comparator.NOT_IN: "none of {}".format,
}


def reason(explanation: Explanation, name: str) -> str:
    """The sentence for the worker; `name` is the qualification type's own, for types that have no noun."""
    requirement, held = explanation.requirement, explanation.held
    type_id = requirement.qualification_type_id
    if type_id == ADULT:
        return f"You need to be of age and to have agreed to see adult content; you {_have(bool(held))}."
    if type_id in ALL_MASTERS:
        wanted = "need to be" if requirement.comparator is Comparator.EXISTS else "must not be"
        return f"You {wanted} a Master; you {'are' if held is not None else 'are not'}."
    if type_id == LOCALE:
        return f"{_place_wanted(requirement)}; {_place_held(held)}."
    if requirement.comparator is Comparator.EXISTS:
        return f"You need {_noun(type_id, name)}; you {_have_it(held)}."
    if requirement.comparator is Comparator.DOES_NOT_EXIST:
        return f"You must not have {_noun(type_id, name)}; you {_have_it(held)}."
    joint = "of" if type_id in _SYSTEM_NOUNS else "with a value of"
    numbers = _listed([str(number) for number in requirement.integer_values])
    wanted = _COMPARED[requirement.comparator](numbers)
    brought = f"yours is {held}" if isinstance(held, int) else f"you {_have_it(held)}"
    return f"You need {_noun(type_id, name)} {joint} {wanted}; {brought}."


def _noun(type_id: str, name: str) -> str:
    return _SYSTEM_NOUNS.get(type_id) or f'the qualification "{name or type_id}"'


def _have(has: bool) -> str:
    return "have" if has else "have not"


def _have_it(held: Value | None) -> str:
    return "do not have it" if held is None else "have it"


def _place_wanted(requirement: Requirement) -> str:
    if requirement.comparator is Comparator.EXISTS:
        return "Your account must name a country"
    if requirement.comparator is Comparator.DOES_NOT_EXIST:
        return "Your account must not name a country"
    places = _listed([_place(locale) for locale in requirement.locale_values])
    if requirement.comparator in (Comparator.NOT_EQUAL_TO, Comparator.NOT_IN):
        return f"You must live outside {places}"
    return f"You need to live in {places}"


def _place_held(held: Value | None) -> str:
    return (
        f"your account names {_place(held)}" if isinstance(held, Locale) else "your account names no country"
    )


def _place(locale: Locale) -> str:
    return locale.country if locale.subdivision is None else f"{locale.country}-{locale.subdivision}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
