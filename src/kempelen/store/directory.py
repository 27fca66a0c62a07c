"""The house as the worlds and the doors see it: who somebody is, read anew after at most half a second."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import bindparam, select

from kempelen.clock import Clock
from kempelen.store.database import Database
from kempelen.store.sessions import BY_DIGEST, Session, session
from kempelen.store.sql import Sql
from kempelen.store.tables.house import keys, members, organisations, people, policies, tokens

LIFE = 500
"""How long what was read is believed, in milliseconds: a change takes effect well within a second."""
MOST = 50_000
"""How many answers are kept at most."""

_PERSON = (
    people.c.id,
    people.c.public_id,
    people.c.name,
    people.c.email,
    people.c.is_worker,
    people.c.is_operator,
    people.c.country,
    people.c.subdivision,
    people.c.adult,
    people.c.masters,
    people.c.active,
    people.c.verified_at,
    people.c.suspended,
    people.c.time_zone,
    people.c.site_language,
    people.c.theme,
    people.c.mail_off,
    people.c.time_percent,
)
_ORGANISATION = (
    organisations.c.id,
    organisations.c.public_id,
    organisations.c.name,
    organisations.c.pseudonymous,
    organisations.c.active,
)
PERSON_BY_ID = Sql(select(*_PERSON).where(people.c.public_id == bindparam("value")))
PERSON_BY_KEY = Sql(select(*_PERSON).where(people.c.id == bindparam("value")))
PERSON_BY_EMAIL = Sql(select(*_PERSON).where(people.c.email_key == bindparam("value")))
ORGANISATION_BY_ID = Sql(select(*_ORGANISATION).where(organisations.c.public_id == bindparam("value")))
ORGANISATION_BY_KEY = Sql(select(*_ORGANISATION).where(organisations.c.id == bindparam("value")))
KEY = Sql(
    select(
        keys.c.access_key_id,
        keys.c.secret,
        keys.c.organisation,
        keys.c.person,
        keys.c.policies,
        keys.c.active,
        keys.c.role,
    ).where(keys.c.access_key_id == bindparam("value"))
)
TOKEN = Sql(
    select(
        tokens.c.id,
        tokens.c.organisation,
        tokens.c.person,
        tokens.c.scopes,
        tokens.c.expires_at,
        tokens.c.revoked_at,
        tokens.c.public_id,
        tokens.c.role,
        tokens.c.maker,
    ).where(tokens.c.digest == bindparam("value"))
)
POLICY = Sql(
    select(policies.c.document)
    .where(
        policies.c.name == bindparam("name"),
        (policies.c.organisation == bindparam("organisation")) | (policies.c.organisation == 0),
    )
    .order_by(policies.c.organisation.desc())
)
MEMBERSHIPS = Sql(
    select(members.c.organisation, members.c.role)
    .where(members.c.person == bindparam("value"))
    .order_by(members.c.organisation)
    .limit(1_000)
)
OWNERS = Sql(
    select(members.c.person)
    .join(people, people.c.id == members.c.person)
    .where(members.c.organisation == bindparam("value"), members.c.role == "owner", people.c.active == 1)
    .order_by(members.c.person)
    .limit(20)
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the house."""

    key: int
    public_id: str
    name: str
    email: str
    is_worker: bool
    is_operator: bool
    country: str | None
    subdivision: str | None
    adult: bool
    masters: bool
    active: bool
    verified: bool
    """Whether their address is confirmed."""
    suspended: bool
    time_zone: str | None
    site_language: str | None
    theme: str | None
    mail_off: str | None
    """JSON: the kinds of mail they do not want."""
    time_percent: int = 100
    """The time the person gets for a task, of what others get."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A requester: an organisation of the house."""

    key: int
    public_id: str
    name: str
    pseudonymous: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Key:
    """An access key, its secret opened."""

    access_key_id: str
    secret: str
    organisation: int | None
    person: int | None
    policies: str
    active: bool
    role: int
    """As what its owner acts: `operation.Role`."""


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, known by its digest alone."""

    key: int
    organisation: int | None
    person: int | None
    scopes: str
    expires_at: int
    revoked_at: int | None
    public_id: str
    role: int
    maker: str
    """The credential it was made with."""


T = TypeVar("T")


class Directory:
    """Looks people, organisations, keys and tokens up. Safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        seal: Callable[[str], bytes],
        unseal: Callable[[bytes], str],
        pseudonym_secret: bytes,
        page_secret: bytes,
    ) -> None:
        self.pseudonym_secret = pseudonym_secret
        self.page_secret = page_secret
        self.seal = seal
        self.unseal = unseal
        self.unfinished: Callable[[int], tuple[int, int]] = lambda person: (0, 0)
        """What a worker has left where money is real: minor units available, and work not yet paid."""
        self._database = database
        self._clock = clock
        self._kept: dict[tuple[str, object], tuple[int, Any]] = {}
        self._lock = threading.Lock()

    def worker(self, public_id: str) -> Person | None:
        """The worker of that public id."""
        person = self.person_by_id(public_id)
        return person if person is not None and person.is_worker else None

    def person_by_id(self, public_id: str) -> Person | None:
        """The person of that public id."""
        return self._kept_or("person-id", public_id, lambda: self._person(PERSON_BY_ID, public_id))

    def person(self, key: int) -> Person | None:
        """The person of that key."""
        return self._kept_or("person", key, lambda: self._person(PERSON_BY_KEY, key))

    def person_by_email(self, email: str) -> Person | None:
        """The person who signs in with that address."""
        folded = email.strip().casefold()
        return self._kept_or("email", folded, lambda: self._person(PERSON_BY_EMAIL, folded))

    def requester(self, public_id: str) -> Organisation | None:
        """The organisation of that public id."""
        return self._kept_or(
            "requester", public_id, lambda: self._organisation(ORGANISATION_BY_ID, public_id)
        )

    def organisation(self, key: int) -> Organisation | None:
        """The organisation of that key."""
        return self._kept_or("organisation", key, lambda: self._organisation(ORGANISATION_BY_KEY, key))

    def key(self, access_key_id: str) -> Key | None:
        """The access key of that id, disabled ones too."""
        return self._kept_or("key", access_key_id, lambda: self._key(access_key_id))

    def token(self, secret: str) -> Token | None:
        """The bearer token with that secret, ended ones too."""
        digest = hashlib.sha256(secret.encode()).digest()
        row = self._kept_or("token", digest, lambda: self._database.reader().one(TOKEN, value=digest))
        return None if row is None else Token(*row)

    def session(self, secret: str) -> Session | None:
        """The session with that secret; those whose time is over and half signed-in ones too."""
        digest = hashlib.sha256(secret.encode()).digest()
        return self._kept_or("session", digest, lambda: self._session(digest))

    def policy(self, name: str, organisation: int | None) -> str | None:
        """The document of an organisation's policy, else of the one that everybody may name."""
        row = self._kept_or(
            "policy",
            (name, organisation),
            lambda: self._database.reader().one(POLICY, name=name, organisation=organisation or 0),
        )
        return None if row is None else str(row[0])

    def memberships(self, person: int) -> tuple[tuple[int, str], ...]:
        """The organisations a person is a member of, by key, each with the person's role in it."""
        return self._kept_or("members", person, lambda: self._memberships(person))

    def owners(self, organisation: int) -> list[int]:
        """The keys of the active people who own an organisation, at most twenty."""
        reader = self._database.reader()
        rows = self._kept_or("owners", organisation, lambda: reader.rows(OWNERS, value=organisation))
        return [row[0] for row in rows]

    def forget(self) -> None:
        """Read everything anew: this process has just changed the house."""
        with self._lock:
            self._kept.clear()

    def _kept_or(self, kind: str, value: object, read: Callable[[], T]) -> T:
        now = self._clock()
        found = self._kept.get((kind, value))
        if found is not None and 0 <= now - found[0] < LIFE:
            answer: T = found[1]
            return answer
        answer = read()
        with self._lock:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[(kind, value)] = (now, answer)
        return answer

    def _session(self, digest: bytes) -> Session | None:
        row = self._database.reader().one(BY_DIGEST, digest=digest)
        return None if row is None else session(row)

    def _memberships(self, person: int) -> tuple[tuple[int, str], ...]:
        rows = self._database.reader().rows(MEMBERSHIPS, value=person)
        return tuple((organisation, role) for organisation, role in rows)

    def _person(self, sql: Sql, value: object) -> Person | None:
        row = self._database.reader().one(sql, value=value)
        if row is None:
            return None
        (
            key, public_id, name, email, worker, operator, country, subdivision, adult, masters, active,
            verified_at, suspended, *rest,
        ) = row  # fmt: skip
        return Person(
            key, public_id, name, email, bool(worker), bool(operator), country, subdivision, bool(adult),
            bool(masters), bool(active), verified_at is not None, bool(suspended), *rest,
        )  # fmt: skip

    def _organisation(self, sql: Sql, value: object) -> Organisation | None:
        row = self._database.reader().one(sql, value=value)
        return None if row is None else Organisation(row[0], row[1], row[2], bool(row[3]), bool(row[4]))

    def _key(self, access_key_id: str) -> Key | None:
        row = self._database.reader().one(KEY, value=access_key_id)
        if row is None:
            return None
        return Key(row[0], self.unseal(row[1]), row[2], row[3], row[4], bool(row[5]), row[6])
