"""The texts of every language: whole, answerable, scored rightly, and spoken in recordings that are there."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from kempelen.language_tests import FOLDER, material
from kempelen.rules import questions, test_scores
from kempelen.rules.answers import Field, answer_values, check_answers
from kempelen.rules.dictation import normalised, sentence_share
from kempelen.rules.language_tests import (
    LANGUAGES,
    TESTS,
    VERSIONS,
    Kind,
    document,
    key_of,
    next_version,
    recording_name,
    score,
    version_of,
)
from kempelen.rules.question_form import Binary, FreeText, QuestionForm, SelectionAnswer
from kempelen.web.assets import FOLDER as ASSETS
from kempelen.web.assets import Assets

RECORDINGS = "https://site.example/assets/recordings/language-tests"
EVERY = [(code, version) for code in LANGUAGES for version in VERSIONS]
LARGEST_RECORDING = 40_000


def _form(code: str, kind: Kind, version: str) -> QuestionForm:
    return questions.parse_test(document(material(code), kind, version, recordings=RECORDINGS))


def _score(code: str, kind: Kind, version: str, given: dict[str, str]) -> int:
    form = _form(code, kind, version)
    fields = [Field(name, value) for name, value in given.items()]
    assert not check_answers(form, fields)
    return score(material(code), kind, version, answer_values(form, fields))


def test_every_language_has_a_file_and_every_file_a_language() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)
    assert len(LANGUAGES) >= 5


def test_every_test_has_an_id_of_its_own_in_the_form_of_ids() -> None:
    assert len(TESTS) == 2 * len(LANGUAGES)
    assert all(len(type_id) == 30 and type_id.isalnum() and type_id.isupper() for type_id in TESTS)
    assert "3KEMPELENLANGUAGEREADING0000ES" in TESTS


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_two_versions_of_everything_and_they_differ(code: str) -> None:
    found = material(code)
    assert len(found.readings) == len(found.dictations) == len(VERSIONS)
    assert found.readings[0].text != found.readings[1].text
    assert not set(found.dictations[0]) & set(found.dictations[1])


@pytest.mark.parametrize(("code", "version"), EVERY)
def test_a_reading_has_a_text_of_some_length_and_eight_questions_of_four_choices(
    code: str, version: str
) -> None:
    reading = material(code).readings[VERSIONS.index(version)]
    assert 100 <= len(reading.text.split()) <= 160
    asked = [question.ask for question in reading.questions]
    assert len(asked) == len(set(asked)) == 8
    for question in reading.questions:
        assert len(set(question.choices)) == 4
    form = _form(code, Kind.READING, version)
    assert all(isinstance(question.answer, SelectionAnswer) for question in form.questions)


@pytest.mark.parametrize(("code", "version"), EVERY)
def test_the_key_names_choices_that_exist_and_no_place_is_always_right(code: str, version: str) -> None:
    form = _form(code, Kind.READING, version)
    choices = {
        question.identifier: {selection.identifier for selection in question.answer.selections}
        for question in form.questions
        if isinstance(question.answer, SelectionAnswer)
    }
    places: Counter[str] = Counter()
    for keyed in key_of(material(code).readings[VERSIONS.index(version)], version).questions:
        for chosen, points in keyed.options:
            assert points == 1
            assert chosen <= choices[keyed.identifier]
            places.update(chosen)
    assert max(places.values()) <= 5


@pytest.mark.parametrize(("code", "version"), EVERY)
def test_all_right_is_a_hundred_and_all_wrong_is_nothing(code: str, version: str) -> None:
    number = VERSIONS.index(version)
    found = material(code)
    right, wrong = {}, {}
    for place, question in enumerate(found.readings[number].questions, start=1):
        right[f"{version}{place}"] = str(question.choices.index(question.right) + 1)
        wrong[f"{version}{place}"] = str(question.choices.index(question.wrong[0]) + 1)
    assert _score(code, Kind.READING, version, right) == 100
    assert _score(code, Kind.READING, version, wrong) == 0
    assert _score(code, Kind.READING, version, {}) == 0
    half = right | {f"{version}{place}": wrong[f"{version}{place}"] for place in range(1, 5)}
    assert _score(code, Kind.READING, version, half) == 50

    said = {f"{version}{place}": each for place, each in enumerate(found.dictations[number], start=1)}
    plain = {name: normalised(each).upper() for name, each in said.items()}
    other = {f"{version}{place}": each for place, each in enumerate(found.dictations[1 - number], start=1)}
    assert _score(code, Kind.DICTATION, version, said) == 100
    assert _score(code, Kind.DICTATION, version, plain) == 100
    assert _score(code, Kind.DICTATION, version, {}) == 0
    assert _score(code, Kind.DICTATION, version, other) <= 5
    slips = {name: each[:5] + each[6:] for name, each in said.items()}
    assert 80 <= _score(code, Kind.DICTATION, version, slips) < 100


@pytest.mark.parametrize(("code", "version"), EVERY)
def test_every_sentence_has_a_small_recording_that_the_site_gives_out(code: str, version: str) -> None:
    assets = Assets()
    for place, question in enumerate(_form(code, Kind.DICTATION, version).questions, start=1):
        assert isinstance(question.answer, FreeText)
        sound = question.content[1]
        assert isinstance(sound, Binary)
        name = f"language-tests/{recording_name(code, version, place)}"
        assert sound.url.endswith(f"/{name}")
        assert assets.url(name)
        assert 3_000 < (ASSETS / name).stat().st_size <= LARGEST_RECORDING


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("code", "version"), EVERY)
def test_a_document_says_its_version_and_no_answer(code: str, version: str, kind: Kind) -> None:
    written = document(material(code), kind, version, recordings=RECORDINGS)
    assert version_of(written) == version
    assert next_version(written) != version
    assert next_version(None) == "a"
    form = test_scores.form_of(written)
    assert {question.identifier[0] for question in form.questions} == {version}
    if kind is Kind.DICTATION:
        for sentence in material(code).dictations[VERSIONS.index(version)]:
            assert sentence not in written


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_sentences_of_a_language_are_taken_for_each_other(code: str) -> None:
    sentences = [each for version in material(code).dictations for each in version]
    for said in sentences:
        assert [other for other in sentences if sentence_share(said, other) > Fraction(1, 4)] == [said]
