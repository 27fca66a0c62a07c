"""UpdateHITTypeOfHIT."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.money.pricing import price
from kempelen.operations.money.quotas import count_spend
from kempelen.operations.people.newcomers import checks_answers
from kempelen.operations.people.required import check_hit_type_usable
from kempelen.operations.publishing.creating import level_of
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import events, groups, hit_types, hits, ledger
from kempelen.store.hits import Hit, InvalidHITState


class AssignmentsWereAccepted(InvalidHITState):
    """This HIT is currently in the state '{state}', and assignments of it were accepted.  This operation
    can be called with a status of: Assignable, before anybody has accepted."""


@command("UpdateHITTypeOfHIT", by=Role.REQUESTER)
def update_hit_type_of_hit(call: Call, *, hit_id: str, hit_type_id: str) -> None:
    """Give a HIT that nobody has ever accepted another type, and hold or release the difference in price."""
    hit = hits.owned(call, hit_id, to_change=True)
    hit_type = hit_types.owned(call, hit_type_id)
    if hit.status != HITStatus.ASSIGNABLE:
        raise InvalidHITState(state=HITStatus(hit.status).label, wanted=HITStatus.ASSIGNABLE.label)
    if hit.open != hit.max_assignments or events.happened(call, EventKind.AssignmentAccepted, hit=hit.key):
        raise AssignmentsWereAccepted(state=HITStatus.ASSIGNABLE.label)
    check_hit_type_usable(call, hit_type)
    if hit_type.key != hit.hit_type:
        _retype(call, hit, hit_type)


def _retype(call: Call, hit: Hit, hit_type: hit_types.HITType) -> None:
    fee = price(call, hit_type, max_assignments=hit.max_assignments)
    after = hits.retype(
        call, hit.key, hit_type=hit_type.key, reward=hit_type.reward, fee=fee, level=level_of(hit_type)
    )
    groups.change(call, hit.hit_type, hits=-1)
    groups.change(call, after.hit_type, hits=1, expires_at=after.expires_at)
    if hit.policies is not None:
        checks_answers(call, hit_type)
    call.emit(Event(EventKind.HITTypeChanged, after.requester, after.hit_type, after.key))
    dearer = (after.cost - hit.cost) * after.max_assignments
    if dearer > 0:
        count_spend(call, dearer)
        ledger.hold(call, after.requester, dearer, hit=after.key, number=after.holds)
    else:
        ledger.release(call, after.requester, -dearer, hit=after.key, number=after.holds)
