"""What a qualification test and its answer key say of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kempelen.rules import answer_key, answers, documents, questions
from kempelen.rules.answer_key import AnswerKey
from kempelen.rules.answers import Field
from kempelen.rules.question_form import QuestionForm


@lru_cache(maxsize=128)
def form_of(test: str) -> QuestionForm:
    """The test's questions. Raises `MalformedDocument`."""
    return questions.parse_test(test)


@lru_cache(maxsize=128)
def key_of(test: str, key: str) -> AnswerKey:
    """The key of that test. Raises `MalformedDocument`, too if it does not fit the test."""
    return answer_key.parse(key, form_of(test))


def score_of_fields(test: str, key: str, fields: Sequence[Field]) -> int:
    """The qualification value of the submitted fields."""
    return answer_key.score(key_of(test, key), answers.answer_values(form_of(test), fields))


def score_of_document(test: str, key: str, document: str) -> int:
    """The qualification value of answers kept as a QuestionFormAnswers document of ours, at most
    `documents.MAX_BYTES` long."""
    values: dict[str, tuple[str, ...]] = {}
    for answer in documents.parse(document):
        named = [(documents.local_name(child), documents.text_of(child)) for child in answer]
        identifier = next(text for name, text in named if name == "QuestionIdentifier")
        values[identifier] = tuple(text for name, text in named if name != "QuestionIdentifier" and text)
    return answer_key.score(key_of(test, key), values)
