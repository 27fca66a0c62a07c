"""How Rosa's qualification test is scored."""

import pytest

from kempelen.rules.answer_key import parse, score
from kempelen.rules.documents import INT_MAXIMUM, INT_MINIMUM, SCHEMAS, MalformedDocument
from kempelen.rules.question_form import (
    FormQuestion,
    FreeText,
    QuestionForm,
    Selection,
    SelectionAnswer,
    Text,
)

NAMESPACE = f"{SCHEMAS}2005-10-01/AnswerKey.xsd"


def choice(name):
    answer = SelectionAnswer(tuple(Selection(letter, Text(letter)) for letter in "abc"), maximum=3)
    return FormQuestion(name, "", False, (Text("?"),), answer)


FORM = QuestionForm((choice("q"), choice("r"), FormQuestion("free", "", False, (Text("?"),), FreeText())))


def option(selections, points):
    names = "".join(f"<SelectionIdentifier>{name}</SelectionIdentifier>" for name in selections)
    return f"<AnswerOption>{names}<AnswerScore>{points}</AnswerScore></AnswerOption>"


def question(*options, name="q", default=None):
    rest = "" if default is None else f"<DefaultScore>{default}</DefaultScore>"
    return f"<Question><QuestionIdentifier>{name}</QuestionIdentifier>{''.join(options)}{rest}</Question>"


def key(*questions, mapping=""):
    wrapped = f"<QualificationValueMapping>{mapping}</QualificationValueMapping>" if mapping else ""
    return parse(f'<AnswerKey xmlns="{NAMESPACE}">{"".join(questions)}{wrapped}</AnswerKey>', FORM)


def percentage(maximum):
    return f"<PercentageMapping><MaximumSummedScore>{maximum}</MaximumSummedScore></PercentageMapping>"


def scale(multiplier):
    return f"<ScaleMapping><SummedScoreMultiplier>{multiplier}</SummedScoreMultiplier></ScaleMapping>"


def ranges(*triples, otherwise=0):
    inner = "".join(
        f"<SummedScoreRange><InclusiveLowerBound>{low}</InclusiveLowerBound><InclusiveUpperBound>{high}"
        f"</InclusiveUpperBound><QualificationValue>{value}</QualificationValue></SummedScoreRange>"
        for low, high, value in triples
    )
    rest = f"<OutOfRangeQualificationValue>{otherwise}</OutOfRangeQualificationValue>"
    return f"<RangeMapping>{inner}{rest}</RangeMapping>"


def mapped(points, mapping):
    return score(key(question(option("a", points)), mapping=mapping), {"q": ("a",)})


def test_without_a_mapping_the_value_is_the_sum():
    found = key(question(option("a", 3), option("bc", 5), default=-1), question(option("b", 10), name="r"))
    assert score(found, {"q": ("a",), "r": ("b",)}) == 13
    assert score(found, {"q": ("c", "b"), "r": ()}) == 5
    assert score(found, {"q": ("b",), "r": ("b", "c")}) == -1
    assert score(found, {}) == -1


def test_a_text_of_ones_own_beside_the_selections_is_another_answer():
    assert score(key(question(option("a", 3))), {"q": ("a", "own")}) == 0


@pytest.mark.parametrize(
    ("points", "maximum", "value"), [(1, 3, 33), (2, 3, 67), (1, 8, 13), (-1, 8, -13), (5, 4, 125)]
)
def test_percentages_are_rounded_halves_away_from_zero(points, maximum, value):
    assert mapped(points, percentage(maximum)) == value


@pytest.mark.parametrize(
    ("points", "multiplier", "value"),
    [
        (3, "0.5", 2),
        (-3, "0.5", -2),
        (100, "1.1", 110),
        (7, "-2", -14),
        (5, " 1e1 ", 50),
        (1, "0.49999999999", 0),
        (35, "0.1", 4),
        (9, "0", 0),
        (INT_MAXIMUM, "1e9", INT_MAXIMUM),
        (INT_MAXIMUM, "-1e9", INT_MINIMUM),
    ],
)
def test_products_are_exact(points, multiplier, value):
    assert mapped(points, scale(multiplier)) == value


def test_ranges_include_their_ends_and_the_first_wins():
    mapping = ranges((-5, 0, 1), (0, 10, 2), (20, 20, 3), otherwise=9)
    assert [mapped(points, mapping) for points in (-6, -5, 0, 1, 10, 11, 20)] == [9, 1, 1, 2, 2, 9, 3]


@pytest.mark.parametrize(
    ("questions", "mapping", "said"),
    [
        ([question(option("a", 1), name="other")], "", 'the test has no question "other"'),
        ([question(option("a", 1), name="free")], "", "cannot be scored"),
        ([question(option("a", 1)), question(option("b", 1))], "", "occurs twice"),
        ([question(option("ab", 1), option("ba", 2))], "", "scores the same selections twice"),
        ([question(option("z", 1))], "", 'has no selection "z"'),
        ([question(option("", 1))], "", "expected SelectionIdentifier"),
        ([question(option("a", "1.5"))], "", "whole number"),
        ([question(option("a", 2**31))], "", "between"),
        ([question()], "", "expected AnswerOption"),
        ([], "", "expected Question"),
        ([question(option("a", 1))], percentage(0), "between 1"),
        ([question(option("a", 1))], scale("NaN"), "not a number"),
        ([question(option("a", 1))], scale("INF"), "not a number"),
        ([question(option("a", 1))], scale("1e999"), "not a number"),
        ([question(option("a", 1))], ranges((5, 4, 1)), "is more than"),
        ([question(option("a", 1))], ranges(), "expected SummedScoreRange"),
        ([question(option("a", 1))], percentage(1) + scale(1), "cannot stand here"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(questions, mapping, said):
    with pytest.raises(MalformedDocument) as refused:
        key(*questions, mapping=mapping)
    assert said in refused.value.message


def test_another_document_is_not_a_key():
    with pytest.raises(MalformedDocument, match="not an AnswerKey"):
        parse("<AnswerKey/>", FORM)
