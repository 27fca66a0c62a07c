"""What a requirement asks of a worker and what the worker brings to it, in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kempelen.rules.comparators import EXISTENCE, Comparator, Locale, Value
from kempelen.rules.requirements import Explanation, Requirement
from kempelen.rules.sentences import Sentence
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

_SYSTEM_NOUNS: Mapping[str, Sentence] = {
    NUMBER_HITS_APPROVED: Sentence("a number of approved assignments"),
    PERCENT_ASSIGNMENTS_APPROVED: Sentence("a percentage of approved assignments"),
    PERCENT_ASSIGNMENTS_SUBMITTED: Sentence("a percentage of submitted assignments"),
    PERCENT_ASSIGNMENTS_ABANDONED: Sentence("a percentage of abandoned assignments"),
    PERCENT_ASSIGNMENTS_RETURNED: Sentence("a percentage of returned assignments"),
    PERCENT_ASSIGNMENTS_REJECTED: Sentence("a percentage of rejected assignments"),
}

_COMPARED: Mapping[Comparator, str] = {
    Comparator.LESS_THAN: Sentence("less than {number}"),
    Comparator.LESS_THAN_OR_EQUAL_TO: Sentence("at most {number}"),
    Comparator.GREATER_THAN: Sentence("more than {number}"),
    Comparator.GREATER_THAN_OR_EQUAL_TO: Sentence("at least {number}"),
    Comparator.EQUAL_TO: Sentence("exactly {number}"),
    Comparator.NOT_EQUAL_TO: Sentence("anything but {number}"),
    Comparator.IN: Sentence("one of {number}"),
    Comparator.NOT_IN: Sentence("none of {number}"),
}


def reason(explanation: Explanation, name: str) -> Sentence:
    """The sentence for the worker; `name` is the qualification type's own, for types that have no noun."""
    requirement, held = explanation.requirement, explanation.held
    type_id = requirement.qualification_type_id
    if type_id == ADULT:
        return _adult(has=bool(held))
    if type_id in ALL_MASTERS:
        return _master(wanted=requirement.comparator is Comparator.EXISTS, is_one=held is not None)
    if type_id == LOCALE:
        return Sentence("{wanted}; {brought}.", wanted=_place_wanted(requirement), brought=_place_held(held))
    noun, brought = _noun(type_id, name), _brought(held, counts=requirement.comparator not in EXISTENCE)
    if requirement.comparator is Comparator.EXISTS:
        return Sentence("You need {noun}; {brought}.", noun=noun, brought=brought)
    if requirement.comparator is Comparator.DOES_NOT_EXIST:
        return Sentence("You must not have {noun}; {brought}.", noun=noun, brought=brought)
    number = _listed([str(number) for number in requirement.integer_values])
    wanted = Sentence(_COMPARED[requirement.comparator], number=number)
    if type_id in _SYSTEM_NOUNS:
        return Sentence("You need {noun} of {wanted}; {brought}.", noun=noun, wanted=wanted, brought=brought)
    return Sentence(
        "You need {noun} with a value of {wanted}; {brought}.", noun=noun, wanted=wanted, brought=brought
    )


def _adult(*, has: bool) -> Sentence:
    if has:
        return Sentence("You need to be of age and to have agreed to see adult content; you have.")
    return Sentence("You need to be of age and to have agreed to see adult content; you have not.")


def _master(*, wanted: bool, is_one: bool) -> Sentence:
    if wanted and is_one:
        return Sentence("You need to be a Master; you are.")
    if wanted:
        return Sentence("You need to be a Master; you are not.")
    if is_one:
        return Sentence("You must not be a Master; you are.")
    return Sentence("You must not be a Master; you are not.")


def _noun(type_id: str, name: str) -> Sentence:
    return _SYSTEM_NOUNS.get(type_id) or Sentence('the qualification "{name}"', name=name or type_id)


def _brought(held: Value | None, *, counts: bool) -> Sentence:
    if counts and isinstance(held, int):
        return Sentence("yours is {value}", value=held)
    return Sentence("you do not have it") if held is None else Sentence("you have it")


def _place_wanted(requirement: Requirement) -> Sentence:
    if requirement.comparator is Comparator.EXISTS:
        return Sentence("Your account must name a country")
    if requirement.comparator is Comparator.DOES_NOT_EXIST:
        return Sentence("Your account must not name a country")
    places = _listed([_place(locale) for locale in requirement.locale_values])
    if requirement.comparator in (Comparator.NOT_EQUAL_TO, Comparator.NOT_IN):
        return Sentence("You must live outside {places}", places=places)
    return Sentence("You need to live in {places}", places=places)


def _place_held(held: Value | None) -> Sentence:
    if isinstance(held, Locale):
        return Sentence("your account names {place}", place=_place(held))
    return Sentence("your account names no country")


def _place(locale: Locale) -> str:
    return locale.country if locale.subdivision is None else f"{locale.country}-{locale.subdivision}"


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return Sentence("{first} or {last}", first=", ".join(words[:-1]), last=words[-1])
