"""The writer on SQLite: whatever commands wait are one transaction, and all are answered after one fsync.

A command that is refused before it wrote anything leaves the others of its group alone; one that fails
after a write makes the group run again, each command in a savepoint of its own. A commit that fails, or a
full disk, fails the whole group.

A group is worked off where its commands come from, on the event loop itself or in the thread that calls
`run`: docs/decisions/0005-writer-on-the-loop.md says why.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from kempelen import faultpoints
from kempelen.clock import Clock
from kempelen.errors import Unavailable
from kempelen.store.connection import SQLiteConnection
from kempelen.store.sql import Sql
from kempelen.store.writer import Command, Outcome, Work, Writer, answer, unavailable

GROUP = 64
_log = logging.getLogger("kempelen.writer")


class SQLiteWriter(Writer):
    """One connection that one caller at a time works with, for everybody who waits."""

    def __init__(self, open_connection: Callable[[], SQLiteConnection], clock: Clock) -> None:
        self._connection = open_connection()
        self._clock = clock
        self._pending: deque[Command] = deque()
        self._lock = threading.Lock()
        self._scheduled: set[asyncio.AbstractEventLoop] = set()
        self._closed = False

    def run(self, work: Work, lane: int | None = None) -> Any:
        """Do the work and wait for its commit."""
        done: Future[Any] = Future()
        self._put(Command(work, done))
        while self._pending or not done.done():
            with self._lock:
                if self._pending:
                    self._work_off(None)
        return done.result()

    async def run_async(self, work: Work, lane: int | None = None) -> Any:
        """As `run`, for callers on an event loop."""
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._put(Command(work, waiter, loop))
        self._schedule(loop)
        return await waiter

    @property
    def waiting(self) -> int:
        """How many commands wait now."""
        return len(self._pending)

    def close(self) -> None:
        """Finish what waits, then stop."""
        self._closed = True
        with self._lock:
            while self._pending:
                self._work_off(None)
            self._connection.close()

    def _put(self, command: Command) -> None:
        if self._closed:
            raise Unavailable()
        self._pending.append(command)

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        if loop not in self._scheduled:
            self._scheduled.add(loop)
            loop.call_soon(self._turn, loop, 0)

    def _turn(self, loop: asyncio.AbstractEventLoop, waiting: int) -> None:
        """Work one group off on the loop; who holds the lock instead looks again after letting it go.

        As long as each round of the loop brings more, it waits for them: they save a commit each. `waiting`
        is how many there were a round ago.
        """
        if waiting < len(self._pending) < GROUP:
            loop.call_soon(self._turn, loop, len(self._pending))
            return
        self._scheduled.discard(loop)
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._work_off(loop)
        finally:
            self._lock.release()
        if self._pending:
            self._schedule(loop)

    def _work_off(self, loop: asyncio.AbstractEventLoop | None) -> None:
        group: list[Command] = []
        while self._pending and len(group) < GROUP:
            group.append(self._pending.popleft())
        if group:
            answer(group, _keep_group(self._connection, group, self._clock), here=loop)


def _keep_group(connection: SQLiteConnection, group: Sequence[Command], clock: Clock) -> list[Outcome]:
    """All commands of a group in one transaction; if it cannot be kept, none is."""
    try:
        try:
            return _run_group(connection, group, clock(), run=_plainly)
        except _Entangled:
            _undo(connection)
            return _run_group(connection, group, clock(), run=_alone)
    except BaseException as fault:
        _undo(connection)
        if not isinstance(fault, sqlite3.Error):
            _log.exception("a group failed")
        return [(None, unavailable(fault))] * len(group)


class _Entangled(Exception):
    """A command failed after it had written, and nothing tells its writes from the others'."""


def _undo(connection: SQLiteConnection) -> None:
    connection.take_later()
    connection.forget()
    if connection.raw.in_transaction:
        connection.raw.execute("ROLLBACK")


def _plainly(connection: SQLiteConnection, command: Command, now: int) -> Outcome:
    """Run a command in the hope that it does not fail after a write; nearly all refusals come before one."""
    before = connection.raw.total_changes
    try:
        return command.work(connection, now), None
    except Exception as fault:
        if not connection.raw.in_transaction:
            raise  # a full disk or an I/O error: SQLite threw the whole group away
        if connection.raw.total_changes != before:
            raise _Entangled from fault
        connection.take_later()
        return None, fault


def _alone(connection: SQLiteConnection, command: Command, now: int) -> Outcome:
    """Run a command in a savepoint, so that its writes can be undone without the others'."""
    execute = connection.raw.execute
    execute("SAVEPOINT command")
    try:
        result = command.work(connection, now)
    except Exception as fault:
        if not connection.raw.in_transaction:
            raise
        execute("ROLLBACK TO command")
        execute("RELEASE command")
        connection.take_later()
        connection.forget()
        return None, fault
    execute("RELEASE command")
    return result, None


def _run_group(
    connection: SQLiteConnection,
    group: Sequence[Command],
    now: int,
    *,
    run: Callable[[SQLiteConnection, Command, int], Outcome],
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    waiting: dict[Sql, list[dict[str, Any]]] = {}
    connection.raw.execute("BEGIN IMMEDIATE")
    for command in group:
        outcomes.append(run(connection, command, now))
        for sql, parameters in connection.take_later().items():
            waiting.setdefault(sql, []).extend(parameters)
    for sql, parameters in waiting.items():
        connection.many(sql, sql.merged(parameters))
    faultpoints.reached("writer.before_commit")
    connection.raw.execute("COMMIT")
    faultpoints.reached("writer.after_commit")
    return outcomes
