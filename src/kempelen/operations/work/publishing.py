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
from kempelen.operations.work import hit_types as hit_type_operations
from kempelen.operations.work.hit_answers import hit_as_answer
from kempelen.operations.work.layout_filling import fill_layout
from kempelen.plugins import review
from kempelen.rules import questions as question_rules
from kempelen.store import groups, hit_types, hits, ledger, once, questions
from kempelen.store.hit_listings import full_hit
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


@command("CreateHIT", by=Role.REQUESTER, prepare=prepare)
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


@command("CreateHITWithHITType", by=Role.REQUESTER, prepare=prepare)
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
    return _publish(
        call,
        hit_types.owned(call, hit_type_id),
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
    prepared: Prepared = call.prepared
    if layout_id is not None:
        question = fill_layout(call, layout_id, layout_parameters or [])
    assert question is not None, "prepare refuses a HIT without a question"
    digest = hashlib.sha256(question.encode()).digest()
    fee = price(call, hit_type, max_assignments=max_assignments)
    key, public_id = call.key(), call.new_id()
    expires_at = call.now + lifetime_seconds * 1000
    call.do(
        hits.ADD,
        id=key,
        public_id=public_id,
        requester=call.actor.account,
        hit_type=hit_type.key,
        question=questions.keep(call, digest=digest, body=question),
        layout=layout_id,
        annotation=annotation,
        max_assignments=max_assignments,
        created_at=call.now,
        expires_at=expires_at,
        status=1,
        open=max_assignments,
        level=_level(hit_type),
        position=hits.new_position(call.now),
        reward=hit_type.reward,
        fee=fee,
        held=max_assignments,
        policies=prepared.policies,
    )
    cost = (hit_type.reward + fee) * max_assignments
    if token is not None:
        once.keep(call, SCOPE, token, fingerprint=prepared.fingerprint, made=public_id)
    groups.change(call, hit_type.key, hits=1, expires_at=expires_at)
    call.emit(Event(EventKind.HITCreated, call.actor.account, hit_type.key, key))
    count_hits(call, hits=1, spend=cost)
    ledger.hold(call, call.actor.account, cost, hit=key, number=0)
    call.due(expires_at)
    return {"HIT": hit_as_answer(full_hit(call, key))}


def _level(hit_type: hit_types.HITType) -> int:
    if hit_type.settings is None:
        return DEFAULT_LEVEL
    level: int = json.loads(hit_type.settings).get("Priority", DEFAULT_LEVEL)
    return level
