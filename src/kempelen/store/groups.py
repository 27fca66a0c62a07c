"""Group summaries: how many HITs of a group can be accepted now, maintained and never counted.

On SQLite the summary is changed in the transaction. On PostgreSQL a row shared by all commands would halve
the work loop, so changes are added as rows, which a job folds in; a reader adds both.
"""

from __future__ import annotations

from sqlalchemy import bindparam, case, update

from kempelen.operation import Call
from kempelen.store.sql import Sql, added
from kempelen.store.tables.work import group_deltas, groups

CHANGE = Sql(
    update(groups)
    .where(groups.c.id == bindparam("group_id"))
    .values(
        hits=groups.c.hits + bindparam("hits"),
        updated_at=case(
            (groups.c.updated_at > bindparam("now"), groups.c.updated_at), else_=bindparam("now")
        ),
        latest_expiration=case(
            (groups.c.latest_expiration > bindparam("expires_at"), groups.c.latest_expiration),
            else_=bindparam("expires_at"),
        ),
    ),
    adds=("hits",),
    raises=("now", "expires_at"),
)
ADD_DELTA = added(group_deltas, adds=("hits",), raises=("id", "at", "expires_at"))


def change(call: Call, group: int, *, hits: int, expires_at: int = 0) -> None:
    """Some of a group's HITs became, or ceased to be, acceptable; `expires_at` is when one of them ends."""
    if hits == 0 and expires_at == 0:
        return
    if call.connection.dialect == "sqlite":
        call.later(CHANGE, group_id=group, hits=hits, now=call.now, expires_at=expires_at)
    else:
        call.later(ADD_DELTA, id=call.key(), group_id=group, hits=hits, at=call.now, expires_at=expires_at)
