"""The tables of the library. How they came to be, step by step, is in ``migrations/versions``."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes in, aware UTC datetimes out; SQLite by itself would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are a bug of ours, whatever the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: times in the library are aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Put the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False, comment="where it came from: folder:/absolute/path"),
    Column("ref", Text, nullable=False, comment="its name within the source: the file's path below the folder"),
    Column("size", BigInteger, nullable=False, comment="bytes of the file when it was read"),
    Column("modified", BigInteger, nullable=False, comment="the file's time of change in nanoseconds when it was read"),
    Column("digest", Text, nullable=False, comment="BLAKE2b of the file when it was read"),
    Column("url", Text, nullable=False),
    Column("current", Boolean, nullable=False, comment="false for an older file about the same url"),
    Column("title", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("published_at", UTCDateTime, nullable=False),
    Column("document", Text, nullable=False, comment="the whole article but `related`, as JSON"),
    Column("related", Text, nullable=False, comment="ids in `related_articles`, in order, separated by spaces"),
    UniqueConstraint("source", "ref"),
    Index("articles_url", "url"),
    Index("articles_published_at", "current", "published_at"),
)

related_articles = Table(
    "related_articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("document", Text, nullable=False, comment="the whole related article as JSON"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, comment="the digest"),
    Column("slot", UTCDateTime, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("document", Text, nullable=False, comment="the frozen Edition as JSON"),
    UniqueConstraint("name", "slot"),
)

told = Table(
    "told",
    metadata,
    Column("name", Text, primary_key=True, comment="the digest"),
    Column("url", Text, primary_key=True),
    Column("slot", UTCDateTime, nullable=False, comment="the slot of the edition that told it first"),
)
