"""The writer on SQLite: groups, refusals in them, and what happens when a commit cannot be made."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select

from kempelen.clock import system_clock
from kempelen.errors import ParameterValidationError, Unavailable
from kempelen.store.connection import Connection
from kempelen.store.database import Database, Place
from kempelen.store.sql import Sql
from kempelen.store.tables import WORLD
from kempelen.store.tables.work import questions

ADD = Sql(
    insert(questions).values(id=bindparam("key"), digest=bindparam("digest"), body=bindparam("body")).inline()
)
ALL = Sql(select(questions.c.body).order_by(questions.c.id))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(Place(folder=tmp_path), "market", WORLD, system_clock)
    yield opened
    opened.close()


def write(connection: Connection, name: str) -> str:
    connection.do(ADD, key=connection.key(), digest=name.encode(), body=name)
    return name


def good(name: str):  # type: ignore[no-untyped-def]
    return lambda connection, now: write(connection, name)


def refused_at_once(connection: Connection, now: int) -> None:
    raise ParameterValidationError(value="x", parameter="y")


def refused_after_a_write(connection: Connection, now: int) -> None:
    write(connection, "refused")
    raise ParameterValidationError(value="x", parameter="y")


def broken_after_a_write(connection: Connection, now: int) -> None:
    write(connection, "broken")
    _ = 1 // 0


def together(database: Database, *works):  # type: ignore[no-untyped-def]
    """Give all works to the writer in one turn of a loop, so that they are one group."""

    async def run():  # type: ignore[no-untyped-def]
        return await asyncio.gather(
            *(database.writer.run_async(work) for work in works), return_exceptions=True
        )

    return asyncio.run(run())


def kept(database: Database) -> list[str]:
    return [body for (body,) in database.reader().rows(ALL)]


def test_a_refusal_leaves_the_others_of_its_group_alone(database: Database) -> None:
    answers = together(
        database,
        good("a"),
        refused_at_once,
        good("b"),
        refused_after_a_write,
        broken_after_a_write,
        good("c"),
    )
    assert [answers[0], answers[2], answers[5]] == ["a", "b", "c"]
    assert [type(answers[each]) for each in (1, 3, 4)] == [
        ParameterValidationError,
        ParameterValidationError,
        ZeroDivisionError,
    ]
    assert kept(database) == ["a", "b", "c"]


def test_a_full_disk_fails_the_whole_group_and_later_ones_go_on(database: Database) -> None:
    raw = database.writer._connection.raw  # type: ignore[attr-defined]
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={pages + 2}")
    large = "x" * 100_000
    answers = together(database, good("before"), good(large), good("after"))
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    assert kept(database) == []
    raw.execute("PRAGMA max_page_count=1000000")
    assert together(database, good("again")) == ["again"]


def test_threads_and_a_loop_share_the_writer_without_losing_anything(database: Database) -> None:
    with ThreadPoolExecutor(8) as threads:
        from_threads = [threads.submit(database.writer.run, good(f"t{number}")) for number in range(200)]
        from_loop = together(database, *(good(f"l{number}") for number in range(200)))
        answered = {each.result(timeout=30) for each in from_threads} | set(from_loop)
    assert len(answered) == 400
    assert set(kept(database)) == answered


def test_a_closed_writer_says_so(database: Database) -> None:
    database.writer.close()
    with pytest.raises(Unavailable):
        database.writer.run(good("late"))


def test_what_comes_in_one_round_of_the_loop_after_the_other_shares_a_commit(database: Database) -> None:
    commits: list[str] = []

    async def after(rounds: int) -> None:
        for _ in range(rounds):
            await asyncio.sleep(0)
        await database.writer.run_async(good(f"{rounds}"))

    async def run() -> None:
        await asyncio.gather(*(after(rounds) for rounds in range(20)))

    raw = database.writer._connection.raw  # type: ignore[attr-defined]
    raw.set_trace_callback(lambda text: commits.append(text) if text == "COMMIT" else None)
    asyncio.run(run())
    assert len(kept(database)) == 20
    assert len(commits) == 1
