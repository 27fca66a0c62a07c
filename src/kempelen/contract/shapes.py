"""Shapes of a service model compiled to closures, each shape once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

from kempelen.contract import scalars
from kempelen.contract.faults import Fault, WrongType
from kempelen.contract.limits import Constraint, Shape, of_model, of_ours
from kempelen.contract.scalars import Reader, Writer

NOT_NULL = "Member must not be null"


@dataclass(frozen=True, slots=True)
class Member:
    """One top-level member of an input or output."""

    name: str
    keyword: str
    """The name in snake case: the keyword argument of the operation's function."""
    shape: str
    type: str
    required: bool


class Shapes:
    """The shapes of one file. None may contain itself: depth is bounded by what the file spells out."""

    def __init__(self, shapes: Mapping[str, Shape], spelled: Callable[[str], str]) -> None:
        self._shapes = shapes
        self._spelled = spelled
        self._writers: dict[str, Writer] = {}

    def members(self, reference: Shape | None) -> Mapping[str, Member]:
        """The top-level members of the structure referred to, by their names in the contract."""
        structure: Shape = {} if reference is None else self._shapes[reference["shape"]]
        required = frozenset(structure.get("required", ()))
        return MappingProxyType(
            {
                name: Member(
                    name=name,
                    keyword=self._spelled(name),
                    shape=member["shape"],
                    type=self._shapes[member["shape"]]["type"],
                    required=name in required,
                )
                for name, member in structure.get("members", {}).items()
            }
        )

    def input_reader(self, reference: Shape | None) -> Reader:
        """Reads a whole payload; its top-level members come out in snake case."""
        structure: Shape = {"type": "structure"} if reference is None else self._shapes[reference["shape"]]
        return self._structure_reader(structure, self._spelled)

    def output_writer(self, reference: Shape | None) -> Writer:
        """Writes a whole answer."""
        return _structure_writer("an empty answer", {}) if reference is None else self._writer(reference)

    def _reader(self, reference: Shape) -> Reader:
        shape = self._shapes[reference["shape"]]
        kind = shape["type"]
        constraints = of_model(shape)
        for limits in (shape.get("kempelen", {}), reference.get("kempelen", {})):
            constraints += of_ours(limits, kind)
        if kind == "structure":
            assert not constraints, f"{reference} limits a structure"
            return self._structure_reader(shape, str)
        if kind == "list":
            return self._list_reader(shape["member"], constraints)
        if kind == "map":
            return _map_reader(self._reader(shape["key"]), self._reader(shape["value"]), constraints)
        return _constrained(scalars.READERS[kind], constraints)

    def _structure_reader(self, structure: Shape, spelled: Callable[[str], str]) -> Reader:
        required = frozenset(structure.get("required", ()))
        fields = tuple(
            (name, spelled(name), self._reader(member), name in required)
            for name, member in structure.get("members", {}).items()
        )

        def read(value: object, faults: list[Fault]) -> object:
            if not isinstance(value, dict):
                raise WrongType("an object", value)
            found = {}
            for name, key, read_member, is_required in fields:
                member = value.get(name)
                if member is None:
                    if is_required:
                        faults.append(Fault(None, NOT_NULL, path=[name]))
                    continue
                before = len(faults)
                try:
                    found[key] = read_member(member, faults)
                except WrongType as wrong:
                    wrong.path.append(name)
                    raise
                if len(faults) != before:
                    _lead(faults[before:], name)
            return found

        return read

    def _list_reader(self, reference: Shape, constraints: list[Constraint]) -> Reader:
        read_member = self._reader(reference)
        of_members = _text_of_members(self._shapes[reference["shape"]])

        def read(value: object, faults: list[Fault]) -> object:
            if not isinstance(value, list):
                raise WrongType("a list", value)
            if not _holds(value, constraints, faults):
                return value  # Its members are not looked at: there may be millions.
            before, found = len(faults), []
            for index, member in enumerate(value):
                found.append(_read_at(index, member, read_member, faults))
            if of_members and any(not fault.own for fault in islice(faults, before, None)):
                faults[before:] = [Fault(value, of_members)]
            return found

        return read

    def _writer(self, reference: Shape) -> Writer:
        name = reference["shape"]
        if name not in self._writers:
            self._writers[name] = self._made_writer(name, self._shapes[name])
        return self._writers[name]

    def _writers_of(self, structure: Shape) -> dict[str, tuple[type | None, Writer]]:
        return {
            name: (
                scalars.WRITTEN_AS_THEY_ARE.get(self._shapes[member["shape"]]["type"]),
                self._writer(member),
            )
            for name, member in structure.get("members", {}).items()
        }

    def _made_writer(self, name: str, shape: Shape) -> Writer:
        kind = shape["type"]
        if kind == "structure":
            return _structure_writer(name, self._writers_of(shape))
        if kind == "list":
            return _list_writer(self._writer(shape["member"]))
        if kind == "map":
            return _map_writer(self._writer(shape["value"]))
        return scalars.WRITERS[kind]


def _constrained(read_scalar: Reader, constraints: list[Constraint]) -> Reader:
    if not constraints:
        return read_scalar
    tests = tuple((constraint.holds, constraint.text, constraint.own) for constraint in constraints)

    def read(value: object, faults: list[Fault]) -> object:
        found = read_scalar(value, faults)
        for holds, text, own in tests:
            if not holds(found):
                faults.append(Fault(value, text, own=own))
        return found

    return read


def _map_reader(read_key: Reader, read_value: Reader, constraints: list[Constraint]) -> Reader:
    def read(value: object, faults: list[Fault]) -> object:
        if not isinstance(value, dict):
            raise WrongType("an object", value)
        if not _holds(value, constraints, faults):
            return value
        found = {}
        for key, member in value.items():
            if member is not None:
                read_at_key = _read_at(key, key, read_key, faults)
                found[read_at_key] = _read_at(key, member, read_value, faults)
        return found

    return read


def _read_at(part: str | int, member: object, read_member: Reader, faults: list[Fault]) -> object:
    before = len(faults)
    try:
        found = read_member(member, faults)
    except WrongType as wrong:
        wrong.path.append(part)
        raise
    if len(faults) != before:
        _lead(faults[before:], part)
    return found


def _lead(faults: Iterable[Fault], part: str | int) -> None:
    for fault in faults:
        fault.path.append(part)


def _holds(value: object, constraints: list[Constraint], faults: list[Fault]) -> bool:
    broken = [constraint for constraint in constraints if not constraint.holds(value)]
    faults += [Fault(value, constraint.text, own=constraint.own) for constraint in broken]
    return not broken


def _text_of_members(shape: Shape) -> str:
    """AWS's framework names a list of scalars as a whole when one member breaks a constraint."""
    texts = [constraint.text for constraint in of_model(shape)] if shape["type"] in scalars.READERS else []
    return f"Member must satisfy constraint: [{', '.join(texts)}]" if texts else ""


def _structure_writer(name: str, writers: Mapping[str, tuple[type | None, Writer]]) -> Writer:
    def write(value: Any) -> object:
        assert isinstance(value, dict), f"{name} is written from a dict, not from {value!r}"
        answer = {}
        for member, given in value.items():
            assert member in writers, f"{name} declares no member {member!r}"
            as_it_is, write_member = writers[member]
            if type(given) is as_it_is:
                answer[member] = given
            elif given is not None:
                answer[member] = write_member(given)
        return answer

    return write


def _list_writer(write_member: Writer) -> Writer:
    def write(value: Any) -> object:
        assert isinstance(value, list | tuple), f"{value!r} is neither a list nor a tuple"
        return [write_member(member) for member in value]

    return write


def _map_writer(write_member: Writer) -> Writer:
    def write(value: Any) -> object:
        return {key: write_member(member) for key, member in value.items() if member is not None}

    return write
