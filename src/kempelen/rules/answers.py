"""Answers: the fields a worker submitted, how they are kept, checked, read, and told to the requester.

Fields are kept as they came (`pack`); the QuestionFormAnswers document is made from them and drops what
XML 1.0 cannot carry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from kempelen.errors import Refusal
from kempelen.rules import patterns
from kempelen.rules.documents import ILLEGAL, QUESTION_FORM_ANSWERS
from kempelen.rules.question_form import (
    RESERVED,
    Constraints,
    FileUpload,
    FormQuestion,
    FreeText,
    QuestionForm,
    SelectionAnswer,
)
from kempelen.rules.sentences import Sentence, together

MAX_FIELDS = 1_000
"""Fields of one submission."""
MAX_BYTES = 1_048_576
"""Of one submission's fields, packed."""
REGEX_STEPS = 15_000
"""What the regular expressions of one form may cost in all: about 15 ms, during which nobody else writes. The
rest is not judged."""

_HEADER = (
    '<?xml version="1.0" encoding="ASCII"?>\n<QuestionFormAnswers xmlns="' + QUESTION_FORM_ANSWERS + '">'
)
_FOOTER = "</QuestionFormAnswers>"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MAX_DIGITS = 100


@dataclass(frozen=True, slots=True)
class Field:
    """One submitted field, as received."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Upload:
    """One submitted file: its field's name, its size in bytes and the key it is kept under."""

    name: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the answer to one question, in a sentence for the worker."""

    question: str
    text: str


class AnswerNotTaken(Refusal):
    """Some answers cannot be taken yet, and nothing is lost: mend them and submit again. {problems}"""

    code: ClassVar[str] = "AWS.MechanicalTurk.InvalidParameterValue"
    page_status: ClassVar[int] = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        told = [together([each.question, each.text], between=": ") for each in problems]
        super().__init__(problems=together(told))
        self.problems = tuple(problems)


class TooMuchSubmitted(Refusal):
    """The submission is too large: at most {fields} fields and {bytes} bytes in all are taken."""

    code: ClassVar[str] = "AWS.MechanicalTurk.InvalidParameterValue"


def pack(fields: Sequence[Field | Upload]) -> bytes:
    """The fields as bytes to keep and to hash; the same fields always give the same bytes.

    Raises `TooMuchSubmitted` beyond `MAX_FIELDS` or `MAX_BYTES`.
    """
    if len(fields) <= MAX_FIELDS:
        rows = [
            (field.name, field.value) if isinstance(field, Field) else (field.name, field.size, field.key)
            for field in fields
        ]
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        # A lone surrogate, which a hostile browser may send, is neither lost nor joined to its neighbour.
        packed = text.encode("utf-8", "surrogatepass")
        if len(packed) <= MAX_BYTES:
            return packed
    raise TooMuchSubmitted(fields=MAX_FIELDS, bytes=MAX_BYTES)


def unpack(packed: bytes) -> tuple[Field | Upload, ...]:
    """The fields that `pack` was given."""
    rows = json.loads(packed.decode("utf-8", "surrogatepass"))
    return tuple(Field(*row) if len(row) == 2 else Upload(*row) for row in rows)


def document(form: QuestionForm | None, fields: Sequence[Field | Upload]) -> str:
    """The QuestionFormAnswers document, ASCII, default namespace, one Answer a name.

    Without a form (ExternalQuestion, HTMLQuestion) every field is FreeText, in order of first appearance, the
    values of a repeated name joined by `|`, an upload standing as its key. With a form there is one Answer a
    question in the form's order, answered or not, and fields that name no question are left out.
    """
    written = [_HEADER]
    if form is None:
        for name, value in _joined(fields).items():
            written.append(_named(name, f"<FreeText>{_escape(value)}</FreeText>"))
    else:
        by_name = _by_name(fields)
        for question in form.questions:
            body = _body(question, by_name.get(question.identifier, []))
            written.append(_named(_escape(question.identifier), body))
    written.append(_FOOTER)
    return "".join(written)


def _joined(fields: Sequence[Field | Upload]) -> dict[str, str]:
    """Escaped name to joined value. Names that differ only in what XML cannot carry are one name."""
    joined: dict[str, list[str]] = {}
    for field in fields:
        name = _escape(field.name)
        if name not in RESERVED:
            joined.setdefault(name, []).append(field.value if isinstance(field, Field) else field.key)
    return {name: "|".join(values) for name, values in joined.items()}


def _by_name(fields: Sequence[Field | Upload]) -> dict[str, list[Field | Upload]]:
    grouped: dict[str, list[Field | Upload]] = {}
    for field in fields:
        grouped.setdefault(field.name, []).append(field)
    return grouped


def _named(name: str, body: str) -> str:
    return f"<Answer><QuestionIdentifier>{name}</QuestionIdentifier>{body}</Answer>"


def _body(question: FormQuestion, fields: Sequence[Field | Upload]) -> str:
    match question.answer:
        case SelectionAnswer():
            chosen, other = _chosen(question.answer, fields)
            body = "".join(f"<SelectionIdentifier>{_escape(name)}</SelectionIdentifier>" for name in chosen)
            return f"{body}<OtherSelectionText>{_escape(other)}</OtherSelectionText>" if other else body
        case FileUpload():
            uploads = [field for field in fields if isinstance(field, Upload)]
            if uploads:
                size, key = uploads[-1].size, _escape(uploads[-1].key)
                return (
                    f"<UploadedFileSizeInBytes>{size}</UploadedFileSizeInBytes>"
                    f"<UploadedFileKey>{key}</UploadedFileKey>"
                )
    return f"<FreeText>{_escape('|'.join(_values(fields)))}</FreeText>"


def _chosen(answer: SelectionAnswer, fields: Sequence[Field | Upload]) -> tuple[list[str], str]:
    """The selections, each once, and the worker's own text.

    A selection question's fields all carry its identifier. A value that names no selection is the text of
    OtherSelection where the question has one, and else stands as the (unknown) selection it claims to be.
    """
    known = set(answer.identifiers)
    chosen: dict[str, None] = {}
    other: list[str] = []
    for value in _values(fields):
        if value in known or (value and answer.other is None):
            chosen[value] = None
        elif value:
            other.append(value)
    return list(chosen), "|".join(other)


def _values(fields: Sequence[Field | Upload]) -> list[str]:
    return [field.value for field in fields if isinstance(field, Field)]


def _escape(text: str) -> str:
    """The text as ASCII for element content. A carriage return is a reference, or parsers would change it."""
    if not (text.isascii() and text.isprintable()):
        text = ILLEGAL.sub("", text)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return escaped if escaped.isascii() else escaped.encode("ascii", "xmlcharrefreplace").decode("ascii")


def answer_values(form: QuestionForm | None, fields: Sequence[Field | Upload]) -> dict[str, tuple[str, ...]]:
    """Question identifier to submitted values, for review policies and answer keys.

    Without a form each field is one value of its name, as received (`taskAnswers` stays one JSON text). With
    a form each selection is a value, then the worker's own text; an upload's value is its key; every question
    has an entry, empty if it was not answered.
    """
    if form is None:
        grouped: dict[str, list[str]] = {}
        for field in fields:
            if field.name not in RESERVED:
                value = field.value if isinstance(field, Field) else field.key
                grouped.setdefault(field.name, []).append(value)
        return {name: tuple(values) for name, values in grouped.items()}
    by_name = _by_name(fields)
    return {
        question.identifier: _answered(question, by_name.get(question.identifier, []))
        for question in form.questions
    }


def _answered(question: FormQuestion, fields: Sequence[Field | Upload]) -> tuple[str, ...]:
    match question.answer:
        case SelectionAnswer():
            chosen, other = _chosen(question.answer, fields)
            return (*chosen, other) if other else tuple(chosen)
        case FileUpload():
            return tuple(field.key for field in fields if isinstance(field, Upload))[-1:]
    return tuple(_values(fields))


def check_answers(
    form: QuestionForm, fields: Sequence[Field | Upload], *, steps: int = REGEX_STEPS
) -> tuple[Problem, ...]:
    """What keeps these answers from being taken, in the form's order; empty if nothing does.

    `steps` is what the regular expressions may cost in all; beyond it nothing is held against the worker.
    """
    by_name = _by_name(fields)
    checker = _Checker(steps)
    problems: list[Problem] = []
    for question in form.questions:
        given = by_name.get(question.identifier, [])
        match question.answer:
            case FreeText(constraints):
                text = "|".join(_values(given))
                sentences = checker.text(text, constraints, required=question.required)
            case SelectionAnswer():
                sentences = checker.selection(question.answer, given, required=question.required)
            case FileUpload():
                sentences = _check_upload(question.answer, given, required=question.required)
        problems.extend(Problem(question.identifier, sentence) for sentence in sentences)
    return tuple(problems)


class _Checker:
    """Checks the answers of one form, whose regular expressions share one allowance of steps."""

    def __init__(self, steps: int) -> None:
        self._steps = steps

    def text(self, text: str, constraints: Constraints, *, required: bool) -> list[str]:
        # Browsers send line breaks as two characters and count them as one.
        text = text.replace("\r\n", "\n")
        if not text:
            return [Sentence("Please answer this question.")] if required else []
        sentences = _check_length(text, constraints)
        if constraints.is_numeric:
            sentences += _check_number(text.strip(), constraints)
        for rule in constraints.formats:
            fits, self._steps = patterns.fits(rule.regex, text, flags=rule.flags, steps=self._steps)
            if fits is False:
                sentences.append(rule.error_text)
        return sentences

    def selection(
        self, answer: SelectionAnswer, fields: Sequence[Field | Upload], *, required: bool
    ) -> list[str]:
        chosen, other = _chosen(answer, fields)
        if not chosen and not other:
            return [Sentence("Please answer this question.")] if required else []
        known = set(answer.identifiers)
        sentences: list[str] = [
            Sentence('"{name}" is not one of the choices.', name=name) for name in chosen if name not in known
        ]
        count = len(chosen) + bool(other)
        if count < answer.minimum:
            sentences.append(
                Sentence(
                    "Please choose at least {least}; you have chosen {count}.",
                    least=answer.minimum,
                    count=count,
                )
            )
        if count > answer.maximum:
            sentences.append(
                Sentence(
                    "Please choose at most {most}; you have chosen {count}.", most=answer.maximum, count=count
                )
            )
        if other and answer.other is not None:
            sentences += self.text(other, answer.other.constraints, required=False)
        return sentences


def _check_length(text: str, constraints: Constraints) -> list[str]:
    least, most, length = constraints.minimum_length, constraints.maximum_length, len(text)
    if least is not None and length < least:
        return [
            Sentence(
                "The answer has {length} characters; it needs at least {least}.", length=length, least=least
            )
        ]
    if most is not None and length > most:
        return [
            Sentence(
                "The answer has {length} characters; it may have at most {most}.", length=length, most=most
            )
        ]
    return []


def _check_number(text: str, constraints: Constraints) -> list[str]:
    if len(text) > _MAX_DIGITS or _NUMBER.fullmatch(text) is None:
        return [Sentence("The answer must be a number, such as 12 or 3.5.")]
    least, most, number = constraints.minimum_value, constraints.maximum_value, Decimal(text)
    if least is not None and number < least:
        return [Sentence("The answer must be {least} or more.", least=least)]
    if most is not None and number > most:
        return [Sentence("The answer must be {most} or less.", most=most)]
    return []


def _check_upload(answer: FileUpload, fields: Sequence[Field | Upload], *, required: bool) -> list[str]:
    uploads = [field for field in fields if isinstance(field, Upload)]
    if not uploads:
        return [Sentence("Please choose a file.")] if required else []
    size = uploads[-1].size
    if size < answer.minimum_bytes:
        return [
            Sentence(
                "The file has {size} bytes; it needs at least {least}.", size=size, least=answer.minimum_bytes
            )
        ]
    if size > answer.maximum_bytes:
        return [
            Sentence(
                "The file has {size} bytes; it may have at most {most}.", size=size, most=answer.maximum_bytes
            )
        ]
    return []
