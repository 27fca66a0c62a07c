"""The writer on PostgreSQL: a few threads, one command a transaction.

A serialisation failure or a deadlock is run again from the start, with a fresh moment.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any

from kempelen import faultpoints
from kempelen.clock import Clock, sleep
from kempelen.errors import Unavailable
from kempelen.store.connection import PostgreSQLConnection
from kempelen.store.writer import Command, Outcome, Work, Writer, answer, unavailable

RETRIES = 8


class PostgreSQLWriter(Writer):
    """Takes commands from one queue in several threads."""

    def __init__(
        self, open_connection: Callable[[], PostgreSQLConnection], clock: Clock, *, threads: int
    ) -> None:
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
        """Do the work and wait for its commit."""
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

    def _serve(self, connection: PostgreSQLConnection) -> None:
        while (command := self._queue.get()) is not None:
            connection, outcome = self._keep_one(connection, command)
            answer([command], [outcome])
        connection.close()

    def _keep_one(
        self, connection: PostgreSQLConnection, command: Command
    ) -> tuple[PostgreSQLConnection, Outcome]:
        import psycopg

        for attempt in range(RETRIES + 1):
            try:
                if connection.raw.closed:
                    connection = self._open()
                return connection, _keep_alone(connection, command, self._clock)
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as fault:
                _roll_back(connection)
                if attempt == RETRIES:
                    return connection, (None, unavailable(fault))
                sleep(0.002 * 2**attempt)
            except psycopg.OperationalError as fault:
                connection.raw.close()
                return connection, (None, unavailable(fault))
        raise AssertionError("the loop answers")


def _roll_back(connection: PostgreSQLConnection) -> None:
    connection.take_later()
    connection.forget_read()
    connection.raw.rollback()


def _keep_alone(connection: PostgreSQLConnection, command: Command, clock: Clock) -> Outcome:
    """One command, one transaction. Raises the driver's errors after rolling back."""
    import psycopg

    try:
        result = command.work(connection, clock())
        waiting = connection.take_later()
        if waiting:
            with connection.raw.pipeline():  # what nobody reads goes out in one round trip
                for sql, parameters in waiting.items():
                    connection.many(sql, sql.merged(parameters))
        faultpoints.reached("writer.before_commit")
        connection.raw.commit()
        faultpoints.reached("writer.after_commit")
        return result, None
    except psycopg.OperationalError:
        connection.take_later()
        if not connection.raw.closed:
            connection.raw.rollback()
        raise
    except BaseException as fault:
        _roll_back(connection)
        return None, fault
