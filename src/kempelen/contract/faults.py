"""What is wrong with a payload, and the words in which it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from kempelen.errors import ParameterValidationError, ValidationException

LONGEST_ECHO = 256
"""Characters of a refused value that a message repeats."""
MOST_FAULTS_TOLD = 20
"""Faults a message spells out; it always says how many there were."""


@dataclass(slots=True)
class Fault:
    """One thing wrong with a payload; `path` is written from the inside out: names and indices from 0."""

    value: object
    text: str
    own: bool = False
    """A limit of ours rather than of the model."""
    path: list[str | int] = field(default_factory=list)


class WrongType(Exception):
    """A JSON value of another type than the contract's, or one that nothing can keep."""

    def __init__(self, expected: str, value: object) -> None:
        self.expected = expected
        self.value = value
        self.path: list[str | int] = []

    def told(self) -> str:
        """Where, what was expected, and what came."""
        where = _plain_path(self.path) or "The request"
        return f"{where}: expected {self.expected}, found {_kind(self.value)}."


def refuse(faults: list[Fault]) -> NoReturn:
    """All faults in one refusal, whose `facts["parameters"]` names the members for a form to point at."""
    broken = [fault for fault in faults if not fault.own]
    told = (broken or faults)[:MOST_FAULTS_TOLD]
    parameters = tuple(_plain_path(fault.path) for fault in told)
    if broken:
        plural = "" if len(broken) == 1 else "s"
        texts = "; ".join(_constraint_text(fault) for fault in told)
        raise ValidationException(
            f"{len(broken)} validation error{plural} detected: {texts}", parameters=parameters
        )
    raise ParameterValidationError(" ".join(_limit_text(fault) for fault in told), parameters=parameters)


def _constraint_text(fault: Fault) -> str:
    value = "null" if fault.value is None else f"'{_echo(fault.value)}'"
    return f"Value {value} at '{_coral_path(fault.path)}' failed to satisfy constraint: {fault.text}"


def _limit_text(fault: Fault) -> str:
    parameter = _plain_path(fault.path)
    return f'The value "{_echo(fault.value)}" is not valid for the parameter {parameter}. {fault.text}'


def _coral_path(path: list[str | int]) -> str:
    """As AWS spells it: only the first letter is lowered (`hITId`), list members count from 1."""
    return ".".join(
        f"{part + 1}.member" if isinstance(part, int) else _lowered(part) for part in reversed(path)
    )


def _lowered(name: str) -> str:
    return _echo(name[:1].lower() + name[1:])


def _plain_path(path: list[str | int]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else _echo(part) for part in reversed(path))


def _echo(value: object) -> str:
    """A value as a message may repeat it: short, and never something that cannot be encoded."""
    if not isinstance(value, list):
        return _echo_one(value)
    told = ", ".join(_echo_one(member) for member in value[:MOST_FAULTS_TOLD])
    return f"[{_shortened(told)}]" if len(value) <= MOST_FAULTS_TOLD else f"[{_shortened(told)}, …]"


def _echo_one(value: object) -> str:
    if isinstance(value, str):
        return _shortened(value).encode(errors="replace").decode()
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    return str(value) if not isinstance(value, int) or abs(value) < _LONGEST_INTEGER else "…"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…"


def _kind(value: object) -> str:
    if isinstance(value, str):
        return _UNKEEPABLE if is_broken(value) else f"the string {_echo(value)!r}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"the number {_echo(value)}"
    return "a list" if isinstance(value, list) else "an object"


def is_broken(value: str) -> bool:
    """NUL and lone surrogates: what JSON can spell and neither UTF-8 nor a database can keep."""
    if value.isascii():
        return "\0" in value
    try:
        return b"\0" in value.encode()
    except UnicodeEncodeError:
        return True


_UNKEEPABLE = "a string with NUL or half a surrogate pair"
_LONGEST_INTEGER = 10**40  # Python refuses to print integers of thousands of digits.
