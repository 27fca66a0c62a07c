"""How many answers of unproven workers a HIT type has, and whether it lets such workers in now."""

from __future__ import annotations

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules.requirements import Requirement
from kempelen.store import requirement_sets
from kempelen.store.connection import forget_remembered
from kempelen.store.sql import Sql
from kempelen.store.tables.figures import newcomer_fills
from kempelen.store.tables.work import assignments, groups


def _begin(dialect: str) -> object:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(newcomer_fills).values(hit_type=bindparam("hit_type")).on_conflict_do_nothing()


BEGIN = Sql(_begin)  # type: ignore[arg-type]
TAKE = Sql(
    update(newcomer_fills)
    .where(newcomer_fills.c.hit_type == bindparam("of_type"), newcomer_fills.c.filled < bindparam("most"))
    .values(filled=newcomer_fills.c.filled + 1)
    .returning(newcomer_fills.c.filled)
)
GIVE_BACK = Sql(
    update(newcomer_fills)
    .where(newcomer_fills.c.hit_type == bindparam("of_type"))
    .values(filled=newcomer_fills.c.filled - 1)
)
FILLED = Sql(
    select(newcomer_fills.c.filled).where(newcomer_fills.c.hit_type == bindparam("of_type")).with_for_update()
)
MARK = Sql(update(assignments).where(assignments.c.id == bindparam("key")).values(newcomer=literal(1)))
CHECKED = Sql(
    update(groups).where(groups.c.id == bindparam("key"), groups.c.checked == 0).values(checked=literal(1))
)
IS_CHECKED = Sql(select(groups.c.checked).where(groups.c.id == bindparam("key")))
LET_IN = Sql(
    update(groups)
    .where(groups.c.id == bindparam("key"))
    .values(newcomers=bindparam("newcomers_"), requirement_set=bindparam("requirement_set_"))
)


def has_checks(call: Call, hit_type: int) -> bool:
    """Note that answers of this HIT type are checked by known answers or by agreement.

    False if that was known.
    """
    return call.do(CHECKED, key=hit_type) == 1


def is_checked(call: Call, hit_type: int) -> bool:
    """Whether any HIT of the type has known answers or agreement to check answers by."""
    row = call.one(IS_CHECKED, key=hit_type)
    return row is not None and bool(row[0])


def take(call: Call, hit_type: int, assignment: int, *, most: int) -> int | None:
    """Count an unproven worker's assignment; how many are counted now, None if so many are already."""
    row = call.one(TAKE, of_type=hit_type, most=most)
    if row is None:
        return None
    call.do(MARK, key=assignment)
    return int(row[0])


def give_back(call: Call, hit_type: int) -> None:
    """An unproven worker's assignment has no answer and will have none."""
    call.do(GIVE_BACK, of_type=hit_type)


def filled(call: Call, hit_type: int) -> int:
    """How many are counted; nobody else counts until the command is kept."""
    row = call.one(FILLED, of_type=hit_type)
    if row is None:
        call.do(BEGIN, hit_type=hit_type)
        row = call.one(FILLED, of_type=hit_type)
        assert row is not None
    return int(row[0])


def let_in(
    call: Call, hit_type: int, requirements: tuple[Requirement, ...], *, text: str, below: int
) -> None:
    """From now on workers with fewer approved answers than `below` are let in; with 0 nobody is."""
    forget_remembered()
    found = requirement_sets.keep(call, requirements, text=text, newcomers=below)
    call.do(LET_IN, key=hit_type, newcomers_=below, requirement_set_=found)
