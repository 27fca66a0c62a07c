"""Second factors, as rows of the house: authenticator apps, recovery codes, passkeys and their challenges."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kempelen.operation import Call
from kempelen.rules import one_time_codes, passkeys, sign_in
from kempelen.store.sql import Sql
from kempelen.store.tables.identity import authenticators, challenges, recovery_codes
from kempelen.store.tables.identity import passkeys as passkeys_table

MOST_PASSKEYS = 20
SWEPT = 20


@dataclass(frozen=True, slots=True)
class Authenticator:
    """An authenticator app's secret, still sealed."""

    secret: bytes
    confirmed: bool
    last_step: int


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a person. Moments in milliseconds."""

    key: int
    public_id: str
    person: int
    credential: bytes
    public_key: bytes
    sign_count: int
    label: str
    created_at: int
    used_at: int | None


def _begin_authenticator(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(authenticators).values(person=bindparam("person"), secret=bindparam("secret"))
    return values.on_conflict_do_update(
        index_elements=[authenticators.c.person],
        set_={"secret": values.excluded.secret, "last_step": 0},
        where=authenticators.c.confirmed_at.is_(None),
    )


_own = authenticators.c.person == bindparam("person")
BEGIN_AUTHENTICATOR = Sql(_begin_authenticator)  # type: ignore[arg-type]
AUTHENTICATOR = Sql(
    select(authenticators.c.secret, authenticators.c.confirmed_at, authenticators.c.last_step).where(_own)
)
CONFIRM = Sql(
    update(authenticators)
    .where(authenticators.c.person == bindparam("key"), authenticators.c.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("now"), last_step=bindparam("step"))
)
USE_STEP = Sql(
    update(authenticators)
    .where(
        authenticators.c.person == bindparam("key"),
        authenticators.c.confirmed_at.is_not(None),
        authenticators.c.last_step < bindparam("step"),
    )
    .values(last_step=bindparam("step"))
)
END_AUTHENTICATOR = Sql(delete(authenticators).where(_own))

ADD_CODE = Sql(
    insert(recovery_codes)
    .values(digest=bindparam("digest"), person=bindparam("person"), created_at=bindparam("now"))
    .inline()
)
CODES = Sql(select(recovery_codes.c.digest).where(recovery_codes.c.person == bindparam("person")).limit(100))
USE_CODE = Sql(
    delete(recovery_codes).where(
        recovery_codes.c.digest == bindparam("digest"), recovery_codes.c.person == bindparam("person")
    )
)
END_CODES = Sql(delete(recovery_codes).where(recovery_codes.c.person == bindparam("person")))

_PASSKEY = (
    "id", "public_id", "person", "credential", "public_key", "sign_count", "label", "created_at",
)  # fmt: skip


def _add_passkey(dialect: str) -> object:
    build = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values = build(passkeys_table).values(**{name: bindparam(name) for name in _PASSKEY})
    return values.on_conflict_do_nothing(index_elements=[passkeys_table.c.credential])


_passkeys = select(*(passkeys_table.c[name] for name in (*_PASSKEY, "used_at")))
ADD_PASSKEY = Sql(_add_passkey)  # type: ignore[arg-type]
PASSKEYS = Sql(
    _passkeys.where(passkeys_table.c.person == bindparam("person"))
    .order_by(passkeys_table.c.created_at, passkeys_table.c.id)
    .limit(MOST_PASSKEYS)
)
PASSKEY = Sql(_passkeys.where(passkeys_table.c.credential == bindparam("credential")))
USE_PASSKEY = Sql(
    update(passkeys_table)
    .where(passkeys_table.c.id == bindparam("key"), passkeys_table.c.sign_count == bindparam("before"))
    .values(sign_count=bindparam("after"), used_at=bindparam("now"))
)
END_PASSKEY = Sql(
    delete(passkeys_table).where(
        passkeys_table.c.person == bindparam("person"), passkeys_table.c.public_id == bindparam("public_id")
    )
)
END_PASSKEYS = Sql(delete(passkeys_table).where(passkeys_table.c.person == bindparam("person")))

_CHALLENGE = ("id", "public_id", "person", "purpose", "challenge", "expires_at")
ADD_CHALLENGE = Sql(
    insert(challenges)
    .values(**{name: bindparam(name, type_=challenges.c[name].type) for name in _CHALLENGE})
    .inline()
)
_live = (
    challenges.c.public_id == bindparam("public_id"),
    challenges.c.purpose == bindparam("purpose"),
    challenges.c.expires_at > bindparam("now"),
)
CHALLENGE = Sql(select(challenges.c.challenge, challenges.c.person).where(*_live))
TAKE_CHALLENGE = Sql(delete(challenges).where(*_live))
END_CHALLENGES = Sql(delete(challenges).where(challenges.c.person == bindparam("person")))
_over = (
    select(challenges.c.id)
    .where(challenges.c.expires_at <= bindparam("now"))
    .order_by(challenges.c.expires_at)
    .limit(SWEPT)
)
SWEEP = Sql(delete(challenges).where(challenges.c.id.in_(_over)))


def begin_authenticator(call: Call, person: int, secret: str) -> bool:
    """Keep the secret of an app that is to be confirmed. False if one is in force."""
    return call.do(BEGIN_AUTHENTICATOR, person=person, secret=call.directory.seal(secret)) == 1


def authenticator(call: Call, person: int) -> Authenticator | None:
    """The person's authenticator app, confirmed or not."""
    row = call.one(AUTHENTICATOR, person=person)
    return None if row is None else Authenticator(row[0], row[1] is not None, row[2])


def confirm_authenticator(call: Call, person: int, *, step: int) -> bool:
    """Put the app in force. False if it is."""
    return call.do(CONFIRM, key=person, now=call.now, step=step) == 1


def use_step(call: Call, person: int, *, step: int) -> bool:
    """Use the code of a time step. False if it, or a later one, was used."""
    return call.do(USE_STEP, key=person, step=step) == 1


def end_authenticator(call: Call, person: int) -> bool:
    """The app's codes are worth nothing any more. False if there was none."""
    return call.do(END_AUTHENTICATOR, person=person) == 1


def renew_codes(call: Call, person: int) -> list[str]:
    """New recovery codes in place of all before; shown this one time."""
    call.do(END_CODES, person=person)
    codes = one_time_codes.new_recovery_codes(call.random)
    for code in codes:
        digest = sign_in.digest(one_time_codes.plain(code))
        call.do(ADD_CODE, digest=digest, person=person, now=call.now)
    return codes


def codes_left(call: Call, person: int) -> int:
    """How many recovery codes have not been used."""
    return len(call.rows(CODES, person=person))


def use_code(call: Call, person: int, code: str) -> bool:
    """Use a recovery code up. False if it is none of theirs."""
    digest = sign_in.digest(one_time_codes.plain(code))
    return call.do(USE_CODE, digest=digest, person=person) == 1


def passkeys_of(call: Call, person: int) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    return [Passkey(*row) for row in call.rows(PASSKEYS, person=person)]


def passkey(call: Call, credential: bytes) -> Passkey | None:
    """The passkey of that credential, whoever has it."""
    row = call.one(PASSKEY, credential=credential)
    return None if row is None else Passkey(*row)


def add_passkey(call: Call, person: int, made: passkeys.Registered, *, label: str) -> str | None:
    """Keep a passkey; its public id. None if somebody has that credential."""
    public_id = call.new_id()
    added = call.do(
        ADD_PASSKEY,
        id=call.key(),
        public_id=public_id,
        person=person,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        label=label,
        created_at=call.now,
    )
    return public_id if added == 1 else None


def use_passkey(call: Call, found: Passkey, *, sign_count: int) -> bool:
    """Note a signature. False if another was noted since the passkey was read."""
    return call.do(USE_PASSKEY, key=found.key, before=found.sign_count, after=sign_count, now=call.now) == 1


def end_passkey(call: Call, person: int, public_id: str) -> bool:
    """Forget a passkey of a person. False if they have none of that id."""
    return call.do(END_PASSKEY, person=person, public_id=public_id) == 1


def end_all(call: Call, person: int) -> None:
    """Forget every second factor of a person."""
    for statement in (END_AUTHENTICATOR, END_CODES, END_PASSKEYS, END_CHALLENGES):
        call.do(statement, person=person)


def any_in_force(call: Call, person: int) -> bool:
    """Whether a password alone does not sign the person in."""
    found = authenticator(call, person)
    return (found is not None and found.confirmed) or bool(passkeys_of(call, person))


def new_challenge(call: Call, *, person: int | None, purpose: str) -> tuple[str, bytes]:
    """A challenge to be signed within five minutes: its public id and itself."""
    call.do(SWEEP, now=call.now)
    public_id, challenge = call.new_id(), call.random.getrandbits(256).to_bytes(32, "big")
    call.do(
        ADD_CHALLENGE,
        id=call.key(),
        public_id=public_id,
        person=person,
        purpose=purpose,
        challenge=challenge,
        expires_at=call.now + passkeys.WAIT,
    )
    return public_id, challenge


def challenge(call: Call, public_id: str, *, purpose: str) -> tuple[bytes, int | None] | None:
    """A challenge that waits, and whose it is; None if it is gone."""
    row = call.one(CHALLENGE, public_id=public_id, purpose=purpose, now=call.now)
    return None if row is None else (bytes(row[0]), row[1])


def take_challenge(call: Call, public_id: str, *, purpose: str) -> bool:
    """Use a challenge up. False if it is gone."""
    return call.do(TAKE_CHALLENGE, public_id=public_id, purpose=purpose, now=call.now) == 1
