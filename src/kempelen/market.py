"""The steps every outside request goes through, in order, in one world or in the house.

check · authorise · rate · prepare · what is due · transaction · events · answer. Doors call `run` or
`run_async` and nothing else; no door touches the database.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from kempelen import operations
from kempelen.clock import Clock, SteadyClock
from kempelen.contract import Contract
from kempelen.contract import Operation as Shape
from kempelen.errors import AccessDenied, Refusal, ThrottlingException
from kempelen.metrics import Observer
from kempelen.operation import REGISTER, SYSTEM, Actor, Call, Operation, Role, Traits, UnknownOperation
from kempelen.operations.ending.sweeps import SWEEPS, Sweep, rescue
from kempelen.rates import Rates
from kempelen.rules.ids import RandomSource, new_request_id
from kempelen.rules.policies import Request, decide, decide_without_facts
from kempelen.store import deadlines, events
from kempelen.store.accesses import Access, AccessLog
from kempelen.store.connection import Connection
from kempelen.store.database import Database
from kempelen.store.directory import Directory

log = logging.getLogger("kempelen.market")
operations.load()

Errand = Callable[[Mapping[str, Any]], None]
"""Something done outside after a commit, with what the operation answered. What it raises is the answer."""
ERRANDS = 4
WAITING_ERRANDS = 28
"""How many errands run at once, and how many may wait: more are refused as too fast."""
SLOW = 2
WAITING_SLOW = 62
"""How many passwords are looked at at once (64 MiB each), and how many may wait: more are refused."""
RECHECK = 1_000
"""How long the next deadline is believed, in milliseconds. Every deadline another process can set lies at
least thirty seconds ahead, so within this time none is missed."""
SETTLE_STEPS = 200
"""How many bounded sweep steps one call waits for at most."""


class Market:
    """One database with the operations that run in it."""

    def __init__(
        self,
        *,
        traits: Traits,
        database: Database,
        contracts: tuple[Contract, ...],
        clock: Clock,
        random: RandomSource,
        directory: Directory,
        rates: Rates,
        observer: Observer,
        in_house: bool = False,
        reader_threads: int = 8,
        errands: Mapping[str, Errand] | None = None,
    ) -> None:
        self.traits = traits
        self.database = database
        self.clock = SteadyClock(clock)
        self.random = random
        self.directory = directory
        self.in_house = in_house
        self._rates = rates
        self._observer = observer
        self._shapes: dict[str, tuple[Shape, str]] = {
            name: (shape, "mechanicalturk" if contract.target_prefix.startswith("MTurk") else "kempelen")
            for contract in contracts
            for name, shape in contract.operations.items()
        }
        self._readers = ThreadPoolExecutor(reader_threads, thread_name_prefix=f"reader-{traits.name}")
        self._errands = errands or {}
        self._runners = ThreadPoolExecutor(ERRANDS, thread_name_prefix=f"errand-{traits.name}")
        self._running = threading.BoundedSemaphore(ERRANDS + WAITING_ERRANDS)
        self._slow = ThreadPoolExecutor(SLOW, thread_name_prefix=f"slow-{traits.name}")
        self._slowing = threading.BoundedSemaphore(SLOW + WAITING_SLOW)
        self.accesses = AccessLog()
        self._next_due = 0
        self._due_read_at = -RECHECK

    def run(self, name: str, actor: Actor, payload: object, *, request_id: str = "") -> dict[str, Any]:
        """Run an operation and wait for its answer, as JSON-ready values in the contract's names.

        Raises a `Refusal` for everything that will not be done; anything else raised is a bug.
        """
        request_id = request_id or self.new_request_id()
        with self._observer.call(self.traits.name, name, actor, request_id):
            operation, shape, arguments, prepared = self._admitted(name, actor, payload)
            if self._is_due():
                self.settle()
            if operation.before is not None:
                prepared = self._before(operation, actor, arguments, prepared, request_id).result()
            if operation.writes:
                work = self._work(operation, actor, arguments, prepared, request_id)
                lane = actor.account if operation.together else None
                result, deadline = self.database.writer.run(work, lane)
                self._expect(deadline)
                if operation.after and not isinstance(result, Refusal):
                    result = self._errand(operation, result).result()
                return self._answered(shape, result)
            return shape.write(self._read(operation, actor, arguments, request_id))

    async def run_async(
        self, name: str, actor: Actor, payload: object, *, request_id: str = ""
    ) -> dict[str, Any]:
        """As `run`, for callers on an event loop."""
        request_id = request_id or self.new_request_id()
        with self._observer.call(self.traits.name, name, actor, request_id):
            operation, shape, arguments, prepared = self._admitted(name, actor, payload)
            if self._is_due():
                await self.settle_async()
            if operation.before is not None:
                slow = self._before(operation, actor, arguments, prepared, request_id)
                prepared = await asyncio.wrap_future(slow)
            if operation.writes:
                work = self._work(operation, actor, arguments, prepared, request_id)
                lane = actor.account if operation.together else None
                result, deadline = await self.database.writer.run_async(work, lane)
                self._expect(deadline)
                if operation.after and not isinstance(result, Refusal):
                    result = await asyncio.wrap_future(self._errand(operation, result))
                return self._answered(shape, result)
            if self.database.dialect == "sqlite":  # on the loop itself: as the writer, and for its reason
                return shape.write(self._read(operation, actor, arguments, request_id))
            loop = asyncio.get_running_loop()
            result = await loop.run_in_executor(
                self._readers, self._read, operation, actor, arguments, request_id
            )
            return shape.write(result)

    def system(self, work: Callable[[Call], Any]) -> Any:
        """Let a job do something in a transaction of its own; answers what it answers."""
        result, deadline = self.database.writer.run(self._system_work(work))
        self._expect(deadline)
        return result

    def read(self, work: Callable[[Call], Any]) -> Any:
        """Let a job or an audit read, outside any transaction."""
        return work(self._call(self.database.reader(), SYSTEM, self.clock(), self.new_request_id()))

    def settle(self) -> int:
        """Carry out what is due by now, in bounded steps; answers how many rows changed."""
        changed = 0
        for sweep in SWEEPS if not self.in_house else ():
            for _ in range(SETTLE_STEPS):
                try:
                    moved = int(self.system(sweep))
                except Exception as fault:
                    moved = self._rescued(sweep, fault)
                changed += moved
                if not moved:
                    break
        self._due_read_at = -RECHECK
        return changed

    async def settle_async(self) -> None:
        """As `settle`, for callers on an event loop."""
        for sweep in SWEEPS if not self.in_house else ():
            for _ in range(SETTLE_STEPS):
                try:
                    moved, deadline = await self.database.writer.run_async(self._system_work(sweep))
                    self._expect(deadline)
                except Exception as fault:
                    moved = await asyncio.to_thread(self._rescued, sweep, fault)
                if not moved:
                    break
        self._due_read_at = -RECHECK

    def _rescued(self, sweep: Sweep, fault: Exception) -> int:
        return rescue(self.system, sweep, fault)

    def check(self) -> None:
        """Raise if the database does not answer."""
        deadlines.next_due(self.database.reader()) if not self.in_house else self.directory.key("")

    def new_request_id(self) -> str:
        """A request id in the shape of a UUID."""
        return new_request_id(self.random)

    def close(self) -> None:
        """Stop reading and writing; what waits is finished first."""
        self._readers.shutdown(wait=True)
        self._runners.shutdown(wait=True)
        self._slow.shutdown(wait=True)
        self.database.close()

    def _admitted(
        self, name: str, actor: Actor, payload: object
    ) -> tuple[Operation, Shape, dict[str, Any], Any]:
        operation = REGISTER.get(name)
        known = self._shapes.get(name)
        if operation is None or known is None or operation.in_house is not self.in_house:
            raise UnknownOperation(name=name)
        shape, service = known
        self._authorise(operation, service, actor)
        self._rates.take(actor, self.clock())
        arguments = shape.check(payload)
        prepared = operation.prepare(arguments, self.traits) if operation.prepare is not None else None
        return operation, shape, arguments, prepared

    def _authorise(self, operation: Operation, service: str, actor: Actor) -> None:
        action = f"{service}:{operation.name}"
        denied = actor.role not in operation.by and actor.role is not Role.SYSTEM
        if not denied and actor.policies is not None:
            allowed = decide_without_facts(actor.policies, action)
            denied = not (self._fits(actor, action) if allowed is None else allowed)
        if denied:
            self.accesses.note(Access.REFUSED, actor, operation.name)
            user = f"arn:aws:iam::{actor.public_id}:{actor.credential or actor.role.name.lower()}"
            raise AccessDenied(user=user, action=action)

    def _fits(self, actor: Actor, action: str) -> bool:
        """Whether the actor's policies allow it here, now and from there."""
        assert actor.policies is not None
        context = {"kempelen:World": self.traits.name, "aws:SecureTransport": str(actor.secure).lower()}
        if actor.source_address:
            context["aws:SourceIp"] = actor.source_address
        if actor.user_agent:
            context["aws:UserAgent"] = actor.user_agent
        now = self.clock()
        context["aws:EpochTime"] = str(now // 1000)
        context["aws:CurrentTime"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now / 1000))
        return decide(actor.policies, Request(action, "*", context)).allowed

    def _errand(self, operation: Operation, facts: Mapping[str, Any]) -> Future[None]:
        """Do outside what an operation decided, in few threads of its own, so that nothing else waits."""
        if not self._running.acquire(blocking=False):
            raise ThrottlingException()
        future = self._runners.submit(self._errands[operation.after], facts)
        future.add_done_callback(lambda _: self._running.release())
        return future

    def _before(
        self, operation: Operation, actor: Actor, arguments: dict[str, Any], prepared: Any, request_id: str
    ) -> Future[Any]:
        """Do an operation's slow work on one of few threads. Raises `ThrottlingException` if many wait."""

        def work() -> Any:
            assert operation.before is not None
            call = self._call(self.database.reader(), actor, self.clock(), request_id)
            call.operation, call.prepared = operation.name, prepared
            return operation.before(call, arguments)

        if not self._slowing.acquire(blocking=False):
            raise ThrottlingException()
        future = self._slow.submit(work)
        future.add_done_callback(lambda _: self._slowing.release())
        return future

    def _work(
        self, operation: Operation, actor: Actor, arguments: Mapping[str, Any], prepared: Any, request_id: str
    ) -> Callable[[Connection, int], tuple[Any, int | None]]:
        def work(connection: Connection, now: int) -> tuple[Any, int | None]:
            call = self._call(connection, actor, now, request_id)
            call.operation, call.prepared = operation.name, prepared
            result = operation.function(call, **arguments)
            events.write(call)
            return call.refusal or result, call.deadline

        return work

    def _system_work(
        self, work: Callable[[Call], Any]
    ) -> Callable[[Connection, int], tuple[Any, int | None]]:
        request_id = self.new_request_id()

        def run(connection: Connection, now: int) -> tuple[Any, int | None]:
            call = self._call(connection, SYSTEM, now, request_id)
            result = work(call)
            events.write(call)
            return result, call.deadline

        return run

    def _read(self, operation: Operation, actor: Actor, arguments: Mapping[str, Any], request_id: str) -> Any:
        call = self._call(self.database.reader(), actor, self.clock(), request_id)
        call.operation = operation.name
        if operation.personal:
            self.accesses.note(Access.READ, actor, operation.name)
        return operation.function(call, **arguments)

    def _call(self, connection: Connection, actor: Actor, now: int, request_id: str) -> Call:
        return Call(
            connection,
            actor=actor,
            now=now,
            request_id=request_id,
            traits=self.traits,
            directory=self.directory,
            random=self.random,
        )

    def _answered(self, shape: Shape, result: Any) -> dict[str, Any]:
        if isinstance(result, Refusal):
            raise result
        if self.in_house:
            self.directory.forget()
        return shape.write(result)

    def _is_due(self) -> bool:
        if self.in_house:
            return False
        now = self.clock()
        if now - self._due_read_at >= RECHECK:
            self._next_due = deadlines.next_due(self.database.reader())
            self._due_read_at = now
        return now >= self._next_due

    def _expect(self, deadline: int | None) -> None:
        if deadline is not None and deadline < self._next_due:
            self._next_due = deadline
