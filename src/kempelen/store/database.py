"""One database: its writer, its readers and its schema. A world is a database, and so is the house."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData

from kempelen.clock import Clock
from kempelen.store import schema
from kempelen.store.connection import Connection, PostgreSQLConnection, SQLiteConnection
from kempelen.store.postgresql_writer import PostgreSQLWriter
from kempelen.store.sqlite_writer import SQLiteWriter
from kempelen.store.writer import Writer

POSTGRESQL_WRITERS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where databases are: a folder of SQLite files, or a PostgreSQL server's URL."""

    folder: Path | None = None
    url: str | None = None

    @classmethod
    def parse(cls, *, folder: Path, url: str | None) -> Place:
        """A place from settings: the URL where there is one, else the folder.

        Raises `ValueError` for a URL that is not PostgreSQL's.
        """
        if not url:
            return cls(folder=folder)
        if url.startswith("sqlite:///"):
            return cls(folder=Path(url.removeprefix("sqlite:///")))
        if url.startswith(("postgresql://", "postgres://")):
            return cls(url=url)
        raise ValueError(f"the database URL {url!r} is not of the form postgresql://user@host/name")


class Database:
    """A named set of tables somewhere, opened."""

    def __init__(
        self, place: Place, name: str, tables: MetaData, clock: Clock, *, writers: int = POSTGRESQL_WRITERS
    ) -> None:
        self.name = name
        self._place = place
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._lock = threading.Lock()
        if place.folder is not None:
            place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if place.url is not None:
            schema.create_postgresql_schema(place.url, name)
        with_schema = self._open()
        schema.prepare(with_schema, tables, clock())
        with_schema.close()
        self.writer: Writer
        if place.url is None:
            self.writer = SQLiteWriter(self._sqlite, clock)
        else:
            self.writer = PostgreSQLWriter(self._postgresql, clock, threads=writers)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self._place.url is None else "postgresql"

    def reader(self) -> Connection:
        """This thread's own connection for reading; every statement sees what is committed by then."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or _is_closed(connection):
            connection = self._open(read_only=True)
            self._local.connection = connection
            with self._lock:
                self._readers.append(connection)
        return connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection for a long read: all of it sees one moment, whatever is written meanwhile."""
        connection = self._open(read_only=True)
        try:
            connection.freeze()
            yield connection
        finally:
            connection.close()

    def close(self) -> None:
        """Finish the writes that wait and let all connections go."""
        self.writer.close()
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()

    def _open(self, *, read_only: bool = False) -> Connection:
        if self._place.url is None:
            return self._sqlite(read_only=read_only)
        return self._postgresql(autocommit=True, read_only=read_only)

    def _sqlite(self, *, read_only: bool = False) -> SQLiteConnection:
        assert self._place.folder is not None
        return SQLiteConnection(str(self._place.folder / f"{self.name}.db"), read_only=read_only)

    def _postgresql(self, *, autocommit: bool = False, read_only: bool = False) -> PostgreSQLConnection:
        assert self._place.url is not None
        return PostgreSQLConnection(self._place.url, self.name, autocommit=autocommit, read_only=read_only)


def _is_closed(connection: Connection) -> bool:
    return isinstance(connection, PostgreSQLConnection) and bool(connection.raw.closed)
