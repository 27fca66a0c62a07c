"""The writer: every command goes through here, and is acknowledged only after its commit.

SQLite has one thread, which takes whatever commands wait (64 at most) into one transaction, each in a
savepoint, and answers all of them after one fsync; it never waits to fill a group. PostgreSQL has a few
threads, one command a transaction; a serialisation failure or deadlock is run again from the start.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from kempelen.clock import Clock, sleep
from kempelen.errors import Unavailable
from kempelen.store.connection import Connection, PostgreSQLConnection, SQLiteConnection
from kempelen.store.sql import Sql

GROUP = 64
RETRIES = 8
_log = logging.getLogger("kempelen.writer")

Work = Callable[[Connection, int], Any]
Outcome = tuple[Any, BaseException | None]


@dataclass(slots=True)
class Command:
    """A piece of work for the writer: a function of a connection and the present moment."""

    work: Work
    done: Future[Any] = field(default_factory=Future)
    loop: asyncio.AbstractEventLoop | None = None
    waiter: asyncio.Future[Any] | None = None


class Writer:
    """Takes commands, keeps them, and answers them after the commit."""

    def __init__(self, open_connection: Callable[[], Connection], clock: Clock, *, threads: int) -> None:
        self._open = open_connection
        self._clock = clock
        self._queue: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._closed = False
        connections = [open_connection() for _ in range(threads)]
        self._threads = [
            threading.Thread(target=self._serve, args=(connection,), name="writer", daemon=True)
            for connection in connections
        ]
        for thread in self._threads:
            thread.start()

    def run(self, work: Work) -> Any:
        """Do the work and wait for its commit. Raises what the work raised, or `Unavailable`."""
        command = Command(work)
        self._put(command)
        return command.done.result()

    async def run_async(self, work: Work) -> Any:
        """As `run`, for callers on an event loop."""
        loop = asyncio.get_running_loop()
        command = Command(work, loop=loop, waiter=loop.create_future())
        self._put(command)
        assert command.waiter is not None
        return await command.waiter

    @property
    def waiting(self) -> int:
        """How many commands wait now."""
        return self._queue.qsize()

    def close(self) -> None:
        """Finish what waits, then stop."""
        self._closed = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(timeout=30)

    def _put(self, command: Command) -> None:
        if self._closed:
            raise Unavailable()
        self._queue.put(command)

    def _serve(self, connection: Connection) -> None:
        grouped = isinstance(connection, SQLiteConnection)
        while (first := self._queue.get()) is not None:
            group = [first]
            while grouped and len(group) < GROUP:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    self._queue.put(None)
                    break
                group.append(item)
            if isinstance(connection, SQLiteConnection):
                outcomes = _keep_group(connection, group, self._clock)
            else:
                assert isinstance(connection, PostgreSQLConnection)
                connection, outcomes = self._keep_one(connection, first)
            _answer(group, outcomes)
        connection.close()

    def _keep_one(
        self, connection: PostgreSQLConnection, command: Command
    ) -> tuple[PostgreSQLConnection, list[Outcome]]:
        import psycopg

        for attempt in range(RETRIES + 1):
            try:
                if connection.raw.closed:
                    connection = self._open()  # type: ignore[assignment]
                return connection, [_keep_alone(connection, command, self._clock)]
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as fault:
                _roll_back(connection)
                if attempt == RETRIES:
                    return connection, [(None, _unavailable(fault))]
                sleep(0.002 * 2**attempt)
            except psycopg.OperationalError as fault:
                connection.raw.close()
                return connection, [(None, _unavailable(fault))]
        raise AssertionError("the loop answers")


def _unavailable(fault: BaseException) -> Unavailable:
    _log.error("a commit failed: %s", fault)
    refusal = Unavailable()
    refusal.__cause__ = fault
    return refusal


def _roll_back(connection: PostgreSQLConnection) -> None:
    connection.take_later()
    connection.raw.rollback()


def _keep_alone(connection: PostgreSQLConnection, command: Command, clock: Clock) -> Outcome:
    """One command, one transaction. Raises the driver's errors after rolling back."""
    import psycopg

    try:
        result = command.work(connection, clock())
        waiting = connection.take_later()
        for sql, parameters in waiting.items():
            connection.many(sql, parameters)
        connection.raw.commit()
        return result, None
    except psycopg.OperationalError:
        connection.take_later()
        if not connection.raw.closed:
            connection.raw.rollback()
        raise
    except BaseException as fault:
        _roll_back(connection)
        return None, fault


def _keep_group(connection: SQLiteConnection, group: Sequence[Command], clock: Clock) -> list[Outcome]:
    """All commands of a group in one transaction; if it cannot be kept, none is."""
    try:
        return _run_group(connection, group, clock())
    except BaseException as fault:
        connection.take_later()
        connection.forget_keys()
        if connection.raw.in_transaction:
            connection.raw.execute("ROLLBACK")
        if not isinstance(fault, sqlite3.Error):
            _log.exception("a group failed")
        return [(None, _unavailable(fault))] * len(group)


def _run_group(connection: SQLiteConnection, group: Sequence[Command], now: int) -> list[Outcome]:
    execute = connection.raw.execute
    outcomes: list[Outcome] = []
    waiting: dict[Sql, list[dict[str, Any]]] = {}
    execute("BEGIN IMMEDIATE")
    for command in group:
        execute("SAVEPOINT command")
        try:
            result = command.work(connection, now)
        except Exception as fault:
            connection.take_later()
            if not connection.raw.in_transaction:
                raise  # a full disk or an I/O error: SQLite threw the whole group away
            execute("ROLLBACK TO command")
            execute("RELEASE command")
            connection.forget_keys()
            outcomes.append((None, fault))
            continue
        execute("RELEASE command")
        outcomes.append((result, None))
        for sql, parameters in connection.take_later().items():
            waiting.setdefault(sql, []).extend(parameters)
    for sql, parameters in waiting.items():
        connection.many(sql, parameters)
    execute("COMMIT")
    return outcomes


def _answer(group: Sequence[Command], outcomes: Sequence[Outcome]) -> None:
    """Tell everybody who waits; one wake-up for each event loop."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = {}
    for command, outcome in zip(group, outcomes, strict=True):
        if command.loop is not None and command.waiter is not None:
            loops.setdefault(command.loop, []).append((command.waiter, outcome))
        elif outcome[1] is not None:
            command.done.set_exception(outcome[1])
        else:
            command.done.set_result(outcome[0])
    for loop, answers in loops.items():
        try:
            loop.call_soon_threadsafe(_wake, answers)
        except RuntimeError:
            _log.warning("%d answers came after their loop had closed", len(answers))


def _wake(answers: Sequence[tuple[asyncio.Future[Any], Outcome]]) -> None:
    for waiter, (result, fault) in answers:
        if waiter.done():
            continue
        if fault is not None:
            waiter.set_exception(fault)
        else:
            waiter.set_result(result)
