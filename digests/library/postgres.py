"""PostgreSQL: a server that any number of processes share. Readers never wait; writers wait for those of their own store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any

from sqlalchemy import Column, Connection, Engine, Text, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.compiler import compiles

from digests.errors import LibraryError
from digests.library.backend import Backend

OLDEST = 140000
"""The oldest server version that is supported, as `SHOW server_version_num` has it."""

NAME = "heatline"
"""What our connections are called, as the server lists them."""

_KEPT, _MORE = 4, 12  # a server has a hundred connections for everybody
MOST = _KEPT + _MORE
"""Connections of one process at most."""

_CONNECT_SECONDS, _LOCK_SECONDS = 10, 30
_TOO_LONG = "57014"
_LEAVING = 2.0  # seconds that a server takes at most to see that a client is gone
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = %(name)s AND pid <> pg_backend_pid()"
)
_SETTINGS = ("SET TIME ZONE 'UTC'", f"SET lock_timeout = '{_LOCK_SECONDS}s'", "SET jit = off")


class Postgres(Backend):
    """A database of a server."""

    def __init__(self, url: URL) -> None:
        super().__init__(url.set(drivername="postgresql+psycopg"))
        if not url.database:
            raise LibraryError(
                "the database URL names no database: write postgresql+psycopg://user:password@host/database"
            )

    def engine(self) -> Engine:
        """Connections are looked at before use, as servers restart."""
        engine = create_engine(
            self.url,
            connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": NAME},
            pool_size=_KEPT,
            max_overflow=_MORE,
            pool_use_lifo=True,
            pool_pre_ping=True,
        )
        event.listen(engine, "connect", _configure)
        return engine

    @contextmanager
    def reading(self, engine: Engine) -> Iterator[Connection]:
        """See `Backend.reading`."""
        with engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def promptly(self, connection: Connection, seconds: float) -> Iterator[None]:
        """See `Backend.promptly`. Each statement may take so long."""
        # What has to be prompt walks no table: of rare words the server believes that there are many.
        connection.exec_driver_sql(
            f"SET LOCAL statement_timeout = {int(seconds * 1000)}; SET LOCAL enable_seqscan = off"
        )
        yield
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL enable_seqscan = on")

    @contextmanager
    def writing(self, engine: Engine, turn: str | None) -> Iterator[Connection]:
        """See `Backend.writing`. What is read after the lock was taken is what the one before wrote: so no snapshot is kept."""
        with engine.begin() as connection:
            if turn is not None:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_key(turn),))
            yield connection

    def took_too_long(self, error: DatabaseError) -> bool:
        """See `Backend.took_too_long`."""
        return getattr(error.orig, "sqlstate", "") == _TOO_LONG

    def others(self, engine: Engine) -> bool:
        """See `Backend.others`."""
        until = time.monotonic() + _LEAVING
        while True:
            with engine.connect() as connection:
                found = connection.exec_driver_sql(_OTHERS, {"name": NAME}).scalar_one()
            if not found or time.monotonic() > until:
                return bool(found)
            time.sleep(0.1)

    def by_itself(self, connection: Any) -> None:
        """See `Backend.by_itself`."""
        connection.autocommit = True


def _key(turn: str) -> int:
    return int.from_bytes(blake2b(f"heatline {turn}".encode(), digest_size=8).digest(), "big", signed=True)


def _configure(connection: Any, _record: Any) -> None:
    if connection.info.server_version < OLDEST:
        version = connection.info.server_version // 10000
        connection.close()
        raise LibraryError(f"the database server is PostgreSQL {version}: Heatline needs {OLDEST // 10000} or newer")
    _take_every_text(connection)
    before, connection.autocommit = connection.autocommit, True
    for setting in _SETTINGS:
        connection.execute(setting)
    connection.autocommit = before


def _take_every_text(connection: Any) -> None:
    """A text may have a NUL, which the server takes none of: it is kept as the sign for what cannot be shown."""
    from psycopg.types.string import StrBinaryDumper, StrDumper, StrDumperUnknown

    for kind in (StrBinaryDumper, StrDumper, StrDumperUnknown):  # the last is the first to be taken

        def dump(self: Any, text: str, _kind: Any = kind) -> Any:
            return _kind.dump(self, text.replace("\0", "\ufffd") if "\0" in text else text)

        connection.adapters.register_dumper(str, type(kind.__name__, (kind,), {"dump": dump}))


@compiles(Text, "postgresql")
def _text(type_: Text, compiler: Any, **values: Any) -> str:
    """Columns compare and sort by code points, as in Python and SQLite, whatever the language of the database."""
    plain: str = compiler.visit_TEXT(type_, **values)
    return f'{plain} COLLATE "C"' if isinstance(values.get("type_expression"), Column) else plain
