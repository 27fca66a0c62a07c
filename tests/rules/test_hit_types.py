"""Which HITs are of one type."""

from dataclasses import replace

import pytest

from kempelen.rules.hit_types import HITTypeProperties, is_adult, requires_masters
from kempelen.rules.money import Money
from kempelen.rules.requirements import parse_requirements

CATS = HITTypeProperties(
    title="Find the cat",
    description="One picture, one click.",
    keywords="cat, picture",
    reward=Money.parse("0.5"),
    assignment_duration_seconds=600,
    auto_approval_delay_seconds=3600,
)
SKILLED = {"QualificationTypeId": "3SKILL", "Comparator": "GreaterThan", "IntegerValues": [5]}
MASTERS = {"QualificationTypeId": "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "Comparator": "Exists"}
ADULT = {"QualificationTypeId": "00000000000000000060", "Comparator": "EqualTo", "IntegerValues": [1]}


def test_the_digest_is_the_one_that_was_stored_before():
    assert CATS.digest().hex() == "f633199f69ee534d31063721d624ca2fe4ac3c66b8b8b050d1219cd5237ec385"


def test_equal_properties_are_one_type_however_the_money_is_written():
    assert replace(CATS, reward=Money.parse("0.50")).digest() == CATS.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Find the dog"},
        {"description": ""},
        {"keywords": ""},
        {"reward": Money.parse("0.51")},
        {"reward": Money(50, "EUR")},
        {"assignment_duration_seconds": 601},
        {"auto_approval_delay_seconds": 0},
        {"requirements": parse_requirements([SKILLED])},
    ],
)
def test_another_value_of_any_property_is_another_type(change):
    assert replace(CATS, **change).digest() != CATS.digest()


def test_text_does_not_slide_from_one_property_into_the_next():
    one = replace(CATS, title="a", description="bc")
    assert one.digest() != replace(CATS, title="ab", description="c").digest()


def test_the_order_of_the_requirements_does_not_matter():
    here = replace(CATS, requirements=parse_requirements([SKILLED, MASTERS]))
    there = replace(CATS, requirements=parse_requirements([MASTERS, SKILLED]))
    assert here.digest() == there.digest()


def test_what_a_requirement_guards_matters_and_the_old_way_to_say_it_does_not():
    accept, old, new = (
        replace(CATS, requirements=parse_requirements([SKILLED | guard])).digest()
        for guard in ({}, {"RequiredToPreview": True}, {"ActionsGuarded": "PreviewAndAccept"})
    )
    assert old == new != accept


def test_any_text_has_a_digest():
    assert len(replace(CATS, title='\ud800"\\\u0000猫').digest()) == 32


def test_only_a_requirement_that_masters_exist_is_for_masters():
    assert requires_masters(parse_requirements([SKILLED, MASTERS]))
    assert not requires_masters(parse_requirements([SKILLED, MASTERS | {"Comparator": "DoesNotExist"}]))


def test_adult_content_is_known_by_its_requirement():
    assert is_adult(parse_requirements([ADULT]))
    assert not is_adult(parse_requirements([SKILLED]))
