"""What a task's frame shows of a HIT, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from kempelen.operation import Call
from kempelen.store.sql import Sql
from kempelen.store.tables.work import hit_types, hits, questions


@dataclass(frozen=True, slots=True)
class Shown:
    """A HIT as its frame shows it; all ids are public."""

    hit_id: str
    hit_type_id: str
    layout_id: str | None
    question: str


SHOWN = Sql(
    select(hits.c.public_id, hit_types.c.public_id, hits.c.layout, questions.c.body)
    .select_from(
        hits.join(hit_types, hit_types.c.id == hits.c.hit_type).join(
            questions, questions.c.id == hits.c.question
        )
    )
    .where(hits.c.id == bindparam("hit"))
)


def shown(call: Call, hit: int) -> Shown:
    """What the frame of a HIT shows."""
    row = call.one(SHOWN, hit=hit)
    assert row is not None, "a HIT keeps its type and its question"
    return Shown(*row)
