"""The only door to the stored articles and editions: put, withdraw, read back, freeze."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, delete, func, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert

from digests.errors import LibraryError
from digests.library.database import Database, Migrations
from digests.library.schema import articles, editions, marks, related_articles, story_keys, story_links, told
from digests.models import Article, Edition

MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "library_version", "library_0005")
_TOUCHED = "(SELECT url FROM temp.touched)"
_FORGET = text("DELETE FROM temp.touched")
_TOUCH = text("INSERT INTO temp.touched(url) VALUES (:url)")
_UNINDEX = text(
    "INSERT INTO articles_text(articles_text, rowid, title, excerpt, provider) "  # noqa: S608  # constants only
    f"SELECT 'delete', id, title, excerpt, provider FROM articles WHERE current AND url IN {_TOUCHED} ORDER BY id"
)
_INDEX = text(
    "INSERT INTO articles_text(rowid, title, excerpt, provider) "  # noqa: S608  # constants only
    f"SELECT id, title, excerpt, provider FROM articles WHERE current AND url IN {_TOUCHED} ORDER BY id"
)
_JUDGED_BY = ("url", "title", "excerpt", "provider", "published_at")
_WRITTEN = (*_JUDGED_BY, "size", "modified", "digest", "current", "document", "related")
_BATCH = 500  # rows or bound values a statement: far below every database's limit
_T = TypeVar("_T")
_NOT_IN_RELATED = {"path", "kind", "news_value"}
_NOT_STORED = {*_NOT_IN_RELATED, "related"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file looked when it was read: size in bytes, time of change in nanoseconds, and a digest of its content."""

    size: int
    modified: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """An article together with the name of its file below its source, and how that file looked."""

    ref: str
    stamp: Stamp
    article: Article


class Library:
    """The store of articles and editions in one database.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        database.upgrade(MIGRATIONS)

    @classmethod
    def open(cls, url: str) -> Library:
        """The library at a SQLAlchemy URL; created on first use."""
        return cls(Database(url))

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.close()

    # --- files

    def stamps(self, source: str) -> dict[str, Stamp]:
        """What is stored of a source: each file's name below it, and how the file looked when it was read."""
        columns = (articles.c.ref, articles.c.size, articles.c.modified, articles.c.digest)
        with self.database.read() as connection:
            rows = connection.execute(select(*columns).where(articles.c.source == source))
            return {ref: Stamp(size, modified, digest) for ref, size, modified, digest in rows}

    def put(self, source: str, files: Sequence[Filed]) -> None:
        """Store articles of a source, all or none; a file that is there already is replaced."""
        if files:
            with self.database.write() as connection:
                put_all(connection, {source: files})

    def restamp(self, source: str, stamps: Mapping[str, Stamp]) -> None:
        """Remember that these files were touched without a change of content."""
        if not stamps:
            return
        statement = (
            update(articles)
            .where(articles.c.source == source, articles.c.ref == bindparam("of"))
            .values(size=bindparam("bytes"), modified=bindparam("at"))
        )
        rows = [{"of": ref, "bytes": stamp.size, "at": stamp.modified} for ref, stamp in stamps.items()]
        with self.database.write() as connection:
            connection.execute(statement, rows)

    def withdraw(self, source: str, refs: Iterable[str]) -> None:
        """Take out files that are gone; where an older file tells of the same address, its words come back."""
        gone = sorted(refs)
        if not gone:
            return
        with self.database.write() as connection, _reindexed(connection, _urls_of(connection, source, gone)):
            for some in batches(gone):
                rows = and_(articles.c.source == source, articles.c.ref.in_(some))
                left = select(articles.c.story).where(rows, articles.c.story != "")
                connection.execute(update(articles).where(articles.c.story.in_(left)).values(judged=0))
                ids = select(articles.c.id).where(rows)
                connection.execute(delete(story_keys).where(story_keys.c.article.in_(ids)))
                connection.execute(delete(story_links).where(or_(story_links.c.a.in_(ids), story_links.c.b.in_(ids))))
                connection.execute(delete(articles).where(rows))

    def prune(self, before: datetime) -> int:
        """Forget articles of feeds from before a moment; gives how many. What an edition told stays, with its whole story.

        Articles of content folders stay as long as their files do.
        """
        told_urls = select(told.c.url)
        told_stories = select(articles.c.story).where(articles.c.url.in_(told_urls), articles.c.story != "")
        old = and_(
            articles.c.published_at < before,
            articles.c.source.startswith("feed:"),
            articles.c.url.not_in(told_urls),
            articles.c.story.not_in(told_stories),
        )
        number = 0
        while True:
            with self.database.read() as connection:
                found = select(articles.c.source, articles.c.ref).where(old).limit(_BATCH)
                rows = connection.execute(found).all()
            if not rows:
                return number
            for source in sorted({row.source for row in rows}):
                self.withdraw(source, [row.ref for row in rows if row.source == source])
            number += len(rows)

    # --- articles

    def articles(self, since: datetime | None = None, until: datetime | None = None) -> tuple[Article, ...]:
        """The articles published from `since` to `until` (both included), newest first, then by file name."""
        conditions: list[ColumnElement[bool]] = [articles.c.current]
        if since is not None:
            conditions.append(articles.c.published_at >= since)
        if until is not None:
            conditions.append(articles.c.published_at <= until)
        order = (articles.c.published_at.desc(), articles.c.ref)
        with self.database.read() as connection:
            return load(connection, connection.execute(selected().where(and_(*conditions)).order_by(*order)).all())

    def by_ids(self, ids: Sequence[int]) -> dict[int, Article]:
        """Articles by their row ids; ids that are not there are left out."""
        with self.database.read() as connection:
            rows = [
                row
                for some in batches(ids)
                for row in connection.execute(selected().add_columns(articles.c.id).where(articles.c.id.in_(some)))
            ]
            return dict(zip((row.id for row in rows), load(connection, rows), strict=True))

    def rows(self, urls: Iterable[str]) -> dict[str, int]:
        """The row ids of the current articles at these addresses."""
        found: dict[str, int] = {}
        with self.database.read() as connection:
            for some in batches(sorted(set(urls))):
                here = select(articles.c.url, articles.c.id).where(articles.c.url.in_(some), articles.c.current)
                found.update((row.url, row.id) for row in connection.execute(here))
        return found

    def article(self, url: str) -> Article | None:
        """The article at an address."""
        with self.database.read() as connection:
            rows = connection.execute(selected().where(articles.c.url == url, articles.c.current)).all()
            return next(iter(load(connection, rows)), None)

    def sources(self) -> tuple[str, ...]:
        """Where the stored articles come from, in alphabetical order."""
        with self.database.read() as connection:
            statement = select(articles.c.source).distinct().order_by(articles.c.source)
            return tuple(connection.execute(statement).scalars())

    def files(self, source: str, refs: Sequence[str] | None = None) -> Iterator[tuple[str, Article]]:
        """Every file of a source by its name, in name order; with `refs` only these.

        Of a folder also the older files about an address. Of a feed only what is current: where another source has the
        address, too, the article is that source's.
        """
        whole = selected().where(articles.c.source == source).order_by(articles.c.ref)
        if refs is None and source.startswith("feed:"):
            whole = whole.where(articles.c.current)
        parts = [whole] if refs is None else [whole.where(articles.c.ref.in_(some)) for some in batches(sorted(refs))]
        with self.database.read() as connection:
            for part in parts:
                rows = connection.execute(part).all()
                for some_rows in batches(rows):
                    yield from zip((row.ref for row in some_rows), load(connection, some_rows), strict=True)

    def count(self) -> int:
        """How many articles there are; an address counts once."""
        with self.database.read() as connection:
            return connection.execute(select(func.count()).where(articles.c.current)).scalar_one()

    def stored(self) -> int:
        """How many files are stored, as `files` gives them for all sources."""
        given = or_(articles.c.current, articles.c.source.not_like("feed:%"))
        with self.database.read() as connection:
            return connection.execute(select(func.count()).where(given)).scalar_one()

    def unjudged(self, judgement: int, most: int | None = None) -> int:
        """How many articles this judgement has not seen; counts no further than to `most`."""
        with self.database.read() as connection:
            some = select(articles.c.id).where(articles.c.judged < judgement).limit(most).subquery()
            return connection.execute(select(func.count()).select_from(some)).scalar_one()

    def rescore(self, name: str, value: str, since: datetime) -> None:
        """Have the articles of feeds from a moment on scored anew, where the library was last scored with another value."""
        mark = select(marks.c.value).where(marks.c.name == name)
        with self.database.read() as connection:  # mostly it is the same: without the write lock
            if connection.execute(mark).scalar() == value:
                return
        with self.database.write() as connection:
            fresh = insert(marks).values(name=name, value=value)
            before = connection.execute(mark).scalar()
            connection.execute(fresh.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
            if before is not None and before != value:
                lately = and_(articles.c.source.startswith("feed:"), articles.c.published_at >= since)
                connection.execute(update(articles).where(lately).values(judged=0))

    def newest(self) -> datetime | None:
        """When the newest article was published."""
        with self.database.read() as connection:
            return connection.execute(select(func.max(articles.c.published_at)).where(articles.c.current)).scalar()

    # --- editions

    def freeze(self, edition: Edition) -> Edition:
        """Store an edition and what it tells; if this slot has one already, that one stands and is returned."""
        row = {
            "name": edition.digest,
            "slot": edition.slot,
            "made_at": edition.made_at,
            "document": _edition_json().dump_json(_trimmed(edition)).decode(),
        }
        with self.database.write() as connection:
            done = connection.execute(insert(editions).on_conflict_do_nothing().returning(editions.c.id), row).first()
            if done is not None:
                urls = {url for scored in (*edition.stories, *edition.more) for url in scored.story.urls}
                rows = [{"name": edition.digest, "url": url, "slot": edition.slot} for url in sorted(urls)]
                if rows:
                    connection.execute(insert(told).on_conflict_do_nothing(), rows)
        frozen = self.edition(edition.digest, edition.slot)
        if frozen is None:
            raise LibraryError(f"edition {edition.digest} of {edition.slot.isoformat()} vanished while it was stored")
        return frozen

    def edition(self, digest: str, slot: datetime) -> Edition | None:
        """The frozen edition of a slot."""
        statement = select(editions.c.document).where(editions.c.name == digest, editions.c.slot == slot)
        with self.database.read() as connection:
            document = connection.execute(statement).scalar()
        return None if document is None else _edition_json().validate_json(document)

    def told(self, digest: str) -> dict[str, datetime]:
        """The addresses that editions of a digest have told, leads and coverage, each with the slot that told it first."""
        with self.database.read() as connection:
            rows = connection.execute(select(told.c.url, told.c.slot).where(told.c.name == digest))
            return {row.url: row.slot for row in rows}

    def editions(self, digest: str, since: datetime, before: datetime) -> tuple[Edition, ...]:
        """The frozen editions of a digest with a slot in ``since <= slot < before``, oldest first."""
        where = (editions.c.name == digest, editions.c.slot >= since, editions.c.slot < before)
        statement = select(editions.c.document).where(*where).order_by(editions.c.slot)
        with self.database.read() as connection:
            return tuple(map(_edition_json().validate_json, connection.execute(statement).scalars()))


@cache
def _article_json() -> TypeAdapter[Article]:
    return TypeAdapter(Article)


@cache
def _edition_json() -> TypeAdapter[Edition]:
    return TypeAdapter(Edition)


def _trimmed(edition: Edition) -> Edition:
    """The edition without what is never shown: sealed bodies, listed articles, keys nobody knows."""

    def trim(article: Article) -> Article:
        return replace(article, related=(), secured=None, body="", extra={}, layout=())

    def trim_story(scored: Any) -> Any:
        story = scored.story
        return replace(
            scored, story=replace(story, lead=trim(story.lead), coverage=tuple(trim(a) for a in story.coverage))
        )

    sections = tuple(replace(s, stories=tuple(trim_story(each) for each in s.stories)) for s in edition.sections)
    return replace(edition, sections=sections, more=tuple(trim_story(each) for each in edition.more))


def _row(source: str, file: Filed, related_ids: Mapping[int, int]) -> dict[str, object]:
    article = file.article
    return {
        "source": source,
        "ref": file.ref,
        "size": file.stamp.size,
        "modified": file.stamp.modified,
        "digest": file.stamp.digest,
        "url": article.url,
        "current": True,
        "title": article.title,
        "excerpt": article.excerpt,
        "provider": article.provider.name,
        "published_at": article.published_at,
        "document": document_of(article),
        "related": " ".join(str(related_ids[id(each)]) for each in article.related),
    }


def put_all(connection: Connection, files: Mapping[str, Sequence[Filed]]) -> None:
    """Store articles by their sources within a transaction."""
    rows, urls = [], set[str]()
    for source, some in files.items():
        ids = _store_related(connection, [file.article for file in some])
        rows += [_row(source, file, ids) for file in some]
        # Filed again below another address, an article leaves its old address to the older file about it.
        urls |= _urls_of(connection, source, [file.ref for file in some]) | {file.article.url for file in some}
    if not rows:
        return
    statement = insert(articles)
    changed: dict[str, Any] = {name: statement.excluded[name] for name in _WRITTEN}
    # What it was judged by is the same: heat alone changes every hour. What comes from a feed is scored by all it says.
    same = and_(
        articles.c.source.not_like("feed:%"),
        *(articles.c[name] == statement.excluded[name] for name in _JUDGED_BY),
    )
    changed["judged"] = case((same, articles.c.judged), else_=0)
    with _reindexed(connection, urls):
        connection.execute(statement.on_conflict_do_update(index_elements=["source", "ref"], set_=changed), rows)


def document_of(article: Article) -> str:
    """The article as it is stored: all but what has columns or tables of its own."""
    return _article_json().dump_json(article, exclude=_NOT_STORED, exclude_defaults=True).decode()


def _store_related(connection: Connection, filed: Sequence[Article]) -> dict[int, int]:
    """Store the related articles, each once, and give the row id of each by ``id()`` of the object."""
    digests: dict[int, str] = {}
    documents: dict[str, bytes] = {}
    for related in (each for article in filed for each in article.related):
        if id(related) not in digests:
            document = _article_json().dump_json(related, exclude=_NOT_IN_RELATED, exclude_defaults=True)
            key = blake2b(document, digest_size=16).hexdigest()
            digests[id(related)] = key
            documents[key] = document
    rows = [{"digest": key, "document": document.decode()} for key, document in documents.items()]
    if rows:
        connection.execute(insert(related_articles).on_conflict_do_nothing(), rows)
    ids: dict[str, int] = {}
    for some in batches(list(documents)):
        columns = (related_articles.c.digest, related_articles.c.id)
        found = connection.execute(select(*columns).where(related_articles.c.digest.in_(some)))
        ids.update({row.digest: row.id for row in found})
    return {key: ids[digest] for key, digest in digests.items()}


def _urls_of(connection: Connection, source: str, refs: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(refs):
        where = (articles.c.source == source, articles.c.ref.in_(some))
        found.update(connection.execute(select(articles.c.url).where(*where)).scalars())
    return found


@contextmanager
def _reindexed(connection: Connection, urls: set[str]) -> Iterator[None]:
    """Keep the search index, which holds current articles only, in step with a change to the articles at these addresses.

    Two statements for all of them, in the order of the ids: triggers would do it row by row, and FTS5 writes its index out
    at each statement and at each step backwards, which takes six times as long.
    """
    connection.execute(_FORGET)
    if urls:
        connection.execute(_TOUCH, [{"url": url} for url in urls])
    connection.execute(_UNINDEX)
    yield
    _settle(connection, urls)
    connection.execute(_INDEX)


def _settle(connection: Connection, urls: Iterable[str]) -> None:
    """Of several files about one address make one the current one, by `_claim`."""
    columns = tuple(articles.c[n] for n in ("url", "published_at", "ref", "id", "current", "source"))
    best: dict[str, Row[Any]] = {}
    rows: list[Row[Any]] = []
    for some in batches(sorted(urls)):
        rows.extend(connection.execute(select(*columns).where(articles.c.url.in_(some))))
    times = Counter(row.url for row in rows)
    own = _own(connection, [row.id for row in rows if times[row.url] > 1 and row.source.startswith("feed:")])
    for row in rows:
        if row.url not in best or _claim(row, own) > _claim(best[row.url], own):
            best[row.url] = row
    wrong = [{"of": row.id, "now": best[row.url] is row} for row in rows if row.current != (best[row.url] is row)]
    if wrong:
        statement = update(articles).where(articles.c.id == bindparam("of")).values(current=bindparam("now"), judged=0)
        connection.execute(statement, wrong)


def _claim(row: Row[Any], own: Collection[int]) -> tuple[bool, bool, float, str, str]:
    """How good a file's claim to its address is: what an editor put into a folder before what feeds say of it; the newest
    file of a folder, as it was corrected there; of feeds the publisher's own, then the one that had it first."""
    curated = not row.source.startswith("feed:")
    moment = row.published_at.timestamp()
    return curated, row.id in own, moment if curated else -moment, row.ref, row.source


def _own(connection: Connection, rows: Sequence[int]) -> set[int]:
    """Of articles of feeds those whose address is below their provider's own domain."""
    found: set[int] = set()
    for some in batches(rows):
        whole = select(articles.c.id, articles.c.url, articles.c.document).where(articles.c.id.in_(some))
        for row in connection.execute(whole):
            domain, host = _domain(row.document), urlsplit(row.url).hostname or ""
            if domain and (host == domain or host.endswith(f".{domain}")):
                found.add(row.id)
    return found


def _domain(document: str) -> str:
    """The domain of the provider in a stored article; empty where it has none, or cannot be read back."""
    try:
        return str(json.loads(document)["provider"]["domain"]).removeprefix("www.")
    except (ValueError, LookupError, TypeError):
        return ""


def selected() -> Any:
    columns = ("ref", "document", "related", "kind", "news_value")
    return select(*(articles.c[name] for name in columns))


def load(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Article, ...]:
    wanted = sorted({int(key) for row in rows for key in row.related.split()})
    listed: dict[int, Article] = {}
    read = _article_json().validate_json
    try:
        for some in batches(wanted):
            columns = (related_articles.c.id, related_articles.c.document)
            for key, document in connection.execute(select(*columns).where(related_articles.c.id.in_(some))):
                listed[key] = read(document)
        return tuple(
            replace(
                read(row.document),
                related=tuple(listed[int(key)] for key in row.related.split()),
                path=row.ref,
                kind=row.kind,
                news_value=row.news_value,
            )
            for row in rows
        )
    except (ValidationError, KeyError) as error:
        raise LibraryError(f"a stored article cannot be read back: {error}") from error


def batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
