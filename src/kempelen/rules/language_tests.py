"""Language tests of the market's own: a reading test and a dictation in each language, as qualifications that
anyone can require.

Each test has two versions that ask for the same with different texts. A reading is scored as an answer key
would (exact choices, as a percentage). A dictation cannot be: keys score choices only, so what was typed is
compared with what was said. Which is right is known here and never part of a test's document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from types import MappingProxyType

from kempelen.rules import answer_key, dictation
from kempelen.rules.answer_key import AnswerKey, KeyedQuestion, PercentageMapping
from kempelen.rules.documents import QUESTION_FORM

LANGUAGES = MappingProxyType(
    {
        "ar": "Arabic",
        "en": "English",
        "es": "Spanish",
        "fr": "French",
        "hi": "Hindi",
        "pt": "Portuguese",
    }
)
"""The languages by their ISO 639-1 code. One that was published stays: people hold its qualifications."""
VERSIONS = "ab"
"""The names of the versions, in the order of their texts."""
TEST_SECONDS = 15 * 60
RETRY_SECONDS = 7 * 86_400
LONGEST_SENTENCE = 300
"""Characters that may be typed for a sentence."""


class Kind(StrEnum):
    """What a test asks for."""

    READING = "reading"
    DICTATION = "dictation"


@dataclass(frozen=True, slots=True)
class LanguageTest:
    """One of the tests, as everybody may know it."""

    id: str
    """Of its qualification type, the same in every market."""
    language: str
    """A key of `LANGUAGES`."""
    kind: Kind

    @property
    def name(self) -> str:
        """The name of its qualification type."""
        return f"Kempelen: {LANGUAGES[self.language]} {self.kind}"

    @property
    def description(self) -> str:
        """What the qualification says of who holds it."""
        language = LANGUAGES[self.language]
        if self.kind is Kind.READING:
            return (
                f"Reads {language}: the score, 0 to 100, of a test with a short text and eight questions. "
                "About level B2. It can be taken again after seven days."
            )
        return (
            f"Understands spoken {language} and writes it: the score, 0 to 100, of six sentences heard and "
            "typed. The voice is synthetic. About level B2. It can be taken again after seven days. "
            f"A listening test; {language} reading is the one to ask of people who do not hear."
        )

    @property
    def keywords(self) -> str:
        """What it is found by."""
        return f"language, test, {self.kind}, {LANGUAGES[self.language]}, {self.language}"


def _id(language: str, kind: Kind) -> str:
    start = f"3KEMPELENLANGUAGE{kind.upper()}"
    return f"{start:0<28}{language.upper()}"


TESTS: Mapping[str, LanguageTest] = MappingProxyType(
    {_id(code, kind): LanguageTest(_id(code, kind), code, kind) for code in LANGUAGES for kind in Kind}
)
"""The tests by the id of their qualification type, such as 3KEMPELENLANGUAGEREADING0000ES."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a text, with its right answer and those that are not."""

    ask: str
    right: str
    wrong: tuple[str, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """All answers in an order that tells nothing: the alphabet's."""
        return tuple(sorted((self.right, *self.wrong)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, paragraphs parted by empty lines, and the questions to it."""

    title: str
    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """All texts of one language, the words around them too."""

    code: str
    direction: str
    """`ltr` or `rtl`."""
    reading: str
    """What to do with a text."""
    dictation: str
    """What to do with the recordings."""
    sentence: str
    """How a sentence is named, with `{number}`."""
    recording: str
    """How its recording is named, with `{number}`."""
    readings: tuple[Reading, ...]
    dictations: tuple[tuple[str, ...], ...]


def recording_name(code: str, version: str, number: int) -> str:
    """The file that holds a sentence; it tells nothing of what is said."""
    return f"{code}-{version}{number}.mp3"


def next_version(last_test: str | None) -> str:
    """The version for somebody who was last given this document of the same test, or none."""
    return VERSIONS[0] if last_test is None or version_of(last_test) != VERSIONS[0] else VERSIONS[1]


def version_of(document: str) -> str:
    """Which version a test's document is."""
    return next((each for each in VERSIONS if f"<QuestionIdentifier>{each}1<" in document), VERSIONS[0])


def document(material: Material, kind: Kind, version: str, *, recordings: str) -> str:
    """The QuestionForm of a version; `recordings` is the address of the folder they are in."""
    number = VERSIONS.index(version)
    if kind is Kind.READING:
        reading = material.readings[number]
        parts = [_overview(material, reading)]
        parts += [_choice(f"{version}{n}", each) for n, each in enumerate(reading.questions, start=1)]
    else:
        parts = [f"<Overview>{_text(material.dictation)}</Overview>"]
        parts += [
            _sentence(material, version, n, f"{recordings}/{recording_name(material.code, version, n)}")
            for n, _ in enumerate(material.dictations[number], start=1)
        ]
    return f'<QuestionForm xmlns="{QUESTION_FORM}">{"".join(parts)}</QuestionForm>'


def score(material: Material, kind: Kind, version: str, values: Mapping[str, Sequence[str]]) -> int:
    """0 to 100 for answers given as `answers.answer_values` gives them."""
    number = VERSIONS.index(version)
    if kind is Kind.READING:
        key = key_of(material.readings[number], version)
        return answer_key.score(key, {name: tuple(given) for name, given in values.items()})
    return dictation.score(
        (said, "".join(values.get(f"{version}{n}", ()))[:LONGEST_SENTENCE])
        for n, said in enumerate(material.dictations[number], start=1)
    )


def key_of(reading: Reading, version: str) -> AnswerKey:
    """The key of a reading: a point for each right choice, as a percentage of all."""
    questions = tuple(
        KeyedQuestion(f"{version}{n}", ((frozenset({str(question.choices.index(question.right) + 1)}), 1),))
        for n, question in enumerate(reading.questions, start=1)
    )
    return AnswerKey(questions, PercentageMapping(len(questions)))


def _overview(material: Material, reading: Reading) -> str:
    place = f'lang="{material.code}" dir="{material.direction}"'
    paragraphs = "".join(f"<p {place}>{escape(each)}</p>" for each in reading.text.strip().split("\n\n"))
    title = f"<Title>{escape(reading.title)}</Title>"
    formatted = f"<FormattedContent><![CDATA[{paragraphs}]]></FormattedContent>"
    return f"<Overview>{_text(material.reading)}{title}{formatted}</Overview>"


def _choice(identifier: str, question: Question) -> str:
    selections = "".join(
        f"<Selection><SelectionIdentifier>{n}</SelectionIdentifier>{_text(each)}</Selection>"
        for n, each in enumerate(question.choices, start=1)
    )
    return _question(
        identifier,
        _text(question.ask),
        "<SelectionAnswer><StyleSuggestion>radiobutton</StyleSuggestion>"
        f"<Selections>{selections}</Selections></SelectionAnswer>",
    )


def _sentence(material: Material, version: str, number: int, address: str) -> str:
    sound = (
        "<Binary><MimeType><Type>audio</Type><SubType>mpeg</SubType></MimeType>"
        f"<DataURL>{escape(address)}</DataURL>"
        f"<AltText>{escape(material.recording.format(number=number))}</AltText></Binary>"
    )
    return _question(
        f"{version}{number}",
        _text(material.sentence.format(number=number)) + sound,
        "<FreeTextAnswer><Constraints>"
        f'<Length maxLength="{LONGEST_SENTENCE}"/></Constraints></FreeTextAnswer>',
    )


def _question(identifier: str, content: str, answer: str) -> str:
    return (
        f"<Question><QuestionIdentifier>{identifier}</QuestionIdentifier>"
        f"<QuestionContent>{content}</QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question>"
    )


def _text(text: str) -> str:
    return f"<Text>{escape(text)}</Text>"
