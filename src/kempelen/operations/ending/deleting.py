"""DeleteHIT, and the disposal of what nobody has touched for long."""

from __future__ import annotations

from kempelen.events import Event, EventKind
from kempelen.operation import Call, Role, command
from kempelen.operations.money.quotas import release_open_hit
from kempelen.rules.lifecycle import HITStatus
from kempelen.store import files, hits
from kempelen.store.hits import InvalidHITState

WANTED = f"{HITStatus.REVIEWING.label}, {HITStatus.REVIEWABLE.label}"


class AnswersUndecided(InvalidHITState):
    """This HIT is currently in the state '{state}', and {submitted} of its assignments are neither approved
    nor rejected.  This operation can be called with a status of: {wanted}, after all are decided."""


@command("DeleteHIT", by=Role.REQUESTER)
def delete_hit(call: Call, *, hit_id: str) -> None:
    """Dispose of a HIT whose answers are all decided: it vanishes from lists, its ledger stays."""
    hit = hits.owned(call, hit_id, to_change=True)
    if not dispose(call, key=hit.key, requester=hit.requester, hit_type=hit.hit_type):
        state = HITStatus(hit.status)
        if state in (HITStatus.REVIEWABLE, HITStatus.REVIEWING):
            raise AnswersUndecided(state=state.label, submitted=hit.submitted, wanted=WANTED)
        raise InvalidHITState(state=state.label, wanted=WANTED)


def dispose(call: Call, *, key: int, requester: int, hit_type: int) -> bool:
    """Dispose of a HIT; False if it is not up for review or an answer is undecided."""
    if not hits.dispose(call, key):
        return False
    call.emit(Event(EventKind.HITDisposed, requester, hit_type, key))
    release_open_hit(call, requester, hit=key)
    files.remove_of_hit(call, key)
    return True
