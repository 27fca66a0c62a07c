"""Statements about the rows of a list of keys, whatever its length: one parameter in both dialects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

from kempelen.operation import Call


def among_keys(dialect: str, column: ColumnElement[int]) -> ColumnElement[bool]:
    """The column is one of the keys that are given as the parameter `keys`; see `as_keys`."""
    if dialect == "sqlite":
        keys = func.json_each(bindparam("keys")).table_valued("value")
        return column.in_(select(keys.c.value).scalar_subquery())
    return column == any_(bindparam("keys", type_=ARRAY(BigInteger)))


def as_keys(call: Call, keys: Sequence[int]) -> Any:
    """The keys as the parameter `keys` of a statement."""
    return json.dumps(keys) if call.connection.dialect == "sqlite" else list(keys)
