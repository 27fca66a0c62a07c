"""The writer on PostgreSQL: lanes, refusals in them, and what a savepoint leaves of the rows to be added."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from kempelen.clock import system_clock
from kempelen.errors import ParameterValidationError, Refusal, Unavailable
from kempelen.store.connection import Connection
from kempelen.store.database import Database, Place
from kempelen.store.sql import Sql, added
from kempelen.store.tables import WORLD
from kempelen.store.tables.work import layouts
from services.postgres import fresh_database

ADD = added(layouts)
ALL = Sql(select(layouts.c.html).order_by(layouts.c.id))
TRANSACTION = "SELECT pg_current_xact_id()"


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    with fresh_database(postgres_url) as url:
        opened = Database(Place(url=url), "market", WORLD, system_clock)
        yield opened
        opened.close()


def write(connection: Connection, name: str, *, public_id: str = "") -> str:
    connection.add(
        ADD,
        id=connection.key(),
        public_id=public_id or name,
        requester=7,
        html=name,
        frame_height=1,
        created_at=1,
    )
    return name


def transaction_of(connection: Connection, name: str) -> int:
    write(connection, name)
    raw = connection.raw  # type: ignore[attr-defined]
    return int(raw.execute(TRANSACTION).fetchone()[0])


def in_lane(database: Database, *works: Callable[[Connection, int], object]) -> list[object]:
    """Give works to one lane while it is busy, so that they wait together."""
    begun, go_on = threading.Event(), threading.Event()

    def busy(connection: Connection, now: int) -> None:
        begun.set()
        go_on.wait(10)

    async def run() -> list[object]:
        first = asyncio.ensure_future(database.writer.run_async(busy, 7))
        await asyncio.to_thread(begun.wait, 10)
        others = [asyncio.ensure_future(database.writer.run_async(work, 7)) for work in works]
        await asyncio.sleep(0)
        go_on.set()
        await first
        return list(await asyncio.gather(*others, return_exceptions=True))

    return asyncio.run(run())


def good(name: str) -> Callable[[Connection, int], object]:
    return lambda connection, now: transaction_of(connection, name)


def refused(connection: Connection, now: int) -> None:
    write(connection, "refused")
    raise ParameterValidationError(value="x", parameter="y")


def clashing(connection: Connection, now: int) -> None:
    write(connection, "clashing", public_id="a")


def kept(database: Database) -> list[str]:
    return [html for (html,) in database.reader().rows(ALL)]


def test_what_waits_in_a_lane_is_one_transaction_in_its_order(database: Database) -> None:
    transactions = in_lane(database, *(good(name) for name in "abc"))
    assert len(set(transactions)) == 1
    assert kept(database) == ["a", "b", "c"]


def test_a_refusal_leaves_the_others_of_its_lane_alone(database: Database) -> None:
    answers = in_lane(database, good("a"), refused, good("b"))
    assert isinstance(answers[1], ParameterValidationError)
    assert isinstance(answers[0], int) and isinstance(answers[2], int)
    assert kept(database) == ["a", "b"]


def test_a_row_that_cannot_be_added_fails_its_own_command_alone(database: Database) -> None:
    answers = in_lane(database, good("a"), clashing, good("b"))
    assert isinstance(answers[1], Exception) and not isinstance(answers[1], Refusal)
    assert kept(database) == ["a", "b"]


def test_a_savepoint_that_is_undone_takes_the_rows_to_be_added_with_it(database: Database) -> None:
    def work(connection: Connection, now: int) -> None:
        write(connection, "before")
        with pytest.raises(ParameterValidationError), connection.savepoint():
            write(connection, "undone")
            raise ParameterValidationError(value="x", parameter="y")
        write(connection, "after")

    database.writer.run(work)
    assert kept(database) == ["before", "after"]


def test_other_commands_go_on_while_a_lane_is_busy(database: Database) -> None:
    def busy(connection: Connection, now: int) -> list[str]:
        database.writer.run(lambda other, then: write(other, "meanwhile"))
        return kept(database)

    assert database.writer.run(busy, 7) == ["meanwhile"]


def test_closing_finishes_what_waits_in_lanes(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def busy(connection: Connection, now: int) -> None:
        begun.set()
        go_on.wait(10)

    threads = [threading.Thread(target=database.writer.run, args=(busy, 7))]
    threads[0].start()
    assert begun.wait(10)
    threads += [
        threading.Thread(target=database.writer.run, args=(good(f"{number}"), 7)) for number in range(100)
    ]
    for thread in threads[1:]:
        thread.start()
    while database.writer.waiting < 100:
        pass
    closing = threading.Thread(target=database.writer.close)
    closing.start()
    go_on.set()
    for thread in [*threads, closing]:
        thread.join(30)
    assert len(kept(database)) == 100
    with pytest.raises(Unavailable):
        database.writer.run(good("late"), 7)
