"""The library's record of stories: what each article was judged to be, how articles are linked, which story has which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, insert, or_, select, update

from digests.library.schema import articles, feeds, story_changes, story_keys, story_links
from digests.library.store import Library, batches, document_of, load, selected
from digests.models import Article, Provider
from digests.stories.clusters import ALIKE, Change, Link, link

MEMORY = timedelta(days=30)
"""How far back the earlier reports of a story are looked for."""


@dataclass(frozen=True, slots=True)
class Window:
    """Articles of a time with the earlier reports of their stories, the links among them, and their stories' ids by address."""

    articles: tuple[Article, ...]
    links: tuple[Link, ...]
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """An article that is taken in: its row, what it was judged to be, and the weights of the words others find it by."""

    row: int
    article: Article
    keys: Mapping[str, int]
    hour: int

    @property
    def hashed(self) -> dict[int, int]:
        """The keys as they are kept."""
        return {key_of(word): weight for word, weight in self.keys.items()}


@dataclass(frozen=True, slots=True)
class Fed:
    """A report of a story that a feed tells: its row, and its provider's standing; None for one of a content folder."""

    row: int
    article: Article
    standing: float | None


def key_of(word: str) -> int:
    """A word as it is kept: 64 bits of a hash, signed as databases want it."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big", signed=True)


def window(library: Library, since: datetime, until: datetime) -> Window:
    """What was published from `since` to `until` (both included), as it was known then."""
    columns = (articles.c.id, articles.c.url, articles.c.story)
    here = and_(articles.c.current, articles.c.published_at >= since, articles.c.published_at <= until)
    earlier = and_(
        articles.c.current,
        articles.c.published_at < since,
        articles.c.published_at >= since - MEMORY,
        articles.c.story != "",
    )
    with library.database.read() as connection:
        rows = list(connection.execute(selected().add_columns(*columns).where(here)))
        for some in batches(sorted({row.story for row in rows} - {""})):
            rows += connection.execute(selected().add_columns(*columns).where(earlier, articles.c.story.in_(some)))
        url_of = {row.id: row.url for row in rows}
        found = load(connection, rows)
        links = _links(connection, url_of)
    order = sorted(found, key=lambda a: (-a.published_at.timestamp(), a.path or ""))
    return Window(tuple(order), tuple(links), {row.url: row.story for row in rows if row.story})


def stories_of(library: Library, urls: Collection[str]) -> tuple[tuple[str, tuple[Article, ...]], ...]:
    """The stories to which these addresses belong, each with all its reports; an address without a story is one itself."""
    wanted = selected().add_columns(articles.c.story, articles.c.url).where(articles.c.current)
    with library.database.read() as connection:
        found: list[Any] = []
        for some in batches(sorted(urls)):
            found += connection.execute(wanted.where(articles.c.url.in_(some)))
        rows = [row for row in found if not row.story]
        for some in batches(sorted({row.story for row in found} - {""})):
            rows += connection.execute(wanted.where(articles.c.story.in_(some)))
        loaded = load(connection, rows)
    of: dict[str, list[Article]] = {}
    for row, article in zip(rows, loaded, strict=True):
        of.setdefault(row.story or row.url, []).append(article)
    return tuple((story, tuple(of[story])) for story in sorted(of))


def story_of(library: Library, url: str) -> str | None:
    """The id of the story an address belongs to; None where there is none (yet)."""
    with library.database.read() as connection:
        statement = select(articles.c.story).where(articles.c.url == url, articles.c.current)
        return connection.execute(statement).scalar() or None


def changes(library: Library, story: str) -> tuple[tuple[datetime, Change], ...]:
    """When and how a story was merged or split, oldest first."""
    where = or_(story_changes.c.story == story, story_changes.c.other == story)
    with library.database.read() as connection:
        rows = connection.execute(select(story_changes).where(where).order_by(story_changes.c.id))
        return tuple((row.at, Change(row.what, row.story, row.other)) for row in rows)


Settle = Callable[
    [Mapping[str, tuple[float, str]], Iterable[Link], Mapping[str, str], Callable[[str], bool]],
    tuple[Mapping[str, str], Sequence[Change]],
]
"""From addresses with their place in time, their links, the stories known so far, and whether other articles have an id,
to the story of every address and what was merged or split."""


class Page:
    """One transaction in which a batch of articles is taken in. What is not finished is rolled back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting(self, judgement: int, limit: int) -> dict[int, Article]:
        """Articles that this judgement has not seen, oldest first, by their rows. Old words of an address are cleared away."""
        columns = (articles.c.id, articles.c.url, articles.c.story)
        stale = select(*columns).where(articles.c.judged < judgement, articles.c.current.is_(False))
        gone = self._connection.execute(stale).all()
        for row in gone:
            if row.story:  # the newer words of the same address belong to the same story
                heir = and_(articles.c.url == row.url, articles.c.current, articles.c.story == "")
                self._connection.execute(update(articles).where(heir).values(story=row.story))
        for some in batches([row.id for row in gone]):
            self._clear(some)
            values = {"judged": judgement, "story": ""}
            self._connection.execute(update(articles).where(articles.c.id.in_(some)).values(values))
        # All that wait are current now. One judgement at a time, and ids before articles: so `articles_judged` gives them in
        # its order. Asked for everything at once, SQLite walks the whole library in order of time to find the few that wait.
        last = self._connection.execute(
            select(func.min(articles.c.judged)).where(articles.c.judged < judgement)
        ).scalar()
        order = (articles.c.current, articles.c.published_at, articles.c.url)
        next_ones = select(articles.c.id).where(articles.c.judged == last).order_by(*order).limit(limit)
        ids = self._connection.execute(next_ones).scalars().all()
        found: dict[int, Any] = {}
        for some in batches(ids):
            statement = selected().add_columns(articles.c.id).where(articles.c.id.in_(some))
            found |= {row.id: row for row in self._connection.execute(statement)}
        rows = [found[row] for row in ids]
        return {row.id: article for row, article in zip(rows, load(self._connection, rows), strict=True)}

    def begin(self, taken: Sequence[Taken], judgement: int) -> set[int]:
        """Write down what the articles are, and forget their old links; gives the rows of the stories they were part of."""
        ids = [each.row for each in taken]
        touched: set[int] = set()
        for some in batches(ids):
            before = select(articles.c.story).where(articles.c.id.in_(some), articles.c.story != "")
            touched.update(
                self._connection.execute(select(articles.c.id).where(articles.c.story.in_(before))).scalars()
            )
            self._clear(some)
        statement = update(articles).where(articles.c.id == bindparam("row"))
        values = statement.values(kind=bindparam("what"), news_value=bindparam("worth"), judged=judgement)
        rows = [{"row": t.row, "what": t.article.kind, "worth": t.article.news_value} for t in taken]
        if rows:
            self._connection.execute(values, rows)
        keys = [
            {"key": key, "hour": each.hour, "article": each.row, "weight": weight}
            for each in taken
            for key, weight in each.hashed.items()
        ]
        if keys:
            self._connection.execute(insert(story_keys), keys)
        return touched

    def sharing(self, taken: Taken, hours: int, least: int) -> set[int]:
        """The rows of other articles published within so many hours whose keys weigh enough together with its own."""
        mine = taken.hashed
        if not mine:
            return set()
        between = story_keys.c.hour.between(taken.hour - hours, taken.hour + hours)
        shared = func.sum(story_keys.c.weight * case(mine, value=story_keys.c.key))
        statement = (
            select(story_keys.c.article)
            .where(story_keys.c.key.in_(sorted(mine)), between)
            .group_by(story_keys.c.article)
            .having(shared >= least)
        )
        return set(self._connection.execute(statement).scalars()) - {taken.row}

    def texts(self, rows: Collection[int]) -> dict[int, Article]:
        """Articles with no more than what they are compared by."""
        names = ("id", "url", "title", "excerpt", "provider", "published_at", "kind")
        found: dict[int, Article] = {}
        for some in batches(sorted(rows)):
            for row in self._connection.execute(select(*(articles.c[n] for n in names)).where(articles.c.id.in_(some))):
                provider = Provider(row.provider)
                found[row.id] = Article(row.url, row.title, row.published_at, provider, row.excerpt, kind=row.kind)
        return found

    def link(self, likelihoods: Mapping[tuple[int, int], float]) -> None:
        """Write links down: the smaller row first."""
        rows = [{"a": a, "b": b, "likelihood": likelihood} for (a, b), likelihood in sorted(likelihoods.items())]
        if rows:
            self._connection.execute(insert(story_links), rows)

    def settle(self, rows: set[int], settled: Settle, now: datetime) -> set[int]:
        """Group all articles that are linked with these, directly or through others, and write down what comes out.

        Gives the rows of all of them.
        """
        members = self._component(rows)
        columns = ("id", "url", "published_at", "story")
        found: list[Any] = []
        for some in batches(sorted(members)):
            where = (articles.c.id.in_(some), articles.c.current)
            found += self._connection.execute(select(*(articles.c[n] for n in columns)).where(*where))
        url_of = {row.id: row.url for row in found}
        known = {row.url: row.story for row in found if row.story}
        founded = {row.url: (row.published_at.timestamp(), row.url) for row in found}
        story_of, happened = settled(founded, _links(self._connection, url_of), known, self._taken(members))
        moved = [{"row": row.id, "to": story_of[row.url]} for row in found if story_of[row.url] != row.story]
        if moved:
            statement = update(articles).where(articles.c.id == bindparam("row")).values(story=bindparam("to"))
            self._connection.execute(statement, moved)
        rows_of_changes = [{"at": now, "what": c.what, "story": c.story, "other": c.other} for c in happened]
        if rows_of_changes:
            self._connection.execute(insert(story_changes), rows_of_changes)
        return members

    def fed(self, rows: Collection[int]) -> list[list[Fed]]:
        """The stories of these rows that have a report from a feed, each with all its reports."""
        found: list[Any] = []
        names = (articles.c.id, articles.c.story, feeds.c.standing)
        whole = selected().add_columns(*names).outerjoin(feeds, articles.c.source == "feed:" + feeds.c.url)
        of_feeds = set[str]()
        for some in batches(sorted(rows)):
            where = (articles.c.id.in_(some), articles.c.source.startswith("feed:"), articles.c.story != "")
            of_feeds.update(self._connection.execute(select(articles.c.story).where(*where)).scalars())
        for ids in batches(sorted(of_feeds)):
            found += self._connection.execute(whole.where(articles.c.story.in_(ids), articles.c.current))
        stories: dict[str, list[Fed]] = {}
        for row, article in zip(found, load(self._connection, found), strict=True):
            stories.setdefault(row.story, []).append(Fed(row.id, article, row.standing))
        return list(stories.values())

    def score(self, scored: Mapping[int, Article]) -> None:
        """Write down articles whose quality, heat or publication are new."""
        rows = [{"row": row, "whole": document_of(article)} for row, article in sorted(scored.items())]
        if rows:
            statement = update(articles).where(articles.c.id == bindparam("row")).values(document=bindparam("whole"))
            self._connection.execute(statement, rows)

    def _taken(self, members: Collection[int]) -> Callable[[str], bool]:
        """Whether articles other than these belong to a story of an id."""

        def taken(story: str) -> bool:
            having = select(articles.c.id).where(articles.c.story == story)
            return any(row not in members for row in self._connection.execute(having).scalars())

        return taken

    def _component(self, start: set[int]) -> set[int]:
        """All that hangs together with these by links that can join; fainter ones only count within."""
        reached, edge = set(start), set(start)
        strong = story_links.c.likelihood >= ALIKE
        while edge:
            further: set[int] = set()
            for some in batches(sorted(edge)):
                for here, there in ((story_links.c.a, story_links.c.b), (story_links.c.b, story_links.c.a)):
                    further.update(self._connection.execute(select(there).where(here.in_(some), strong)).scalars())
            edge = further - reached
            reached |= edge
        return reached

    def _clear(self, rows: Sequence[int]) -> None:
        self._connection.execute(delete(story_keys).where(story_keys.c.article.in_(rows)))
        self._connection.execute(delete(story_links).where(or_(story_links.c.a.in_(rows), story_links.c.b.in_(rows))))


def _links(connection: Connection, url_of: Mapping[int, str]) -> list[Link]:
    """The links among these rows, by address."""
    found: list[Link] = []
    for some in batches(sorted(url_of)):
        for a, b, likelihood in connection.execute(select(story_links).where(story_links.c.a.in_(some))):
            if b in url_of:
                found.append(link(url_of[a], url_of[b], likelihood))
    return found
