"""Review policies: pure deciders that score submitted work and say what they would like to be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kempelen.errors import ParameterValidationError
from kempelen.review import score_my_known_answers, simple_plurality
from kempelen.review.outcomes import Action, Result
from kempelen.review.parameters import Parameters, shown
from kempelen.review.score_my_known_answers import KnownAnswersPolicy
from kempelen.review.score_my_known_answers import judge as judge_known_answers
from kempelen.review.simple_plurality import LONGEST_ANSWER_CHARACTERS, Answers, PluralityPolicy
from kempelen.review.simple_plurality import judge as judge_plurality

__all__ = [
    "LONGEST_ANSWER_CHARACTERS",
    "Action",
    "Answers",
    "KnownAnswersPolicy",
    "PluralityPolicy",
    "Result",
    "judge_known_answers",
    "judge_plurality",
    "parse",
]

Level = Literal["Assignment", "HIT"]

_POLICIES = {policy.NAME: policy for policy in (score_my_known_answers, simple_plurality)}


def parse(policy: Mapping[str, object], level: Level) -> KnownAnswersPolicy | PluralityPolicy:
    """The policy that CreateHIT was given as AssignmentReviewPolicy or HITReviewPolicy, in contract names.

    Raises `ParameterValidationError` with a sentence for everything that is wrong with it.
    """
    parameters = Parameters(policy)
    decider = _POLICIES.get(parameters.policy_name)
    if decider is None:
        raise ParameterValidationError(
            f'There is no review policy "{shown(parameters.policy_name)}". There are: {", ".join(_POLICIES)}.'
        )
    if level != decider.LEVEL:
        raise ParameterValidationError(
            f"The review policy {decider.NAME} can only be given as {decider.LEVEL}ReviewPolicy,"
            f" not as {level}ReviewPolicy."
        )
    parsed: KnownAnswersPolicy | PluralityPolicy = decider.read(parameters)
    parameters.refuse_the_rest()
    return parsed
