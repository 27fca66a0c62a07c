"""A connection to one database: what statements run on, in both dialects."""

from __future__ import annotations

import itertools
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec

from kempelen.errors import Refusal
from kempelen.store.sql import Sql

T = TypeVar("T")
Row = tuple[Any, ...]
Parameters = dict[str, Any]

RECENT = 500
"""How long what `remember` read is believed, in milliseconds: a change elsewhere works within a second."""
MOST_REMEMBERED = 10_000

_changes = itertools.count(1)
_last_change = 0


def forget_remembered() -> None:
    """What this process remembers has been changed by it: every connection reads it anew."""
    global _last_change
    _last_change = next(_changes)


KEY_BLOCK = 1_000
"""Row keys are taken from the database this many at a time."""


class Connection(ABC):
    """Statements run here. Results are always fetched whole."""

    dialect: str
    reads_only: bool = False
    """Whether this is a reader's connection, on which nothing is written."""

    def __init__(self) -> None:
        self._next_key = 0
        self._last_key = 0
        self._added: dict[Sql, list[Parameters]] = {}
        self._later: dict[Sql, list[Parameters]] = {}
        self._remembered: dict[object, tuple[int, int, Any]] = {}

    @abstractmethod
    def rows(self, sql: Sql, **parameters: Any) -> list[Row]:
        """All rows the statement answers."""

    @abstractmethod
    def do(self, sql: Sql, **parameters: Any) -> int:
        """Run a statement that changes rows; answers how many it changed."""

    @abstractmethod
    def many(self, sql: Sql, parameters: Sequence[Parameters]) -> None:
        """Run a statement once for each set of parameters."""

    @abstractmethod
    def script(self, texts: Iterable[str]) -> None:
        """Run schema statements."""

    @abstractmethod
    def freeze(self) -> None:
        """From now on every statement sees the same moment of the database, and none may write."""

    @abstractmethod
    def close(self) -> None:
        """Let the connection go."""

    @abstractmethod
    def key_block(self) -> int:
        """Take `KEY_BLOCK` row keys that follow each other; answers the first."""

    def one(self, sql: Sql, **parameters: Any) -> Row | None:
        """The first row, or None."""
        found = self.rows(sql, **parameters)
        return found[0] if found else None

    @abstractmethod
    def add(self, sql: Sql, **parameters: Any) -> None:
        """Add a row that nothing else in this command looks for and that cannot be there yet.

        It is written at once or, where each statement costs a message, before what `later` collects.
        """

    def later(self, sql: Sql, **parameters: Any) -> None:
        """Run a statement whose answer nobody reads when the command, or its group, ends well.

        Only for statements that cannot fail: a failure here fails the whole group.
        """
        self._later.setdefault(sql, []).append(parameters)

    def take_later(self) -> dict[Sql, list[Parameters]]:
        """What `add` and `later` collected since the last call, in the order it is to be run in."""
        waiting = self._added | self._later
        self._added, self._later = {}, {}
        return waiting

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block did, on this connection and `later`, if it raises a refusal.

        Whatever else is raised ends the whole command, and nothing of it is kept.
        """
        added, later = _counts(self._added), _counts(self._later)
        self.script(["SAVEPOINT attempt"])
        try:
            yield
        except Refusal:
            self.script(["ROLLBACK TO SAVEPOINT attempt", "RELEASE SAVEPOINT attempt"])
            self._added = {sql: self._added[sql][:count] for sql, count in added.items()}
            self._later = {sql: self._later[sql][:count] for sql, count in later.items()}
            self.forget()
            raise
        self.script(["RELEASE SAVEPOINT attempt"])

    def remember(self, name: object, now: int, read: Callable[[], T]) -> T:
        """What `read` answers, or what it answered at most half a second ago: for what seldom changes."""
        found = self._remembered.get(name)
        if found is not None and found[1] == _last_change and 0 <= now - found[0] < RECENT:
            remembered: T = found[2]
            return remembered
        answer = read()
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[name] = (now, _last_change, answer)
        return answer

    def key(self) -> int:
        """A row key that nobody else has had in this database."""
        if self._next_key >= self._last_key:
            self._next_key = self.key_block()
            self._last_key = self._next_key + KEY_BLOCK
        key = self._next_key
        self._next_key += 1
        return key

    def forget(self) -> None:
        """After a rollback: neither the block of keys nor what was read may have been kept."""
        self._last_key = self._next_key = 0
        self.forget_read()

    def forget_read(self) -> None:
        """What `remember` read may not have been kept."""
        self._remembered.clear()


def _counts(waiting: dict[Sql, list[Parameters]]) -> dict[Sql, int]:
    return {sql: len(parameters) for sql, parameters in waiting.items()}


class SQLiteConnection(Connection):
    """One SQLite file, in autocommit unless the writer has begun a transaction."""

    dialect = "sqlite"

    def __init__(self, path: str, *, read_only: bool = False) -> None:
        super().__init__()
        self.raw = sqlite3.connect(
            path, isolation_level=None, cached_statements=512, check_same_thread=False, timeout=20.0
        )
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF", "temp_store=MEMORY"):
            self.raw.execute(f"PRAGMA {pragma}")
        self.raw.execute("PRAGMA cache_size=-65536")
        self.reads_only = read_only
        if read_only:
            self.raw.execute("PRAGMA query_only=ON")
        self._execute = self.raw.execute

    def rows(self, sql: Sql, **parameters: Any) -> list[Row]:
        return self._execute(sql.sqlite, parameters).fetchall()

    def do(self, sql: Sql, **parameters: Any) -> int:
        return self._execute(sql.sqlite, parameters).rowcount

    def many(self, sql: Sql, parameters: Sequence[Parameters]) -> None:
        self.raw.executemany(sql.sqlite, parameters)

    def add(self, sql: Sql, **parameters: Any) -> None:
        self._execute(sql.sqlite, parameters)

    def script(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._execute(text)

    def freeze(self) -> None:
        self._execute("BEGIN")
        # The moment is that of the first read, not of BEGIN.
        self._execute("SELECT count(*) FROM sqlite_master").fetchall()

    def close(self) -> None:
        self.raw.close()

    def key_block(self) -> int:
        row = self._execute(
            "UPDATE counters SET value = value + ? WHERE name = 'keys' RETURNING value", (KEY_BLOCK,)
        ).fetchall()
        return int(row[0][0]) - KEY_BLOCK + 1


class PostgreSQLConnection(Connection):
    """One PostgreSQL session whose search path is the schema of one database of ours."""

    dialect = "postgresql"

    def __init__(self, url: str, schema: str, *, autocommit: bool = True, read_only: bool = False) -> None:
        super().__init__()
        import psycopg
        from psycopg.types.numeric import Int8Dumper

        self.raw = psycopg.connect(url, autocommit=autocommit, connect_timeout=10)
        self.raw.adapters.register_dumper(int, Int8Dumper)
        self.raw.prepare_threshold = 0
        self.raw.prepared_max = 1_000
        self.schema = schema
        self.reads_only = read_only
        with self.raw.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', %s, false)", (schema,), prepare=False)
            cursor.execute("SET statement_timeout = '60s'", prepare=False)
            cursor.execute("SET idle_in_transaction_session_timeout = '60s'", prepare=False)
        if not autocommit:
            self.raw.commit()
        self._cursor = self.raw.cursor()

    def rows(self, sql: Sql, **parameters: Any) -> list[Row]:
        return self._cursor.execute(sql.postgresql, parameters).fetchall()

    def do(self, sql: Sql, **parameters: Any) -> int:
        return self._cursor.execute(sql.postgresql, parameters).rowcount

    def many(self, sql: Sql, parameters: Sequence[Parameters]) -> None:
        if sql.whole:
            self._cursor.execute(sql.postgresql, {"rows": msgspec.json.encode(parameters).decode()})
        else:
            self._cursor.executemany(sql.postgresql, parameters)

    def add(self, sql: Sql, **parameters: Any) -> None:
        self._added.setdefault(sql, []).append(parameters)

    def script(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._cursor.execute(text, prepare=False)

    def freeze(self) -> None:
        self._cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", prepare=False)
        self._cursor.execute("SELECT 1", prepare=False)

    def close(self) -> None:
        self.raw.close()

    def key_block(self) -> int:
        found = self._cursor.execute("SELECT nextval('keys')").fetchall()
        return int(found[0][0])
