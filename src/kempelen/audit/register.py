"""What an invariant is, and the list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from kempelen.operation import Traits
from kempelen.store.audit.pages import walk
from kempelen.store.connection import Connection, Row
from kempelen.store.sql import Sql

MOST_SHOWN = 100
"""How many violations of one invariant are spelled out."""


class Where(Enum):
    """The databases an invariant is about."""

    WORLD = "world"
    HOUSE = "house"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit says of one invariant in one database."""

    name: str
    """Its name in docs/reference/invariants.md, such as `I1`."""
    sentence: str
    """What must be true."""
    checked: int
    """How many rows were looked at."""
    violations: tuple[str, ...]
    """The first hundred that break it, each with its ids."""
    found: int
    """How many break it in all."""
    database: str
    """`production`, `sandbox` or `house`."""


@dataclass(slots=True)
class Look:
    """One invariant looking at one moment of a database."""

    connection: Connection
    house: Connection
    traits: Traits
    settled_at: int
    """Everything that fell due by this moment, in milliseconds, has been carried out."""
    checked: int = field(default=0)

    @property
    def in_house(self) -> bool:
        """Whether this is the house itself."""
        return self.connection is self.house

    def through(self, pages: Sql, statement: Sql, **parameters: object) -> Iterator[Row]:
        """What the statement says of all pages, row by row; counts what it walked over."""
        return self._through(self.connection, pages, statement, **parameters)

    def through_house(self, pages: Sql, statement: Sql) -> Iterator[Row]:
        """As `through`, in the house; counts nothing."""
        for _, rows in walk(self.house, pages, statement):
            yield from rows

    def _through(
        self, connection: Connection, pages: Sql, statement: Sql, **parameters: object
    ) -> Iterator[Row]:
        for count, rows in walk(connection, pages, statement, **parameters):
            self.checked += count
            yield from rows


Test = Callable[[Look], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must always be true, and how to find where it is not."""

    name: str
    sentence: str
    where: Where
    test: Test

    def looked_at(self, look: Look) -> Finding:
        """Look everywhere; the violations in order, the first hundred in words."""
        shown: list[str] = []
        found = 0
        for violation in self.test(look):
            found += 1
            if len(shown) < MOST_SHOWN:
                shown.append(violation)
        return Finding(self.name, self.sentence, look.checked, tuple(shown), found, look.traits.name)


INVARIANTS: list[Invariant] = []
"""Every invariant, in the order in which it is audited."""


def invariant(name: str, *, where: Where = Where.WORLD) -> Callable[[Test], Test]:
    """Put a function into the register; its docstring is the invariant's sentence."""

    def add(test: Test) -> Test:
        assert name not in {each.name for each in INVARIANTS}, f"{name} is declared twice"
        sentence = " ".join((test.__doc__ or "").split())
        assert sentence, f"{name} says nothing"
        INVARIANTS.append(Invariant(name, sentence, where, test))
        return test

    return add
