"""What an operation is: a plain function, declared once under the contract's name, run in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

from kempelen.errors import Refusal
from kempelen.rules.addresses import AllowList
from kempelen.rules.fees import FeeSchedule
from kempelen.rules.ids import RandomSource, new_id
from kempelen.rules.policies import Policy
from kempelen.rules.sign_in import SignInTerms

if TYPE_CHECKING:
    from kempelen.store.connection import Connection
    from kempelen.store.directory import Directory


class Role(IntEnum):
    """Who may call an operation."""

    REQUESTER = 1
    WORKER = 2
    OPERATOR = 3
    SYSTEM = 4  # jobs and the command line's own work; no outside request has it
    PERSON = 5  # somebody signed in, about their own account, whatever else they are
    VISITOR = 6  # somebody at the site who has not signed in


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls: one account in one role, with what the house knows of it (at most a second old)."""

    role: Role
    account: int
    """The organisation's key for a requester, the person's key for a worker or operator."""
    public_id: str
    name: str = ""
    credential: str = ""
    """The access key id, or what stands for the session: of a person `session:` and its id."""
    policies: tuple[Policy, ...] | None = None
    """None: everything the role may do."""
    pseudonymous: bool = False
    country: str | None = None
    subdivision: str | None = None
    adult: bool = False
    masters: bool = False
    verified: bool = True
    """Whether the person's address is confirmed."""
    suspended: bool = False
    """Whether operators keep the person from working."""
    time_percent: int = 100
    """The person's standing accommodation: how much of a task's time they get."""
    source_address: str = ""
    secure: bool = False
    user_agent: str = ""

    def at(self, *, source_address: str, secure: bool, user_agent: str) -> Actor:
        """The same actor, calling from there."""
        return replace(self, source_address=source_address, secure=secure, user_agent=user_agent)


SYSTEM = Actor(Role.SYSTEM, 0, "SYSTEM", "Kempelen")
"""The market itself: sweeps and jobs."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What one market is like. Nothing below `app.py` knows more of worlds than this."""

    name: str
    play_money: bool = False
    """Debits never fail for want of funds, and balances are shown as 10,000.00."""
    message_suffix: str = ""
    """What stands after the time stamp of refusals: ` s` in a sandbox."""
    masters_ids: tuple[str, ...] = ()
    """The ids of the Masters qualifications here, the living one first."""
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    allow_http: bool = True
    """Whether ExternalURLs may be plain http."""
    queue_cap: int = 25
    accepts_a_day: int = 3_800
    reports_to_pause: int = 5
    """How many reports that count pause a HIT group; 0: none do."""
    push_key: str = ""
    """The public key that browsers subscribe to push messages with, in base64url."""
    worker_site: str = ""
    """Public address of the worker site, as `turkSubmitTo` and links name it."""
    egress_allowed: AllowList = field(default_factory=AllowList)
    """The private places that notifications may reach."""
    sign_in: SignInTerms = field(default_factory=SignInTerms)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as ids only: row keys, no personal data."""

    kind: int
    requester: int | None = None
    hit_type: int | None = None
    hit: int | None = None
    assignment: int | None = None
    worker: int | None = None
    detail: str | None = None


class Call:
    """One run of an operation: the transaction, the moment, the actor, and what it tells."""

    __slots__ = (
        "actor",
        "add",
        "connection",
        "deadline",
        "directory",
        "do",
        "later",
        "now",
        "one",
        "operation",
        "prepared",
        "random",
        "refusal",
        "request_id",
        "rows",
        "told",
        "traits",
    )

    def __init__(
        self,
        connection: Connection,
        *,
        actor: Actor,
        now: int,
        request_id: str,
        traits: Traits,
        directory: Directory,
        random: RandomSource,
        operation: str = "",
        prepared: Any = None,
    ) -> None:
        self.connection = connection
        self.rows = connection.rows
        self.one = connection.one
        self.do = connection.do
        self.add = connection.add
        self.later = connection.later
        self.actor = actor
        self.now = now
        self.request_id = request_id
        self.traits = traits
        self.directory = directory
        self.random = random
        self.operation = operation
        self.prepared = prepared
        self.told: list[Event] = []
        self.deadline: int | None = None
        self.refusal: Refusal | None = None

    def emit(self, event: Event) -> None:
        """Tell what happened; it is written with the transaction, or not at all."""
        self.told.append(event)

    def key(self) -> int:
        """A new row key."""
        return self.connection.key()

    def new_id(self) -> str:
        """A new public id."""
        return new_id(self.random)

    def due(self, at: int) -> None:
        """Say that something falls due at that moment, so that no answer after it is given too early."""
        if self.deadline is None or at < self.deadline:
            self.deadline = at

    def refuse_after_commit(self, refusal: Refusal) -> None:
        """Keep what was written and answer with this refusal; a refusal that is raised keeps nothing."""
        self.refusal = refusal

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what the block wrote and told if it raises a refusal, which goes on to whoever tries."""
        told, deadline = len(self.told), self.deadline
        try:
            with self.connection.savepoint():
                yield
        except Refusal:
            del self.told[told:]
            self.deadline = deadline
            raise


Arguments = dict[str, Any]
Function = Callable[..., Mapping[str, Any] | None]
Prepare = Callable[[Arguments, Traits], Any]
Before = Callable[[Call, Arguments], Any]
"""Slow work that may read: done by few threads before the transaction."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A registered operation."""

    name: str
    by: frozenset[Role]
    writes: bool
    function: Function
    prepare: Prepare | None
    in_house: bool
    """Runs in the house (people, keys) instead of a world."""
    after: str = ""
    """The errand outside that follows the commit and is given what the function answers; see Market."""
    personal: bool = False
    """Shows personal data, which the access log notes."""
    before: Before | None = None
    """Slow work done by few threads before the transaction; what it answers is `call.prepared`."""
    together: bool = False
    """Commands of one account that wait at the same time may be one transaction; see `Writer`."""


REGISTER: dict[str, Operation] = {}
"""Every operation by its contract's name."""

F = TypeVar("F", bound=Function)


def _register(operation: Callable[[Function], Operation]) -> Callable[[F], F]:
    def add(function: F) -> F:
        made = operation(function)
        assert made.name not in REGISTER, f"{made.name} is declared twice"
        REGISTER[made.name] = made
        return function

    return add


def command(
    name: str,
    *,
    by: Role | tuple[Role, ...],
    prepare: Prepare | None = None,
    in_house: bool = False,
    after: str = "",
    personal: bool = False,
    before: Before | None = None,
    together: bool = False,
) -> Callable[[F], F]:
    """Declare an operation that may change rows; it runs in the writer, in one transaction.

    `prepare` is pure work on the arguments done before the transaction (parsing); what it answers is
    `call.prepared`, what it raises is the answer. `after` names an errand outside that is run after the
    commit with what the function answers; the caller is then answered nothing, or the errand's refusal.
    `before` is slow work (passwords), which may read and must not write: few at once, never on the loop or in
    the writer. What it answers replaces `call.prepared`; what it read can have changed by the transaction.
    `together` is for what is called by the thousand and changes no row that others' commands change.
    """
    roles = frozenset(by if isinstance(by, tuple) else (by,))
    return _register(
        lambda function: Operation(
            name, roles, True, function, prepare, in_house, after, personal, before, together
        )
    )


def query(
    name: str, *, by: Role | tuple[Role, ...], in_house: bool = False, personal: bool = False
) -> Callable[[F], F]:
    """Declare an operation that only reads."""
    roles = frozenset(by if isinstance(by, tuple) else (by,))
    return _register(lambda function: Operation(name, roles, False, function, None, in_house, "", personal))


class UnknownOperation(Refusal):
    """There is no operation of the name {name}."""

    type = "UnknownOperationException"
    stamped = False
