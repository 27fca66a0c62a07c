"""The market's own language tests: put in place, given out and scored.

Their qualification types belong to the market itself, so no requester can change them, grant them or read who
holds them; anybody can require them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kempelen.events import Event, EventKind
from kempelen.operation import SYSTEM, Call, Role, command
from kempelen.plugins import language_tests
from kempelen.rules import answers, test_scores
from kempelen.rules.answers import Field
from kempelen.rules.language_tests import (
    LANGUAGES,
    RETRY_SECONDS,
    TEST_SECONDS,
    TESTS,
    VERSIONS,
    LanguageTest,
    document,
    next_version,
    score,
    version_of,
)
from kempelen.store import parties, qualification_requests, qualification_types
from kempelen.store.qualification_types import QualificationType

RECORDINGS = "/assets/recordings/language-tests"
"""Where a site gives the recordings out."""


@command("InstallLanguageTests", by=(Role.OPERATOR, Role.SYSTEM))
def install_language_tests(call: Call) -> dict[str, Any]:
    """Put the market's language tests in place and bring them up to date; answers them all, and for how many
    there was something to do. Run again, it does nothing."""
    standing = {each.public_id: each for each in qualification_types.of(call, SYSTEM.account)}
    changed = [test for test in TESTS.values() if not _stands(test, standing.get(test.id))]
    if changed:
        parties.know_requester(call, SYSTEM)
    for test in changed:
        qualification_types.put(call, _type_of(call, test))
        kind = (
            EventKind.QualificationTypeChanged if test.id in standing else EventKind.QualificationTypeCreated
        )
        call.emit(Event(kind, SYSTEM.account, detail=test.id))
    tests = [
        {"QualificationTypeId": test.id, "Name": test.name, "Language": LANGUAGES[test.language]}
        for test in TESTS.values()
    ]
    return {"LanguageTests": tests, "NumChanged": len(changed)}


def _stands(test: LanguageTest, found: QualificationType | None) -> bool:
    return found is not None and (
        found.name,
        found.description,
        found.keywords,
        found.test_duration_seconds,
        found.retry_delay_seconds,
    ) == (test.name, test.description, test.keywords, TEST_SECONDS, RETRY_SECONDS)


def _type_of(call: Call, test: LanguageTest) -> QualificationType:
    return QualificationType(
        key=call.key(),
        public_id=test.id,
        requester=SYSTEM.account,
        name=test.name,
        description=test.description,
        keywords=test.keywords,
        active=1,
        deleted_at=None,
        test=_document(call, test, VERSIONS[0]),
        answer_key=None,
        test_duration_seconds=TEST_SECONDS,
        retry_delay_seconds=RETRY_SECONDS,
        auto_granted=0,
        auto_granted_value=None,
        created_at=call.now,
    )


def test_to_give(call: Call, found: QualificationType) -> str | None:
    """The test that the acting worker is given for a type: its own, or of a language test the version that
    they were not given last."""
    if found.requester != SYSTEM.account:
        return found.test
    last = qualification_requests.last_test(call, found.key)
    return _document(call, TESTS[found.public_id], next_version(last))


def score_of_fields(type_id: str, given: str, fields: Sequence[Field]) -> int:
    """What the answers to the language test that was given are worth."""
    test = TESTS[type_id]
    values = answers.answer_values(test_scores.form_of(given), fields)
    return score(language_tests.material(test.language), test.kind, version_of(given), values)


def _document(call: Call, test: LanguageTest, version: str) -> str:
    recordings = call.traits.worker_site + RECORDINGS
    return document(language_tests.material(test.language), test.kind, version, recordings=recordings)
