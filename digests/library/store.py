"""The only door to the stored articles and editions: put, withdraw, read back, freeze."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)

from digests.errors import LibraryError
from digests.library import editionbook, wordlists
from digests.library.database import BATCH, Database, Migrations, batches, upsert
from digests.library.dialects import is_broken, is_sqlite
from digests.library.documents import (
    NOT_IN_RELATED,
    Unreadable,
    article_json,
    document_of,
    domain_in,
    load,
    scores_of,
    selected,
    why,
)
from digests.library.schema import (
    IS_CURRENT,
    articles,
    editions,
    marks,
    related_articles,
    story_keys,
    story_links,
    told,
)
from digests.library.titles import code
from digests.models import Article, Edition, host_of
from digests.query import below
from digests.recent import Recent
from digests.words import tokens

MIGRATIONS = Migrations(Path(__file__).parent / "migrations", "library_version", "library_0010")
_CONTENTS = 64  # of editions that are kept in memory: at one moment mostly the same are asked for
_TOUCHED = "(SELECT url FROM temp.touched)"
_FORGET = text("DELETE FROM temp.touched")
_TOUCH = text("INSERT INTO temp.touched(url) VALUES (:url)")
_SAID = f"SELECT at, title, excerpt, provider, origin FROM articles_said WHERE url IN {_TOUCHED} ORDER BY at"  # noqa: S608  # constants only
_COLUMNS = "rowid, title, excerpt, provider, origin"
_UNINDEX = text(
    f"INSERT INTO articles_text(articles_text, {_COLUMNS}) SELECT 'delete', * FROM ({_SAID})"  # noqa: S608  # constants only
)
_INDEX = text(f"INSERT INTO articles_text({_COLUMNS}) {_SAID}")  # constants only
_LEARN = {
    "sqlite": text("INSERT OR IGNORE INTO vocabulary(word) SELECT value FROM json_each(:words)"),
    "postgresql": text(
        "INSERT INTO vocabulary(word) SELECT word FROM json_array_elements_text(:words) AS word "
        "WHERE length(word) <= 200 ON CONFLICT DO NOTHING"  # `wordlists.LONGEST_WORD`
    ),
}
FILED, TAKEN_IN = "filed", "taken in"
"""The marks that count how often articles were filed or withdrawn, and how often some were taken in."""

_VERSION = select(marks.c.name.concat(marks.c.value)).where(marks.c.name.in_((FILED, TAKEN_IN)))
_COUNT = text(
    "INSERT INTO marks AS known (name, value) VALUES (:name, '1') "
    "ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(known.value AS BIGINT) + 1 AS TEXT)"
)
# Parts that the index is in; it merges the like-sized by itself. Some pages of all are put into one at each step.
_PARTS = text("SELECT count(DISTINCT segid) FROM articles_text_idx")
_MERGE = text("INSERT INTO articles_text(articles_text, rank) VALUES ('merge', -400)")
_CHANGES = text("SELECT total_changes()")
_MANY_PARTS, _STEPS, _ARTICLES = 6, 60, 4  # one step for so many articles
_JUDGED_BY = ("url", "title", "excerpt", "provider", "published_at")
_WRITTEN = (
    *_JUDGED_BY,
    "size",
    "modified",
    "digest",
    "current",
    "document",
    "related",
    "heat",
    "quality",
    "title_code",
)


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

    Rows that cannot be read back are left out of whatever is asked for, and stay as they are until their source files them
    again. Each is told once, to `tell`.

    Raises:
        LibraryError: From every method, when the database cannot be opened, read or written.
    """

    def __init__(self, database: Database, tell: Callable[[Unreadable], None] = lambda _odd: None) -> None:
        self.database = database
        self._tell = tell
        self._told: set[Unreadable] = set()
        self._contents = Recent[Edition](_CONTENTS)
        database.upgrade(MIGRATIONS)

    @classmethod
    def open(cls, url: str, tell: Callable[[Unreadable], None] = lambda _odd: None) -> Library:
        """The library at a SQLAlchemy URL; created on first use."""
        database = Database(url)
        try:
            return cls(database, tell)
        except LibraryError:
            database.close()
            raise

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.close()

    # --- files

    def stamps(self, source: str) -> dict[str, Stamp]:
        """What is stored of a source: each file's name below it, and how the file looked when it was read.

        Of what cannot be read back the looks are not known, so that its file is read again.
        """
        columns = (articles.c.ref, articles.c.size, articles.c.modified, articles.c.digest)
        broken = or_(is_broken(articles.c.document), and_(articles.c.judged > 0, articles.c.kind == ""))
        with self.database.read() as connection:
            rows = connection.execute(select(*columns, broken.label("broken")).where(articles.c.source == source))
            odd = {each.ref for each in self._told if each.source == source}
            return {
                row.ref: Stamp(-1, -1) if row.broken or row.ref in odd else Stamp(row.size, row.modified, row.digest)
                for row in rows
            }

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
        told_urls = editionbook.told_urls()
        told_stories = select(articles.c.story).where(articles.c.url.in_(told_urls), articles.c.story != "")
        old = and_(
            articles.c.current.in_((True, False)),  # either; the index of times begins with it
            articles.c.published_at < before,
            articles.c.source.startswith("feed:"),
            articles.c.url.not_in(told_urls),
            articles.c.story.not_in(told_stories),
        )
        number = 0
        while True:
            with self.database.read() as connection:
                found = select(articles.c.source, articles.c.ref).where(old).limit(BATCH)
                rows = connection.execute(found).all()
            if not rows:
                return number
            for source in sorted({row.source for row in rows}):
                self.withdraw(source, [row.ref for row in rows if row.source == source])
            number += len(rows)

    def tidy(self, after: int | None = None) -> None:
        """Put the parts of the full-text index together, where they have become many: each word of a question is looked up
        in each of them.

        A little at a time, so that nobody waits long to write, and no more than goes with so many articles that were taken in
        (None: many): one that comes alone is not to pay for a thousand. What is left to do is done after others.
        """
        steps = _STEPS if after is None else min(after // _ARTICLES, _STEPS)
        if not steps:
            return
        with self.database.read() as connection:  # mostly they are few: without the write lock
            if not is_sqlite(connection):
                return  # the server does it by itself
            if connection.execute(_PARTS).scalar_one() <= _MANY_PARTS:
                return
        for _ in range(steps):
            with self.database.write() as connection:
                before = connection.execute(_CHANGES).scalar_one()
                connection.execute(_MERGE)
                if connection.execute(_CHANGES).scalar_one() - before < 2:
                    return

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
            rows = connection.execute(selected().where(and_(*conditions)).order_by(*order)).all()
            return tuple(article for _, article in self.readable(connection, rows))

    def by_ids(self, ids: Sequence[int]) -> dict[int, Article]:
        """Articles by their row ids; ids that are not there are left out."""
        with self.database.read() as connection:
            rows = [
                row for some in batches(ids) for row in connection.execute(selected().where(articles.c.id.in_(some)))
            ]
            return {row.id: article for row, article in self.readable(connection, rows)}

    def rows(self, urls: Iterable[str]) -> dict[str, int]:
        """The row ids of the current articles at these addresses."""
        found: dict[str, int] = {}
        with self.database.read() as connection:
            for some in batches(sorted(set(urls))):
                here = select(articles.c.url, articles.c.id).where(articles.c.url.in_(some), IS_CURRENT)
                found.update((row.url, row.id) for row in connection.execute(here))
        return found

    def article(self, url: str) -> Article | None:
        """The article at an address."""
        with self.database.read() as connection:
            rows = connection.execute(selected().where(articles.c.url == url, IS_CURRENT)).all()
            return next((article for _, article in self.readable(connection, rows)), None)

    def sources(self) -> tuple[str, ...]:
        """Where the stored articles come from, in alphabetical order."""
        with self.database.read() as connection:
            statement = select(articles.c.source).distinct().order_by(articles.c.source)
            return tuple(connection.execute(statement).scalars())

    def files(
        self, source: str, refs: Sequence[str] | None = None, tell: Callable[[Unreadable], None] | None = None
    ) -> Iterator[tuple[str, Article]]:
        """Every file of a source by its name, in name order; with `refs` only these.

        Of a folder also the older files about an address. Of a feed only what is current: where another source has the
        address, too, the article is that source's. What cannot be read back is told to `tell`, every time.
        """
        whole = selected().where(articles.c.source == source).order_by(articles.c.ref)
        if refs is None and source.startswith("feed:"):
            whole = whole.where(articles.c.current)
        parts = [whole] if refs is None else [whole.where(articles.c.ref.in_(some)) for some in batches(sorted(refs))]
        with self.database.read() as connection:
            for part in parts:
                rows = connection.execute(part).all()
                for some_rows in batches(rows):
                    yield from ((row.ref, article) for row, article in self.readable(connection, some_rows, tell))

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
            fresh = upsert(marks).values(name=name, value=value)
            before = connection.execute(mark).scalar()
            connection.execute(fresh.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
            if before is not None and before != value:
                lately = and_(articles.c.source.startswith("feed:"), articles.c.published_at >= since)
                connection.execute(update(articles).where(lately).values(judged=0))

    def newest(self) -> datetime | None:
        """When the newest article was published."""
        with self.database.read() as connection:
            newest = select(articles.c.published_at).where(articles.c.current).order_by(articles.c.published_at.desc())
            return connection.execute(newest.limit(1)).scalar()

    def version(self) -> tuple[str, ...]:
        """What is another after every change of an article, a judgement or a story."""
        with self.database.read() as connection:
            return tuple(sorted(connection.execute(_VERSION).scalars()))

    # --- what cannot be read back

    def readable(
        self, connection: Connection, rows: Sequence[Row[Any]], tell: Callable[[Unreadable], None] | None = None
    ) -> list[tuple[Row[Any], Article]]:
        """The articles of rows as `selected` gives them, each with its row; what cannot be read back is told and left out."""
        found, odd = load(connection, rows)
        for each in odd:
            (tell or self.tell)(each)
        return found

    def unreadable(self) -> tuple[Unreadable, ...]:
        """Every article and edition that cannot be read back. Reads all there is."""
        odd: list[Unreadable] = []
        last = 0
        with self.database.read() as connection:
            while rows := connection.execute(
                selected().where(articles.c.id > last).order_by(articles.c.id).limit(BATCH)
            ).all():
                odd += load(connection, rows)[1]
                last = rows[-1].id
            every = connection.execute(editionbook.stored().order_by(editions.c.content, editions.c.id))
            for _ in self._editions_of(connection, every, odd.append, Recent[Edition](1)):  # anew, not from memory
                continue
        return tuple(odd)

    def tell(self, odd: Unreadable) -> None:
        """Have it known that something cannot be read back, unless it is."""
        if odd not in self._told:
            self._told.add(odd)
            self._tell(odd)

    # --- editions

    def freeze(self, edition: Edition) -> Edition:
        """Store an edition and what it tells; if this slot has one already, that one stands and is returned."""
        return self.freeze_all([(edition, editionbook.Content.of(edition))])[0]

    def freeze_all(self, made: Sequence[tuple[Edition, editionbook.Content]]) -> list[Edition]:
        """Store editions and what they tell in one transaction; of slots that have one already, that one is given."""
        if not made:
            return []
        keys = [(edition.digest, edition.slot) for edition, _ in made]
        new = {key: (edition.made_at, content) for key, (edition, content) in zip(keys, made, strict=True)}
        with self.database.write() as connection:
            editionbook.freeze(connection, new)
        frozen = self.frozen(keys)
        for name, slot in keys:
            if (name, slot) not in frozen:
                raise LibraryError(f"edition {name} of {slot.isoformat()} vanished while it was stored")
        return [frozen[key] for key in keys]

    def frozen(self, keys: Collection[editionbook.Key]) -> dict[editionbook.Key, Edition]:
        """The frozen editions that there are of some slots. One that cannot be read back is an error, as of `edition`."""
        found: dict[editionbook.Key, Edition] = {}
        wanted = set(keys)
        with self.database.read() as connection:
            for slot in sorted({slot for _, slot in wanted}):
                for some in batches(sorted(name for name, at in wanted if at == slot)):
                    here = editionbook.stored().where(editions.c.name.in_(some), editions.c.slot == slot)
                    rows = connection.execute(here).all()
                    found |= {(each.digest, each.slot): each for each in self._editions_of(connection, rows, _refuse)}
        return found

    def contents(self, keys: Collection[editionbook.Key]) -> dict[editionbook.Key, str]:
        """What the editions of some slots tell, by a name: those that tell the same have the same."""
        with self.database.read() as connection:
            return editionbook.contents_of(connection, keys)

    def past(self, digests: Collection[str]) -> Mapping[str, frozenset[editionbook.Past]]:
        """What digests have told. Of those that have the same past the same is new."""
        with self.database.read() as connection:
            return editionbook.past(connection, digests)

    def telling(self, urls: Collection[str]) -> frozenset[str]:
        """The keys of the contents, as in `past`, that tell any of these addresses."""
        with self.database.read() as connection:
            return editionbook.telling(connection, urls)

    def edition_counts(self) -> dict[str, int]:
        """How many editions there are of each digest."""
        with self.database.read() as connection:
            counted = connection.execute(select(editions.c.name, func.count()).group_by(editions.c.name))
            return {row.name: row[1] for row in counted}

    def digests(self) -> tuple[str, ...]:
        """The names of the digests that there are editions of."""
        with self.database.read() as connection:
            return tuple(connection.execute(select(editions.c.name).distinct()).scalars())

    def forget(self, before: datetime) -> int:
        """Forget editions of slots before a moment, and what they told; gives how many that were.

        What was told so long ago must be out of every digest's reach, else it is told again.
        """
        ids = select(editions.c.id).where(editions.c.slot < before).limit(BATCH)
        number = 0
        while True:  # by and by: others want the write lock, too
            with self.database.write() as connection:
                gone = connection.execute(delete(editions).where(editions.c.id.in_(ids))).rowcount
            number += gone
            if gone < BATCH:
                break
        if number:
            with self.database.write() as connection:
                connection.execute(delete(told).where(told.c.slot < before))
                editionbook.sweep(connection)
        return number

    def edition(self, digest: str, slot: datetime) -> Edition | None:
        """The frozen edition of a slot. One that cannot be read back is an error: made anew, it might tell something else."""
        return self.frozen([(digest, slot)]).get((digest, slot))

    def last_edition(self, digest: str) -> Edition | None:
        """The newest edition of a digest; None where there is none, or it cannot be read back."""
        newest = editionbook.stored().where(editions.c.name == digest).order_by(editions.c.slot.desc()).limit(1)
        with self.database.read() as connection:
            return next(self._editions_of(connection, connection.execute(newest).all(), self.tell), None)

    def told(self, digest: str) -> dict[str, datetime]:
        """The addresses that editions of a digest have told, leads and coverage, each with the slot that told it first."""
        with self.database.read() as connection:
            return editionbook.told_by(connection, digest)

    def editions(self, digest: str, since: datetime, before: datetime) -> tuple[Edition, ...]:
        """The frozen editions of a digest with a slot in ``since <= slot < before``, oldest first."""
        where = (editions.c.name == digest, editions.c.slot >= since, editions.c.slot < before)
        with self.database.read() as connection:
            rows = connection.execute(editionbook.stored().where(*where).order_by(editions.c.slot)).all()
            return tuple(self._editions_of(connection, rows, self.tell))

    def _editions_of(
        self,
        connection: Connection,
        rows: Iterable[Row[Any]],
        tell: Callable[[Unreadable], None],
        known: Recent[Edition] | None = None,
    ) -> Iterator[Edition]:
        """Editions as their rows say; what many of them tell is read once."""
        for row in rows:
            try:
                if row.content is None:
                    yield editionbook.edition_json().validate_json(row.document)
                else:
                    content = (known or self._contents).get(
                        row.content, partial(editionbook.read, connection, row.content)
                    )
                    yield replace(content, digest=row.name, made_at=row.made_at)
            except ValidationError as error:
                tell(Unreadable(f"the edition {row.name} of {row.slot:%d %b %Y %H:%M} UTC", "", "", why(error)))


def _refuse(odd: Unreadable) -> None:
    raise LibraryError(str(odd))


def forget_editions(connection: Connection, names: Sequence[str]) -> None:
    """Forget all editions of some digests, and what they told, within a transaction; as many at a time as a statement takes."""
    connection.execute(delete(editions).where(editions.c.name.in_(names)))
    connection.execute(delete(told).where(told.c.name.in_(names)))
    editionbook.sweep(connection)


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
        "title_code": code(article.title),
        "excerpt": article.excerpt,
        "provider": article.provider.name,
        "published_at": article.published_at,
        "document": document_of(article),
        "related": " ".join(str(related_ids[id(each)]) for each in article.related),
        **scores_of(article),
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
    statement = upsert(articles)
    changed: dict[str, Any] = {name: statement.excluded[name] for name in _WRITTEN}
    # What it was judged by is the same: heat alone changes every hour. What comes from a feed is scored by all it says.
    # What could not be read when it was its turn has no kind.
    same = and_(
        articles.c.source.not_like("feed:%"),
        articles.c.kind != "",
        *(articles.c[name] == statement.excluded[name] for name in _JUDGED_BY),
    )
    changed["judged"] = case((same, articles.c.judged), else_=0)
    _learn(connection, (file.article for some in files.values() for file in some))
    with _reindexed(connection, urls):
        connection.execute(statement.on_conflict_do_update(index_elements=["source", "ref"], set_=changed), rows)


def _learn(connection: Connection, filed: Iterable[Article]) -> None:
    """Note the words of articles, from which those are taken that a mistyped or unfinished one may mean."""
    texts = [text for each in filed for text in (each.title, each.excerpt, each.provider.name)]
    words = set(tokens("\n".join(text for text in texts if text.isascii())))  # at once, which takes half as long
    words.update(word for text in texts if not text.isascii() for word in tokens(text))
    if words:
        # In the order of the table, and as one value: it is mostly about words that are there.
        connection.execute(_LEARN[connection.dialect.name], {"words": json.dumps(sorted(words))})


def _store_related(connection: Connection, filed: Sequence[Article]) -> dict[int, int]:
    """Store the related articles, each once, and give the row id of each by ``id()`` of the object."""
    digests: dict[int, str] = {}
    documents: dict[str, bytes] = {}
    for related in (each for article in filed for each in article.related):
        if id(related) not in digests:
            document = article_json().dump_json(related, exclude=NOT_IN_RELATED, exclude_defaults=True)
            key = blake2b(document, digest_size=16).hexdigest()
            digests[id(related)] = key
            documents[key] = document
    rows = [{"digest": key, "document": document.decode()} for key, document in documents.items()]
    if rows:
        fresh = upsert(related_articles)
        whole = fresh.excluded.document  # another only where it was broken
        connection.execute(
            fresh.on_conflict_do_update(
                index_elements=["digest"], set_={"document": whole}, where=related_articles.c.document != whole
            ),
            rows,
        )
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
    """Keep the search index in step with a change to the articles at these addresses, and one article of each current."""
    with reindexed(connection, urls):
        yield
        _settle(connection, urls)
    connection.execute(_COUNT, {"name": FILED})


@contextmanager
def reindexed(connection: Connection, urls: Collection[str]) -> Iterator[None]:
    """Keep the search index, which holds current articles only, in step with a change to the articles at these addresses.

    Two statements for all of them, in the order of the places: triggers would do it row by row, and FTS5 writes its index out
    at each statement and at each step backwards, which takes six times as long.
    """
    if is_sqlite(connection):
        connection.execute(_FORGET)
        if urls:
            connection.execute(_TOUCH, [{"url": url} for url in urls])
        connection.execute(_UNINDEX)
    else:
        wordlists.drop(connection, urls)
    yield
    if is_sqlite(connection):
        connection.execute(_INDEX)
    else:
        wordlists.add(connection, urls)


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
            domain = domain_in(row.document)
            if domain and below(host_of(row.url), domain):
                found.add(row.id)
    return found
