"""How many rows at a time get into a database: PostgreSQL takes them by COPY, its indexes are made when all are there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, bindparam, delete, func, select, update

from digests.library import wordlists
from digests.library.briefs import place_of
from digests.library.dialects import is_sqlite
from digests.library.schema import articles, publishers, vocabulary
from digests.library.store import reindexed

MANY = 2000
"""Rows that are read or written at once."""

Values = tuple[Any, ...]
Told = Callable[[str, int, int], None]
"""Is told what is done, of how many, of a table or a step."""

_COUNTED = (
    "INSERT INTO publishers SELECT left(provider, 300), left(host, 300), count(*) FROM articles "
    "WHERE current GROUP BY 1, 2"
)
_INDEXES = (
    "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE i.indrelid = ANY(CAST(%(tables)s AS regclass[])) AND NOT EXISTS "
    "(SELECT FROM pg_constraint WHERE conindid = c.oid) ORDER BY 1"
)
# Everybody will see it, so it need not be looked through and written again later.
_COPIED = "FROM STDIN WITH (FREEZE)"
_SORTED_IN = "SET LOCAL maintenance_work_mem = '256MB'"
_INDEXED = "articles_text"


def some(rows: Iterable[Values], number: int = MANY) -> Iterator[list[Values]]:
    """The rows, so many at a time."""
    left = iter(rows)
    while found := list(islice(left, number)):
        yield found


class Filling(ABC):
    """Fills the tables of one database within a transaction. ``ours`` are the columns that are written, in order."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @abstractmethod
    def fill(self, table: Table, ours: Sequence[Column[Any]], rows: Iterator[Values]) -> Iterator[int]:
        """Put rows into a table that has none; gives how many are in, again and again."""

    @abstractmethod
    def index(self, source: Connection, told: Told) -> None:
        """Fill the full-text index, if that was not done with the articles."""

    @abstractmethod
    def at_once(self, tables: Sequence[Table], told: Told) -> AbstractContextManager[None]:
        """All tables are filled within."""

    @abstractmethod
    def settle(self, tables: Sequence[Table]) -> None:
        """Have new rows numbered from behind those there are."""

    def insert(self, table: Table, ours: Sequence[Column[Any]], rows: Iterable[Values]) -> None:
        """Put some rows into a table that has others."""
        names = [column.name for column in ours]
        for each in some(rows):
            self.connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in each])

    def update(self, table: Table, ours: Sequence[Column[Any]], rows: Iterable[Values]) -> None:
        """Have rows say something else; their keys come first."""
        names = [f"new_{column.name}" for column in ours]
        values: dict[Any, Any] = {column: bindparam(f"new_{column.name}") for column in ours if not column.primary_key}
        statement = update(table).where(_has_key(table)).values(values)
        for each in some(rows):
            self.connection.execute(statement, [dict(zip(names, row, strict=True)) for row in each])

    def delete(self, table: Table, keys: Iterable[Values]) -> None:
        """Take rows away."""
        names = [f"new_{key.name}" for key in table.primary_key.columns]
        for each in some(keys):
            self.connection.execute(
                delete(table).where(_has_key(table)), [dict(zip(names, key, strict=True)) for key in each]
            )


def _has_key(table: Table) -> ColumnElement[bool]:
    return and_(*(key == bindparam(f"new_{key.name}") for key in table.primary_key.columns))


class _Sqlite(Filling):
    """A file: triggers count publishers, and the full-text index grows with the articles."""

    def fill(self, table: Table, ours: Sequence[Column[Any]], rows: Iterator[Values]) -> Iterator[int]:
        """See `Filling.fill`."""
        done = 0
        url = list(ours).index(articles.c.url) if table is articles else 0
        for each in some(rows):
            if table is articles:
                with reindexed(self.connection, {row[url] for row in each}):
                    self.insert(table, ours, each)
            else:
                self.insert(table, ours, each)
            done += len(each)
            yield done

    def index(self, source: Connection, told: Told) -> None:
        """See `Filling.index`: it was."""

    def at_once(self, tables: Sequence[Table], told: Told) -> AbstractContextManager[None]:  # noqa: ARG002  # no need
        """See `Filling.at_once`."""
        return nullcontext()

    def settle(self, tables: Sequence[Table]) -> None:
        """See `Filling.settle`: SQLite looks at the rows."""


class _Postgres(Filling):
    """A database of a server."""

    def fill(self, table: Table, ours: Sequence[Column[Any]], rows: Iterator[Values]) -> Iterator[int]:
        """See `Filling.fill`."""
        names = ", ".join(map(self.connection.dialect.identifier_preparer.quote, [column.name for column in ours]))
        # What the driver does not know by itself how to write, such as JSON.
        dialect = self.connection.dialect
        ways = [
            (place, way)
            for place, column in enumerate(ours)
            if (way := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        ]
        done = 0
        driver = self.connection.connection.cursor()
        with driver.copy(f"COPY {table.name} ({names}) {_COPIED}") as copy:
            for row in rows:
                if ways:
                    written = list(row)
                    for place, way in ways:
                        written[place] = way(written[place])
                    copy.write_row(written)
                else:
                    copy.write_row(row)
                done += 1
                if done % MANY == 0:
                    yield done
        driver.close()
        yield done

    def index(self, source: Connection, told: Told) -> None:
        """See `Filling.index`."""
        total = source.execute(select(func.count()).where(articles.c.current)).scalar_one()
        names = ("id", "published_at", "title", "excerpt", "provider", "host")
        current = select(*(articles.c[name] for name in names)).where(articles.c.current).order_by(articles.c.id)
        driver = self.connection.connection.cursor()
        with driver.copy(f"COPY {_INDEXED} (place, words) {_COPIED}") as copy:
            found = source.execute(current.execution_options(yield_per=MANY))
            for done, (row, at, title, excerpt, provider, host) in enumerate(found, 1):
                place = place_of(at) | row
                copy.write_row((place, wordlists.vector(place, title, excerpt, provider, host)))
                if done % MANY == 0:
                    told(_INDEXED, done, total)
        driver.close()
        told(_INDEXED, total, total)

    @contextmanager
    def at_once(self, tables: Sequence[Table], told: Told) -> Iterator[None]:
        """See `Filling.at_once`: an index that is made of all rows is made sooner, and smaller."""
        run = self.connection.exec_driver_sql
        names = [*(table.name for table in tables), publishers.name, _INDEXED]
        run(f"TRUNCATE {', '.join(names)}")  # what a copy that was interrupted left takes up room
        indexes = run(_INDEXES, {"tables": names}).all()
        for name, _ in indexes:
            run(f"DROP INDEX {name}")
        run("ALTER TABLE articles DISABLE TRIGGER publishers_change")
        yield
        run("ALTER TABLE articles ENABLE TRIGGER publishers_change")
        run(_COUNTED)
        run(_SORTED_IN)
        for done, (_, made) in enumerate(indexes):
            told("indexes", done, len(indexes))
            run(made)
        told("indexes", len(indexes), len(indexes))

    def settle(self, tables: Sequence[Table]) -> None:
        """See `Filling.settle`."""
        for table in tables:
            for column in table.primary_key.columns:
                sequence = select(func.pg_get_serial_sequence(table.name, column.key))
                if (name := self.connection.execute(sequence).scalar()) is not None:
                    last = select(func.coalesce(func.max(column), 0)).scalar_subquery()
                    self.connection.execute(select(func.setval(name, last + 1, False)))


def filling(connection: Connection) -> Filling:
    """How the database of a connection is filled."""
    return (_Sqlite if is_sqlite(connection) else _Postgres)(connection)


def fits(connection: Connection, table: Table) -> ColumnElement[bool] | None:
    """What of a table the database of a connection takes; None for all of it."""
    if table is vocabulary and not is_sqlite(connection):
        return func.length(vocabulary.c.word) <= wordlists.LONGEST_WORD
    return None
