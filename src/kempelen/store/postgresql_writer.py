"""The writer on PostgreSQL: a few threads, one command a transaction, but for commands of one lane.

A lane is an account that publishes. All its commands need the same row of its money, so they are done one
after the other; what waits meanwhile is the next transaction. If one of a transaction fails, nothing of it is
kept and each is done alone. docs/decisions/0014-lanes-on-postgresql.md says why.

A serialisation failure or a deadlock is run again from the start, with a fresh moment.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from kempelen import faultpoints
from kempelen.clock import Clock, sleep
from kempelen.errors import Unavailable
from kempelen.store.connection import PostgreSQLConnection
from kempelen.store.writer import Command, Outcome, Work, Writer, answer, unavailable

RETRIES = 8
GROUP = 64
"""How many commands of a lane are one transaction at most."""


class PostgreSQLWriter(Writer):
    """Takes commands and lanes from one queue in several threads."""

    def __init__(
        self, open_connection: Callable[[], PostgreSQLConnection], clock: Clock, *, threads: int
    ) -> None:
        self._open = open_connection
        self._clock = clock
        self._queue: queue.SimpleQueue[Command | int | None] = queue.SimpleQueue()
        self._lanes: dict[int, deque[Command]] = {}
        """What waits in each lane that is in the queue or being worked at."""
        self._lock = threading.Lock()
        self._closed = False
        connections = [open_connection() for _ in range(threads)]
        self._threads = [
            threading.Thread(target=self._serve, args=(connection,), name="writer", daemon=True)
            for connection in connections
        ]
        for thread in self._threads:
            thread.start()

    def run(self, work: Work, lane: int | None = None) -> Any:
        """Do the work and wait for its commit."""
        done: Future[Any] = Future()
        self._put(Command(work, done), lane)
        return done.result()

    async def run_async(self, work: Work, lane: int | None = None) -> Any:
        """As `run`, for callers on an event loop."""
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._put(Command(work, waiter, loop), lane)
        return await waiter

    @property
    def waiting(self) -> int:
        """How many commands wait now."""
        return self._queue.qsize() + sum(len(waiting) for waiting in list(self._lanes.values()))

    def close(self) -> None:
        """Finish what waits, then stop."""
        with self._lock:
            self._closed = True
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join(timeout=30)

    def _put(self, command: Command, lane: int | None) -> None:
        with self._lock:
            if self._closed:
                raise Unavailable()
            if lane is None:
                self._queue.put(command)
            elif lane in self._lanes:
                self._lanes[lane].append(command)
            else:
                self._lanes[lane] = deque([command])
                self._queue.put(lane)

    def _serve(self, connection: PostgreSQLConnection) -> None:
        while (turn := self._queue.get()) is not None:
            if isinstance(turn, Command):
                connection, outcomes = self._keep(connection, [turn])
                answer([turn], outcomes)
            else:
                connection = self._serve_lane(connection, turn)
        connection.close()

    def _serve_lane(self, connection: PostgreSQLConnection, lane: int) -> PostgreSQLConnection:
        """One transaction of a lane, which then goes to the end of the queue."""
        while True:
            with self._lock:
                waiting = self._lanes[lane]
                group = [waiting.popleft() for _ in range(min(GROUP, len(waiting)))]
            connection, outcomes = self._keep(connection, group)
            answer(group, outcomes)
            with self._lock:
                if not waiting:
                    del self._lanes[lane]
                    return connection
                if not self._closed:
                    self._queue.put(lane)
                    return connection

    def _keep(
        self, connection: PostgreSQLConnection, group: Sequence[Command]
    ) -> tuple[PostgreSQLConnection, list[Outcome]]:
        import psycopg

        for attempt in range(RETRIES + 1):
            try:
                if connection.raw.closed:
                    connection = self._open()
                return connection, _keep_together(connection, group, self._clock)
            except _Entangled:
                return self._keep_each(connection, group)
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as fault:
                _roll_back(connection)
                if attempt == RETRIES:
                    return connection, [(None, unavailable(fault))] * len(group)
                sleep(0.002 * 2**attempt)
            except psycopg.OperationalError as fault:
                connection.raw.close()
                return connection, [(None, unavailable(fault))] * len(group)
        raise AssertionError("the loop answers")

    def _keep_each(
        self, connection: PostgreSQLConnection, group: Sequence[Command]
    ) -> tuple[PostgreSQLConnection, list[Outcome]]:
        outcomes: list[Outcome] = []
        for command in group:
            connection, found = self._keep(connection, [command])
            outcomes += found
        return connection, outcomes


class _Entangled(Exception):
    """A command of several failed, and nothing tells its writes from the others'."""


def _roll_back(connection: PostgreSQLConnection) -> None:
    connection.take_later()
    connection.forget_read()
    connection.raw.rollback()


def _keep_together(connection: PostgreSQLConnection, group: Sequence[Command], clock: Clock) -> list[Outcome]:
    """Several commands, one transaction. Raises `_Entangled` and the driver's errors after rolling back."""
    import psycopg

    try:
        now = clock()
        outcomes: list[Outcome] = [(command.work(connection, now), None) for command in group]
        waiting = connection.take_later()
        if waiting:
            with connection.raw.pipeline():  # what nobody reads goes out in one round trip
                for sql, parameters in waiting.items():
                    connection.many(sql, sql.merged(parameters))
        faultpoints.reached("writer.before_commit")
        connection.raw.commit()
        faultpoints.reached("writer.after_commit")
        return outcomes
    except psycopg.OperationalError:
        connection.take_later()
        if not connection.raw.closed:
            connection.raw.rollback()
        raise
    except BaseException as fault:
        _roll_back(connection)
        if len(group) > 1:
            raise _Entangled from fault
        return [(None, fault)]
