"""The two sets of tables, and the few kinds of column they are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, SmallInteger, Text

HOUSE = MetaData()
WORLD = MetaData()

_INTEGER = BigInteger().with_variant(Integer(), "sqlite")
_CODE = SmallInteger().with_variant(Integer(), "sqlite")
_COUNT = Integer()


def number(
    name: str, *, optional: bool = False, default: int | None = None, key: bool = False
) -> Column[Any]:
    """A whole number: a key, a count, milliseconds or minor units."""
    return Column(
        name,
        _INTEGER,
        nullable=optional,
        primary_key=key,
        autoincrement=False,
        server_default=None if default is None else str(default),
    )


def code(name: str) -> Column[Any]:
    """A number that stands for a word: at most some thousands."""
    return Column(name, _CODE, nullable=False)


def ordinal(name: str, *, default: int) -> Column[Any]:
    """Which time it is, the how-manieth: at most 2,147,483,647."""
    return Column(name, _COUNT, nullable=False, server_default=str(default))


def text(name: str, *, optional: bool = False, key: bool = False, unique: bool = False) -> Column[Any]:
    """Text; JSON where the value has parts."""
    return Column(name, Text, nullable=optional, primary_key=key, unique=unique)


def octets(name: str, *, optional: bool = False, key: bool = False, unique: bool = False) -> Column[Any]:
    """Bytes: digests and what was received."""
    return Column(name, LargeBinary, nullable=optional, primary_key=key, unique=unique)
