"""The writer: every command goes through here, and is acknowledged only after its commit.

This file has what both kinds share; `sqlite_writer.py` keeps commands in groups, `postgresql_writer.py`
in a few threads, one by one but for those of one lane.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from kempelen.errors import Unavailable
from kempelen.store.connection import Connection

_log = logging.getLogger("kempelen.writer")

Work = Callable[[Connection, int], Any]
Outcome = tuple[Any, BaseException | None]
Waiter = asyncio.Future[Any] | Future[Any]


@dataclass(slots=True)
class Command:
    """A piece of work for the writer: a function of a connection and the present moment."""

    work: Work
    waiter: Waiter
    loop: asyncio.AbstractEventLoop | None = None
    """The loop of an asyncio waiter."""


class Writer(ABC):
    """Takes commands, keeps them, and answers them after the commit."""

    @abstractmethod
    def run(self, work: Work, lane: int | None = None) -> Any:
        """Do the work and wait for its commit. Raises what the work raised, or `Unavailable`.

        What waits in one lane at the same time may share a transaction, and is done one after the other.
        """

    @abstractmethod
    async def run_async(self, work: Work, lane: int | None = None) -> Any:
        """As `run`, for callers on an event loop."""

    @property
    @abstractmethod
    def waiting(self) -> int:
        """How many commands wait now."""

    @abstractmethod
    def close(self) -> None:
        """Finish what waits, then stop."""


def unavailable(fault: BaseException) -> Unavailable:
    """The refusal for a commit that failed."""
    _log.error("a commit failed: %s", fault)
    refusal = Unavailable()
    refusal.__cause__ = fault
    return refusal


def answer(
    group: Sequence[Command], outcomes: Sequence[Outcome], *, here: asyncio.AbstractEventLoop | None = None
) -> None:
    """Tell everybody who waits; one wake-up for each event loop but the one we are called on."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Waiter, Outcome]]] = {}
    for command, outcome in zip(group, outcomes, strict=True):
        if command.loop is not None:
            loops.setdefault(command.loop, []).append((command.waiter, outcome))
        else:
            _tell(command.waiter, outcome)
    for loop, answers in loops.items():
        if loop is here:
            _wake(answers)
            continue
        try:
            loop.call_soon_threadsafe(_wake, answers)
        except RuntimeError:
            _log.warning("%d answers came after their loop had closed", len(answers))


def _wake(answers: Sequence[tuple[Waiter, Outcome]]) -> None:
    for waiter, outcome in answers:
        if not waiter.done():
            _tell(waiter, outcome)


def _tell(waiter: Waiter, outcome: Outcome) -> None:
    result, fault = outcome
    if fault is not None:
        waiter.set_exception(fault)
    else:
        waiter.set_result(result)
