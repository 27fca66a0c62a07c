"""The market's own language tests: required by anybody, taken by workers, changed and shown by nobody."""

from __future__ import annotations

from typing import Any

import pytest

from kempelen.errors import Refusal
from kempelen.language_tests import material
from kempelen.operations.finding.admission import NotQualified
from kempelen.operations.people.qualification_requests import QualificationTypeRetryDelayNotElapsed
from kempelen.rules import test_scores
from kempelen.rules.language_tests import TESTS, VERSIONS, next_version, version_of
from kempelen.store.qualification_types import QualificationDoesNotExist
from people import Operator, Requester, Town, Worker

READING = "3KEMPELENLANGUAGEREADING0000ES"
DICTATION = "3KEMPELENLANGUAGEDICTATION00ES"


def _right(test: str) -> dict[str, str]:
    """The right answers of a reading or a dictation in Spanish."""
    version = version_of(test)
    number, found = VERSIONS.index(version), material("es")
    if "<SelectionAnswer>" in test:
        asked = found.readings[number].questions
        given = [str(question.choices.index(question.right) + 1) for question in asked]
    else:
        given = list(found.dictations[number])
    return {f"{version}{place}": each for place, each in enumerate(given, start=1)}


def _take(worker: Worker, type_id: str, **wrong: str) -> tuple[str, int]:
    """Take a test with right answers but for some; answers its version and the score."""
    opened = worker("RequestQualification", QualificationTypeId=type_id)
    given = _right(opened["Test"]) | wrong
    fields = [{"Name": name, "Value": value} for name, value in given.items()]
    done = worker(
        "SubmitQualificationTest", QualificationRequestId=opened["QualificationRequestId"], Fields=fields
    )
    assert done["Status"] == "Granted"
    return version_of(opened["Test"]), done["IntegerValue"]


def _requirement(type_id: str, least: int) -> list[dict[str, Any]]:
    return [
        {
            "QualificationTypeId": type_id,
            "Comparator": "GreaterThanOrEqualTo",
            "IntegerValues": [least],
            "ActionsGuarded": "Accept",
        }
    ]


def test_they_are_put_in_place_once(operator: Operator, rosa: Requester) -> None:
    with pytest.raises(QualificationDoesNotExist):
        rosa("GetQualificationType", QualificationTypeId=READING)
    first = operator("InstallLanguageTests")
    assert first["NumChanged"] == len(TESTS) == len(first["LanguageTests"])
    assert operator("InstallLanguageTests") == first | {"NumChanged": 0}


def test_everybody_finds_them_and_nobody_sees_test_or_key(
    operator: Operator, rosa: Requester, wei: Worker
) -> None:
    operator("InstallLanguageTests")
    for somebody in (rosa, wei):
        listed = somebody("ListQualificationTypes", MustBeRequestable=True, Query="Spanish")
        by_id = {each["QualificationTypeId"]: each for each in listed["QualificationTypes"]}
        assert by_id.keys() == {READING, DICTATION}
        found = somebody("GetQualificationType", QualificationTypeId=READING)["QualificationType"]
        assert found == by_id[READING]
        assert found["Name"] == "Kempelen: Spanish reading"
        assert found["IsRequestable"]
        assert (found["TestDurationInSeconds"], found["RetryDelayInSeconds"]) == (900, 7 * 86_400)
        assert "Test" not in found
        assert "AnswerKey" not in found
    shown = wei("GetWorkerQualificationType", QualificationTypeId=READING)["QualificationType"]
    assert (shown["RequesterName"], shown["HasTest"], shown["MayRequest"]) == ("Kempelen", True, True)


def test_a_worker_is_refused_takes_the_test_and_accepts(
    operator: Operator, rosa: Requester, wei: Worker
) -> None:
    operator("InstallLanguageTests")
    hit = rosa.create_hit(QualificationRequirements=_requirement(READING, 75))["HITId"]
    with pytest.raises(NotQualified):
        wei.accept(hit)
    assert _take(wei, READING, a1="1", a2="1", a3="1") == ("a", _score_but("a1", "a2", "a3"))
    opened = rosa.hit(hit)["QualificationRequirements"]
    assert opened[0]["QualificationTypeId"] == READING
    wei.town.advance(days=7)
    hit = rosa.create_hit(QualificationRequirements=_requirement(READING, 75))["HITId"]
    assert _take(wei, READING) == ("b", 100)
    assert wei.do(hit)


def _score_but(*names: str) -> int:
    """The score of the first reading with the first choice taken for these and the right one elsewhere."""
    asked = material("es").readings[0].questions
    right = sum(
        f"a{place}" not in names or question.choices[0] == question.right
        for place, question in enumerate(asked, start=1)
    )
    return (200 * right + len(asked)) // (2 * len(asked))


def test_a_dictation_forgives_small_mistakes(operator: Operator, wei: Worker) -> None:
    operator("InstallLanguageTests")
    said = material("es").dictations[0][0]
    version, score = _take(wei, DICTATION, a1=said.replace("Mañana", "manana").rstrip("."))
    assert version == "a"
    assert 95 <= score < 100


def test_a_test_can_be_taken_again_after_a_week_with_other_texts(
    operator: Operator, town: Town, wei: Worker, ana: Worker
) -> None:
    operator("InstallLanguageTests")
    assert _take(wei, READING)[0] == "a"
    with pytest.raises(QualificationTypeRetryDelayNotElapsed):
        wei("RequestQualification", QualificationTypeId=READING)
    town.advance(days=7)
    assert _take(wei, READING)[0] == "b"
    town.advance(days=7)
    assert _take(wei, READING)[0] == "a"
    assert _take(ana, READING)[0] == "a"


def test_a_test_that_was_left_counts_and_the_next_differs(
    operator: Operator, town: Town, wei: Worker
) -> None:
    operator("InstallLanguageTests")
    opened = wei("RequestQualification", QualificationTypeId=DICTATION)
    again = wei("RequestQualification", QualificationTypeId=DICTATION)
    assert again == opened
    assert opened["Deadline"] == (town.now + 900_000) / 1000
    town.advance(days=7)
    other = wei("RequestQualification", QualificationTypeId=DICTATION)
    assert version_of(other["Test"]) == next_version(opened["Test"]) == "b"


def test_no_requester_owns_them(operator: Operator, rosa: Requester, wei: Worker) -> None:
    operator("InstallLanguageTests")
    _take(wei, READING)
    attempts: dict[str, dict[str, Any]] = {
        "UpdateQualificationType": {"Description": "mine"},
        "DeleteQualificationType": {},
        "AssociateQualificationWithWorker": {"WorkerId": wei.id},
        "DisassociateQualificationFromWorker": {"WorkerId": wei.id},
        "GetQualificationScore": {"WorkerId": wei.id},
        "ListWorkersWithQualificationType": {},
        "ListQualificationRequests": {},
    }
    for name, members in attempts.items():
        with pytest.raises(QualificationDoesNotExist):
            rosa(name, QualificationTypeId=READING, **members)


def test_requesters_and_workers_cannot_install(rosa: Requester, wei: Worker) -> None:
    for somebody in (rosa, wei):
        with pytest.raises(Refusal):
            somebody("InstallLanguageTests")


def test_what_workers_are_given_holds_no_answer(operator: Operator, wei: Worker) -> None:
    operator("InstallLanguageTests")
    test = wei("RequestQualification", QualificationTypeId=DICTATION)["Test"]
    assert len(test_scores.form_of(test).questions) == 6
    assert not any(sentence in test for sentence in material("es").dictations[0])
    assert "/assets/recordings/language-tests/es-a1.mp3" in test
    own = wei("ListOwnQualificationRequests")["QualificationRequests"]
    assert own[0]["RequesterName"] == "Kempelen"


def test_the_audit_holds_with_them(operator: Operator, town: Town, wei: Worker) -> None:
    operator("InstallLanguageTests")
    _take(wei, READING)
    assert not [finding for finding in town.app.audit() if finding.violations]
