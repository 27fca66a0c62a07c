"""Group summaries: how many HITs of a group can be accepted now, maintained and never counted.

On SQLite the summary is changed in the transaction. On PostgreSQL a row shared by all commands would halve
the work loop, so changes are added as rows, which a job folds in; a reader adds both.
"""

from __future__ import annotations

from sqlalchemy import bindparam, case, null, select, update

from kempelen.operation import Call
from kempelen.store.connection import forget_remembered
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
PUT_WARNINGS = Sql(
    update(groups).where(groups.c.id == bindparam("group_id")).values(warnings=bindparam("bits"))
)
PUT_MARKS = Sql(
    update(groups)
    .where(groups.c.id == bindparam("group_id"))
    .values(language=bindparam("language_"), phone=bindparam("phone_"), keyboard=bindparam("keyboard_"))
)
PAUSE = Sql(
    update(groups)
    .where(groups.c.id == bindparam("group_id"), groups.c.paused_at.is_(None))
    .values(paused_at=bindparam("now"))
)
RESUME = Sql(
    update(groups)
    .where(groups.c.id == bindparam("group_id"), groups.c.paused_at.is_not(None))
    .values(paused_at=null(), resumed_at=bindparam("now"))
)
RESUMED = Sql(select(groups.c.resumed_at).where(groups.c.id == bindparam("group_id")))
LOCK = Sql(select(groups.c.paused_at).where(groups.c.id == bindparam("group_id")).with_for_update())


def change(call: Call, group: int, *, hits: int, expires_at: int = 0) -> None:
    """Some of a group's HITs became, or ceased to be, acceptable; `expires_at` is when one of them ends."""
    if hits == 0 and expires_at == 0:
        return
    if call.connection.dialect == "sqlite":
        call.later(CHANGE, group_id=group, hits=hits, now=call.now, expires_at=expires_at)
    else:
        call.later(ADD_DELTA, id=call.key(), group_id=group, hits=hits, at=call.now, expires_at=expires_at)


def put_warnings(call: Call, group: int, bits: int) -> None:
    """What content its workers are warned of, as bits of `rules.content_warnings`."""
    call.do(PUT_WARNINGS, group_id=group, bits=bits)


def put_marks(call: Call, group: int, *, language: str | None, phone: bool, keyboard: bool) -> None:
    """What workers find the group by: its language, and whether a telephone or the keyboard does for it."""
    call.do(
        PUT_MARKS,
        group_id=group,
        language_=None if language is None else language.casefold(),
        phone_=int(phone),
        keyboard_=int(keyboard),
    )


def pause(call: Call, group: int) -> bool:
    """Hand nothing of the group out any more; False if it is paused already."""
    forget_remembered()
    return call.do(PAUSE, group_id=group, now=call.now) == 1


def resume(call: Call, group: int) -> bool:
    """Hand its work out again; False if it was not paused. Reports until now count no more."""
    forget_remembered()
    return call.do(RESUME, group_id=group, now=call.now) == 1


def resumed_at(call: Call, group: int) -> int:
    """When the group was last resumed, in milliseconds; 0 if it never was."""
    row = call.one(RESUMED, group_id=group)
    assert row is not None
    return int(row[0])


def lock(call: Call, group: int) -> None:
    """Nobody else pauses or resumes the group until the command is kept."""
    call.one(LOCK, group_id=group)
