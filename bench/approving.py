"""What approval by silence costs with all that belongs to it, beside the bare rows.

    python bench/approving.py [--small]

The sweep approves answers nobody has decided on: it changes assignments and HITs, posts reward and fee,
changes purses and counts, writes events, and leaves all of it to be sealed. The raw rate is that of the
bare statements in another database of the same schema and on the same disk, in the same batches of a
thousand a transaction: executemany of the conditional UPDATE of an assignment, and of the INSERT of its two
transfers, nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, literal, update

import filling
from disk import reading
from kempelen.clock import HandClock, system_clock
from kempelen.jobs.sealing import Sealer
from kempelen.operations.ending.sweeps import SWEEPS
from kempelen.rules.lifecycle import AssignmentStatus
from kempelen.store import ledger, seals, sweeping
from kempelen.store.connection import Connection
from kempelen.store.database import Database, Place
from kempelen.store.events import EVENT, TRANSFER
from kempelen.store.hits import BATCH
from kempelen.store.ledger import Cause
from kempelen.store.sql import Sql
from kempelen.store.tables import WORLD
from kempelen.store.tables.work import assignments
from people import Town
from readings import Figure, print_measured, quantile, result

Row = dict[str, Any]
SLOTS = 10
APPROVE_BARE = Sql(
    update(assignments)
    .where(
        assignments.c.id == bindparam("key"),
        assignments.c.status == literal(int(AssignmentStatus.SUBMITTED)),
    )
    .values(status=literal(int(AssignmentStatus.APPROVED)), decided_at=bindparam("at"))
)
SWEEP = next(sweep for sweep in SWEEPS if sweep.due is sweeping.silent)


def measure(small: bool = False) -> dict[str, Any]:
    """P11: approvals a second by the sweep, as a share of the raw rate."""
    rounds, batches = (1, 1) if small else (10, 4)
    figures = [_measured("SQLite", "", rounds=rounds, batches=batches)]
    with filling.postgresql() as (url, version):
        figures.append(_measured("PostgreSQL", url, rounds=rounds, batches=batches))
    return result(figures, postgresql=version)


def _measured(engine: str, database: str, *, rounds: int, batches: int) -> Figure:
    with filling.market(database=database, clock=HandClock(system_clock())) as town:
        rows = _submitted(town, count=rounds * batches * BATCH)
        raw = _raw_database(town, database, rows)
        town.advance(hours=2)
        sealer = Sealer(town.market, seals, kinds=(EVENT, TRANSFER))
        while sealer.run_once():
            pass
        swept, bare, sealed, disks = [], [], [], []
        for number in range(rounds):
            disks.append(reading(town.app.settings.data, count=50))
            part = rows[number * batches * BATCH :]
            works = [_bare(raw, part[place * BATCH :][:BATCH]) for place in range(batches)]
            bare.append(sum(_seconds(work) for work in works))
            swept.append(sum(_seconds(lambda: _swept(town)) for _ in range(batches)))
            sealed.append(_seconds(lambda: _sealed(sealer)))
        raw.close()
    size = batches * BATCH
    return Figure(
        "P11",
        f"Approval by silence by the raw batch rate, {engine}",
        f"""{size:,} answers of 500 workers to HITs of {SLOTS} assignments are approved by the sweep, and as
        many bare rows changed in another database, in batches of {BATCH:,} a transaction, in {rounds}
        rounds. The sweep posts rewards and fees, changes purses and counts, and writes events and rows to
        be sealed; bare are only the UPDATE of the assignment and the INSERT of two transfers, with the
        indexes of both tables.""",
        [its / mine for mine, its in zip(swept, bare, strict=True)],
        0.15,
        0.35,
        more_is_better=True,
        unit="of the raw rate",
        beside={
            "approvals_a_second": size / quantile(swept, 0.5),
            "raw_a_second": size / quantile(bare, 0.5),
            "sealing_seconds_by_sweeping": quantile(sealed, 0.5) / quantile(swept, 0.5),
            "fdatasync_p50_us": quantile([each["fdatasync_p50_us"] for each in disks], 0.5),
            "fdatasync_p95_us": max(each["fdatasync_p95_us"] for each in disks),
        },
    )


def _submitted(town: Town, *, count: int) -> list[Row]:
    """Answers that wait for a decision, by 500 workers; every HIT has all its answers."""
    rosa = town.requester("Rosa", funds=filling.MILLIONS)
    like, _ = filling.published(town, rosa, MaxAssignments=SLOTS)
    hits = filling.fill_hits(town, like, count=count // SLOTS)
    workers = filling.fill_workers(town, count=500)
    rows = filling.submitted_rows(
        town,
        like,
        hits=[hit for hit in hits for _ in range(SLOTS)],
        workers=[workers[number % len(workers)] for number in range(count)],
        now=town.now,
    )
    for begin in range(0, count, filling.AT_ONCE):
        part = rows[begin : begin + filling.AT_ONCE]
        town.market.database.writer.run(_adding(part))
    return rows


def _adding(rows: list[Row]) -> Callable[[Connection, int], None]:
    return lambda connection, now: filling.add_submitted(connection, rows)


def _raw_database(town: Town, url: str, rows: list[Row]) -> Database:
    """Another database of the same schema beside the first, with the same assignments."""
    place = Place.parse(folder=Path(town.app.settings.data), url=url)
    raw = Database(place, "raw", WORLD, town.app.clock, writers=1)
    for begin in range(0, len(rows), filling.AT_ONCE):
        part = rows[begin : begin + filling.AT_ONCE]
        raw.writer.run(lambda connection, now, part=part: connection.many(filling.ADD_ASSIGNMENT, part))
    return raw


def _bare(raw: Database, rows: list[Row]) -> Callable[[], None]:
    changes = [{"key": row["id"], "at": row["approve_at"]} for row in rows]
    transfers = [transfer for row in rows for transfer in _transfers(row)]

    def work(connection: Connection, now: int) -> None:
        connection.many(APPROVE_BARE, changes)
        connection.many(ledger.ADD_TRANSFER, transfers)

    return lambda: raw.writer.run(work)


def _transfers(row: Row) -> list[Row]:
    source = ledger.held(row["requester"])
    said = {
        "at": row["approve_at"],
        "cause_key": row["id"],
        "cause_number": 0,
        "debit": source,
        "currency": "USD",
    }
    reward = {"cause": int(Cause.REWARD), "credit": ledger.earned(row["worker"]), "amount": row["reward"]}
    fee = {"cause": int(Cause.FEE), "credit": ledger.FEES, "amount": row["fee"]}
    return [said | reward | {"id": row["id"] * 2}, said | fee | {"id": row["id"] * 2 + 1}]


def _swept(town: Town) -> None:
    moved = town.market.system(SWEEP)
    assert moved == BATCH, f"the sweep approved {moved} of {BATCH}"


def _sealed(sealer: Sealer) -> None:
    while sealer.run_once():
        pass


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    print_measured(measure)
