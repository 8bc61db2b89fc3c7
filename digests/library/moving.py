"""Copies a whole database to another, SQLite or PostgreSQL, while the bot runs; then what came since, and changes over.

The first pass fills a target that holds nothing from one snapshot of the source, in one transaction. Each further pass compares
every row and brings over what differs. Until the last one the target is closed, and from the last one on the source is: at no
moment can bots post from both; see `digests.library.database.Door`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from time import monotonic
from typing import Any, cast

from sqlalchemy import Column, Connection, Table, func, select, tuple_
from sqlalchemy.exc import DatabaseError

from digests.errors import LibraryError
from digests.library import store
from digests.library.database import Database, Door, History, batches, close_door
from digests.library.dialects import is_sqlite
from digests.library.filling import MANY, Filling, Told, Values, filling, fits
from digests.library.schema import articles, metadata, publishers
from digests.library.store import reindexed
from digests.library.upkeep import analyze

LIBRARY = History(store.MIGRATIONS, metadata)
"""The tables of the library."""

_COMPARED = 1000  # rows of a table that are compared whole at the end, at most twice as many


@dataclass(frozen=True, slots=True)
class TableCopied:
    """What became of a table: its rows now, and how many of them this pass brought or took away."""

    name: str
    rows: int
    brought: int
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Copied:
    """What a pass did. ``compared`` rows were read back whole from both, and are the same; all keys are."""

    first: bool
    tables: tuple[TableCopied, ...]
    compared: int
    took: timedelta

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.rows for each in self.tables)


def copy(
    source: Database,
    target: Database,
    histories: Sequence[History],
    told: Told = lambda _table, _done, _total: None,
    *,
    last: bool = False,
    watch: bool = True,
) -> Copied:
    """Make the target what the source is.

    Args:
        source: The database that is copied. Others may use it, unless this is the last pass.
        target: One that holds nothing, or what an earlier pass brought.
        histories: All tables, those that others refer to first.
        told: Is told how far it is, table by table.
        last: Close the source, and open the target when it has all.
        watch: Refuse where others have the target open, or the source at the last pass.

    Raises:
        LibraryError: With what is in the way, and what to do. Nothing has changed then, or the next pass begins anew.
    """
    _refuse_source(source, target, histories, last=last)
    first = _prepare(target, histories, watch=watch)
    if not last:
        return _pass(source, target, histories, told, first=first, door=Door.copied)
    with _closed(source, target, histories, watch=watch):
        return _pass(source, target, histories, told, first=first, door=None)


def reopen(database: Database, histories: Sequence[History]) -> Door | None:
    """Open a database again that a copy closed; gives why it was closed, None where it was not."""
    door = _door(database, histories)
    if door is Door.copying:
        raise LibraryError(f"database {database} is a copy that was not finished: it can only be copied again")
    if door is not None:
        with database.write() as connection:
            close_door(connection, histories, None)
    return door


def tables_of(histories: Sequence[History]) -> list[Table]:
    """The tables that are copied, those that others refer to first; publishers are counted by the database itself."""
    return [table for each in histories for table in each.tables.sorted_tables if table is not publishers]


def _door(database: Database, histories: Sequence[History]) -> Door | None:
    return next((door for each in histories if (door := database.door(each.migrations)) is not None), None)


def _refuse_source(source: Database, target: Database, histories: Sequence[History], *, last: bool) -> None:
    if not source.exists:
        raise LibraryError(f"database {source} is not there")
    if source.url == target.url:
        raise LibraryError("source and target are the same database")
    door = _door(source, histories)
    if door is Door.moved and last and _door(target, histories) is not None:
        return  # the last pass was begun before
    if door is Door.moved:
        raise LibraryError(f"database {source} was moved before; `heatline db reopen` opens it again, if that is meant")
    if door is not None:
        raise LibraryError(f"database {source} is an unfinished copy itself")
    for each in histories:
        if (step := source.step(each.migrations)) != each.migrations.head:
            raise LibraryError(
                f"database {source} stands at {step or 'no step at all'}, and this Heatline at {each.migrations.head}: "
                "`heatline db upgrade` first, with the bot stopped"
            )


def _prepare(target: Database, histories: Sequence[History], *, watch: bool) -> bool:
    """Make the target's tables, and close it; says whether it holds nothing yet."""
    door = _door(target, histories)
    if door is Door.moved:
        raise LibraryError(f"database {target} was moved itself: name an empty one")
    for each in histories:
        if door is None:
            target.upgrade(each.migrations)
        elif target.step(each.migrations) != f"{door} {each.migrations.head}":
            raise LibraryError(f"database {target} was begun by another Heatline: empty it, or name another")
    with target.write() as connection:
        held = [
            table.name
            for table in tables_of(histories)
            if connection.execute(select(1).select_from(table).limit(1)).first() is not None
        ]
        if held and door is None:
            raise LibraryError(
                f"database {target} holds something ({', '.join(held)}): nothing is copied over it; name an empty one"
            )
        if door is None:
            close_door(connection, histories, Door.copying)
    if watch and target.others():
        if door is None:
            with target.write() as connection:
                close_door(connection, histories, None)
        raise LibraryError(f"database {target} is in use: stop what has it open, then copy again")
    return door is not Door.copied


@contextmanager
def _closed(source: Database, target: Database, histories: Sequence[History], *, watch: bool) -> Iterator[None]:
    """Close the source, then see whether others are still in: whoever comes later finds it closed.

    It stays closed where the target was opened, or where that is not known.
    """
    with source.write() as connection:
        close_door(connection, histories, Door.moved)
    try:
        if watch and source.others():
            raise LibraryError(
                f"database {source} is in use: stop the bot and every other process of Heatline, then finish again"
            )
        yield
    except BaseException:
        if _door(target, histories) is not None:
            with source.write() as connection:
                close_door(connection, histories, None)
        raise


def _pass(
    source: Database, target: Database, histories: Sequence[History], told: Told, *, first: bool, door: Door | None
) -> Copied:
    began = monotonic()
    tables = tables_of(histories)
    with source.read() as reading, target.apart("copy").write() as writing:
        _read_every_text(reading, writing)
        filled = filling(writing)
        passed = _fill(reading, filled, tables, told) if first else _follow(reading, filled, tables, told)
        filled.settle(tables)
        compared = 0
        for done, table in enumerate(tables):
            told("check", done, len(tables))
            compared += _same(reading, writing, table)
        told("check", len(tables), len(tables))
        close_door(writing, histories, door)
    if first:
        analyze(target, histories)
    return Copied(first, tuple(passed), compared, timedelta(seconds=monotonic() - began))


def _read_every_text(reading: Connection, writing: Connection) -> None:
    """SQLite keeps what is no text in a text, and NULs: they come as the sign for what cannot be shown."""
    if not is_sqlite(reading):
        return
    nul = "\0" if is_sqlite(writing) else "\ufffd"

    def text_of(raw: bytes) -> str:
        return raw.decode(errors="replace").replace("\0", nul)

    cast(Any, reading.connection.driver_connection).text_factory = text_of


# --- the first pass


def _fill(reading: Connection, filled: Filling, tables: Sequence[Table], told: Told) -> list[TableCopied]:
    passed: list[TableCopied] = []
    with filled.at_once(tables, told):
        for table in tables:
            total, done = _number(reading, filled.connection, table), 0
            told(table.name, 0, total)
            for done in filled.fill(table, _columns(table), _rows(reading, filled.connection, table)):
                told(table.name, done, total)
            passed.append(TableCopied(table.name, done, done))
        filled.index(reading, told)
    return passed


def _columns(table: Table) -> list[Column[Any]]:
    """What is copied of a table: its key first, and nothing that the database works out by itself."""
    keys = list(table.primary_key.columns)
    return [*keys, *(column for column in table.columns if column.computed is None and not column.primary_key)]


def _rows(
    connection: Connection, writing: Connection, table: Table, columns: Sequence[Column[Any]] | None = None
) -> Iterator[Values]:
    """Rows that the target takes, in the order of their keys."""
    statement = select(*(columns or _columns(table))).order_by(*table.primary_key.columns)
    if (taken := fits(writing, table)) is not None:
        statement = statement.where(taken)
    try:
        for row in connection.execute(statement.execution_options(yield_per=MANY)):
            yield tuple(row)
    except (ValueError, DatabaseError) as error:  # such as a time that is none
        said = error.orig if isinstance(error, DatabaseError) else error
        raise LibraryError(f"the table {table.name} cannot be read: {' '.join(str(said).split())}") from error


def _number(connection: Connection, writing: Connection, table: Table) -> int:
    statement = select(func.count()).select_from(table)
    if (taken := fits(writing, table)) is not None:
        statement = statement.where(taken)
    return connection.execute(statement).scalar_one()


# --- each further pass


@dataclass(frozen=True, slots=True)
class _Change:
    """The keys of a table's rows that are no more, that are others, and that are new."""

    gone: list[Values]
    other: list[Values]
    new: list[Values]


def _follow(reading: Connection, filled: Filling, tables: Sequence[Table], told: Told) -> list[TableCopied]:
    """First everything goes, then everything comes, so what two rows may not share is free by then. What others refer to goes
    after them and comes before them, and stays where it has only become another."""
    changes: dict[Table, _Change] = {}
    passed: list[TableCopied] = []
    for table in tables:
        total = _number(reading, filled.connection, table)
        change = changes[table] = _differences(
            _rows(reading, filled.connection, table),
            _rows(filled.connection, filled.connection, table),
            len(table.primary_key.columns),
            lambda done, name=table.name, total=total: told(name, done, total),  # type: ignore[misc]
        )
        told(table.name, total, total)
        passed.append(TableCopied(table.name, total, len(change.other) + len(change.new), len(change.gone)))
    kept = {key.column.table for table in tables for key in table.foreign_keys}
    found = changes[articles]
    urls = _urls(reading, found.other + found.new) | _urls(filled.connection, found.gone + found.other)
    with reindexed(filled.connection, urls) if urls else nullcontext():
        for table in reversed(tables):
            change = changes[table]
            filled.delete(table, change.gone if table in kept else change.gone + change.other)
        for table in tables:
            change, columns = changes[table], _columns(table)
            for some in batches(change.other if table in kept else []):
                filled.update(table, columns, _at(reading, table, columns, some))
            for some in batches(change.new if table in kept else change.other + change.new):
                filled.insert(table, columns, _at(reading, table, columns, some))
    return passed


def _differences(theirs: Iterator[Values], ours: Iterator[Values], width: int, done: Callable[[int], None]) -> _Change:
    """What makes our rows theirs. All come in the order of keys, which are the first columns, so many."""
    change = _Change([], [], [])
    number = 0
    their, our = next(theirs, None), next(ours, None)
    while their is not None or our is not None:
        their_key = None if their is None else their[:width]
        our_key = None if our is None else our[:width]
        if their_key is None or (our_key is not None and our_key < their_key):
            change.gone.append(cast(Values, our_key))
            our = next(ours, None)
        elif our_key is None or their_key < our_key:
            change.new.append(their_key)
            their = next(theirs, None)
        else:
            if their != our:
                change.other.append(their_key)
            their, our = next(theirs, None), next(ours, None)
        number += 1
        if number % MANY == 0:
            done(number)
    return change


def _at(connection: Connection, table: Table, columns: Sequence[Column[Any]], keys: Sequence[Values]) -> list[Values]:
    """The rows of some keys, in the order of keys."""
    own = list(table.primary_key.columns)
    wanted = own[0].in_([key for (key,) in keys]) if len(own) == 1 else tuple_(*own).in_(keys)
    return [tuple(row) for row in connection.execute(select(*columns).where(wanted).order_by(*own))]


def _urls(connection: Connection, keys: Sequence[Values]) -> set[str]:
    return {url for some in batches(keys) for (url,) in _at(connection, articles, [articles.c.url], some)}


# --- whether it is all there


def _same(reading: Connection, writing: Connection, table: Table) -> int:
    """Compare the keys of all rows, and some rows whole; gives how many.

    Raises:
        LibraryError: They differ; nothing of the pass stays.
    """
    keys = list(table.primary_key.columns)
    theirs, ours = (_keys(_rows(each, writing, table, keys)) for each in (reading, writing))
    if theirs[:2] != ours[:2]:
        raise LibraryError(f"{table.name}: {theirs[0]:,} rows were read, {ours[0]:,} are there, or others: not copied")
    for some in batches(theirs[2]):
        if _at(reading, table, _columns(table), some) != _at(writing, table, _columns(table), some):
            raise LibraryError(f"{table.name}: rows are not what was read: not copied")
    return len(theirs[2])


def _keys(rows: Iterator[Values]) -> tuple[int, str, list[Values]]:
    """How many there are, a digest of them all in order, and some of them, evenly spread."""
    number, each = 0, 1
    digest = blake2b(digest_size=16)
    picked: list[Values] = []
    for row in rows:
        digest.update(repr(row).encode(errors="surrogatepass"))
        if number % each == 0:
            picked.append(row)
            if len(picked) == 2 * _COMPARED:
                picked, each = picked[::2], each * 2
        number += 1
    return number, digest.hexdigest(), picked
