"""What the library says now of articles that were told before: where their words or addresses are others by now.

A few look-ups by index for all of them together, which find nothing on most days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection, and_, func, select, text

from digests.library.database import batches, upsert
from digests.library.documents import selected
from digests.library.schema import IS_CURRENT, articles, feed_items, told
from digests.library.store import Library
from digests.models import Article, Edition

_FOLDERS = ("folder:", "folder;")  # where their names begin, and the first name after them

_MOVED = text("feed_items.article != ''")  # in the words of its index


def changed(library: Library, before: Collection[Article]) -> dict[str, Article]:
    """The articles that have another title or address by now, by the address that they had.

    A file of a folder is the one that had the address where it has its name still. What is withdrawn is left out.
    """
    titles: dict[str, str] = {}
    with library.database.read() as connection:
        for some in batches(sorted({each.url for each in before})):
            here = select(articles.c.url, articles.c.title).where(articles.c.url.in_(some), IS_CURRENT)
            titles.update((row.url, row.title) for row in connection.execute(here))
        other = [each.url for each in before if titles.get(each.url, each.title) != each.title]
        found: dict[str, Article] = {}
        for some in batches(sorted(set(other))):
            rows = connection.execute(selected().where(articles.c.url.in_(some), IS_CURRENT)).all()
            found.update((article.url, article) for _, article in library.readable(connection, rows))
        gone = {each.path: each.url for each in before if each.url not in titles and each.path}
        files = _files(library, connection, gone) if gone else {}
    return found | {gone[path]: filed[0] for path, filed in files.items() if len(filed) == 1}


def addresses(library: Library, urls: Iterable[str]) -> dict[str, str]:
    """The addresses that feeds have for their articles, by the article's own, where it is another."""
    found: dict[str, str] = {}
    moved = and_(feed_items.c.article == articles.c.url, _MOVED)
    of_feed = and_(articles.c.source.startswith("feed:"), feed_items.c.feed == func.substr(articles.c.source, 6))
    with library.database.read() as connection:
        for some in batches(sorted(set(urls))):
            here = select(articles.c.url, feed_items.c.url.label("address")).select_from(articles)
            here = here.join(feed_items, and_(of_feed, moved)).where(articles.c.url.in_(some), IS_CURRENT)
            here = here.order_by(feed_items.c.url)  # of several the same one every time
            found.update((row.url, row.address) for row in connection.execute(here))
    return found


def tell(library: Library, edition: Edition, urls: Collection[str]) -> None:
    """Remember that an edition has told these addresses, too: articles that it told have them now."""
    rows = [{"name": edition.digest, "url": url, "slot": edition.slot} for url in sorted(urls)]
    if rows:
        with library.database.write() as connection:
            connection.execute(upsert(told).on_conflict_do_nothing(), rows)


def _files(library: Library, connection: Connection, paths: Iterable[str]) -> dict[str, list[Article]]:
    """The current articles of folders that are filed under these names."""
    found: defaultdict[str, list[Article]] = defaultdict(list)
    for source in _folders(connection):
        for some in batches(sorted(paths)):
            here = selected().where(articles.c.source == source, articles.c.ref.in_(some), IS_CURRENT)
            for row, article in library.readable(connection, connection.execute(here).all()):
                found[row.ref].append(article)
    return found


def _folders(connection: Connection) -> Iterator[str]:
    """The folders there are; each is a step in the index, however many files it has."""
    last, end = _FOLDERS
    while True:
        following = select(func.min(articles.c.source)).where(articles.c.source > last, articles.c.source < end)
        last = connection.execute(following).scalar() or ""
        if not last:
            return
        yield last
