"""Requesters and workers as one world knows them, and the mapping of worker ids that every operation uses."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.errors import ParameterValidationError
from kempelen.operation import Actor, Call
from kempelen.rules.ids import ALPHABET
from kempelen.store.key_lists import among_keys, as_keys
from kempelen.store.sql import Sql
from kempelen.store.tables.work import pseudonyms, requesters, workers


def _known(table_name: str) -> Sql:
    table = workers if table_name == "workers" else requesters
    names = ("id", "public_id") if table_name == "workers" else ("id", "public_id", "name")

    def build(dialect: str) -> object:
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        statement = insert(table).values(**{name: bindparam(f"{name}_") for name in names})
        return statement.on_conflict_do_nothing()  # of either key: two may come to know somebody at once

    return Sql(build)  # type: ignore[arg-type]


KNOW_WORKER = _known("workers")
KNOW_REQUESTER = _known("requesters")
_HIDDEN = (pseudonyms.c.worker == workers.c.id) & (pseudonyms.c.requester == bindparam("requester"))
WORKER = Sql(
    select(workers.c.id).where(
        workers.c.public_id == bindparam("public_id"), ~select(pseudonyms.c.worker).where(_HIDDEN).exists()
    )
)
WORKER_ID = Sql(
    select(func.coalesce(pseudonyms.c.public_id, workers.c.public_id))
    .select_from(workers.outerjoin(pseudonyms, _HIDDEN))
    .where(workers.c.id == bindparam("worker"))
)
PSEUDONYM = Sql(
    select(pseudonyms.c.public_id).where(
        pseudonyms.c.requester == bindparam("requester"), pseudonyms.c.worker == bindparam("worker")
    )
)
BEHIND_PSEUDONYM = Sql(
    select(pseudonyms.c.worker).where(
        pseudonyms.c.requester == bindparam("requester"), pseudonyms.c.public_id == bindparam("public_id")
    )
)
REQUESTER_NAME = Sql(
    select(requesters.c.public_id, requesters.c.name).where(requesters.c.id == bindparam("key"))
)
REQUESTER_NAMES = Sql(
    lambda dialect: select(requesters.c.id, requesters.c.public_id, requesters.c.name).where(
        among_keys(dialect, requesters.c.id)
    )
)
EMPLOYER = Sql(
    select(requesters.c.public_id, requesters.c.name, pseudonyms.c.public_id)
    .select_from(
        requesters.outerjoin(
            pseudonyms,
            (pseudonyms.c.requester == requesters.c.id) & (pseudonyms.c.worker == bindparam("worker")),
        )
    )
    .where(requesters.c.id == bindparam("key"))
)


def _keep_pseudonym(dialect: str) -> object:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(pseudonyms).values(
        requester=bindparam("requester"), worker=bindparam("worker"), public_id=bindparam("public_id")
    )
    return statement.on_conflict_do_nothing()


KEEP_PSEUDONYM = Sql(_keep_pseudonym)  # type: ignore[arg-type]


def know_requester(call: Call, actor: Actor) -> None:
    """Make sure this world has a row for the requester who acts."""
    call.do(KNOW_REQUESTER, id_=actor.account, public_id_=actor.public_id, name_=actor.name)


def know_worker(call: Call, key: int, public_id: str) -> None:
    """Make sure this world has a row for the worker."""
    call.do(KNOW_WORKER, id_=key, public_id_=public_id)


def requester(call: Call, key: int) -> tuple[str, str]:
    """A requester's public id and name."""
    row = call.one(REQUESTER_NAME, key=key)
    assert row is not None, "whoever published something is known here"
    return row[0], row[1]


def requesters_of(call: Call, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The public ids and names of requesters, by key. One statement."""
    rows = call.rows(REQUESTER_NAMES, keys=as_keys(call, list(set(keys))))
    return {key: (public_id, name) for key, public_id, name in rows}


def employer(call: Call, key: int) -> tuple[str, str, str]:
    """A requester's public id and name, and the id by which they know the acting worker once work of theirs
    was accepted. One statement."""
    row = call.one(EMPLOYER, key=key, worker=call.actor.account)
    assert row is not None, "whoever published something is known here"
    return row[0], row[1], row[2] or call.actor.public_id


def worker_key(call: Call, worker_id: str) -> int:
    """The worker whom the acting requester means by that id, known in this world from now on.

    Raises `ParameterValidationError` for an id that means nobody to them.
    """
    requester = call.actor.account
    row = call.one(BEHIND_PSEUDONYM, requester=requester, public_id=worker_id)
    if row is None and not call.actor.pseudonymous:
        row = call.one(WORKER, requester=requester, public_id=worker_id)
    if row is not None:
        return int(row[0])
    person = None if call.actor.pseudonymous else call.directory.worker(worker_id)
    if person is None or call.one(PSEUDONYM, requester=requester, worker=person.key) is not None:
        raise ParameterValidationError(value=worker_id, parameter="WorkerId")
    if not call.connection.reads_only:
        know_worker(call, person.key, person.public_id)
    return person.key


def worker_ids(call: Call, keys: Iterable[int]) -> dict[int, str]:
    """The ids under which the acting requester sees these workers."""
    return {key: worker_id(call, key) for key in set(keys)}


def worker_id(call: Call, key: int) -> str:
    """The id under which the acting requester, or the worker, sees this worker.

    A worker who came to a requester under a pseudonym has no other id there.
    """
    if call.actor.pseudonymous:
        return _pseudonym(call, call.actor.account, key)
    row = call.one(WORKER_ID, requester=call.actor.account, worker=key)
    if row is not None:
        return str(row[0])
    person = call.directory.person(key)
    assert person is not None, "every worker of a world is a person of the house"
    return person.public_id


def introduce(call: Call, *, requester: int, worker: int, pseudonymous: bool) -> str:
    """The id a requester is going to see for this worker, kept so that it can be read back."""
    if not pseudonymous:
        return worker_id(call, worker)
    name = pseudonym(call.directory.pseudonym_secret, requester, worker)
    call.do(KEEP_PSEUDONYM, requester=requester, worker=worker, public_id=name)
    return name


def pseudonym(secret: bytes, requester: int, worker: int) -> str:
    """The id of a worker for one organisation alone: the same in every world, and not traceable elsewhere."""
    digest = hmac.digest(secret, f"{requester}:{worker}".encode(), hashlib.sha256)
    number = int.from_bytes(digest)
    letters = []
    for _ in range(13):
        number, digit = divmod(number, 36)
        letters.append(ALPHABET[digit])
    return "A" + "".join(letters)


def _pseudonym(call: Call, requester: int, worker: int) -> str:
    row = call.one(PSEUDONYM, requester=requester, worker=worker)
    return str(row[0]) if row is not None else pseudonym(call.directory.pseudonym_secret, requester, worker)
