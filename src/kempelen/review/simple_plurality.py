"""SimplePlurality/2011-09-01: the answers of a HIT's workers are compared with one another.

Runs when a HIT becomes Reviewable, and again after each extension. Method and parameters: Amazon Mechanical
Turk API Reference, "HIT Review Policies". What that page leaves open is decided here:

* Two groups of equal size that are both the largest agree on nothing. Whoever is paid or rejected must not
  depend on the order in which people submitted.
* A question that a worker did not answer at all counts among the answers considered and equals nothing, not
  even another missing one; so a misspelt question id never agrees. A field sent blank is an answer too.
* An answer longer than 256 characters is in no group and not among the answers considered for its question.
* A worker has no agreement score, and no action, while no question has an agreed answer.
* A disregarded assignment has neither results nor actions.
* Several values of one answer are reported in sorted order, joined by `|`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kempelen.review.outcomes import Action, Decision, Extension, Result
from kempelen.review.parameters import MAXIMUM_KEY_BYTES, Parameters

NAME = "SimplePlurality/2011-09-01"
LEVEL: Final = "HIT"

MAXIMUM_QUESTIONS = 15
LONGEST_ANSWER_CHARACTERS = 256
LONGEST_EXTENSION_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True)
class PluralityPolicy:
    """A policy as CreateHIT gave it. A question is agreed when its score is greater than the threshold."""

    question_ids: tuple[str, ...]
    question_agreement_threshold: int
    disregards_rejected: bool
    disregards_below_known_answer_score: int | None
    decision: Decision
    extension: Extension | None


@dataclass(frozen=True, slots=True)
class Answers:
    """What one submitted assignment brings: `values` is question id → every value given.

    `status` is the contract's (Submitted, Approved, Rejected); `known_answer_score` is `None` if no
    ScoreMyKnownAnswers policy ran.
    """

    assignment_id: str
    worker: str
    status: str
    values: Mapping[str, tuple[str, ...]]
    known_answer_score: int | None = None


@dataclass(frozen=True, slots=True)
class Plurality:
    """What the workers of one HIT agree on. Scores are 0–100, truncated; actions in the order to be tried."""

    hit_agreement_score: int
    agreed_answers: Mapping[str, str]
    worker_agreement_scores: Mapping[str, int]
    """By assignment id; empty while no question is agreed."""
    results: tuple[Result, ...]
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class _Agreement:
    """One question: the largest group's share (`None` if no two answers are equal), the answer if agreed."""

    question_id: str
    score: int | None
    answer: frozenset[str] | None


def read(parameters: Parameters) -> PluralityPolicy:
    """The policy of these parameters; raises `ParameterValidationError`."""
    return PluralityPolicy(
        question_ids=_question_ids(parameters),
        question_agreement_threshold=parameters.required_number(
            "QuestionAgreementThreshold", least=0, most=100
        ),
        disregards_rejected=parameters.is_set("DisregardAssignmentIfRejected"),
        disregards_below_known_answer_score=parameters.number(
            "DisregardAssignmentIfKnownAnswerScoreIsLessThan", least=0, most=101
        ),
        decision=_decision(parameters),
        extension=_extension(parameters),
    )


def _question_ids(parameters: Parameters) -> tuple[str, ...]:
    """One value each, or, as the reference has it, one value with commas."""
    listed = parameters.required_values("QuestionIds", "QuestionIDs")
    question_ids = tuple(part.strip() for value in listed for part in value.split(","))
    if len(question_ids) > MAXIMUM_QUESTIONS:
        raise parameters.refused("QuestionIds", f"names more than {MAXIMUM_QUESTIONS} questions")
    if not all(0 < len(one.encode("utf-8", "surrogatepass")) <= MAXIMUM_KEY_BYTES for one in question_ids):
        raise parameters.refused("QuestionIds", f"needs names of 1 to {MAXIMUM_KEY_BYTES} bytes")
    if len(set(question_ids)) < len(question_ids):
        raise parameters.refused("QuestionIds", "names a question twice")
    return question_ids


def _decision(parameters: Parameters) -> Decision:
    return Decision(
        approve_if_score_is_at_least=parameters.number(
            "ApproveIfWorkerAgreementScoreIsAtLeast",
            "ApproveIfWorkerAgreementScoreIsNotLessThan",
            least=1,
            most=100,
        ),
        approve_reason=parameters.reason("ApproveReason"),
        reject_if_score_is_less_than=parameters.number(
            "RejectIfWorkerAgreementScoreIsLessThan", least=1, most=100
        ),
        reject_reason=parameters.reason("RejectReason"),
    )


def _extension(parameters: Parameters) -> Extension | None:
    below = parameters.number("ExtendIfHITAgreementScoreIsLessThan", least=1, most=100)
    if below is None:
        parameters.number("ExtendMaximumAssignments", least=2, most=25)
        parameters.number("ExtendMinimumTimeInSeconds", least=60, most=LONGEST_EXTENSION_SECONDS)
        return None
    return Extension(
        if_score_is_less_than=below,
        maximum_assignments=parameters.required_number("ExtendMaximumAssignments", least=2, most=25),
        minimum_seconds=parameters.required_number(
            "ExtendMinimumTimeInSeconds", least=60, most=LONGEST_EXTENSION_SECONDS
        ),
    )


def judge(
    policy: PluralityPolicy, assignments: Sequence[Answers], *, hit_id: str, max_assignments: int
) -> Plurality:
    """Compare the answers of all submitted assignments of one HIT, which has `max_assignments` at present.

    Question agreement is 100 × largest group of equal answers / answers considered; HIT agreement is
    100 × agreed questions / questions; worker agreement is 100 × agreed questions matched / agreed questions.
    """
    considered = [one for one in assignments if not _is_disregarded(policy, one)]
    agreements = [_agreement(policy, question, considered) for question in policy.question_ids]
    agreed = {one.question_id: one.answer for one in agreements if one.answer is not None}
    hit_score = 100 * len(agreed) // len(policy.question_ids)
    matched = {one.assignment_id: _matched(one, agreed) for one in considered}
    scores = {key: 100 * count // len(agreed) for key, count in matched.items()} if agreed else {}

    results = [row for one in agreements for row in _question_results(hit_id, one)]
    for assignment_id, count in matched.items():
        results += _worker_results(assignment_id, count, of=len(agreed), score=scores.get(assignment_id))
    results.append(Result("HIT", hit_id, None, "HitAgreementScore", str(hit_score)))

    actions = [action for key, score in scores.items() for action in policy.decision.of(key, score=score)]
    if policy.extension is not None:
        actions += policy.extension.of(hit_id, score=hit_score, max_assignments=max_assignments)
    return Plurality(
        hit_agreement_score=hit_score,
        agreed_answers={question: _written(answer) for question, answer in agreed.items()},
        worker_agreement_scores=scores,
        results=tuple(results),
        actions=tuple(actions),
    )


def _is_disregarded(policy: PluralityPolicy, assignment: Answers) -> bool:
    if policy.disregards_rejected and assignment.status == "Rejected":
        return True
    below, score = policy.disregards_below_known_answer_score, assignment.known_answer_score
    return below is not None and score is not None and score < below


def _agreement(policy: PluralityPolicy, question_id: str, considered: Sequence[Answers]) -> _Agreement:
    answers = [_normalised(one.values.get(question_id)) for one in considered]
    evaluated = [one for one in answers if one is None or len(_written(one)) <= LONGEST_ANSWER_CHARACTERS]
    groups = Counter(one for one in evaluated if one is not None).most_common(2)
    if not groups or groups[0][1] < 2:
        return _Agreement(question_id, score=None, answer=None)
    answer, size = groups[0]
    score = 100 * size // len(evaluated)
    is_tied = len(groups) > 1 and groups[1][1] == size
    is_agreed = not is_tied and score > policy.question_agreement_threshold
    return _Agreement(question_id, score=score, answer=answer if is_agreed else None)


def _matched(assignment: Answers, agreed: Mapping[str, frozenset[str]]) -> int:
    return sum(_normalised(assignment.values.get(question)) == answer for question, answer in agreed.items())


def _question_results(hit_id: str, agreement: _Agreement) -> list[Result]:
    rows = {"AgreedAnswerFound": "false" if agreement.answer is None else "true"}
    if agreement.answer is not None:
        rows["AgreedAnswer"] = _written(agreement.answer)
    if agreement.score is not None:
        rows["AnswerAgreementScore"] = str(agreement.score)
    return [Result("HIT", hit_id, agreement.question_id, key, value) for key, value in rows.items()]


def _worker_results(assignment_id: str, matched: int, *, of: int, score: int | None) -> list[Result]:
    rows = {} if score is None else {"WorkerAgreementScore": score}
    rows |= {"PluralityAnswersCorrect": matched, "PluralityAnswersIncorrect": of - matched}
    return [Result("Assignment", assignment_id, None, key, str(value)) for key, value in rows.items()]


def _normalised(values: Iterable[str] | None) -> frozenset[str] | None:
    """The answer as it is compared; `None` if there is none, the empty set if it is blank."""
    trimmed = [value.strip() for value in values or ()]
    return frozenset(value for value in trimmed if value) if trimmed else None


def _written(answer: frozenset[str]) -> str:
    return "|".join(sorted(answer))
