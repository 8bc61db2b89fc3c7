"""The tables of the library. How they came to be, step by step, is in ``migrations/versions``."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from digests.library.dialects import not_by


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
    Column("source", Text, nullable=False, comment="where it came from: folder:/absolute/path or feed:ADDRESS"),
    Column(
        "ref",
        Text,
        nullable=False,
        comment="its name within the source: its file's path below the folder, or below what `export` writes",
    ),
    # A feed's article has no file: its size is 0, it was modified when it was filed, in seconds, and its digest is empty.
    Column("size", BigInteger, nullable=False, comment="bytes of the file when it was read"),
    Column("modified", BigInteger, nullable=False, comment="the file's time of change in nanoseconds when it was read"),
    Column("digest", Text, nullable=False, comment="BLAKE2b of the file when it was read"),
    Column("url", Text, nullable=False),
    Column("current", Boolean, nullable=False, comment="false for an older file about the same url"),
    Column("title", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("published_at", UTCDateTime, nullable=False),
    Column("document", Text, nullable=False, comment="what no column says of it, but `related`, as JSON"),
    Column("related", Text, nullable=False, comment="ids in `related_articles`, in order, separated by spaces"),
    Column("kind", Text, nullable=False, server_default="", comment="what it is: news, research, promo ..."),
    Column("news_value", Float, nullable=False, server_default="0", comment="what an editor would give for it, 0..3"),
    Column("judged", Integer, nullable=False, server_default="0", comment="by which judgement; 0 for not yet"),
    Column("story", Text, nullable=False, server_default="", comment="the id of its story; empty for none yet"),
    Column("heat", BigInteger, nullable=False, server_default="0", comment="the document's, as far as a number goes"),
    Column(
        "quality", BigInteger, nullable=False, server_default="0", comment="the document's, as far as a number goes"
    ),
    # The database works these two out by itself; their expressions stand in the migration.
    Column(
        "place", BigInteger, Computed("NULL"), comment="its row in `articles_text`: by time; null where not current"
    ),
    Column("host", Text, Computed("NULL"), comment="the host of its url in small letters, with its port"),
    Column("title_code", Text, nullable=False, server_default="", comment="its title, see `digests.library.titles`"),
    UniqueConstraint("source", "ref"),
    Index("articles_url", "url"),
    Index("articles_published_at", "current", "published_at"),
    Index("articles_story", "story", "place"),
    Index("articles_judged", "judged", "current", "published_at"),
    # What candidates are chosen by, in order of time and close together: rows of `articles` are far apart and long.
    Index("articles_place", "place", "heat", "quality", "news_value", "kind", "story", "provider", "title_code"),
)

publishers = Table(
    "publishers",
    metadata,
    Column("name", Text, primary_key=True, comment="of a provider"),
    Column("host", Text, primary_key=True, comment="where it publishes"),
    Column("articles", Integer, nullable=False, comment="how many current ones there are; triggers count"),
    sqlite_with_rowid=False,
)

vocabulary = Table(
    "vocabulary",
    metadata,
    Column("word", Text, primary_key=True, comment="one that an article has or had, as `articles_text` has it"),
    sqlite_with_rowid=False,
)

IS_CURRENT = not_by(articles.c.current)
"""For what is asked for by address, story or row: of the plain column SQLite walks all that is current to find it."""

related_articles = Table(
    "related_articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("document", Text, nullable=False, comment="the whole related article as JSON"),
)

story_keys = Table(
    "story_keys",
    metadata,
    Column("key", BigInteger, primary_key=True, comment="a rare word of the article, hashed"),
    Column("hour", Integer, primary_key=True, comment="hours since 1970 when it was published"),
    Column("article", Integer, primary_key=True, comment="the row in `articles`"),
    Column("weight", Integer, nullable=False, comment="of the word in the article, in thousandths"),
    Index("story_keys_article", "article"),
    sqlite_with_rowid=False,
)

story_links = Table(
    "story_links",
    metadata,
    Column("a", Integer, primary_key=True, comment="the smaller of two rows in `articles`"),
    Column("b", Integer, primary_key=True, comment="the greater"),
    Column("likelihood", Float, nullable=False, comment="that they tell one event, 0..1"),
    Index("story_links_b", "b"),
    sqlite_with_rowid=False,
)

story_changes = Table(
    "story_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("what", Text, nullable=False, comment="merged or split"),
    Column("story", Text, nullable=False, comment="the story that ended, or lost reports"),
    Column("other", Text, nullable=False, comment="the story that has them now"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("url", Text, primary_key=True, comment="as configured"),
    Column("active", Boolean, nullable=False, comment="whether it is configured now"),
    Column("standing", Float, nullable=False, comment="of its provider, 0..1"),
    Column("location", Text, nullable=False, server_default="", comment="where permanent redirects have led"),
    Column("etag", Text, nullable=False, server_default=""),
    Column("last_modified", Text, nullable=False, server_default=""),
    Column("digest", Text, nullable=False, server_default="", comment="of the last body"),
    Column("interval", Integer, nullable=False, comment="seconds between two fetches"),
    Column("next_at", UTCDateTime, comment="when to fetch next; none for at once"),
    Column("tried_at", UTCDateTime),
    Column("good_at", UTCDateTime),
    Column("changed_at", UTCDateTime),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column("error", Text, nullable=False, server_default=""),
    Column("gone", Boolean, nullable=False, server_default="0"),
    Column("leased_until", UTCDateTime, comment="a process fetches it until then, or has died"),
    Column("title", Text, nullable=False, server_default="", comment="what it calls itself"),
    Column("problems", Text, nullable=False, server_default="", comment="of the last document, a line each"),
    Column("dropped", Integer, nullable=False, server_default="0", comment="items about no wanted topic, ever"),
    Column("owner", Text, nullable=False, server_default="", comment="the pull that fetches it"),
    Column("wishes", Text, comment="what was wanted of it when it was last read; none for not known"),
)

_MOVED = text("article != ''")

feed_items = Table(
    "feed_items",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("url", Text, primary_key=True, comment="the item's canonical address in the feed"),
    Column("item", Text, nullable=False, comment="what the feed calls it; empty where it has no name or not its own"),
    Column("published_at", UTCDateTime, nullable=False, comment="as first seen: feeds move dates"),
    Column("seen_at", UTCDateTime, nullable=False, comment="when the feed last had it"),
    Column("article", Text, nullable=False, server_default="", comment="its article's address; empty for the item's"),
    Column("headline", BigInteger, nullable=False, server_default="0", comment="its title, hashed; 0 for not known"),
    Index("feed_items_item", "feed", "item"),
    Index("feed_items_article", "feed", "article", sqlite_where=_MOVED, postgresql_where=_MOVED),
    Index("feed_items_headline", "feed", "headline"),
    sqlite_with_rowid=False,
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column(
        "value",
        Text,
        nullable=False,
        comment="what the library was last scored with: what differs is scored anew",
    ),
)

contents = Table(
    "edition_contents",
    metadata,
    Column("id", Text, primary_key=True, comment="a digest of the document: what many digests tell stands here once"),
    Column("document", Text, nullable=False, comment="the frozen Edition as JSON, without the digest's name"),
)

contents_told = Table(
    "edition_contents_told",
    metadata,
    Column("content", Text, ForeignKey("edition_contents.id", ondelete="CASCADE"), primary_key=True),
    Column("url", Text, primary_key=True),
    Index("edition_contents_told_url", "url"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, comment="the digest"),
    Column("slot", UTCDateTime, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("document", Text, nullable=False, comment="the frozen Edition as JSON; empty where `content` names it"),
    Column("content", Text, ForeignKey("edition_contents.id"), comment="what it tells; empty for those of before"),
    UniqueConstraint("name", "slot"),
    Index("editions_content", "content"),
)

told = Table(
    "told",
    metadata,
    Column("name", Text, primary_key=True, comment="the digest"),
    Column("url", Text, primary_key=True),
    Column("slot", UTCDateTime, nullable=False, comment="the slot of the edition that told it first"),
    comment="addresses that were told beside those of `edition_contents_told`",
)
