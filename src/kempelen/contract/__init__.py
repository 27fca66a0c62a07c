"""Service models in botocore's format, compiled once to checks and writers.

A file under `contracts/` says what every operation takes and answers: names, types, what is required,
patterns, enumerations, lengths and ranges. `load` turns it into closures, so that a call costs microseconds
and nothing is looked up twice. The folder is laid out as botocore wants a search path to be
(`mturk/2017-01-17/service-2.json`), so the file that the server checks with is the file that the SDK is made
from, and `AWS_DATA_PATH` may point at it.

Limits which botocore's format has no word for stand beside a shape reference, or in a shape, under the key
`kempelen`, which botocore ignores. Breaking one is a `ParameterValidationError`; breaking the model itself
is a `ValidationException`:

    min, max              characters of a string, value of a number, members of a list
    minBytes, maxBytes    length of a string in UTF-8
    minAmount, maxAmount  dollars, as a string
    without               "line breaks" or "control characters"
    oneOf                 the strings that are allowed
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kempelen.contract.faults import Fault, WrongType, refuse
from kempelen.contract.limits import Shape
from kempelen.contract.scalars import Reader, Writer
from kempelen.contract.shapes import Member, Shapes
from kempelen.errors import SerializationException

__all__ = ["FOLDER", "MTURK", "Contract", "Member", "Operation", "load", "snake_case"]

FOLDER = Path(__file__).parent.parent / "contracts"
"""Every service model we speak, laid out as a search path of botocore."""
MTURK = FOLDER / "mturk" / "2017-01-17" / "service-2.json"
"""The 39 operations of the MTurk Requester API, version 2017-01-17."""


@cache
def load(file: Path) -> Contract:
    """The contract a service model file describes. Raises `AssertionError` for limits it does not know."""
    model = json.loads(file.read_text(encoding="utf-8"))
    metadata = model["metadata"]
    shapes = Shapes(model["shapes"], snake_case)
    operations = {name: _operation(facts, shapes) for name, facts in model["operations"].items()}
    return Contract(
        target_prefix=metadata["targetPrefix"],
        signing_name=metadata.get("signingName", metadata.get("endpointPrefix", "")),
        operations=MappingProxyType(operations),
        model=MappingProxyType(model),
    )


@dataclass(frozen=True, slots=True)
class Contract:
    """All operations of one service model."""

    target_prefix: str
    """What stands before the dot of `X-Amz-Target`."""
    signing_name: str
    """The service in the scope of a signature."""
    operations: Mapping[str, Operation]
    model: Mapping[str, Any] = field(repr=False)
    """The file itself, for pages and tools that describe shapes."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what it takes and what it answers."""

    name: str
    idempotent: bool
    input_members: Mapping[str, Member]
    output_members: Mapping[str, Member]
    keyword_names: frozenset[str]
    required_keyword_names: frozenset[str]
    _read: Reader = field(repr=False)
    _write: Writer = field(repr=False)

    def check(self, payload: object) -> dict[str, Any]:
        """The keyword arguments that a decoded JSON body holds.

        Top-level names become snake case; structures below keep the contract's names; nulls and unknown
        members are dropped; timestamps become integer UTC milliseconds. Raises `SerializationException` for
        a wrong JSON type, else `ValidationException` or `ParameterValidationError` with all faults at once.
        """
        faults: list[Fault] = []
        try:
            keywords = self._read(payload, faults)
        except WrongType as wrong:
            raise SerializationException(wrong.told()) from None
        if faults:
            refuse(faults)
        assert isinstance(keywords, dict)
        return keywords

    def write(self, result: dict[str, Any] | None) -> dict[str, Any]:
        """The JSON-ready answer: milliseconds become epoch seconds, members that are None are left out.

        A member which the contract does not declare, or one of another type, is a bug: `AssertionError`.
        """
        answer = self._write({} if result is None else result)
        assert isinstance(answer, dict)
        return answer


_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z]s(?:[A-Z]|$))")


def snake_case(name: str) -> str:
    """The Python spelling of a contract name: `HITTypeId` is hit_type_id, `HITs` is hits."""
    return _WORD_STARTS.sub("_", name).lower()


def _operation(facts: Shape, shapes: Shapes) -> Operation:
    members = shapes.members(facts.get("input"))
    return Operation(
        name=facts["name"],
        idempotent=bool(facts.get("idempotent", False)),
        input_members=members,
        output_members=shapes.members(facts.get("output")),
        keyword_names=frozenset(member.keyword for member in members.values()),
        required_keyword_names=frozenset(member.keyword for member in members.values() if member.required),
        _read=shapes.input_reader(facts.get("input")),
        _write=shapes.output_writer(facts.get("output")),
    )
