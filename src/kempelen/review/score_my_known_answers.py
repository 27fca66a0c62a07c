"""ScoreMyKnownAnswers/2011-09-01: an assignment is scored by the questions whose answers are known.

Runs when an assignment is submitted. Method and parameters: Amazon Mechanical Turk API Reference,
"Assignment Review Policies".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kempelen.review.outcomes import Action, Decision, Extension, Result
from kempelen.review.parameters import Parameters

NAME = "ScoreMyKnownAnswers/2011-09-01"
LEVEL: Final = "Assignment"

HIGHEST_THRESHOLD = 101
"""One more than any score: "at least 101" is never, "less than 101" is always."""
DEFAULT_MAXIMUM_ASSIGNMENTS = 5
LONGEST_EXTENSION_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True)
class KnownAnswersPolicy:
    """A policy as CreateHIT gave it; the answers of `key` are trimmed and without blanks."""

    key: Mapping[str, frozenset[str]]
    decision: Decision
    extension: Extension | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one assignment did. `score` is 0–100, truncated; `actions` are in the order to be tried."""

    score: int
    correct: int
    incorrect: int
    evaluated: int
    results: tuple[Result, ...]
    actions: tuple[Action, ...]


def read(parameters: Parameters) -> KnownAnswersPolicy:
    """The policy of these parameters; raises `ParameterValidationError`."""
    key = {question: _normalised(values) for question, values in parameters.entries("AnswerKey").items()}
    decision = Decision(
        approve_if_score_is_at_least=_threshold(parameters, "ApproveIfKnownAnswerScoreIsAtLeast"),
        approve_reason=parameters.reason("ApproveReason"),
        reject_if_score_is_less_than=_threshold(parameters, "RejectIfKnownAnswerScoreIsLessThan"),
        reject_reason=parameters.reason("RejectReason"),
    )
    return KnownAnswersPolicy(key=key, decision=decision, extension=_extension(parameters))


def _extension(parameters: Parameters) -> Extension | None:
    below = _threshold(parameters, "ExtendIfKnownAnswerScoreIsLessThan")
    maximum = parameters.number("ExtendMaximumAssignments", least=2, most=25)
    seconds = parameters.number("ExtendMinimumTimeInSeconds", least=60, most=LONGEST_EXTENSION_SECONDS)
    if below is None:
        return None
    return Extension(
        if_score_is_less_than=below,
        maximum_assignments=DEFAULT_MAXIMUM_ASSIGNMENTS if maximum is None else maximum,
        minimum_seconds=seconds or 0,
    )


def _threshold(parameters: Parameters, key: str) -> int | None:
    return parameters.number(key, least=0, most=HIGHEST_THRESHOLD)


def judge(
    policy: KnownAnswersPolicy,
    values: Mapping[str, tuple[str, ...]],
    *,
    assignment_id: str,
    hit_id: str,
    max_assignments: int,
) -> Judgement:
    """Score one assignment's `values` (question id → every value given) by the policy's key.

    An answer is correct if the set of its values is the set of the key's: surrounding white space is trimmed
    and blank values are left out on both sides, while case and punctuation count. A key without values asks
    that nothing be answered. Questions outside the key are ignored. `max_assignments` is the HIT's now.
    """
    evaluated = len(policy.key)
    correct = sum(_normalised(values.get(question, ())) == known for question, known in policy.key.items())
    score = 100 * correct // evaluated
    counts = {
        "KnownAnswerScore": score,
        "KnownAnswersCorrect": correct,
        "KnownAnswersIncorrect": evaluated - correct,
        "KnownAnswersEvaluated": evaluated,
    }
    actions = policy.decision.of(assignment_id, score=score)
    if policy.extension is not None:
        actions += policy.extension.of(hit_id, score=score, max_assignments=max_assignments)
    return Judgement(
        score=score,
        correct=correct,
        incorrect=evaluated - correct,
        evaluated=evaluated,
        results=tuple(Result(LEVEL, assignment_id, None, key, str(count)) for key, count in counts.items()),
        actions=actions,
    )


def _normalised(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.strip() for value in values if value.strip())
