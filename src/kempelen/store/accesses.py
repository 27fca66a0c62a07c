"""The access log: refusals of authorisation, and reads of personal data. It is sealed as events are.

What happens is noted in memory and written once a second by the sealer's job, one row for each kind, actor,
operation and address with a count, so that a flood of refusals is a few rows. Beyond `MOST` different ones in
a second only their number is kept.
"""

from __future__ import annotations

import json
import threading
from enum import IntEnum

from sqlalchemy import bindparam, insert

from kempelen.operation import Actor, Call
from kempelen.store.events import ACCESS, ADD_UNSEALED
from kempelen.store.sql import Sql
from kempelen.store.tables.shared import accesses

MOST = 200


class Access(IntEnum):
    """What is noted."""

    REFUSED = 1
    READ = 2
    SUPPRESSED = 3


ADD = Sql(insert(accesses).values(**{column.name: bindparam(column.name) for column in accesses.c}).inline())
Entry = tuple[Access, int, str, str, str]


class AccessLog:
    """What one process has noted and not yet written."""

    def __init__(self) -> None:
        self._counts: dict[Entry, int] = {}
        self._suppressed = 0
        self._lock = threading.Lock()

    def note(self, kind: Access, actor: Actor, operation: str) -> None:
        """Remember one access."""
        entry = (kind, actor.account, actor.credential or actor.public_id, operation, actor.source_address)
        with self._lock:
            if entry in self._counts or len(self._counts) < MOST:
                self._counts[entry] = self._counts.get(entry, 0) + 1
            else:
                self._suppressed += 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._counts

    def write(self, call: Call) -> int:
        """Write what was noted; answers how many rows."""
        with self._lock:
            counts, self._counts = self._counts, {}
            suppressed, self._suppressed = self._suppressed, 0
        for (kind, account, credential, operation, address), count in counts.items():
            facts = {"by": credential, "operation": operation, "from": address, "count": count}
            _add(call, kind, account or None, facts)
        if suppressed:
            _add(call, Access.SUPPRESSED, None, {"count": suppressed})
        return len(counts) + bool(suppressed)


def _add(call: Call, kind: Access, actor: int | None, facts: dict[str, object]) -> None:
    key = call.key()
    call.later(ADD, id=key, at=call.now, kind=int(kind), actor=actor, detail=json.dumps(facts))
    call.later(ADD_UNSEALED, kind=ACCESS, id=key)
