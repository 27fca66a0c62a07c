"""Statements: written with SQLAlchemy Core, compiled to text once per dialect, run on the driver's cursor.

Executing through Core costs two to three times as much as the drivers do, so Core is the compiler only.
Constants become literals (a parameter would hide a partial index from the planner), so the only parameters
left are the ones the caller must give, by name.

Rows that are only added are given one by one on SQLite, and on PostgreSQL, where each statement costs a
message, all of them to one statement, as JSON (`given`, `added`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from operator import itemgetter
from typing import Any, ClassVar

from sqlalchemy import JSON, ColumnClause, FromClause, Table, bindparam, cast, column, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.elements import BindParameter

Statement = ClauseElement | Callable[[str], ClauseElement]


class _LiteralCompiler:
    """Mixed into a dialect's compiler: a parameter that has a value is written out as a literal."""

    def visit_bindparam(self, bindparam: BindParameter[Any], **how: Any) -> str:
        if not bindparam.required:
            how["literal_binds"] = True
        text: str = super().visit_bindparam(bindparam, **how)  # type: ignore[misc]
        return text


class _SQLiteCompiler(_LiteralCompiler, sqlite.dialect.statement_compiler):  # type: ignore[misc,name-defined]
    pass


class _PostgreSQLCompiler(_LiteralCompiler, postgresql.dialect.statement_compiler):  # type: ignore[misc,name-defined]
    pass


class _SQLite(sqlite.dialect):  # type: ignore[misc,valid-type]
    statement_compiler = _SQLiteCompiler
    supports_statement_cache = False


class _PostgreSQL(postgresql.dialect):  # type: ignore[misc,valid-type]
    statement_compiler = _PostgreSQLCompiler
    supports_statement_cache = False


DIALECTS: dict[str, Any] = {
    "sqlite": _SQLite(paramstyle="named"),
    "postgresql": _PostgreSQL(paramstyle="pyformat"),
}


def given(*columns: ColumnClause[Any]) -> FromClause:
    """All sets of parameters of a statement that is `whole`, as rows with these columns; on PostgreSQL only.

    Of json_to_recordset: https://www.postgresql.org/docs/current/functions-json.html, table 9.50.
    """
    rows = func.json_to_recordset(cast(bindparam("rows"), JSON))
    names = [column(each.name, each.type) for each in columns]
    return rows.table_valued(*names, name="given").render_derived(with_types=True)


def added(table: Table, *names: str, adds: tuple[str, ...] = (), raises: tuple[str, ...] = ()) -> Sql:
    """Add rows with these columns, or with all. For `adds` and `raises` see `Sql`."""
    columns = [table.c[name] for name in names] if names else [*table.c]

    def build(dialect: str) -> ClauseElement:
        if dialect == "sqlite":
            return insert(table).values({each.name: bindparam(each.name) for each in columns}).inline()
        rows = select(given(*columns))
        return insert(table).from_select([each.name for each in columns], rows, include_defaults=False)

    return Sql(build, adds=adds, raises=raises, whole=True)


class Sql:
    """One statement for both dialects.

    `statement` is a Core statement, or a function of the dialect's name (`sqlite`, `postgresql`) where the
    two must differ. Every parameter is a `bindparam` without a value.

    A statement that only adds to a row can be run once for several additions: `adds` names the parameters
    that are summed then, `raises` those of which the highest counts.

    A statement that is `whole` is run on PostgreSQL by `Connection.many` only (and so by `later` and `add`),
    once for all sets of parameters, which it takes from `given`.
    """

    every: ClassVar[list[Sql]] = []

    def __init__(
        self,
        statement: Statement,
        *,
        adds: tuple[str, ...] = (),
        raises: tuple[str, ...] = (),
        whole: bool = False,
    ) -> None:
        self._statement = statement
        self.whole = whole
        self._adds = adds
        self._raises = raises
        Sql.every.append(self)

    @cached_property
    def sqlite(self) -> str:
        """The text for SQLite, with `:name` parameters."""
        return self._compiled("sqlite")

    @cached_property
    def postgresql(self) -> str:
        """The text for PostgreSQL, with `%(name)s` parameters."""
        return self._compiled("postgresql")

    def merged(self, parameters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same additions in as few runs as there are rows to add to."""
        if not self._adds or len(parameters) == 1:
            return parameters
        merged: dict[Any, dict[str, Any]] = {}
        free = {*self._adds, *self._raises}
        row_of = itemgetter(*(name for name in parameters[0] if name not in free))
        for each in parameters:
            row = row_of(each)
            first = merged.get(row)
            if first is None:
                merged[row] = dict(each)
                continue
            for name in self._adds:
                first[name] += each[name]
            for name in self._raises:
                first[name] = max(first[name], each[name])
        return list(merged.values())

    def _compiled(self, dialect: str) -> str:
        statement = self._statement(dialect) if callable(self._statement) else self._statement
        compiled = statement.compile(dialect=DIALECTS[dialect])
        if not isinstance(compiled, DDLCompiler):
            binds = compiled.binds.values()  # type: ignore[attr-defined]
            required = [bind for bind in binds if bind.required]
            names = {compiled.bind_names[bind] for bind in required}  # type: ignore[attr-defined]
            stray = {name for name in compiled.bind_names.values() if name not in names}  # type: ignore[attr-defined]
            used = {name for name in stray if f":{name}" in str(compiled) or f"%({name})" in str(compiled)}
            assert not used, f"constants were left as parameters: {used} in {compiled}"
        return str(compiled)
