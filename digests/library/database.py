"""Opens the database, SQLite or PostgreSQL, migrated on first use; every transaction is a read or a write."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, MetaData, Table, inspect, text

# SQLite's compiler understands this one as well, and not the other way round.
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, SQLAlchemyError

from digests.errors import LibraryError
from digests.library.backend import Backend, TookTooLongError
from digests.library.postgres import Postgres
from digests.library.sqlite import Sqlite

__all__ = [
    "BATCH",
    "Database",
    "Door",
    "History",
    "Migrations",
    "TookTooLongError",
    "batches",
    "close_door",
    "insert_new",
    "shown",
    "upsert",
]

_T = TypeVar("_T")

BATCH = 500
"""Rows or bound values a statement: far below every database's limit."""


@dataclass(frozen=True, slots=True)
class Migrations:
    """A history of schema steps: its package folder, the table that remembers the step reached, and the newest step."""

    folder: Path
    version_table: str
    head: str


@dataclass(frozen=True, slots=True)
class History:
    """The steps of some tables, and the tables as the newest one leaves them."""

    migrations: Migrations
    tables: MetaData


class Door(StrEnum):
    """Why a database is closed. It stands before the newest step in the tables of versions, so no Heatline opens it."""

    copying = "copying"
    copied = "copied"
    moved = "moved"


_CLOSED: Mapping[str, str] = {
    Door.copying: "is a copy that was not finished: let `heatline db copy SRC DST` run to its end",
    Door.copied: "is a copy that still lacks what came since: stop the bot, then run `heatline db copy SRC DST --finish`",
    Door.moved: "was moved to another database, which HEATLINE_DATABASE_URL should name; "
    "if it is to be used again all the same: `heatline db reopen`",
}


class Database:
    """A database by its URL. Safe to share between threads; each transaction takes a connection of its own.

    Raises:
        LibraryError: On opening, for a URL that is none, a folder that is not there, or a file that is no database.
    """

    def __init__(self, url: str) -> None:
        self._backend = _backend(url)
        self._engine = self._backend.engine()
        self._turn = "library"
        self._shared = threading.local()
        self._upgraded: set[Migrations] = set()

    def __repr__(self) -> str:
        return f"Database({str(self)!r})"

    def __str__(self) -> str:
        return shown(self.url)

    @property
    def url(self) -> URL:
        """Where it is."""
        return self._backend.url

    @property
    def dialect(self) -> str:
        """What it speaks: sqlite or postgresql."""
        return self._engine.dialect.name

    @property
    def exists(self) -> bool:
        """Whether it is there, as far as that is known without connecting: opened, a file would be made."""
        return self._backend.exists

    def others(self) -> bool:
        """Whether another process has it open."""
        self.close()
        with self._errors():
            return self._backend.others(self._engine)

    @contextmanager
    def bare(self) -> Iterator[Any]:
        """A connection as the driver has it, outside of any transaction: for what cannot be part of one."""
        with self._errors():
            connection = self._engine.raw_connection()
            try:
                self._backend.by_itself(connection.driver_connection)
                yield connection.driver_connection
            finally:
                connection.invalidate()

    def apart(self, turn: str) -> Database:
        """The same database for a store that writes by itself: its writes wait for each other and for nobody else's, where the
        database can do that."""
        other = object.__new__(Database)
        other.__dict__.update(self.__dict__, _turn=turn)
        return other

    @property
    def _reading(self) -> Connection | None:
        """The transaction that this thread reads in."""
        return getattr(self._shared, "connection", None)

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Within it all that this thread reads is of one state, in one transaction: to begin and end one takes as long as many
        a read. What is read after something took too long is of a newer state."""
        if self._reading is not None:
            yield
            return
        with self._errors(), self._backend.reading(self._engine) as connection:
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = None

    @contextmanager
    def read(self, seconds: float | None = None) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing.

        Raises:
            TookTooLongError: When it took longer than so many seconds.
        """
        shared = self._reading
        with (
            self._errors(),
            self._backend.reading(self._engine) if shared is None else nullcontext(shared) as connection,
        ):
            try:
                with nullcontext() if seconds is None else self._backend.promptly(connection, seconds):
                    yield connection
            except BaseException:
                connection.rollback()  # after an error PostgreSQL takes nothing more in this transaction
                raise

    @contextmanager
    def write(self, *, beside: bool = False) -> Iterator[Connection]:
        """A transaction that may write; waits for its turn first, commits at the end, rolls back on an error.

        ``beside`` others of the same store where the database can do that: for what one row, or one statement, decides.
        """
        with (
            self._errors(),
            self._backend.writing(self._engine, None if beside else self._turn) as connection,
        ):
            yield connection

    def upgrade(self, migrations: Migrations) -> None:
        """Bring the schema to the newest step; a schema newer than this program is refused, untouched, and so is a database
        that is closed.

        Every store of a history asks for it; the database is looked at once.
        """
        if migrations in self._upgraded:
            return
        step = self.step(migrations)
        if (door := _door(step)) is not None:
            raise LibraryError(f"database {self} {_CLOSED[door]}")
        if step != migrations.head:
            self._climb(migrations, anew=step is None)
        self._upgraded.add(migrations)

    def step(self, migrations: Migrations) -> str | None:
        """The newest step of a history that was taken; None for none."""
        with self.read() as connection:
            if not inspect(connection).has_table(migrations.version_table):
                return None
            # The table's name is a constant of ours, never input.
            return connection.execute(text(f"SELECT version_num FROM {migrations.version_table}")).scalar()  # noqa: S608

    def door(self, migrations: Migrations) -> Door | None:
        """Why it is closed; None for open."""
        return _door(self.step(migrations))

    def _climb(self, migrations: Migrations, *, anew: bool) -> None:
        # Alembic takes longer to import than all else here; a database that is up to date does without it.
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(migrations.folder))
        config.attributes["version_table"] = migrations.version_table
        try:
            with self._errors(), self._backend.climbing(self._engine, anew=anew) as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, migrations.head)
        except CommandError as error:
            raise LibraryError(
                f"database {self} was made by a newer Heatline ({error}): update Heatline, or name another database"
            ) from error

    def close(self) -> None:
        """Give every connection back; the next use opens new ones."""
        self._engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if self._backend.took_too_long(error):
                raise TookTooLongError(f"database {self}: it took too long") from error
            raise LibraryError(f"database {self}: {self._backend.said(error)}") from error
        except SQLAlchemyError as error:
            raise LibraryError(f"database {self}: {error}") from error
        except self._engine.dialect.loaded_dbapi.Error as error:  # what was asked of the driver itself
            raise LibraryError(f"database {self}: {' '.join(str(error).split())}") from error


def _backend(url: str) -> Backend:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise LibraryError(
            "the database URL cannot be read: write it as sqlite:///path/to/heatline.db "
            "or postgresql+psycopg://user:password@host/database"
        ) from error
    backends: Mapping[str, type[Backend]] = {"sqlite": Sqlite, "postgresql": Postgres, "postgres": Postgres}
    backend = backends.get(parsed.drivername.partition("+")[0])
    if backend is None:
        raise LibraryError(
            f"database {shown(parsed)!r} is neither SQLite nor PostgreSQL: "
            "write sqlite:///path/to/heatline.db or postgresql+psycopg://user:password@host/database"
        )
    return backend(parsed)


def _door(step: str | None) -> Door | None:
    word = (step or "").rpartition(" ")[0]
    return Door(word) if word in _CLOSED else None


def shown(url: URL) -> str:
    """An address as it may be shown: without the password, also where that stands among the options."""
    secret = {name: "hidden" for name in url.query if "password" in name.casefold()}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


def close_door(connection: Connection, histories: Iterable[History], door: Door | None) -> None:
    """Close a database at the newest step of its histories, or open it again, within a transaction."""
    for history in histories:
        step = history.migrations.head if door is None else f"{door} {history.migrations.head}"
        # The table's name is a constant of ours, never input.
        statement = text(f"UPDATE {history.migrations.version_table} SET version_num = :step")  # noqa: S608
        connection.execute(statement, {"step": step})


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert unless a unique key is taken; says whether it did. Both databases decide this atomically."""
    key: Iterable[Any] = table.primary_key.columns
    inserted = upsert(table).values(dict(row)).on_conflict_do_nothing().returning(*key)
    return connection.execute(inserted).first() is not None


def insert_all_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert each row unless a unique key of it is taken."""
    if rows:
        connection.execute(upsert(table).on_conflict_do_nothing(), rows)


def batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The items in order, as many at a time as a statement takes."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
