"""Playing a story: requests that any client can make, and what others do in between."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from kempelen.clock import HandClock
from people import Requester, Worker
from services.serving import Served


class Refused(Exception):
    """What a client made of a refusal."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Client(Protocol):
    """Whatever sends requests: `client("GetHIT", {"HITId": "3…"})`. Raises `Refused`."""

    def __call__(self, operation: str, members: Mapping[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class When:
    """A moment in a request, in seconds since 1970: every client has its own way to write one."""

    seconds: int


@dataclass(slots=True)
class Cast:
    """Who plays, where, and what is known by now."""

    served: Served
    world: str
    rosa: Requester
    wei: Worker
    ana: Worker
    kept: dict[str, Any]
    follows_the_day: bool = False
    """Whether the clock is turned to the machine's before each request, for clients that sign by it."""

    def tick(self) -> None:
        """Turn the clock to the present where clients sign by it."""
        clock = self.served.app.clock
        if self.follows_the_day and isinstance(clock, HandClock):
            clock.advance(max(0, time.time_ns() // 1_000_000 - clock()))


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: its members (`"$name"` stands for what was kept), what the answer shows and what is kept.

    Paths into answers are written with dots: `Assignments.0.WorkerId`. What is shown is a value or a claim
    about one. `refused` is part of the refusal that must come.
    """

    operation: str
    members: Mapping[str, Any] = field(default_factory=dict)
    shows: Mapping[str, Any] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody else does, or what must be true by now."""

    does: Callable[[Cast], None]


Story = Sequence[Ask | Deed]


def play(story: Story, cast: Cast, client: Client) -> set[str]:
    """Play it from beginning to end; answers the operations that were done. What is wrong is an assertion."""
    done: set[str] = set()
    for number, step in enumerate(story):
        cast.tick()
        if isinstance(step, Deed):
            step.does(cast)
            continue
        said = f"step {number}, {step.operation}"
        try:
            answer = client(step.operation, filled(step.members, cast.kept))
        except Refused as refusal:
            assert step.refused and step.refused in refusal.message, f"{said}: {refusal}"
            assert refusal.code == "RequestError", f"{said}: {refusal}"
            continue
        assert not step.refused, f"{said} was not refused with {step.refused!r}"
        for path, wanted in filled(step.shows, cast.kept).items():
            found = at(answer, path)
            assert wanted(found) if callable(wanted) else found == wanted, f"{said}: {path} is {found!r}"
        cast.kept |= {name: at(answer, path) for name, path in step.keeps.items()}
        done.add(step.operation)
    return done


def filled(value: Any, kept: Mapping[str, Any]) -> Any:
    """The same with what was kept in the place of `"$name"`."""
    if isinstance(value, str) and value.startswith("$"):
        return kept[value[1:]]
    if isinstance(value, Mapping):
        return {name: filled(each, kept) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, kept) for each in value]
    return value


def encoded(value: Any, moment: Callable[[int], Any]) -> Any:
    """The same with each `When` as a client writes moments."""
    if isinstance(value, When):
        return moment(value.seconds)
    if isinstance(value, Mapping):
        return {name: encoded(each, moment) for name, each in value.items()}
    if isinstance(value, list):
        return [encoded(each, moment) for each in value]
    return value


def at(answer: Any, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    for name in path.split("."):
        if isinstance(answer, list):
            answer = answer[int(name)] if int(name) < len(answer) else None
        else:
            answer = (answer or {}).get(name)
    return answer


def seconds(moment: Any) -> float:
    """A moment of an answer in seconds since 1970, whatever the client makes of moments."""
    if isinstance(moment, int | float):
        return float(moment)
    if isinstance(moment, str):
        moment = datetime.datetime.fromisoformat(moment)
    assert isinstance(moment, datetime.datetime) and moment.tzinfo, moment
    return moment.timestamp()
