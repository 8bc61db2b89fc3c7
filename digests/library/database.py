"""Opens the database: one SQLite file in WAL mode, migrated on first use; every transaction is a read or a write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError

from digests.errors import LibraryError
from digests.library.watchdog import Watchdog

_T = TypeVar("_T")

BATCH = 500
"""Rows or bound values a statement: far below every database's limit."""

_BUSY_SECONDS = 30
_KEPT, _MORE = 16, 48  # connections that stay open, and that are opened beside them and closed again
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a claim that a power cut undoes would be posted again
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -16000",
    "PRAGMA temp_store = MEMORY",
    "CREATE TEMP TABLE touched (url TEXT PRIMARY KEY) WITHOUT ROWID",  # see digests.library.store
)


class TookTooLongError(LibraryError):
    """A read took longer than it may."""


@dataclass(frozen=True, slots=True)
class Migrations:
    """A history of schema steps: its package folder, the table that remembers the step reached, and the newest step."""

    folder: Path
    version_table: str
    head: str


class Database:
    """A database by its URL. Safe to share between threads; each transaction takes a connection of its own.

    Raises:
        LibraryError: On opening, for a URL that is none, a folder that is not there, or a file that is no database.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        # Each connection has its own cache, so the one that was used last is the next; many may ask at once.
        self._engine = create_engine(
            self.url,
            connect_args={"timeout": _BUSY_SECONDS},
            pool_size=_KEPT,
            max_overflow=_MORE,
            pool_use_lifo=True,
        )
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)
        self._upgraded: set[Migrations] = set()
        self._watchdog = Watchdog()

    def __repr__(self) -> str:
        return f"Database({self.url.render_as_string(hide_password=True)!r})"

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self, seconds: float | None = None) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing.

        Raises:
            TookTooLongError: When it took longer than so many seconds.
        """
        with self._errors(), self._engine.connect() as connection:
            if seconds is None:
                yield connection
                return
            driver = connection.connection.driver_connection
            with self._watchdog.over(cast(sqlite3.Connection, driver), seconds):
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; takes the write lock at once, commits at the end, rolls back on an error."""
        with (
            self._errors(),
            self._engine.connect().execution_options(heatline_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def upgrade(self, migrations: Migrations) -> None:
        """Bring the schema to the newest step; a schema newer than this program is refused, untouched.

        Every store of a history asks for it; the database is looked at once.
        """
        if migrations in self._upgraded:
            return
        if self._step(migrations) != migrations.head:
            self._climb(migrations)
        self._upgraded.add(migrations)

    def _climb(self, migrations: Migrations) -> None:
        # Alembic takes longer to import than all else here; a database that is up to date does without it.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(migrations.folder))
        config.attributes["version_table"] = migrations.version_table
        try:
            with self.write() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, migrations.head)
        except CommandError as error:
            raise LibraryError(
                f"database {self} was made by a newer Heatline ({error}): update Heatline, or name another database"
            ) from error

    def _step(self, migrations: Migrations) -> str | None:
        with self.read() as connection:
            if not inspect(connection).has_table(migrations.version_table):
                return None
            # The table's name is a constant of ours, never input.
            return connection.execute(text(f"SELECT version_num FROM {migrations.version_table}")).scalar()  # noqa: S608

    def close(self) -> None:
        """Give every connection back; the next use opens new ones."""
        self._engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise TookTooLongError(f"database {self}: it took too long") from error
            raise LibraryError(f"database {self}: {error.orig}") from error
        except SQLAlchemyError as error:
            raise LibraryError(f"database {self}: {error}") from error


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise LibraryError("the database URL cannot be read: write it as sqlite:///path/to/heatline.db") from error
    if parsed.get_backend_name() != "sqlite":
        raise LibraryError(
            f"database {parsed.render_as_string(hide_password=True)!r} is not SQLite: "
            "this version keeps its library in SQLite, such as sqlite:///heatline.db"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise LibraryError("the library needs a file, such as sqlite:///heatline.db: in memory it would forget all")
    folder = Path(parsed.database).absolute().parent
    if not folder.is_dir():
        raise LibraryError(f"the folder {folder} of the database is not there: create it, or name another")
    return parsed


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin by itself, and late; see _begin
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A read that turns into a write cannot wait for its turn in SQLite; so writers take the lock first.
    write = connection.get_execution_options().get("heatline_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert unless a unique key is taken; says whether it did. Both databases decide this atomically."""
    key: Iterable[Any] = table.primary_key.columns
    inserted = _or_nothing(connection, table).values(dict(row)).returning(*key)
    return connection.execute(inserted).first() is not None


def insert_all_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert each row unless a unique key of it is taken."""
    if rows:
        connection.execute(_or_nothing(connection, table), rows)


def _or_nothing(connection: Connection, table: Table) -> Any:
    statement: Any = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    return statement.on_conflict_do_nothing()


def batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The items in order, as many at a time as a statement takes."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
