"""Qualification tests: taken within their time, checked and scored here. The answer key never leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kempelen.errors import Refusal
from kempelen.operation import SYSTEM, Arguments, Call, Role, Traits, command
from kempelen.operations.people import language_tests
from kempelen.operations.people.qualification_requests import grant_request
from kempelen.operations.people.standing import refuse_suspended
from kempelen.rules import answers, test_scores
from kempelen.rules.answers import AnswerNotTaken, Field, pack
from kempelen.rules.documents import MAX_BYTES
from kempelen.rules.qualifying import RequestStatus
from kempelen.store import qualification_requests as requests
from kempelen.store import qualification_types
from kempelen.store.qualification_requests import InvalidQualificationRequestState


class TimeForTestRanOut(Refusal):
    """The time for this test ran out before the answers arrived."""

    code = "AWS.MechanicalTurk.QualificationTestExpired"
    page_status = 410


class AnswersTooLong(Refusal):
    """Your answers are too long: at most {most} bytes in all are taken."""

    type = "ParameterValidationError"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The fields as they came."""

    fields: tuple[Field, ...]


def prepare(arguments: Arguments, traits: Traits) -> Prepared:
    """Read the fields. Refuses more than can be kept."""
    fields = tuple(Field(each["Name"], each["Value"]) for each in arguments["fields"])
    pack(fields)
    return Prepared(fields)


@command("SubmitQualificationTest", by=Role.WORKER, prepare=prepare)
def submit_qualification_test(
    call: Call, *, qualification_request_id: str, fields: list[dict[str, str]]
) -> dict[str, Any]:
    """Hand a test in within its time. With an answer key the score is granted at once, else it waits.

    Answers that the test does not allow are refused, question by question, while its time goes on.
    """
    prepared: Prepared = call.prepared
    refuse_suspended(call)
    asked = requests.of_worker(call, qualification_request_id)
    if asked.status != RequestStatus.TEST_OPEN or asked.test is None:
        if asked.status == RequestStatus.EXPIRED:
            raise TimeForTestRanOut()
        raise InvalidQualificationRequestState(state=asked.state, wanted="TestOpen")
    found = qualification_types.by_id(call, asked.type_id, for_use=True)
    if not requests.hand_in(call, asked.key, _document(asked.test, prepared.fields)):
        raise TimeForTestRanOut()
    if found.requester == SYSTEM.account:
        score = language_tests.score_of_fields(asked.type_id, asked.test, prepared.fields)
    elif found.answer_key is None or found.test != asked.test:
        return {"Status": RequestStatus.PENDING.label}
    else:
        score = test_scores.score_of_fields(asked.test, found.answer_key, prepared.fields)
    grant_request(call, found, key=asked.key, worker=asked.worker, value=score)
    return {"Status": RequestStatus.GRANTED.label, "IntegerValue": score}


def _document(test: str, fields: tuple[Field, ...]) -> str:
    """The answers as they are kept and shown to the requester."""
    form = test_scores.form_of(test)
    problems = answers.check_answers(form, fields)
    if problems:
        raise AnswerNotTaken(problems)
    document = answers.document(form, fields)
    if len(document) > MAX_BYTES:
        raise AnswersTooLong(most=MAX_BYTES)
    return document


def end_overdue_tests(call: Call) -> int:
    """End tests whose time is over, a bounded number; they count as taken. Answers how many."""
    return requests.expire_tests(call)
