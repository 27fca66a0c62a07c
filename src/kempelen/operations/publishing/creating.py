"""CreateHIT and CreateHITWithHITType: the question is parsed first, then everything is written at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kempelen.errors import ParameterValidationError
from kempelen.events import Event, EventKind
from kempelen.operation import Arguments, Call, Role, Traits, command
from kempelen.operations.money.pricing import price
from kempelen.operations.money.quotas import count_hits
from kempelen.operations.people.newcomers import checks_answers
from kempelen.operations.people.required import check_hit_type_usable
from kempelen.operations.publishing import hit_types as hit_type_operations
from kempelen.operations.publishing.hit_answers import hit_as_answer
from kempelen.operations.publishing.layout_filling import fill_layout
from kempelen.plugins import review
from kempelen.rules import questions as question_rules
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import groups, hit_types, hits, ledger, once, questions
from kempelen.store.hit_listings import FullHit
from kempelen.store.hits import DEFAULT_LEVEL

SCOPE = "CreateHIT"
"""CreateHIT and CreateHITWithHITType share their tokens."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known of a new HIT before the transaction."""

    policies: str | None
    fingerprint: bytes


@lru_cache(maxsize=64)
def _check_question(text: str, allow_http: bool) -> None:
    question_rules.parse(text, allow_http=allow_http)


def prepare(arguments: Arguments, traits: Traits) -> Prepared:
    """Parse the question and the review policies. Refuses what is wrong with either."""
    question = arguments.get("question")
    if (question is None) == (arguments.get("hit_layout_id") is None):
        raise ParameterValidationError(
            "Exactly one of the parameters Question and HITLayoutId must be given."
            if question is None
            else "The parameters Question and HITLayoutId cannot be given together."
        )
    if question is not None:
        if arguments.get("hit_layout_parameters"):
            raise ParameterValidationError("HITLayoutParameters can be given only together with HITLayoutId.")
        _check_question(question, traits.allow_http)
    policies = {}
    if arguments.get("assignment_review_policy") is not None:
        policies["Assignment"] = arguments["assignment_review_policy"]
        review.parse(policies["Assignment"], "Assignment")
    if arguments.get("hit_review_policy") is not None:
        policies["HIT"] = arguments["hit_review_policy"]
        review.parse(policies["HIT"], "HIT")
    fingerprint = b""
    if arguments.get("unique_request_token") is not None:
        fingerprint = once.fingerprint(arguments)
    return Prepared(json.dumps(policies) if policies else None, fingerprint)


@command("CreateHIT", by=Role.REQUESTER, prepare=prepare, together=True)
def create_hit(
    call: Call,
    *,
    lifetime_in_seconds: int,
    assignment_duration_in_seconds: int,
    reward: str,
    title: str,
    description: str,
    max_assignments: int = 1,
    auto_approval_delay_in_seconds: int = hit_type_operations.DEFAULT_AUTO_APPROVAL_DELAY_SECONDS,
    keywords: str = "",
    question: str | None = None,
    requester_annotation: str | None = None,
    qualification_requirements: list[dict[str, Any]] | None = None,
    unique_request_token: str | None = None,
    assignment_review_policy: dict[str, Any] | None = None,
    hit_review_policy: dict[str, Any] | None = None,
    hit_layout_id: str | None = None,
    hit_layout_parameters: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Publish a HIT under the type its values imply, its whole price on hold."""
    _refuse_repeat(call, unique_request_token)
    hit_type = hit_type_operations.find_or_make(
        call,
        assignment_duration_in_seconds=assignment_duration_in_seconds,
        reward=reward,
        title=title,
        description=description,
        auto_approval_delay_in_seconds=auto_approval_delay_in_seconds,
        keywords=keywords,
        qualification_requirements=qualification_requirements,
    )
    return _publish(
        call,
        hit_type,
        lifetime_seconds=lifetime_in_seconds,
        max_assignments=max_assignments,
        question=question,
        annotation=requester_annotation,
        token=unique_request_token,
        layout_id=hit_layout_id,
        layout_parameters=hit_layout_parameters,
    )


@command("CreateHITWithHITType", by=Role.REQUESTER, prepare=prepare, together=True)
def create_hit_with_hit_type(
    call: Call,
    *,
    hit_type_id: str,
    lifetime_in_seconds: int,
    max_assignments: int = 1,
    question: str | None = None,
    requester_annotation: str | None = None,
    unique_request_token: str | None = None,
    assignment_review_policy: dict[str, Any] | None = None,
    hit_review_policy: dict[str, Any] | None = None,
    hit_layout_id: str | None = None,
    hit_layout_parameters: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Publish a HIT of a type that exists, its whole price on hold."""
    _refuse_repeat(call, unique_request_token)
    hit_type = hit_types.owned(call, hit_type_id)
    check_hit_type_usable(call, hit_type)
    return _publish(
        call,
        hit_type,
        lifetime_seconds=lifetime_in_seconds,
        max_assignments=max_assignments,
        question=question,
        annotation=requester_annotation,
        token=unique_request_token,
        layout_id=hit_layout_id,
        layout_parameters=hit_layout_parameters,
    )


def _refuse_repeat(call: Call, token: str | None) -> None:
    if token is not None:
        once.refuse_repeated_hit(call, SCOPE, token)


def _publish(
    call: Call,
    hit_type: hit_types.HITType,
    *,
    lifetime_seconds: int,
    max_assignments: int,
    question: str | None,
    annotation: str | None,
    token: str | None,
    layout_id: str | None,
    layout_parameters: list[dict[str, str]] | None,
) -> dict[str, Any]:
    if layout_id is not None:
        question = fill_layout(call, layout_id, layout_parameters or [])
    assert question is not None, "prepare refuses a HIT without a question"
    hit = FullHit(
        key=call.key(),
        hit_type=hit_type.key,
        public_id=call.new_id(),
        hit_type_id=hit_type.public_id,
        group_id=hit_type.group_id,
        layout=layout_id,
        created_at=call.now,
        title=hit_type.title,
        description=hit_type.description,
        keywords=hit_type.keywords,
        question=question,
        status=int(HITStatus.ASSIGNABLE),
        max_assignments=max_assignments,
        reward=hit_type.reward,
        auto_approval_delay_seconds=hit_type.auto_approval_delay_seconds,
        expires_at=call.now + lifetime_seconds * 1000,
        duration_seconds=hit_type.duration_seconds,
        annotation=annotation,
        requirements=hit_type.requirements,
        pending=0,
        open=max_assignments,
        approved=0,
        rejected=0,
    )
    _add(call, hit, hit_type, token=token)
    return {"HIT": hit_as_answer(hit)}


def _add(call: Call, hit: FullHit, hit_type: hit_types.HITType, *, token: str | None) -> None:
    prepared: Prepared = call.prepared
    fee = price(call, hit_type, max_assignments=hit.max_assignments)
    digest = hashlib.sha256(hit.question.encode()).digest()
    call.add(
        hits.ADD,
        id=hit.key,
        public_id=hit.public_id,
        requester=call.actor.account,
        hit_type=hit.hit_type,
        question=questions.keep(call, digest=digest, body=hit.question),
        layout=hit.layout,
        annotation=hit.annotation,
        max_assignments=hit.max_assignments,
        created_at=call.now,
        expires_at=hit.expires_at,
        status=hit.status,
        open=hit.open,
        level=level_of(hit_type),
        position=hits.new_position(call.now),
        reward=hit.reward,
        fee=fee,
        held=hit.max_assignments,
        policies=prepared.policies,
    )
    if token is not None:
        once.keep(call, SCOPE, token, fingerprint=prepared.fingerprint, made=hit.public_id)
    groups.change(call, hit.hit_type, hits=1, expires_at=hit.expires_at)
    if prepared.policies is not None:
        checks_answers(call, hit_type)
    call.emit(Event(EventKind.HITCreated, call.actor.account, hit.hit_type, hit.key))
    cost = (hit.reward + fee) * hit.max_assignments
    count_hits(call, hits=1, spend=cost, hit=hit.key)
    ledger.hold(call, call.actor.account, cost, hit=hit.key, number=0)
    call.due(hit.expires_at)


def level_of(hit_type: hit_types.HITType) -> int:
    """The priority level at which HITs of this type begin."""
    if hit_type.settings is None:
        return DEFAULT_LEVEL
    level: int = json.loads(hit_type.settings).get("Priority", DEFAULT_LEVEL)
    return level
