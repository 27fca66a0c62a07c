"""Accounts that may be one person's: they share a network, a device or a mailbox.

Only keyed digests of networks and devices are kept. Nothing follows by itself; an operator looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import bindparam, case, delete, func, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules import sign_in
from kempelen.store.sql import Sql
from kempelen.store.tables.house import people
from kempelen.store.tables.identity import look_alikes, sightings


class Hint(IntEnum):
    """What two accounts can share, by how it is kept."""

    NETWORK = 1
    DEVICE = 2
    EMAIL = 3


WEIGHTS = {Hint.NETWORK: 10, Hint.DEVICE: 60, Hint.EMAIL: 30}
"""What each is worth: a household shares a network, seldom a browser."""
MOST_SIGHTINGS = 40
"""How many networks and devices of one person are remembered: the latest."""
MOST_COMPARED = 20
"""How many others one sighting is compared with: the latest."""
_COLUMNS = {Hint.NETWORK: "network", Hint.DEVICE: "device", Hint.EMAIL: "email"}


def _see(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("id", "person", "kind", "digest", "seen_at")
    values = build(sightings).values(**{name: bindparam(name) for name in names})
    return values.on_conflict_do_update(
        index_elements=[sightings.c.person, sightings.c.kind, sightings.c.digest],
        set_={"seen_at": values.excluded.seen_at},
        where=sightings.c.seen_at < bindparam("stale", type_=sightings.c.seen_at.type),
    )


SEE = Sql(_see)  # type: ignore[arg-type]
_own = sightings.c.person == bindparam("person")
_kept = (
    select(sightings.c.id)
    .where(_own)
    .order_by(sightings.c.seen_at.desc(), sightings.c.id.desc())
    .limit(MOST_SIGHTINGS)
)
TRIM = Sql(delete(sightings).where(_own, sightings.c.id.not_in(_kept)))
KNOWN = Sql(
    select(sightings.c.id).where(
        _own, sightings.c.kind == bindparam("kind"), sightings.c.digest == bindparam("digest")
    )
)
OTHERS = Sql(
    select(sightings.c.person)
    .where(
        sightings.c.kind == bindparam("kind"),
        sightings.c.digest == bindparam("digest"),
        sightings.c.person != bindparam("person"),
    )
    .order_by(sightings.c.seen_at.desc())
    .limit(MOST_COMPARED)
)
ALIKE = Sql(
    select(people.c.id)
    .where(people.c.likeness == bindparam("likeness"), people.c.id != bindparam("person"))
    .order_by(people.c.id.desc())
    .limit(MOST_COMPARED)
)
SEEN = Sql(
    select(sightings.c.kind, func.max(sightings.c.seen_at), func.count())
    .where(_own)
    .group_by(sightings.c.kind)
)
FORGET = Sql(delete(sightings).where(_own))
FORGET_PAIRS = Sql(
    delete(look_alikes).where(
        or_(look_alikes.c.one == bindparam("person"), look_alikes.c.other == bindparam("person"))
    )
)


def _raise(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("id", "one", "other", "network", "device", "email", "score", "at")
    values = build(look_alikes).values(**{name: bindparam(name) for name in names})
    new = values.excluded
    marks = {
        name: case((look_alikes.c[name] + new[name] > 0, 1), else_=0)
        for name in ("network", "device", "email")
    }
    score = sum(marks[_COLUMNS[hint]] * weight for hint, weight in WEIGHTS.items())
    return values.on_conflict_do_update(
        index_elements=[look_alikes.c.one, look_alikes.c.other],
        set_={**marks, "score": score, "at": new["at"]},
    )


RAISE = Sql(_raise)  # type: ignore[arg-type]
_one, _other = people.alias("one_person"), people.alias("other_person")
PAGE = Sql(
    select(
        look_alikes.c.id,
        _one.c.public_id,
        _other.c.public_id,
        look_alikes.c.network,
        look_alikes.c.device,
        look_alikes.c.email,
        look_alikes.c.score,
        look_alikes.c.at,
    )
    .join(_one, _one.c.id == look_alikes.c.one)
    .join(_other, _other.c.id == look_alikes.c.other)
    .where(
        look_alikes.c.score >= bindparam("least"),
        tuple_(look_alikes.c.score, look_alikes.c.id) < tuple_(bindparam("score"), bindparam("key")),
    )
    .order_by(look_alikes.c.score.desc(), look_alikes.c.id.desc())
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accounts that look alike. `at`: when that was last noticed, in milliseconds."""

    key: int
    one: str
    other: str
    network: bool
    device: bool
    email: bool
    score: int
    at: int


def device_mark(call: Call, device: str) -> bytes:
    """The digest under which a browser's own id is kept."""
    return sign_in.mark(call.directory.pseudonym_secret, "device", device)


def knows_device(call: Call, person: int, device: str) -> bool:
    """Whether the person has signed in with this browser before."""
    digest = device_mark(call, device)
    return call.one(KNOWN, person=person, kind=int(Hint.DEVICE), digest=digest) is not None


def see(call: Call, person: int, *, device: str | None) -> None:
    """Remember from where a person comes, and whom else that brings to mind."""
    network = sign_in.network(call.actor.source_address)
    if network:
        _see_one(
            call, person, Hint.NETWORK, sign_in.mark(call.directory.pseudonym_secret, "network", network)
        )
    if device:
        _see_one(call, person, Hint.DEVICE, device_mark(call, device))


def compare_addresses(call: Call, person: int, email: str) -> None:
    """Note whose address may reach the same mailbox."""
    for (other,) in call.rows(ALIKE, likeness=sign_in.likeness(email), person=person):
        _raise_pair(call, person, other, Hint.EMAIL)


def seen_kinds(call: Call, person: int) -> list[tuple[Hint, int, int]]:
    """What is remembered of a person: the kind, when it was last seen, and how many."""
    return [(Hint(kind), at, count) for kind, at, count in call.rows(SEEN, person=person)]


def forget(call: Call, person: int) -> None:
    """Remember nothing of a person."""
    call.do(FORGET, person=person)
    call.do(FORGET_PAIRS, person=person)


def page(call: Call, *, least: int, before: tuple[int, int], count: int) -> list[Pair]:
    """Pairs of at least this score before a position (score, key), the most alike first."""
    rows = call.rows(PAGE, least=least, score=before[0], key=before[1], count=count)
    return [
        Pair(key, one, other, bool(n), bool(d), bool(e), *rest) for key, one, other, n, d, e, *rest in rows
    ]


def _see_one(call: Call, person: int, hint: Hint, digest: bytes) -> None:
    added = call.do(
        SEE,
        id=call.key(),
        person=person,
        kind=int(hint),
        digest=digest,
        seen_at=call.now,
        stale=call.now - sign_in.DAY,
    )
    if not added:
        return
    call.do(TRIM, person=person)
    for (other,) in call.rows(OTHERS, kind=int(hint), digest=digest, person=person):
        _raise_pair(call, person, other, hint)


def _raise_pair(call: Call, person: int, other: int, hint: Hint) -> None:
    marks = {name: int(each is hint) for each, name in _COLUMNS.items()}
    call.do(
        RAISE,
        id=call.key(),
        one=min(person, other),
        other=max(person, other),
        score=WEIGHTS[hint],
        at=call.now,
        **marks,
    )
