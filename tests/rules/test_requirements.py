"""What may be asked of workers, what is refused, and what a worker who falls short may still do."""

import pytest

from kempelen.errors import InvalidParameterCombination, ParameterValidationError
from kempelen.rules import system_qualifications
from kempelen.rules.comparators import Comparator, Locale
from kempelen.rules.countries import COUNTRIES, US_SUBDIVISIONS
from kempelen.rules.requirements import (
    ActionsGuarded,
    Requirement,
    WorkerAction,
    as_answer,
    explain,
    from_answer,
    may,
    meets,
    parse_requirements,
)
from kempelen.rules.system_qualifications import PRODUCTION_TYPES, SANDBOX_TYPES, WorkerRecord

SKILL = "3SKILL0000000000000000000000001"
LOCALE = "00000000000000000071"
ADULT = "00000000000000000060"
APPROVED = "000000000000000000L0"
MASTERS = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH"
SANDBOX_MASTERS = "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"


def asked(type_id=SKILL, comparator="EqualTo", **members):
    return {"QualificationTypeId": type_id, "Comparator": comparator, **members}


def parsed(*args, **members):
    (requirement,) = parse_requirements([asked(*args, **members)])
    return requirement


def refusal_of(*args, **members):
    with pytest.raises(ParameterValidationError) as refused:
        parsed(*args, **members)
    return refused.value.message


def test_a_requirement_guards_accepting_unless_it_says_more():
    assert parsed(IntegerValues=[0]) == Requirement(SKILL, Comparator.EQUAL_TO, (0,))
    assert parsed(IntegerValues=[1], ActionsGuarded="DiscoverPreviewAndAccept").actions_guarded == (
        ActionsGuarded.DISCOVER_PREVIEW_AND_ACCEPT
    )


def test_the_old_required_to_preview_is_preview_and_accept():
    assert parsed(IntegerValues=[1], RequiredToPreview=True).actions_guarded == "PreviewAndAccept"
    assert parsed(IntegerValues=[1], RequiredToPreview=False).actions_guarded == "Accept"


@pytest.mark.parametrize("old", [True, False])
def test_both_ways_to_guard_are_no_combination(old):
    with pytest.raises(InvalidParameterCombination) as refused:
        parsed(IntegerValues=[1], RequiredToPreview=old, ActionsGuarded="Accept")
    assert refused.value.message == (
        "The combination of parameters supplied to the request is invalid: ActionsGuarded, RequiredToPreview."
    )


def test_the_whole_example_is_read_in_its_order():
    requirements = parse_requirements(
        [
            asked(APPROVED, "GreaterThanOrEqualTo", IntegerValues=[95]),
            asked(LOCALE, "In", LocaleValues=[{"Country": "US", "Subdivision": "DC"}, {"Country": "IN"}]),
            asked(MASTERS, "Exists"),
            asked(SKILL, "NotIn", IntegerValues=[1, -2]),
        ]
    )
    assert [one.comparator for one in requirements] == ["GreaterThanOrEqualTo", "In", "Exists", "NotIn"]
    assert requirements[1].locale_values == (Locale("US", "DC"), Locale("IN"))
    assert requirements[3].integer_values == (1, -2)


@pytest.mark.parametrize(
    ("comparator", "values", "sentence"),
    [
        ("EqualTo", [], "needs exactly one value"),
        ("LessThan", [1, 2], "needs exactly one value"),
        ("In", [], "needs at least one value"),
        ("In", list(range(16)), "at most 15 values"),
        ("Exists", [1], "neither IntegerValues nor LocaleValues"),
        ("DoesNotExist", [1], "neither IntegerValues nor LocaleValues"),
        ("Equals", [1], "must be one of LessThan"),
        ("EqualTo", [True], "whole number"),
        ("EqualTo", ["1"], "whole number"),
        ("EqualTo", [2**31], "whole number"),
        ("EqualTo", 1, "must be a list"),
    ],
)
def test_the_comparator_says_how_many_values_there_are(comparator, values, sentence):
    assert sentence in refusal_of(SKILL, comparator, IntegerValues=values)


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"QualificationTypeId": ""}, "1 to 255 bytes"),
        ({"QualificationTypeId": "3" * 256}, "1 to 255 bytes"),
        ({"QualificationTypeId": None}, "1 to 255 bytes"),
        ({"Comparator": None}, "must be one of"),
        ({"ActionsGuarded": "Preview"}, "must be one of Accept"),
        ({"ActionsGuarded": 1}, "must be one of Accept"),
        ({"RequiredToPreview": "true"}, "true or false"),
    ],
)
def test_members_that_make_no_sense_are_refused(members, sentence):
    with pytest.raises(ParameterValidationError, match=sentence):
        parse_requirements([asked(IntegerValues=[1]) | members])


def test_thirty_places_may_be_named_and_no_more():
    places = [{"Country": code} for code in COUNTRIES[:31]]
    assert len(parsed(LOCALE, "In", LocaleValues=places[:30]).locale_values) == 30
    assert "at most 30" in refusal_of(LOCALE, "In", LocaleValues=places)


@pytest.mark.parametrize(
    ("type_id", "comparator", "members", "sentence"),
    [
        (LOCALE, "EqualTo", {"IntegerValues": [1], "LocaleValues": [{"Country": "US"}]}, "not both"),
        (SKILL, "EqualTo", {"LocaleValues": [{"Country": "US"}]}, "Worker_Locale"),
        (LOCALE, "EqualTo", {"IntegerValues": [1]}, "takes LocaleValues"),
        (LOCALE, "LessThan", {"LocaleValues": [{"Country": "US"}]}, "cannot be compared by LessThan"),
        (LOCALE, "EqualTo", {"LocaleValues": [{"Country": "US"}, {"Country": "IN"}]}, "exactly one"),
        (LOCALE, "EqualTo", {"LocaleValues": [{"Country": "XX"}]}, "ISO 3166-1"),
        (LOCALE, "EqualTo", {"LocaleValues": [{"Country": "us"}]}, "ISO 3166-1"),
        (LOCALE, "EqualTo", {"LocaleValues": [{}]}, "ISO 3166-1"),
        (LOCALE, "EqualTo", {"LocaleValues": ["US"]}, "ISO 3166-1"),
        (LOCALE, "EqualTo", {"LocaleValues": [{"Country": "US", "Subdivision": "PR"}]}, "state of the US"),
        (LOCALE, "EqualTo", {"LocaleValues": [{"Country": "CA", "Subdivision": "ON"}]}, "must be US"),
        (MASTERS, "EqualTo", {"IntegerValues": [1]}, "Exists or DoesNotExist"),
        (SANDBOX_MASTERS, "In", {"IntegerValues": [1]}, "Exists or DoesNotExist"),
        (ADULT, "EqualTo", {"IntegerValues": [0]}, "must be EqualTo 1"),
        (ADULT, "Exists", {}, "must be EqualTo 1"),
    ],
)
def test_some_types_can_only_be_asked_in_their_own_way(type_id, comparator, members, sentence):
    assert sentence in refusal_of(type_id, comparator, **members)


def test_ten_requirements_are_enough():
    assert len(parse_requirements([asked(IntegerValues=[1])] * 10)) == 10
    with pytest.raises(ParameterValidationError, match="at most 10"):
        parse_requirements([asked(IntegerValues=[1])] * 11)


def test_there_are_249_countries_and_51_states():
    assert len(set(COUNTRIES)) == len(COUNTRIES) == 249
    assert len(set(US_SUBDIVISIONS)) == len(US_SUBDIVISIONS) == 51
    assert "PR" not in US_SUBDIVISIONS


def test_the_answer_always_says_what_is_guarded_in_both_ways():
    assert as_answer(parsed(IntegerValues=[5])) == {
        "QualificationTypeId": SKILL,
        "Comparator": "EqualTo",
        "IntegerValues": [5],
        "RequiredToPreview": False,
        "ActionsGuarded": "Accept",
    }
    place = {"Country": "US", "Subdivision": "PA"}
    answer = as_answer(
        parsed(LOCALE, "In", LocaleValues=[place, {"Country": "IN"}], ActionsGuarded="PreviewAndAccept")
    )
    assert answer["LocaleValues"] == [place, {"Country": "IN"}]
    assert answer["RequiredToPreview"] is True
    assert "IntegerValues" not in answer
    assert type(answer["Comparator"]) is str


@pytest.mark.parametrize(
    "requirement",
    [
        Requirement(SKILL, Comparator.IN, (1, 2), (), ActionsGuarded.DISCOVER_PREVIEW_AND_ACCEPT),
        Requirement(LOCALE, Comparator.NOT_EQUAL_TO, (), (Locale("US", "NY"),)),
        Requirement(MASTERS, Comparator.EXISTS),
    ],
)
def test_an_answer_can_be_read_again(requirement):
    assert from_answer(as_answer(requirement)) == requirement


def test_what_wei_lacks_is_told_beside_what_she_has():
    requirements = parse_requirements(
        [
            asked(APPROVED, "GreaterThan", IntegerValues=[95]),
            asked(SKILL, "Exists"),
            asked(MASTERS, "DoesNotExist"),
        ]
    )
    explanations = explain(requirements, {APPROVED: 90, SKILL: 0})
    assert [(one.held, one.met) for one in explanations] == [(90, False), (0, True), (None, True)]
    assert explanations[0].requirement is requirements[0]
    assert not meets(requirements[1], None)


@pytest.mark.parametrize(
    ("guarded", "allowed"),
    [
        ("Accept", [True, True, False]),
        ("PreviewAndAccept", [True, False, False]),
        ("DiscoverPreviewAndAccept", [False, False, False]),
    ],
)
def test_an_unmet_requirement_keeps_the_worker_from_what_it_guards(guarded, allowed):
    met = asked(SKILL, "Exists", ActionsGuarded="DiscoverPreviewAndAccept")
    unmet = asked(MASTERS, "Exists", ActionsGuarded=guarded)
    explanations = explain(parse_requirements([met, unmet]), {SKILL: 1})
    assert [may(action, explanations) for action in WorkerAction] == allowed


def test_without_requirements_everybody_may_do_everything():
    assert all(may(action, ()) for action in WorkerAction)


def test_a_new_worker_counts_as_approved():
    record = WorkerRecord(approved=40, rejected=59, submitted=99)
    assert system_qualifications.value(APPROVED, record) == 100
    assert system_qualifications.value("000000000000000000S0", record) == 0
    assert system_qualifications.value("00000000000000000040", record) == 40


def test_from_the_hundredth_submission_the_percentages_are_shares_of_the_decided():
    record = WorkerRecord(approved=59, rejected=30, submitted=100, returned=50, abandoned=10)
    held = system_qualifications.values(PRODUCTION_TYPES, record)
    assert held == {
        "00000000000000000040": 59,
        ADULT: 0,
        APPROVED: 66,
        "00000000000000000000": 62,
        "00000000000000000070": 6,
        "000000000000000000E0": 31,
        "000000000000000000S0": 33,
    }


def test_a_worker_who_never_worked_has_values_all_the_same():
    values = [
        system_qualifications.value(one, WorkerRecord()) for one in (APPROVED, "00000000000000000000", LOCALE)
    ]
    assert values == [100, 100, None]
    assert system_qualifications.value(APPROVED, WorkerRecord(submitted=150)) == 100


def test_place_age_and_mastery_come_from_the_account():
    record = WorkerRecord(country="US", subdivision="CA", adult=True, masters=True)
    assert system_qualifications.value(LOCALE, record) == Locale("US", "CA")
    assert system_qualifications.value(ADULT, record) == 1
    assert system_qualifications.value(MASTERS, record) == 1
    assert system_qualifications.value(SKILL, record) is None


def test_the_two_sets_of_types_differ_in_the_masters_alone():
    assert MASTERS in PRODUCTION_TYPES and MASTERS not in SANDBOX_TYPES
    assert SANDBOX_MASTERS in SANDBOX_TYPES and SANDBOX_MASTERS not in PRODUCTION_TYPES
    assert len(PRODUCTION_TYPES) == len(SANDBOX_TYPES) == 11
    assert len(PRODUCTION_TYPES.keys() & SANDBOX_TYPES.keys()) == 8
    assert system_qualifications.values(SANDBOX_TYPES, WorkerRecord(masters=True))[SANDBOX_MASTERS] == 1
