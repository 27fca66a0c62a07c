"""What each comparator says of a value, of a place, and of nothing."""

import pytest

from kempelen.rules.comparators import Comparator, Locale, holds

CALIFORNIA = Locale("US", "CA")
NEW_YORK = Locale("US", "NY")
INDIA = Locale("IN")


@pytest.mark.parametrize(
    ("comparator", "at_9", "at_10", "at_11"),
    [
        (Comparator.LESS_THAN, True, False, False),
        (Comparator.LESS_THAN_OR_EQUAL_TO, True, True, False),
        (Comparator.GREATER_THAN, False, False, True),
        (Comparator.GREATER_THAN_OR_EQUAL_TO, False, True, True),
        (Comparator.EQUAL_TO, False, True, False),
        (Comparator.NOT_EQUAL_TO, True, False, True),
        (Comparator.IN, False, True, False),
        (Comparator.NOT_IN, True, False, True),
    ],
)
def test_a_number_is_compared_with_ten(comparator, at_9, at_10, at_11):
    assert [holds(comparator, value, integers=(10,)) for value in (9, 10, 11)] == [at_9, at_10, at_11]


def test_membership_looks_at_the_whole_list():
    assert holds(Comparator.IN, 3, integers=(1, 2, 3))
    assert not holds(Comparator.NOT_IN, 3, integers=(1, 2, 3))


@pytest.mark.parametrize("comparator", Comparator)
def test_who_holds_nothing_meets_does_not_exist_and_nothing_else(comparator):
    takes_values = comparator not in (Comparator.EXISTS, Comparator.DOES_NOT_EXIST)
    integers = (10,) if takes_values else ()
    assert holds(comparator, None, integers=integers) == (comparator is Comparator.DOES_NOT_EXIST)
    if takes_values:
        assert not holds(comparator, None, locales=(INDIA,))


def test_a_value_of_zero_exists():
    assert holds(Comparator.EXISTS, 0)
    assert not holds(Comparator.DOES_NOT_EXIST, 0)
    assert holds(Comparator.EQUAL_TO, 0, integers=(0,))


def test_a_country_includes_its_states_and_a_state_only_itself():
    country = (Locale("US"),)
    assert holds(Comparator.EQUAL_TO, CALIFORNIA, locales=country)
    assert holds(Comparator.EQUAL_TO, Locale("US"), locales=country)
    assert not holds(Comparator.EQUAL_TO, NEW_YORK, locales=(CALIFORNIA,))
    assert not holds(Comparator.EQUAL_TO, Locale("US"), locales=(CALIFORNIA,))
    assert not holds(Comparator.EQUAL_TO, INDIA, locales=country)


def test_everyone_outside_a_state_is_not_in_it():
    not_in_california = [
        holds(Comparator.NOT_EQUAL_TO, one, locales=(CALIFORNIA,)) for one in (CALIFORNIA, NEW_YORK, INDIA)
    ]
    assert not_in_california == [False, True, True]
    assert not holds(Comparator.NOT_EQUAL_TO, CALIFORNIA, locales=(Locale("US"),))


def test_a_place_is_looked_for_in_a_list_of_places():
    places = (INDIA, CALIFORNIA)
    assert [holds(Comparator.IN, one, locales=places) for one in (INDIA, CALIFORNIA, NEW_YORK)] == [
        True,
        True,
        False,
    ]
    assert holds(Comparator.NOT_IN, NEW_YORK, locales=places)


@pytest.mark.parametrize("comparator", [Comparator.EQUAL_TO, Comparator.NOT_EQUAL_TO, Comparator.NOT_IN])
def test_a_value_of_the_other_kind_fails(comparator):
    assert not holds(comparator, INDIA, integers=(1,))
    assert not holds(comparator, 1, locales=(INDIA,))


def test_places_have_no_order():
    assert not holds(Comparator.LESS_THAN, INDIA, locales=(CALIFORNIA,))
