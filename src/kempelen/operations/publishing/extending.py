"""More assignments for a HIT."""

from __future__ import annotations

from kempelen.errors import ParameterValidationError, Refusal
from kempelen.operation import Call, Role, command
from kempelen.operations.ending.expiring import refuse_disposed
from kempelen.operations.money.quotas import count_spend
from kempelen.operations.publishing.growing import grow
from kempelen.rules.lifecycle import EXTENDABLE_SINCE, MOST_ASSIGNMENTS, can_grow
from kempelen.store import hits, once

SCOPE = "CreateAdditionalAssignmentsForHIT"


class InvalidMaximumAssignmentsIncrease(Refusal):
    """HITs created with fewer than 10 assignments cannot be extended to have 10 or more assignments.
    This HIT has {now} and would have {would}."""

    code = "AWS.MechanicalTurk.InvalidMaximumAssignmentsIncrease"


class HITTooOldForExtension(Refusal):
    """This HIT was created before July 22, 2015 and cannot be extended."""

    code = "AWS.MechanicalTurk.HITTooOldForExtension"


@command(SCOPE, by=Role.REQUESTER)
def create_additional_assignments_for_hit(
    call: Call, *, hit_id: str, number_of_additional_assignments: int, unique_request_token: str | None = None
) -> None:
    """Let more workers do a HIT, their price put on hold, or, after its end, when it is moved."""
    more = number_of_additional_assignments
    if unique_request_token is not None:
        once.refuse_repeated_request(call, SCOPE, unique_request_token)
    hit = hits.owned(call, hit_id, to_change=True)
    refuse_disposed(hit)
    if hit.created_at < EXTENDABLE_SINCE:
        raise HITTooOldForExtension()
    if not can_grow(max_assignments=hit.max_assignments, by=more):
        raise InvalidMaximumAssignmentsIncrease(now=hit.max_assignments, would=hit.max_assignments + more)
    if hit.max_assignments + more > MOST_ASSIGNMENTS:
        raise ParameterValidationError(f"A HIT can have at most {MOST_ASSIGNMENTS} assignments.")
    if unique_request_token is not None:
        fingerprint = once.fingerprint({"HITId": hit_id, "NumberOfAdditionalAssignments": more})
        once.keep(call, SCOPE, unique_request_token, fingerprint=fingerprint, made=hit_id)
    count_spend(call, hit.cost * more)
    grow(call, hit, by=more)
