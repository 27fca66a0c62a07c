"""Review policies at work: they judge in the call that brings an answer in, before anybody sees it.

What they find is a pure function of the answers. What they want is tried at once, and what came of it noted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from kempelen.errors import Refusal
from kempelen.operation import Actor, Call, Role
from kempelen.operations.money.quotas import count_spend
from kempelen.operations.publishing.growing import grow, move_expiration
from kempelen.operations.publishing.question_forms import form_of
from kempelen.operations.reviewing.decisions import approve, reject
from kempelen.plugins import review
from kempelen.rules.answers import answer_values, unpack
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.rules.question_form import QuestionForm
from kempelen.store import assignments, hits, parties, review_reports
from kempelen.store.assignments import Assignment, InvalidAssignmentState
from kempelen.store.hits import Hit
from kempelen.store.review_reports import Level

BATCH = 100
"""How many answers are read at a time."""


@lru_cache(maxsize=256)
def _policies(text: str) -> tuple[review.KnownAnswersPolicy | None, review.PluralityPolicy | None]:
    given = json.loads(text)
    known = review.parse(given["Assignment"], "Assignment") if "Assignment" in given else None
    plurality = review.parse(given["HIT"], "HIT") if "HIT" in given else None
    assert known is None or isinstance(known, review.KnownAnswersPolicy)
    assert plurality is None or isinstance(plurality, review.PluralityPolicy)
    return known, plurality


def judge_assignment(call: Call, assignment: Assignment, hit: Hit, *, fields: bytes) -> Hit:
    """Let the HIT's assignment policy, if it has one, judge an answer; the HIT as it is then."""
    policy, _ = _policies(hit.policies) if hit.policies else (None, None)
    if policy is None:
        return hit
    judgement = review.judge_known_answers(
        policy,
        answer_values(form_of(call, hit.question), unpack(fields)),
        assignment_id=assignment.public_id,
        hit_id=hit.public_id,
        max_assignments=hit.max_assignments,
    )
    _report(call, hit, "Assignment", judgement.results, assignment=assignment.key)
    return _carry_out(call, hit, "Assignment", judgement.actions)


def judge_hit(call: Call, hit: Hit) -> Hit:
    """Let the HIT's own policy, if it has one, compare all answers; the HIT as it is then."""
    known, policy = _policies(hit.policies) if hit.policies else (None, None)
    if policy is None:
        return hit
    form = form_of(call, hit.question)
    answers = list(_answers(call, hit, form, known=known, policy=policy))
    plurality = review.judge_plurality(
        policy, answers, hit_id=hit.public_id, max_assignments=hit.max_assignments
    )
    _report(call, hit, "HIT", plurality.results)
    return _carry_out(call, hit, "HIT", plurality.actions)


def _answers(
    call: Call,
    hit: Hit,
    form: QuestionForm | None,
    *,
    known: review.KnownAnswersPolicy | None,
    policy: review.PluralityPolicy,
) -> Iterator[review.Answers]:
    """All submitted answers in order of submission, of each only what the policy asks about."""
    after = (0, 0)
    while batch := assignments.of_hit(call, hit.key, after=after, count=BATCH):
        for assignment, fields in batch:
            values = answer_values(form, unpack(fields))
            score = None
            if known is not None:
                score = review.judge_known_answers(
                    known, values, assignment_id="", hit_id="", max_assignments=0
                ).score
            asked = {name: _shortened(values[name]) for name in policy.question_ids if name in values}
            yield review.Answers(assignment.public_id, str(assignment.worker), assignment.state, asked, score)
        last = batch[-1][0]
        after = (last.submitted_at or 0, last.key)


def _shortened(values: Sequence[str]) -> tuple[str, ...]:
    """What is too long to be compared stands as something short that is too long, too."""
    most = review.LONGEST_ANSWER_CHARACTERS
    return tuple(value if len(value.strip()) <= most else "…" * (most + 1) for value in values)


def _report(
    call: Call,
    hit: Hit,
    level: Level,
    results: Sequence[review.Result],
    *,
    assignment: int | None = None,
) -> None:
    run = call.new_id()
    for result in results:
        review_reports.add_result(
            call,
            hit=hit.key,
            assignment=assignment,
            level=level,
            action_id=run,
            subject_type=result.subject_type,
            subject_id=result.subject_id,
            question_id=result.question_id,
            name=result.key,
            value=result.value,
        )


def _carry_out(call: Call, hit: Hit, level: Level, actions: Sequence[review.Action]) -> Hit:
    """Try each action and note what came of it; the HIT as it is then."""
    for action in actions:
        status, result, error_code = _tried(call, hit, action)
        review_reports.add_action(
            call,
            hit=hit.key,
            level=level,
            name=action.name,
            target_type=action.target_type,
            target_id=action.target_id,
            status=status,
            result=result,
            error_code=error_code,
        )
    return hits.by_key(call, hit.key) if actions else hit


def _tried(call: Call, hit: Hit, action: review.Action) -> tuple[str, str | None, str | None]:
    """The action's status, what is said of it, and the code of what kept it from being done."""
    try:
        if action.name != "extend":
            return "Succeeded", _decided(call, hit, action), None
        with call.attempt():
            _extend(call, hit, action)
        return "Succeeded", None, None
    except Refusal as refusal:
        return "Failed", refusal.message, refusal.code


def _decided(call: Call, hit: Hit, action: review.Action) -> str | None:
    """What is worth saying of a decision that stands. Raises `WrongStateForAction`."""
    assignment = assignments.by_id(call, action.target_id)
    approves = action.name == "approve"
    wanted = AssignmentStatus.APPROVED if approves else AssignmentStatus.REJECTED
    if assignment.status == wanted:
        return f"Already {wanted.label.lower()}"
    if approves:
        was, feedback = AssignmentStatus.SUBMITTED, action.feedback or None
        done = approve(call, assignment, hit, was=was, feedback=feedback)
    else:
        done = reject(call, assignment, hit, feedback=action.feedback)
    if not done:
        raise WrongStateForAction()
    return None


class WrongStateForAction(InvalidAssignmentState):
    """Assignment was in an invalid state for this operation."""


def _extend(call: Call, hit: Hit, action: review.Action) -> None:
    """One more slot, and the time that is asked for."""
    hit = hits.by_key(call, hit.key)
    ends_at = call.now + action.minimum_seconds * 1000
    with _as_requester(call, hit.requester):
        if action.minimum_seconds and hit.expires_at < ends_at:
            hit = move_expiration(call, hit, at=ends_at)
        count_spend(call, hit.cost)
        grow(call, hit, by=1)


@contextmanager
def _as_requester(call: Call, requester: int) -> Iterator[None]:
    """Let the requester's own terms and quotas apply, whoever's call this is."""
    actor = call.actor
    public_id, name = parties.requester(call, requester)
    call.actor = Actor(Role.REQUESTER, requester, public_id, name)
    try:
        yield
    finally:
        call.actor = actor
