"""Answer keys: how a qualification test is scored.

Structure as in the published schema AnswerKey 2005-10-01.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kempelen.rules import documents
from kempelen.rules.documents import (
    ANSWER_KEY,
    BLANKS,
    INT_MAXIMUM,
    INT_MINIMUM,
    Children,
    Element,
    integer_of,
    local_name,
    malformed,
    name_of,
    namespace,
    shown,
    text_of,
)
from kempelen.rules.question_form import QuestionForm, SelectionAnswer

_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MAX_DIGITS = 40
_MAX_EXPONENT = 18


@dataclass(frozen=True, slots=True)
class KeyedQuestion:
    """The scores of one question: of each exact set of selections, and of anything else."""

    identifier: str
    options: tuple[tuple[frozenset[str], int], ...]
    default_score: int = 0


@dataclass(frozen=True, slots=True)
class PercentageMapping:
    """The sum as a percentage of the maximum."""

    maximum: int


@dataclass(frozen=True, slots=True)
class ScaleMapping:
    """The sum times a number, kept exactly as it was written."""

    multiplier: Decimal


@dataclass(frozen=True, slots=True)
class RangeMapping:
    """(lowest sum, highest sum, value) triples, tried in order, and the value of a sum in none of them."""

    ranges: tuple[tuple[int, int, int], ...]
    otherwise: int


Mapped = PercentageMapping | ScaleMapping | RangeMapping


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """A key that fits its test. Without a mapping the value is the sum of the scores."""

    questions: tuple[KeyedQuestion, ...]
    mapping: Mapped | None = None


def parse(text: str, form: QuestionForm) -> AnswerKey:
    """The key of this test. Raises `MalformedDocument` with the reason, too if it does not fit the test."""
    root = documents.parse(text)
    if (namespace(root), local_name(root)) != (ANSWER_KEY, "AnswerKey"):
        name, space = shown(local_name(root)), shown(namespace(root))
        raise malformed(f"the root element {name} of namespace {space} is not an AnswerKey", root)
    children = Children(root)
    asked = {question.identifier: question.answer for question in form.questions}
    questions: dict[str, KeyedQuestion] = {}
    for element in children.many("Question"):
        question = _question(element)
        if question.identifier in questions:
            raise malformed(f"QuestionIdentifier {shown(question.identifier)} occurs twice", element)
        answer = asked.get(question.identifier)
        if answer is None:
            raise malformed(f"the test has no question {shown(question.identifier)}", element)
        if not isinstance(answer, SelectionAnswer):
            reason = f"question {shown(question.identifier)} has no selections, so it cannot be scored"
            raise malformed(reason, element)
        _check_selections(question, answer, element)
        questions[question.identifier] = question
    mapping = children.maybe("QualificationValueMapping")
    children.end()
    return AnswerKey(tuple(questions.values()), _mapping(mapping) if mapping is not None else None)


def _question(element: Element) -> KeyedQuestion:
    children = Children(element)
    identifier = name_of(children.one("QuestionIdentifier"))
    options: dict[frozenset[str], int] = {}
    for option in children.many("AnswerOption"):
        inner = Children(option)
        chosen = frozenset(name_of(found) for found in inner.many("SelectionIdentifier"))
        score = integer_of(inner.one("AnswerScore"))
        inner.end()
        if options.setdefault(chosen, score) != score:
            raise malformed(f"question {shown(identifier)} scores the same selections twice", option)
    default_score = children.maybe("DefaultScore")
    children.end()
    return KeyedQuestion(
        identifier=identifier,
        options=tuple(options.items()),
        default_score=integer_of(default_score) if default_score is not None else 0,
    )


def _check_selections(question: KeyedQuestion, answer: SelectionAnswer, element: Element) -> None:
    known = set(answer.identifiers)
    for chosen, _ in question.options:
        for identifier in sorted(chosen - known):
            reason = f"question {shown(question.identifier)} has no selection {shown(identifier)}"
            raise malformed(reason, element)


def _mapping(element: Element) -> Mapped:
    outer = Children(element)
    found = outer.one("PercentageMapping", "ScaleMapping", "RangeMapping")
    outer.end()
    children = Children(found)
    mapping: Mapped
    match local_name(found):
        case "PercentageMapping":
            mapping = PercentageMapping(integer_of(children.one("MaximumSummedScore"), minimum=1))
        case "ScaleMapping":
            mapping = ScaleMapping(_double_of(children.one("SummedScoreMultiplier")))
        case _:
            ranges = tuple(_range(inner) for inner in children.many("SummedScoreRange"))
            mapping = RangeMapping(ranges, integer_of(children.one("OutOfRangeQualificationValue")))
    children.end()
    return mapping


def _range(element: Element) -> tuple[int, int, int]:
    children = Children(element)
    low, high = (
        integer_of(children.one("InclusiveLowerBound")),
        integer_of(children.one("InclusiveUpperBound")),
    )
    value = integer_of(children.one("QualificationValue"))
    children.end()
    if low > high:
        raise malformed(f"InclusiveLowerBound {low} is more than InclusiveUpperBound {high}", element)
    return low, high, value


def _double_of(element: Element) -> Decimal:
    text = text_of(element).strip(BLANKS)
    if len(text) <= _MAX_DIGITS and _DOUBLE.fullmatch(text):
        number = Decimal(text)
        if number == 0 or abs(number.adjusted()) <= _MAX_EXPONENT:
            return number
    raise malformed(f"{local_name(element)} {shown(text)} is not a number that can be used", element)


def score(key: AnswerKey, values: Mapping[str, tuple[str, ...]]) -> int:
    """The qualification value of answers given as `answers.answer_values` gives them.

    A set of values counts only if it equals an option's exactly. Percentages and products are exact and
    rounded to the nearest whole number, halves away from zero; the value is kept within 32 bits.
    """
    given = {name: frozenset(chosen) for name, chosen in values.items()}
    total = sum(_score_of(question, given) for question in key.questions)
    return max(INT_MINIMUM, min(INT_MAXIMUM, _mapped(key.mapping, total)))


def _score_of(question: KeyedQuestion, given: Mapping[str, frozenset[str]]) -> int:
    answer = given.get(question.identifier, frozenset())
    return next((points for chosen, points in question.options if chosen == answer), question.default_score)


def _mapped(mapping: Mapped | None, total: int) -> int:
    match mapping:
        case PercentageMapping(maximum):
            return _quotient(100 * total, maximum)
        case ScaleMapping(multiplier):
            top, bottom = multiplier.as_integer_ratio()
            return _quotient(total * top, bottom)
        case RangeMapping(ranges, otherwise):
            return next((value for low, high, value in ranges if low <= total <= high), otherwise)
    return total


def _quotient(top: int, bottom: int) -> int:
    """Rounded to the nearest whole number, halves away from zero; `bottom` is positive."""
    size = (2 * abs(top) + bottom) // (2 * bottom)
    return size if top >= 0 else -size
