"""How many bytes an assignment takes with everything that is kept about it, beside its bare row.

    python bench/storage_size.py [--small]

Workers accept and submit answers of 281 bytes, silence approves them, and the sealer seals what was written.
What the databases have grown by, divided by the assignments, is set against a table of the assignments'
columns and the answer, with the indexes of the assignments and nothing else. Both are measured packed
(VACUUM on SQLite, VACUUM FULL on PostgreSQL), so that neither is charged for free space.
"""

from __future__ import annotations

import asyncio
from typing import Any

import uvloop
from sqlalchemy import MetaData
from sqlalchemy.schema import CreateIndex, CreateTable

import filling
from kempelen.clock import HandClock, system_clock
from kempelen.jobs.sealing import Sealer
from kempelen.operations.doing.accepting import NoMoreHITs
from kempelen.store import seals
from kempelen.store.connection import PostgreSQLConnection, SQLiteConnection
from kempelen.store.events import EVENT, TRANSFER
from kempelen.store.sql import DIALECTS
from kempelen.store.tables.columns import octets
from kempelen.store.tables.work import assignments
from people import Town, Worker
from readings import Figure, print_measured, result

SLOTS = 50
Raw = SQLiteConnection | PostgreSQLConnection


def measure(small: bool = False) -> dict[str, Any]:
    """P12: bytes of a submitted assignment, with ledger and events, by those of its raw row."""
    hits = 2 if small else 400
    figures = [_measured("SQLite", "", hits=hits)]
    with filling.postgresql() as (url, version):
        figures.append(_measured("PostgreSQL", url, hits=hits))
    return result(figures, postgresql=version)


def _measured(engine: str, database: str, *, hits: int) -> Figure:
    with filling.market(database=database, clock=HandClock(system_clock())) as town:
        rosa = town.requester("Rosa", funds=filling.MILLIONS)
        members = {"MaxAssignments": SLOTS, "AutoApprovalDelayInSeconds": 3600}
        like, group = filling.published(town, rosa, **members)
        filling.fill_hits(town, like, count=hits - 1)
        workers = [town.worker(f"worker{number}") for number in range(SLOTS)]
        connection = _connection(town, database)
        before = _packed(connection)
        uvloop.run(_everybody(town, workers, group))
        _seal(town)
        unpacked = sum(_tables(connection).values())
        submitted = _packed(connection)
        town.advance(hours=2)
        town.market.settle()
        _seal(town)
        approved = _packed(connection)
        raw, count = _raw(connection)
        connection.close()
    grown = {name: (size - before.get(name, 0)) / count for name, size in approved.items()}
    each = sum(grown.values())
    parts = dict(sorted(grown.items(), key=lambda part: -part[1])[:8])
    return Figure(
        "P12",
        f"Bytes of an assignment with answer, ledger, events and seals by its raw row, {engine}",
        f"""{count:,} assignments are accepted, submitted with answers of {filling.ANSWER_BYTES} bytes,
        approved by silence and sealed; the growth of all tables and indexes a row, by the size a row of a
        bare table of the same columns and the answer with the assignments' indexes. Both are packed
        first.""",
        [each / raw],
        2.5,
        1.9,
        more_is_better=False,
        unit="of the raw row",
        beside={
            "bytes_each": each,
            "bytes_each_before_approval": (sum(submitted.values()) - sum(before.values())) / count,
            "bytes_each_before_packing": (unpacked - sum(before.values())) / count,
            "raw_bytes_each": raw,
            **{f"bytes_in_{name}": size for name, size in parts.items() if size >= 1},
        },
    )


async def _everybody(town: Town, workers: list[Worker], group: str) -> None:
    await asyncio.gather(*(_do_all(town, worker, group) for worker in workers))


async def _do_all(town: Town, worker: Worker, group: str) -> None:
    """Each HIT has a slot for each worker."""
    run = town.market.run_async
    while True:
        try:
            task = (await run("AcceptHIT", worker.actor, {"HITGroupId": group}))["Task"]
        except NoMoreHITs:
            return
        answer = {"AssignmentId": task["AssignmentId"], "Fields": filling.FIELDS}
        await run("SubmitAssignment", worker.actor, answer)


def _seal(town: Town) -> None:
    sealer = Sealer(town.market, seals, kinds=(EVENT, TRANSFER))
    while sealer.run_once():
        pass


def _connection(town: Town, database: str) -> Raw:
    if database:
        return PostgreSQLConnection(database, "production")
    return SQLiteConnection(str(town.app.settings.data / "production.db"))


def _packed(connection: Raw) -> dict[str, int]:
    """Bytes of every table with its indexes, without free space."""
    connection.script(["VACUUM FULL" if connection.dialect == "postgresql" else "VACUUM"])
    return _tables(connection)


def _tables(connection: Raw) -> dict[str, int]:
    """Bytes of every table with its indexes as it lies on the disk."""
    raw: Any = connection.raw
    if connection.dialect == "postgresql":
        found = raw.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return {name: int(size) for name, size in found.fetchall()}
    if not raw.execute("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'").fetchall():
        pages, size = (raw.execute(f"PRAGMA {name}").fetchall()[0][0] for name in ("page_count", "page_size"))
        return {"all tables": pages * size}
    found = raw.execute(
        "SELECT s.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name GROUP BY 1"
    )
    return {name: int(size) for name, size in found.fetchall()}


def _raw(connection: Raw) -> tuple[float, int]:
    """Bytes a row of a table of nothing but assignments and answers with the assignments' indexes, and how
    many rows there are."""
    before = sum(_packed(connection).values())
    bare = assignments.to_metadata(MetaData(), name="bare")
    bare.append_column(octets("fields"))
    dialect = DIALECTS[connection.dialect]
    connection.script([str(CreateTable(bare).compile(dialect=dialect))])
    for index in bare.indexes:
        index.name = f"bare_{index.name}"
        connection.script([str(CreateIndex(index).compile(dialect=dialect))])
    connection.script(
        [
            "INSERT INTO bare SELECT assignments.*, answers.fields FROM assignments"
            " JOIN answers ON answers.assignment = assignments.id ORDER BY assignments.id"
        ]
    )
    raw: Any = connection.raw
    count = int(raw.execute("SELECT count(*) FROM bare").fetchall()[0][0])
    return (sum(_packed(connection).values()) - before) / count, count


if __name__ == "__main__":
    print_measured(measure)
