"""What SQLite and PostgreSQL have different words for, each as one expression or statement that both understand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Boolean, Connection, LargeBinary
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class as_bytes(FunctionElement[bytes]):  # noqa: N801  # written like the function that it is
    """A text as bytes: text that is none would fail the whole statement."""

    type = LargeBinary()
    inherit_cache = True


class is_broken(FunctionElement[bool]):  # noqa: N801
    """Whether a text is no JSON."""

    type = Boolean()
    inherit_cache = True


class not_by(FunctionElement[bool]):  # noqa: N801
    """The same truth value, which SQLite does not look up in an index that begins with the column."""

    type = Boolean()
    inherit_cache = True


def _register(element: type[FunctionElement[Any]], sqlite: str, postgresql: str) -> None:
    for dialect, form in (("sqlite", sqlite), ("postgresql", postgresql)):

        def compiled(found: FunctionElement[Any], compiler: Any, _form: str = form, **values: Any) -> str:
            return _form.format(compiler.process(found.clauses, **values))

        compiles(element, dialect)(compiled)


_register(as_bytes, "CAST({} AS BLOB)", "convert_to({}, 'UTF8')")
_register(is_broken, "json_valid({}) = 0", "heatline_json({}) IS NULL")  # a function of the migration
_register(not_by, "+{} = 1", "{}")


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that gives one JSON text, in the words of each database: each row that is fetched by itself waits for the
    interpreter where many ask at once. Values are called ``:name`` for SQLite and ``%(name)s`` for PostgreSQL."""

    sqlite: str
    postgresql: str

    def ask(self, connection: Connection, **values: object) -> list[Any]:
        """What it gives."""
        statement = self.sqlite if is_sqlite(connection) else self.postgresql
        return cast(list[Any], json.loads(connection.exec_driver_sql(statement, values).scalar_one()))


def is_sqlite(connection: Connection) -> bool:
    """Whether this is SQLite."""
    return connection.dialect.name == "sqlite"
