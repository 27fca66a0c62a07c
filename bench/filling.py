"""Markets of our own in this process, and rows written into them in bulk through the store's own tables.

Filling is not measured; it makes the state in which something is measured, with every index and every sum
that the operations rely on.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, insert, update

import readings  # noqa: F401  (it makes the tests' modules importable)
from kempelen.app import assemble
from kempelen.clock import Clock, system_clock
from kempelen.operation import Call
from kempelen.operations.people.eligibility import requirements_of
from kempelen.rules.answers import Field, pack
from kempelen.rules.ids import new_id, system_random
from kempelen.rules.lifecycle import AssignmentStatus, HITStatus
from kempelen.rules.requirement_sets import gate_of
from kempelen.settings import Settings
from kempelen.store import assignments as assignment_store
from kempelen.store import hit_types, ledger, parties, requirement_sets, sweeping
from kempelen.store import hits as hit_store
from kempelen.store.connection import Connection
from kempelen.store.sql import Sql
from kempelen.store.tables.work import assignments, hits
from people import Requester, Town

SERVER = "KEMPELEN_BENCH_POSTGRES"
AT_ONCE = 20_000
"""Rows of one transaction."""
GROUPS_AT_ONCE = 200
IN_ONE_MOMENT = 64
"""HITs of one millisecond: the most that SQLite's writer keeps with one reading of the clock."""
FIRST_STRANGER = 10**12
"""Keys of workers whom the house does not know begin here."""
ANSWER_BYTES = 281
FIELDS = [{"Name": "answer", "Value": "c" * (ANSWER_BYTES - len('[["answer",""]]'))}]
"""An answer that is kept in 281 bytes."""
PACKED = pack([Field(each["Name"], each["Value"]) for each in FIELDS])
assert len(PACKED) == ANSWER_BYTES
MILLIONS = "50000000.00"

_ASSIGNMENT = (
    "id", "public_id", "hit", "worker", "requester", "status", "accepted_at", "abandon_at", "submitted_at",
    "approve_at", "reward", "fee",
)  # fmt: skip
ADD_ASSIGNMENT = Sql(insert(assignments).values(**{name: bindparam(name) for name in _ASSIGNMENT}).inline())
COUNT_SUBMITTED = Sql(
    update(hits)
    .where(hits.c.id == bindparam("key"))
    .values(
        submitted=hits.c.submitted + bindparam("slots"),
        open=hits.c.open - bindparam("slots"),
    )
)
_random = system_random()


@contextlib.contextmanager
def market(*, database: str = "", clock: Clock = system_clock, **settings: Any) -> Iterator[Town]:
    """The production world of a new program without listeners, on SQLite or on the database named."""
    with tempfile.TemporaryDirectory() as folder:
        wanted: dict[str, Any] = {"data": Path(folder), "database": database, "log_calls": False}
        wanted |= {"jobs": False, "accepts_a_day": 10_000_000} | settings
        app = assemble(Settings(**wanted), clock=clock)
        try:
            yield Town(app, app.production)
        finally:
            app.close()


@contextlib.contextmanager
def postgresql() -> Iterator[tuple[str, str]]:
    """The URL of a new database, and the version of the server.

    The server is one of our own that waits for the disk as production does, or the one whose URL is in
    `KEMPELEN_BENCH_POSTGRES`.
    """
    import psycopg

    from services.postgres import fresh_database, start_postgres

    with contextlib.ExitStack() as stack:
        server_url = os.environ.get(SERVER, "")
        if not server_url:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            folder.chmod(0o755)
            server = start_postgres(folder / "postgres", durable=True)
            stack.callback(server.stop)
            server_url = server.url
        with psycopg.connect(server_url) as connection:
            version = connection.execute("SHOW server_version").fetchall()[0][0]
        yield stack.enter_context(fresh_database(server_url)), str(version)


def published(town: Town, rosa: Requester, **members: Any) -> tuple[hit_store.Hit, str]:
    """One HIT made by CreateHIT; its row and the id of its group."""
    hit = rosa.create_hit(Reward="0.01", LifetimeInSeconds=30 * 86_400, **members)
    found = town.market.read(lambda call: hit_store.by_id(call, hit["HITId"]))
    return found, hit["HITGroupId"]


def fill_hits(town: Town, like: hit_store.Hit, *, count: int) -> list[int]:
    """That many more open HITs like this one, with their money on hold; answers their keys."""
    keys: list[int] = []

    def add(connection: Connection, now: int) -> list[int]:
        more = min(AT_ONCE, count - len(keys))
        return _add_hits(connection, like, first=len(keys), count=more, now=now)

    while len(keys) < count:
        keys += town.market.database.writer.run(add)
    return keys


def _add_hits(connection: Connection, like: hit_store.Hit, *, first: int, count: int, now: int) -> list[int]:
    rows = [
        {
            "id": connection.key(),
            "public_id": new_id(_random),
            "requester": like.requester,
            "hit_type": like.hit_type,
            "question": like.question,
            "layout": None,
            "annotation": None,
            "max_assignments": like.max_assignments,
            "created_at": like.created_at + number // IN_ONE_MOMENT,
            "expires_at": like.expires_at,
            "status": int(HITStatus.ASSIGNABLE),
            "open": like.max_assignments,
            "level": like.level,
            "position": hit_store.new_position(now),
            "reward": like.reward,
            "fee": like.fee,
            "held": like.max_assignments,
            "policies": None,
        }
        for number in range(first, first + count)
    ]
    connection.many(hit_store.ADD, rows)
    connection.do(sweeping.FOLD, group_id=like.hit_type, hits=count, at=now, expires_at=like.expires_at)
    held = count * like.max_assignments * like.cost
    assert connection.do(ledger.HOLD, purse=ledger.available(like.requester), amount=held) == 1
    return [row["id"] for row in rows]


def fill_groups(
    town: Town, like: hit_store.Hit, *, requirements: Sequence[str], hits_of_each: int
) -> list[int]:
    """A group for each list of requirements, which are JSON, with so many open HITs; answers their keys."""
    keys: list[int] = []

    def add(call: Call) -> None:
        for text in requirements[len(keys) : len(keys) + GROUPS_AT_ONCE]:
            key = _add_group(call, like, text)
            own = replace(like, hit_type=key)
            _add_hits(call.connection, own, first=0, count=hits_of_each, now=call.now)
            keys.append(key)

    while len(keys) < len(requirements):
        town.market.system(add)
    return keys


def _add_group(call: Call, like: hit_store.Hit, text: str) -> int:
    key, asked, title = call.key(), requirements_of(text), f"Group {call.new_id()}"
    call.do(
        hit_types.ADD,
        id=key, public_id=call.new_id(), requester=like.requester, digest=title.encode(), title=title,
        description="Look at one picture.", keywords="", reward=like.reward, duration_seconds=600,
        auto_approval_delay_seconds=3_600, requirements=text, masters=0, adult=0, created_at=call.now,
    )  # fmt: skip
    call.do(
        hit_types.ADD_GROUP,
        id=key, public_id=call.new_id(), requester=like.requester, title=title, search=title.casefold(),
        reward=like.reward, created_at=call.now, updated_at=call.now, masters=0, hidden=0,
        gate=int(gate_of(asked)),
        requirement_set=requirement_sets.keep(call, asked, text=text, newcomers=0),
    )  # fmt: skip
    return key


def fill_workers(town: Town, *, count: int) -> list[int]:
    """That many workers known to this world; answers their keys."""
    rows = [
        {"id_": FIRST_STRANGER + number, "public_id_": "A" + new_id(_random)[:13]} for number in range(count)
    ]
    town.market.database.writer.run(lambda connection, now: connection.many(parties.KNOW_WORKER, rows))
    return [row["id_"] for row in rows]


def submitted_rows(
    town: Town, like: hit_store.Hit, *, hits: list[int], workers: list[int], now: int
) -> list[dict[str, Any]]:
    """Rows of submitted assignments, the nth worker's of the nth HIT, approved by silence an hour later."""
    keys = town.market.database.writer.run(lambda connection, now: [connection.key() for _ in hits])
    return [
        {
            "id": key,
            "public_id": new_id(_random),
            "hit": hit,
            "worker": worker,
            "requester": like.requester,
            "status": int(AssignmentStatus.SUBMITTED),
            "accepted_at": now,
            "abandon_at": now + 600_000,
            "submitted_at": now + number,
            "approve_at": now + 3_600_000 + number,
            "reward": like.reward,
            "fee": like.fee,
        }
        for number, (key, hit, worker) in enumerate(zip(keys, hits, workers, strict=True))
    ]


def add_submitted(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Keep these assignments with an answer each, and count them in their HITs."""
    connection.many(ADD_ASSIGNMENT, rows)
    answer = {"fields": PACKED, "digest": hashlib.sha256(PACKED).digest()}
    connection.many(assignment_store.ADD_ANSWER, [{"assignment": row["id"], **answer} for row in rows])
    slots = Counter(row["hit"] for row in rows)
    connection.many(COUNT_SUBMITTED, [{"key": hit, "slots": count} for hit, count in slots.items()])
