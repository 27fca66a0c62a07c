"""Qualification tests and their keys, and a quick way to a qualification type."""

from __future__ import annotations

from typing import Any

from people import Requester

_SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01"
_SELECTION = (
    "<Question><QuestionIdentifier>{name}</QuestionIdentifier><IsRequired>true</IsRequired>"
    "<QuestionContent><Text>What does it say?</Text></QuestionContent><AnswerSpecification>"
    "<SelectionAnswer><Selections>"
    "<Selection><SelectionIdentifier>meow</SelectionIdentifier><Text>Meow</Text></Selection>"
    "<Selection><SelectionIdentifier>woof</SelectionIdentifier><Text>Woof</Text></Selection>"
    "</Selections></SelectionAnswer></AnswerSpecification></Question>"
)
_ESSAY = (
    "<Question><QuestionIdentifier>why</QuestionIdentifier>"
    "<QuestionContent><Text>Why?</Text></QuestionContent><AnswerSpecification>"
    "<FreeTextAnswer/></AnswerSpecification></Question>"
)
_FORM = f'<QuestionForm xmlns="{_SCHEMAS}/QuestionForm.xsd">{{}}</QuestionForm>'
TEST = _FORM.format(_SELECTION.format(name="cat") + _ESSAY)
"""Asks what the cat says (required), and why."""
OTHER_TEST = _FORM.format(_SELECTION.format(name="dog"))
KEY = (
    f'<AnswerKey xmlns="{_SCHEMAS}/AnswerKey.xsd"><Question><QuestionIdentifier>cat</QuestionIdentifier>'
    "<AnswerOption><SelectionIdentifier>meow</SelectionIdentifier><AnswerScore>73</AnswerScore></AnswerOption>"
    "<DefaultScore>7</DefaultScore></Question></AnswerKey>"
)
"""73 for meow, 7 for anything else."""


def make_type(requester: Requester, **members: Any) -> dict[str, Any]:
    """A qualification type, with values of our own where none are given; answers its structure."""
    given = {"Name": "Cats", "Description": "Knows cats", "QualificationTypeStatus": "Active"}
    made: dict[str, Any] = requester("CreateQualificationType", **(given | members))["QualificationType"]
    return made
