"""The library's record of stories: what each article was judged to be, how articles are linked, which story has which."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from digests.library.briefs import parted, provider_named
from digests.library.database import batches, upsert
from digests.library.dialects import Question
from digests.library.documents import document_of, scores_of, selected, stored
from digests.library.schema import IS_CURRENT, articles, feeds, marks, story_changes, story_keys, story_links
from digests.library.store import TAKEN_IN, Library
from digests.models import Article
from digests.stories.clusters import ALIKE, Change, Link, link

MEMORY = timedelta(days=30)
"""How far back the earlier reports of a story are looked for."""

_TURN = TAKEN_IN

# The keys as one value, and what is found as one: each row that is fetched by itself takes as long as to find it.
_SHARING = Question(
    "SELECT json_group_array(json_array(article, shared)) FROM ("
    "SELECT story_keys.article, sum(mine.value * story_keys.weight) AS shared FROM json_each(:mine) AS mine "
    "CROSS JOIN story_keys ON story_keys.key = CAST(mine.key AS INTEGER) AND story_keys.hour BETWEEN :first AND :last "
    "GROUP BY story_keys.article HAVING shared >= :least)",
    "SELECT coalesce(json_agg(json_build_array(article, shared)), '[]')::text FROM ("
    "SELECT story_keys.article, CAST(sum(CAST(mine.value AS BIGINT) * story_keys.weight) AS BIGINT) AS shared "
    "FROM json_each_text(%(mine)s) AS mine JOIN story_keys "
    "ON story_keys.key = CAST(mine.key AS BIGINT) AND story_keys.hour BETWEEN %(first)s AND %(last)s "
    "GROUP BY story_keys.article HAVING sum(CAST(mine.value AS BIGINT) * story_keys.weight) >= %(least)s) AS found",
)
_TEXTS = Question(
    "SELECT json_group_array(json_array(articles.id, url, title, excerpt, provider, published_at || '+00:00', kind)) "
    "FROM json_each(:rows) CROSS JOIN articles ON articles.id = value",
    "SELECT coalesce(json_agg(json_build_array(id, url, title, excerpt, provider, published_at, kind)), '[]')::text "
    "FROM json_array_elements_text(%(rows)s) AS asked JOIN articles ON id = CAST(asked AS bigint)",
)

# Made once: what SQLAlchemy builds for a statement holds cycles, and to collect them makes people wait.
_WHOLE = selected(related=False).add_columns(articles.c.story).where(IS_CURRENT)
_AT_PLACES, _OF_STORIES = (
    _WHOLE.where(column.in_(bindparam("some", expanding=True))) for column in (articles.c.place, articles.c.story)
)


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
    here = and_(articles.c.current, articles.c.published_at >= since, articles.c.published_at <= until)
    earlier = and_(
        IS_CURRENT,
        articles.c.published_at < since,
        articles.c.published_at >= since - MEMORY,
        articles.c.story != "",
    )
    with library.database.read() as connection:
        rows = list(connection.execute(selected().add_columns(articles.c.story).where(here)))
        for some in batches(sorted({row.story for row in rows} - {""})):
            statement = selected().add_columns(articles.c.story).where(earlier, articles.c.story.in_(some))
            rows += connection.execute(statement)
        found = library.readable(connection, rows)
        links = _links(connection, {row.id: row.url for row, _ in found})
    order = sorted((article for _, article in found), key=lambda a: (-a.published_at.timestamp(), a.path or ""))
    return Window(tuple(order), tuple(links), {row.url: row.story for row, _ in found if row.story})


def stories_of(library: Library, urls: Collection[str]) -> tuple[tuple[str, tuple[Article, ...]], ...]:
    """The stories to which these addresses belong, each with all its reports; an address without a story is one itself.

    What reports list as related is left out.
    """
    keys: set[str | int] = set()
    with library.database.read() as connection:
        for some in batches(sorted(urls)):
            known = select(articles.c.story, articles.c.place).where(articles.c.url.in_(some), IS_CURRENT)
            keys.update(row.story or row.place for row in connection.execute(known))
    return stories_by_key(library, keys)


def stories_by_key(library: Library, keys: Collection[str | int]) -> tuple[tuple[str, tuple[Article, ...]], ...]:
    """The same of stories by their ids, and of single articles by their places in the index."""
    places, ids = parted(keys)
    with library.database.read() as connection:
        rows: list[Any] = []
        for few in batches(places):
            rows += connection.execute(_AT_PLACES, {"some": few})
        for some in batches(ids):
            rows += connection.execute(_OF_STORIES, {"some": some})
        loaded = library.readable(connection, rows)
    of: dict[str, list[Article]] = {}
    for row, article in loaded:
        of.setdefault(row.story or row.url, []).append(article)
    return tuple((story, tuple(of[story])) for story in sorted(of))


def story_of(library: Library, url: str) -> str | None:
    """The id of the story an address belongs to; None where there is none (yet)."""
    with library.database.read() as connection:
        statement = select(articles.c.story).where(articles.c.url == url, IS_CURRENT)
        return connection.execute(statement).scalar() or None


def changes(library: Library, story: str) -> tuple[tuple[datetime, Change], ...]:
    """When and how a story was merged or split, oldest first."""
    where = or_(story_changes.c.story == story, story_changes.c.other == story)
    with library.database.read() as connection:
        rows = connection.execute(select(story_changes).where(where).order_by(story_changes.c.id))
        return tuple((row.at, Change(row.what, row.story, row.other)) for row in rows)


class State(NamedTuple):
    """A row of `articles` as it stood when a batch was worked out; what is filed, withdrawn or judged since differs here."""

    url: str
    published_at: datetime
    source: str
    current: bool
    story: str
    judged: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of rows that wait to be judged, oldest first: what they say, as far as it can be read, and how they stood."""

    articles: Mapping[int, Article]
    states: Mapping[int, State]
    stored: Mapping[int, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What taking a batch in comes to, worked out beforehand from one state of the library, to be written down.

    Attributes:
        turn: Which turn of taking in this is; no longer true once another has been taken.
        states: How all rows stood that it depends on.
        stored: What the rows said that it depends on for their words.
        taken: The articles.
        unreadable: Rows that had their turn, too, and could not be read back.
        links: Likelihoods by pairs of rows, the smaller first.
        stories: The story of each row that gets another.
        changes: What was merged or split.
        scored: Articles whose quality, heat or publication are new, by row.
    """

    turn: int
    states: Mapping[int, State]
    stored: Mapping[int, tuple[object, ...]]
    taken: Sequence[Taken]
    unreadable: Sequence[int]
    links: Mapping[tuple[int, int], float]
    stories: Mapping[int, str]
    changes: Sequence[Change]
    scored: Mapping[int, Article]


class Page:
    """One transaction of taking in: what the library says, asked for in a read, and a draft written down in a write."""

    def __init__(self, library: Library, connection: Connection) -> None:
        self._library = library
        self._connection = connection

    def turn(self) -> int:
        """How often a batch was written down so far."""
        return int(self._connection.execute(select(marks.c.value).where(marks.c.name == _TURN)).scalar() or 0)

    def waiting(self, judgement: int, limit: int) -> Waiting:
        """Articles that this judgement has not seen, oldest first."""
        # One judgement at a time, and ids before articles: so `articles_judged` gives them in its order. Asked for everything
        # at once, SQLite walks the whole library in order of time to find the few that wait; the plus keeps it from that.
        unseen = select(func.min(articles.c.judged)).where(articles.c.judged < judgement, IS_CURRENT)
        last = self._connection.execute(unseen).scalar()
        order = (articles.c.published_at, articles.c.url)
        next_ones = select(articles.c.id).where(articles.c.judged == last, articles.c.current)
        ids = self._connection.execute(next_ones.order_by(*order).limit(limit)).scalars().all()
        found: dict[int, Any] = {}
        for some in batches(ids):
            found |= {row.id: row for row in self._connection.execute(selected().where(articles.c.id.in_(some)))}
        rows = [found[row] for row in ids]
        read = {row.id: article for row, article in self._library.readable(self._connection, rows)}
        return Waiting(read, self.states(ids), {row.id: stored(row) for row in rows})

    def states(self, rows: Collection[int]) -> dict[int, State]:
        """How rows stand; those that are not there are left out."""
        columns = (articles.c.id, *(articles.c[name] for name in State._fields))
        found: dict[int, State] = {}
        for some in batches(sorted(rows)):
            for row in self._connection.execute(select(*columns).where(articles.c.id.in_(some))):
                found[row.id] = State(*row[1:])
        return found

    def mates(self, stories: Collection[str]) -> set[int]:
        """The rows of stories."""
        found: set[int] = set()
        for some in batches(sorted(stories)):
            found.update(self._connection.execute(select(articles.c.id).where(articles.c.story.in_(some))).scalars())
        return found

    def sharing(self, taken: Taken, hours: int, least: int) -> dict[int, int]:
        """The rows of articles published within so many hours whose keys weigh enough together with its own, and how much."""
        mine = json.dumps(taken.hashed)
        first, last = taken.hour - hours, taken.hour + hours
        return dict(_SHARING.ask(self._connection, mine=mine, first=first, last=last, least=least))

    def texts(self, rows: Collection[int]) -> dict[int, Article]:
        """Articles with no more than what they are compared by."""
        found: dict[int, Article] = {}
        for row, url, title, excerpt, provider, published_at, kind in _TEXTS.ask(
            self._connection, rows=json.dumps(sorted(rows))
        ):
            at = datetime.fromisoformat(published_at)
            found[row] = Article(url, title, at, provider_named(provider), excerpt, kind=kind)
        return found

    def component(self, start: Collection[int], links: Mapping[tuple[int, int], float]) -> set[int]:
        """All that hangs together with these by links that can join, stored or given; fainter ones only count within."""
        given: defaultdict[int, set[int]] = defaultdict(set)
        for (a, b), likelihood in links.items():
            if likelihood >= ALIKE:
                given[a].add(b)
                given[b].add(a)
        reached, edge = set(start), set(start)
        strong = story_links.c.likelihood >= ALIKE
        while edge:
            further = {there for here in edge for there in given.get(here, ())}
            for some in batches(sorted(edge)):
                for here, there in ((story_links.c.a, story_links.c.b), (story_links.c.b, story_links.c.a)):
                    further.update(self._connection.execute(select(there).where(here.in_(some), strong)).scalars())
            edge = further - reached
            reached |= edge
        return reached

    def links(self, rows: Collection[int]) -> dict[tuple[int, int], float]:
        """The stored links among these rows."""
        return _stored_links(self._connection, rows)

    def fed(self, rows: Collection[int]) -> tuple[dict[int, Fed], dict[int, tuple[object, ...]]]:
        """Reports with the standing of their providers, and what their rows say, by row."""
        whole = selected().add_columns(feeds.c.standing)
        whole = whole.outerjoin(feeds, articles.c.source == "feed:" + feeds.c.url)
        found: list[Any] = []
        for some in batches(sorted(rows)):
            found += self._connection.execute(whole.where(articles.c.id.in_(some)))
        read = self._library.readable(self._connection, found)
        return {row.id: Fed(row.id, each, row.standing) for row, each in read}, {r.id: stored(r) for r in found}

    def holds(self, draft: Draft) -> bool:
        """Whether all that a draft depends on still is as it was."""
        if self.turn() != draft.turn or self.states(draft.states) != draft.states:
            return False
        for some in batches(sorted(draft.stored)):
            for row in self._connection.execute(selected().where(articles.c.id.in_(some))):
                if stored(row) != draft.stored[row.id]:
                    return False
        return True

    def write(self, draft: Draft, judgement: int, now: datetime) -> None:
        """Write a draft down, which must hold."""
        for some in batches([*(each.row for each in draft.taken), *draft.unreadable]):
            _clear(self._connection, some)
        row = update(articles).where(articles.c.id == bindparam("row"))
        self._many(
            row.values(kind=bindparam("what"), news_value=bindparam("worth"), judged=judgement),
            (
                *({"row": t.row, "what": t.article.kind, "worth": t.article.news_value} for t in draft.taken),
                *({"row": each, "what": "", "worth": 0.0} for each in draft.unreadable),
            ),
        )
        self._many(
            insert(story_keys),
            (
                {"key": key, "hour": each.hour, "article": each.row, "weight": weight}
                for each in draft.taken
                for key, weight in each.hashed.items()
            ),
        )
        linked = sorted(draft.links.items())
        self._many(insert(story_links), ({"a": a, "b": b, "likelihood": chance} for (a, b), chance in linked))
        moved = sorted(draft.stories.items())
        self._many(row.values(story=bindparam("to")), ({"row": of, "to": story} for of, story in moved))
        changed = ({"at": now, "what": c.what, "story": c.story, "other": c.other} for c in draft.changes)
        self._many(insert(story_changes), changed)
        scored = sorted(draft.scored.items(), key=lambda pair: pair[0])
        whole = row.values({name: bindparam(f"its_{name}") for name in ("document", "heat", "quality")})
        self._many(
            whole,
            (
                {"row": of, **{f"its_{k}": v for k, v in {"document": document_of(a), **scores_of(a)}.items()}}
                for of, a in scored
            ),
        )
        turn = upsert(marks).values(name=_TURN, value=str(draft.turn + 1))
        self._connection.execute(
            turn.on_conflict_do_update(index_elements=["name"], set_={"value": turn.excluded.value})
        )

    def _many(self, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        values = list(rows)
        if values:
            self._connection.execute(statement, values)


def clear_old_words(library: Library, judgement: int) -> None:
    """Clear away what is known of old words of an address; the newer words of the same address belong to the same story."""
    columns = (articles.c.id, articles.c.url, articles.c.story)
    stale = select(*columns).where(articles.c.judged < judgement, articles.c.current.is_(False))
    with library.database.read() as connection:  # mostly there are none: without the write lock
        if connection.execute(stale.limit(1)).first() is None:
            return
    with library.database.write() as connection:
        gone = connection.execute(stale).all()
        for row in gone:
            if row.story:
                heir = and_(articles.c.url == row.url, articles.c.current, articles.c.story == "")
                connection.execute(update(articles).where(heir).values(story=row.story))
        for some in batches([row.id for row in gone]):
            _clear(connection, some)
            values = {"judged": judgement, "story": ""}
            connection.execute(update(articles).where(articles.c.id.in_(some)).values(values))


def _clear(connection: Connection, rows: Sequence[int]) -> None:
    connection.execute(delete(story_keys).where(story_keys.c.article.in_(rows)))
    connection.execute(delete(story_links).where(or_(story_links.c.a.in_(rows), story_links.c.b.in_(rows))))


def _stored_links(connection: Connection, rows: Collection[int]) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    among = set(rows)
    for some in batches(sorted(among)):
        for a, b, likelihood in connection.execute(select(story_links).where(story_links.c.a.in_(some))):
            if b in among:
                found[a, b] = likelihood
    return found


def _links(connection: Connection, url_of: Mapping[int, str]) -> list[Link]:
    """The links among these rows, by address."""
    stored = _stored_links(connection, url_of)
    return [link(url_of[a], url_of[b], likelihood) for (a, b), likelihood in stored.items()]
