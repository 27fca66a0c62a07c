"""One database: its writer, its readers and its schema. A world is a database, and so is the house."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData

from kempelen.clock import Clock
from kempelen.store import schema
from kempelen.store.connection import Connection, PostgreSQLConnection, SQLiteConnection
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
        with_schema = self._opener(create=True)()
        schema.prepare(with_schema, tables, clock())
        with_schema.close()
        self.writer = Writer(
            self._opener(autocommit=False), clock, threads=1 if place.url is None else writers
        )

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self._place.url is None else "postgresql"

    def reader(self) -> Connection:
        """This thread's own connection for reading; every statement sees what is committed by then."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or _is_closed(connection):
            connection = self._opener(read_only=True)()
            self._local.connection = connection
            with self._lock:
                self._readers.append(connection)
        return connection

    def close(self) -> None:
        """Finish the writes that wait and let all connections go."""
        self.writer.close()
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()

    def _opener(
        self, *, autocommit: bool = True, read_only: bool = False, create: bool = False
    ) -> Callable[[], Connection]:
        if self._place.url is not None:
            url, name = self._place.url, self.name
            if create:
                schema.create_postgresql_schema(url, name)
            return lambda: PostgreSQLConnection(url, name, autocommit=autocommit, read_only=read_only)
        assert self._place.folder is not None
        path = str(self._place.folder / f"{self.name}.db")
        return lambda: SQLiteConnection(path, read_only=read_only)


def _is_closed(connection: Connection) -> bool:
    return isinstance(connection, PostgreSQLConnection) and bool(connection.raw.closed)
