"""How a database does, what is worrying about it, and its tidying up: for whoever runs it, and no part of the bot's work."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Table, func, inspect, select

from digests.errors import LibraryError
from digests.library.database import Database, Door, History
from digests.library.dialects import is_sqlite
from digests.library.postgres import MOST, NAME
from digests.library.schema import articles
from digests.library.store import Library

_INDEX = "articles_text"
_FREE = 0.25  # of a file that is free, from which on it is worth compacting
_DEAD, _FEW = 0.2, 10_000  # a share of a table's rows that were deleted, of no few
_LONG_LOG = 256 << 20
_SIZES = """
SELECT relname, pg_total_relation_size(relid) AS bytes, n_live_tup AS live, n_dead_tup AS dead,
    coalesce(last_analyze, last_autoanalyze) AS analyzed
FROM pg_stat_user_tables WHERE schemaname = current_schema()
"""
_CONNECTIONS = """
SELECT count(*), count(*) FILTER (WHERE datname = current_database() AND application_name = %(name)s),
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Connections:
    """How many a server has, of everybody and of ours to this database, and how many it takes."""

    all: int
    ours: int
    most: int


@dataclass(frozen=True, slots=True)
class Facts:
    """How a database does. ``steps`` are those reached and the newest, by the history; ``sizes`` are known of servers only."""

    kind: str
    address: str
    version: str
    steps: Mapping[str, tuple[str | None, str]]
    door: Door | None
    bytes: int
    rows: Mapping[str, int]
    sizes: Mapping[str, int]
    oldest: datetime | None
    newest: datetime | None
    connections: Connections | None
    worrying: tuple[str, ...]


def facts(database: Database, histories: Sequence[History]) -> Facts:
    """How a database does now. Counts all rows, which takes a second or so for a million articles.

    Raises:
        LibraryError: It is not there, or cannot be asked.
    """
    _there(database)
    steps = {
        each.migrations.version_table: (database.step(each.migrations), each.migrations.head) for each in histories
    }
    door = next((door for each in histories if (door := database.door(each.migrations)) is not None), None)
    with database.read() as connection:
        known = set(inspect(connection).get_table_names())
        tables = [table for table in _tables(histories) if table.name in known]
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }
        oldest, newest = (
            (_end(connection, each) for each in (func.min, func.max)) if articles in tables else (None, None)
        )
        kind = _file if is_sqlite(connection) else _server
        version, size, sizes, connections, odd = kind(database, connection)
    unfinished = [f"{table}: {step or 'no step'} of {head}" for table, (step, head) in steps.items() if step != head]
    if door is not None:
        odd = (f"it is closed ({door}): no bot opens it", *odd)
    elif unfinished:
        odd = (f"not at the newest step ({'; '.join(unfinished)}): `heatline db upgrade`", *odd)
    return Facts(
        kind="SQLite" if database.dialect == "sqlite" else "PostgreSQL",
        address=str(database),
        version=version,
        steps=steps,
        door=door,
        bytes=size,
        rows=rows,
        sizes=sizes,
        oldest=oldest,
        newest=newest,
        connections=connections,
        worrying=odd,
    )


def vacuum(database: Database, histories: Sequence[History]) -> tuple[int, int]:
    """Tidy a database up, and give what is free back to the disk; its bytes before and after.

    A file is written anew, and nobody else writes in the meantime. A server's tables are tidied beside all other work.

    Raises:
        LibraryError: It is not there, closed, in use for too long, or the disk has no room for a copy of the file.
    """
    _there(database)
    before = _bytes(database)
    Library(database).tidy()
    if database.dialect != "sqlite":
        analyze(database, histories)
        return before, _bytes(database)
    folder = Path(str(database.url.database)).absolute().parent
    if (free := shutil.disk_usage(folder).free) < 2 * before:
        raise LibraryError(
            f"compacting {database} may take {2 * before:,} bytes more for a while, and {free:,} are free"
        )
    with database.bare() as connection:
        # Its copy is not to be made in memory.
        for statement in ("PRAGMA temp_store = FILE", "PRAGMA optimize", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.execute(statement)
    return before, _bytes(database)


def analyze(database: Database, histories: Sequence[History]) -> None:
    """Have a server see what its tables hold, and which of their pages need not be looked at. A file needs nothing of it."""
    if database.dialect == "sqlite":
        return
    with database.bare() as connection:
        for name in (*(table.name for table in _tables(histories)), _INDEX):
            connection.execute(f"VACUUM (ANALYZE) {name}")


def _there(database: Database) -> None:
    if not database.exists:
        raise LibraryError(f"database {database} is not there: `heatline db upgrade` makes it, and so does the bot")


def _tables(histories: Sequence[History]) -> Iterator[Table]:
    return (table for each in histories for table in each.tables.sorted_tables)


def _end(connection: Connection, which: Callable[..., Any]) -> datetime | None:
    # By itself each is looked up in the index of times.
    return cast(
        datetime | None, connection.execute(select(which(articles.c.published_at)).where(articles.c.current)).scalar()
    )


def _bytes(database: Database) -> int:
    if database.dialect == "sqlite":
        file = Path(str(database.url.database))
        return sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal")) if each.exists())
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())


_Kind = tuple[str, int, Mapping[str, int], Connections | None, tuple[str, ...]]


def _file(database: Database, connection: Connection) -> _Kind:
    def ask(what: str) -> int:
        return int(connection.exec_driver_sql(what).scalar_one())

    version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar_one())
    size = _bytes(database)
    file = Path(str(database.url.database)).absolute()
    odd: list[str] = []
    free = ask("PRAGMA freelist_count") / max(1, ask("PRAGMA page_count"))
    if free > _FREE:
        odd.append(f"{free:.0%} of the file is free: `heatline db vacuum` makes it smaller")
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size > _LONG_LOG:
        odd.append(f"its log has {log.stat().st_size:,} bytes: somebody reads for a very long time, or has died at it")
    if (room := shutil.disk_usage(file.parent).free) < 2 * size:
        odd.append(f"the disk has {room:,} bytes left: too few for `heatline db vacuum`")
    return version, size, {}, None, tuple(odd)


def _server(database: Database, connection: Connection) -> _Kind:
    run = connection.exec_driver_sql
    version = str(run("SHOW server_version").scalar_one())
    odd: list[str] = []
    found = run(_SIZES).all()
    for each in found:
        if each.live + each.dead > _FEW and each.dead > _DEAD * (each.live + each.dead):
            odd.append(f"{each.relname} has {each.dead:,} dead rows beside {each.live:,}: is autovacuum on?")
        if each.live > _FEW and each.analyzed is None:
            odd.append(f"{each.relname} was never analyzed: `heatline db vacuum`")
    connections = Connections(*run(_CONNECTIONS, {"name": NAME}).one())
    if connections.most - connections.all < MOST:
        odd.append(
            f"{connections.all} of {connections.most} connections are in use, and one more process may want {MOST}: "
            "raise max_connections, or put a pooler before the server"
        )
    if run("SHOW autovacuum").scalar_one() != "on":
        odd.append("autovacuum is off: tables grow, and searches become slow")
    if run("SHOW server_encoding").scalar_one() != "UTF8":
        odd.append("the database's encoding is not UTF8: texts will be refused; make it with ENCODING 'UTF8'")
    return version, _bytes(database), {each.relname: each.bytes for each in found}, connections, tuple(odd)
