"""The sentences that tell a worker how they stand to a requirement."""

import pytest

from kempelen.rules.comparators import Comparator, Locale, Value
from kempelen.rules.reasons import reason
from kempelen.rules.requirements import Requirement, explain

APPROVED = "000000000000000000L0"


@pytest.mark.parametrize(
    ("type_id", "comparator", "integers", "locales", "held", "sentence"),
    [
        (APPROVED, "GreaterThanOrEqualTo", (95,), (), 88,
         "You need a percentage of approved assignments of at least 95; yours is 88."),
        ("00000000000000000040", "GreaterThan", (500,), (), 3,
         "You need a number of approved assignments of more than 500; yours is 3."),
        ("000000000000000000S0", "LessThan", (5,), (), 7,
         "You need a percentage of rejected assignments of less than 5; yours is 7."),
        ("00000000000000000070", "LessThanOrEqualTo", (5,), (), 7,
         "You need a percentage of abandoned assignments of at most 5; yours is 7."),
        ("000000000000000000E0", "EqualTo", (0,), (), 7,
         "You need a percentage of returned assignments of exactly 0; yours is 7."),
        ("3TYPE", "In", (1, 2, 3), (), None,
         'You need the qualification "Cats" with a value of one of 1, 2 or 3; you do not have it.'),
        ("3TYPE", "NotIn", (1, 2), (), 2,
         'You need the qualification "Cats" with a value of none of 1 or 2; yours is 2.'),
        ("3TYPE", "NotEqualTo", (0,), (), 0,
         'You need the qualification "Cats" with a value of anything but 0; yours is 0.'),
        ("3TYPE", "Exists", (), (), None, 'You need the qualification "Cats"; you do not have it.'),
        ("3TYPE", "DoesNotExist", (), (), 0, 'You must not have the qualification "Cats"; you have it.'),
        ("00000000000000000071", "EqualTo", (), (Locale("US", "WA"),), Locale("PT"),
         "You need to live in US-WA; your account names PT."),
        ("00000000000000000071", "In", (), (Locale("US"), Locale("CA")), None,
         "You need to live in US or CA; your account names no country."),
        ("00000000000000000071", "NotIn", (), (Locale("US"), Locale("CA")), Locale("US", "WA"),
         "You must live outside US or CA; your account names US-WA."),
        ("00000000000000000071", "Exists", (), (), None,
         "Your account must name a country; your account names no country."),
        ("00000000000000000071", "DoesNotExist", (), (), Locale("PT"),
         "Your account must not name a country; your account names PT."),
        ("00000000000000000060", "EqualTo", (1,), (), 0,
         "You need to be of age and to have agreed to see adult content; you have not."),
        ("2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "Exists", (), (), None,
         "You need to be a Master; you are not."),
        ("2ARFPLSP75KLA8M8DH1HTEQVJT3SY6", "DoesNotExist", (), (), 1,
         "You must not be a Master; you are."),
    ],
)  # fmt: skip
def test_a_requirement_is_told_in_one_sentence(
    type_id: str,
    comparator: str,
    integers: tuple[int, ...],
    locales: tuple[Locale, ...],
    held: Value | None,
    sentence: str,
) -> None:
    requirement = Requirement(type_id, Comparator(comparator), integers, locales)
    explanation = explain([requirement], {} if held is None else {type_id: held})[0]
    assert not explanation.met
    assert reason(explanation, "Cats") == sentence
