"""SQLite: one file in WAL mode. Readers never wait; one transaction writes at a time, whatever it writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from digests.errors import LibraryError
from digests.library.backend import Backend
from digests.library.watchdog import Watchdog

ROOMY = "heatline roomy"
_BUSY_SECONDS = 30
_KEPT, _MORE = 16, 48  # connections that stay open, and that are opened beside them and closed again
_PRAGMAS = (
    "PRAGMA page_size = 8192",  # of a new file: of an article's row six fit into 4096, and a sixth of that is left empty
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a claim that a power cut undoes would be posted again
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -16000",
    "PRAGMA temp_store = MEMORY",
    "CREATE TEMP TABLE touched (url TEXT PRIMARY KEY) WITHOUT ROWID",  # see digests.library.store
)


class Sqlite(Backend):
    """A file."""

    def __init__(self, url: URL) -> None:
        super().__init__(url)
        self._watchdog = Watchdog()
        if not url.database or url.database == ":memory:":
            raise LibraryError("the library needs a file, such as sqlite:///heatline.db: in memory it would forget all")
        folder = Path(url.database).absolute().parent
        if not folder.is_dir():
            raise LibraryError(f"the folder {folder} of the database is not there: create it, or name another")

    def engine(self) -> Engine:
        """Each connection has its own cache, so the one that was used last is the next; many may ask at once."""
        engine = create_engine(
            self.url,
            connect_args={"timeout": _BUSY_SECONDS},
            pool_size=_KEPT,
            max_overflow=_MORE,
            pool_use_lifo=True,
        )
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine

    def reading(self, engine: Engine) -> AbstractContextManager[Connection]:
        """See `Backend.reading`."""
        return engine.connect()

    def promptly(self, connection: Connection, seconds: float) -> AbstractContextManager[None]:
        """See `Backend.promptly`."""
        return self._watchdog.over(cast(sqlite3.Connection, connection.connection.driver_connection), seconds)

    @contextmanager
    def writing(self, engine: Engine, turn: str | None) -> Iterator[Connection]:  # noqa: ARG002  # there is one turn for all
        """See `Backend.writing`."""
        with engine.connect().execution_options(heatline_write=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def climbing(self, engine: Engine, *, anew: bool) -> Iterator[Connection]:
        """See `Backend.climbing`. What is sorted on the way goes into files: memory might not have room for a library. A step
        that leaves much room in the file says so by `ROOMY` in the connection's info."""
        with engine.connect().execution_options(heatline_write=True) as connection:
            cast(sqlite3.Connection, connection.connection.driver_connection).execute("PRAGMA temp_store = FILE")
            try:
                with connection.begin():
                    yield connection
                roomy = ROOMY in connection.info and not anew
            finally:
                connection.invalidate()  # its tables in memory are gone
        if roomy:
            self._compact()

    def _compact(self) -> None:
        """Give room back to the disk, for which all is copied. Where others are at it, or the disk has no room for a copy, the
        file stays as it is, and what is free in it is used by and by."""
        with closing(sqlite3.connect(str(self.url.database), timeout=1, isolation_level=None)) as connection:
            for statement in ("PRAGMA temp_store = FILE", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                with suppress(sqlite3.OperationalError):
                    connection.execute(statement)

    def took_too_long(self, error: DatabaseError) -> bool:
        """See `Backend.took_too_long`."""
        return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_INTERRUPT"

    @property
    def exists(self) -> bool:
        """See `Backend.exists`."""
        return Path(str(self.url.database)).is_file()

    def others(self, engine: Engine) -> bool:  # noqa: ARG002  # asked of the file itself
        """See `Backend.others`. Every connection in WAL mode has a lock on the file, as long as it is open."""
        with closing(sqlite3.connect(str(self.url.database), timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # before anything is read
            try:
                connection.execute("SELECT count(*) FROM sqlite_master")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                    return True
                raise
        return False

    def by_itself(self, connection: Any) -> None:
        """See `Backend.by_itself`: here it is so."""


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin by itself, and late; see _begin
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    # A read that turns into a write cannot wait for its turn in SQLite; so writers take the lock first.
    write = connection.get_execution_options().get("heatline_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
