"""Qualification tests of hostile requesters: what a test asks of the market's one writer is little."""

from __future__ import annotations

import contextlib
import time
from html import escape

import pytest

from kempelen.errors import Refusal
from people import Requester, Worker
from qualification_papers import make_type

SLOW = {
    "(a+)+$": "a" * 200_000 + "!",
    "(?=(?:a*)*b)*(?:a|a)*c": "a" * 200_000,
    "(?:a{0,1000}){0,4}b": "a" * 200_000,
}
TEST = (
    '<QuestionForm xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/'
    'QuestionForm.xsd"><Question><QuestionIdentifier>q</QuestionIdentifier><QuestionContent><Text>?</Text>'
    "</QuestionContent><AnswerSpecification><FreeTextAnswer><Constraints><AnswerFormatRegex "
    'regex="{pattern}"/></Constraints></FreeTextAnswer></AnswerSpecification></Question></QuestionForm>'
)


@pytest.mark.parametrize("pattern", SLOW)
def test_no_pattern_of_a_test_holds_the_writer(rosa: Requester, wei: Worker, pattern: str) -> None:
    made = make_type(rosa, Test=TEST.format(pattern=escape(pattern)), TestDurationInSeconds=60)
    attempt = wei("RequestQualification", QualificationTypeId=made["QualificationTypeId"])
    given = {
        "QualificationRequestId": attempt["QualificationRequestId"],
        "Fields": [{"Name": "q", "Value": SLOW[pattern]}],
    }
    started = time.process_time()
    with contextlib.suppress(Refusal):
        wei("SubmitQualificationTest", **given)
    assert time.process_time() - started < 0.2
