"""The two sets of tables, and the few kinds of column they are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Text

HOUSE = MetaData()
WORLD = MetaData()

_INTEGER = BigInteger().with_variant(Integer(), "sqlite")


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


def text(name: str, *, optional: bool = False, key: bool = False, unique: bool = False) -> Column[Any]:
    """Text; JSON where the value has parts."""
    return Column(name, Text, nullable=optional, primary_key=key, unique=unique)


def octets(name: str, *, optional: bool = False, key: bool = False, unique: bool = False) -> Column[Any]:
    """Bytes: digests and what was received."""
    return Column(name, LargeBinary, nullable=optional, primary_key=key, unique=unique)
