"""The hash chain over events, transfers and accesses: made in blocks, about a second behind.

A seal is sha256 of the seal before and of its members: kind, id and digest of each row, in order. Membership
is stored, not inferred, because ids do not become visible in order; of the digests only a mark is stored,
which tells one changed row from the others. Whoever can write the database can make
the chain anew, so what protects is that heads are published outside.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Integer, Table, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.store.connection import Connection, Row
from kempelen.store.events import ACCESS, EVENT, TRANSFER
from kempelen.store.sql import Sql
from kempelen.store.tables.money import transfers
from kempelen.store.tables.shared import accesses, events, seals, unsealed

MOST = 1_000
"""Rows of one seal. A transaction of the sealer is short, for every command waits for it on SQLite."""
GENESIS = bytes(32)
_MEMBER = struct.Struct(">BQ32s")
_KEPT = struct.Struct(">BQ")
_MARK = 4
_encode = msgspec.json.Encoder().encode
TABLES: dict[int, Table] = {EVENT: events, TRANSFER: transfers, ACCESS: accesses}


@dataclass(frozen=True, slots=True)
class Seal:
    """The head of a chain."""

    number: int
    digest: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Block:
    """Rows to be sealed next, read and hashed before the transaction."""

    number: int
    previous: bytes
    digest: bytes
    members: bytes
    rows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found. `broken` names the first fault: the seal, and the row if it is one."""

    seals: int
    rows: int
    unsealed: int
    broken: str = ""


WAITING = {
    kind: Sql(
        select(*table.c)
        .join(unsealed, (unsealed.c.id == table.c.id) & (unsealed.c.kind == kind))
        .order_by(table.c.id)
        .limit(MOST)
    )
    for kind, table in TABLES.items()
}
ONE = {kind: Sql(select(*table.c).where(table.c.id == bindparam("key"))) for kind, table in TABLES.items()}
COUNT = {kind: Sql(select(func.count()).select_from(table)) for kind, table in TABLES.items()}
COUNT_WAITING = Sql(select(func.count()).select_from(unsealed))
HEAD = Sql(select(seals.c.number, seals.c.digest).order_by(seals.c.number.desc()).limit(1))
CHAIN = Sql(
    select(seals.c.number, seals.c.previous, seals.c.digest, seals.c.count, seals.c.members)
    .where(seals.c.number > bindparam("after"))
    .order_by(seals.c.number)
    .limit(bindparam("most", type_=Integer()))
)
FORGET = Sql(delete(unsealed).where(unsealed.c.kind == bindparam("kind_"), unsealed.c.id == bindparam("id_")))


def _add(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(seals).values(**{column.name: bindparam(column.name) for column in seals.c})
    return values.on_conflict_do_nothing()


ADD = Sql(_add)  # type: ignore[arg-type]


def head(connection: Connection) -> Seal | None:
    """The newest seal."""
    row = connection.one(HEAD)
    return None if row is None else Seal(int(row[0]), bytes(row[1]), 0)


def next_block(connection: Connection, *, kinds: Sequence[int]) -> Block | None:
    """The rows that wait, hashed, for a reader; None if none do. `kinds`: those this database has."""
    rows: list[tuple[int, Row]] = []
    for kind in kinds:
        if len(rows) < MOST:
            rows += [(kind, row) for row in connection.rows(WAITING[kind])]
    rows = rows[:MOST]
    if not rows:
        return None
    last = head(connection)
    previous = GENESIS if last is None else last.digest
    digests = [row_digest(row) for _, row in rows]
    members = [_MEMBER.pack(kind, row[0], digest) for (kind, row), digest in zip(rows, digests, strict=True)]
    return Block(
        1 if last is None else last.number + 1,
        previous,
        hashlib.sha256(previous + b"".join(members)).digest(),
        _packed([(kind, row[0]) for kind, row in rows], digests),
        tuple((kind, row[0]) for kind, row in rows),
    )


def row_digest(row: Row) -> bytes:
    """The sha256 of a row's values as JSON without blanks, in the order of its columns."""
    return hashlib.sha256(_encode(row)).digest()


def _packed(rows: Sequence[tuple[int, int]], digests: Sequence[bytes]) -> bytes:
    """Kinds and keys, which follow each other closely, and then the marks, which cannot be made shorter."""
    keys = zlib.compress(b"".join(_KEPT.pack(kind, key) for kind, key in rows))
    return keys + b"".join(digest[:_MARK] for digest in digests)


def _unpacked(members: bytes, count: int) -> list[tuple[int, int, bytes]] | None:
    """Kind, key and mark of each member; None if it is not what `_packed` makes of so many."""
    inflate = zlib.decompressobj()
    try:
        keys = inflate.decompress(members, count * _KEPT.size + 1)
    except zlib.error:
        return None
    marks = inflate.unused_data
    if len(keys) != count * _KEPT.size or len(marks) != count * _MARK:
        return None
    places = range(0, len(marks), _MARK)
    return [
        (kind, key, marks[place : place + _MARK])
        for (kind, key), place in zip(_KEPT.iter_unpack(keys), places, strict=True)
    ]


def seal(call: Call, block: Block) -> Seal | None:
    """Put the block at the end of the chain; None, and nothing changes, if another process was first."""
    added = call.do(
        ADD,
        number=block.number,
        at=call.now,
        previous=block.previous,
        digest=block.digest,
        count=len(block.rows),
        members=block.members,
    )
    if added != 1:
        return None
    call.connection.many(FORGET, [{"kind_": kind, "id_": key} for kind, key in block.rows])
    return Seal(block.number, block.digest, len(block.rows))


def verify(
    connection: Connection, *, kinds: Sequence[int], published: tuple[int, bytes] | None = None
) -> Verdict:
    """Hash everything again, in pages. `published`: number and digest of a head that was kept outside."""
    previous, number, rows = GENESIS, 0, 0
    met_published = published is None
    for seal_number, said_previous, digest, count, members in _chain(connection):
        where = f"seal {seal_number}"
        if seal_number != number + 1 or bytes(said_previous) != previous:
            return Verdict(number, rows, 0, f"{where} does not follow seal {number}")
        fault, found = _read_again(connection, bytes(members), int(count))
        if not fault and hashlib.sha256(previous + found).digest() != bytes(digest):
            fault = "its members do not make its digest"
        if not fault and published is not None and seal_number == published[0]:
            met_published = True
            fault = "" if bytes(digest) == published[1] else "it is not the head that was published"
        if fault:
            return Verdict(number, rows, 0, f"{where}: {fault}")
        previous, number, rows = bytes(digest), int(seal_number), rows + int(count)
    waiting = _count(connection, COUNT_WAITING)
    there = sum(_count(connection, COUNT[kind]) for kind in kinds)
    broken = "" if met_published else "the published head is not in the chain"
    if there != rows + waiting:
        broken = broken or f"{there} rows are there, {rows} are sealed and {waiting} wait"
    return Verdict(number, rows, waiting, broken)


def _chain(connection: Connection) -> Iterator[Row]:
    after = 0
    while page := connection.rows(CHAIN, after=after, most=20):
        yield from page
        after = page[-1][0]


def _read_again(connection: Connection, packed: bytes, count: int) -> tuple[str, bytes]:
    """What is wrong with the rows of one seal, empty if nothing is, and its members as they are now."""
    members = _unpacked(packed, count)
    if members is None:
        return "its list of members is damaged", b""
    found = []
    for kind, key, mark in members:
        name = TABLES[kind].name if kind in TABLES else f"kind {kind}"
        row = connection.one(ONE[kind], key=key) if kind in ONE else None
        if row is None:
            return f"the row {key} of {name} is missing", b""
        digest = row_digest(row)
        if digest[:_MARK] != mark:
            return f"the row {key} of {name} was changed", b""
        found.append(_MEMBER.pack(kind, key, digest))
    return "", b"".join(found)


def _count(connection: Connection, sql: Sql) -> int:
    row = connection.one(sql)
    assert row is not None
    return int(row[0])
