"""The library's record of feeds: their state between fetches, who fetches which, their known items, and their health."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from digests.library.schema import articles, feed_items, feeds, told
from digests.library.store import Filed, Library, batches, put_all
from digests.sources.catalogue import Feed
from digests.sources.fetching.policy import FeedState

LEASE = timedelta(minutes=15)
"""After this a process that took a feed to fetch it counts as dead."""

STALE = timedelta(days=2)
"""A feed that could not be read for so long, and for three of its own intervals, is stale."""

_STATE = tuple(field.name for field in fields(FeedState) if field.name not in ("url", "interval"))
_MONTH, _WEEK = timedelta(days=30), timedelta(days=7)
_PROBLEMS = 20
_NEVER = 4  # failures after which a feed that was never read counts as stale


@dataclass(frozen=True, slots=True)
class Known:
    """An item that a feed had before, as it is kept.

    ``address`` is the item's in the feed, ``url`` that of its article, ``title`` the stored article's; None where none is.
    """

    address: str
    url: str
    published_at: datetime
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An item of a document: its address, what the feed calls it, its date as first seen, and its article's address."""

    address: str
    item: str
    published_at: datetime
    url: str


class Condition(StrEnum):
    """How a feed does, in a word."""

    GOOD = "good"
    FAILING = "failing"
    STALE = "stale"
    GONE = "gone"
    NEW = "not asked yet"


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed does.

    ``week`` counts its articles of seven days; ``month`` those of thirty, of which ``told`` are in editions. ``dropped`` are
    items about no wanted topic, ever; ``problems`` what was wrong with its last document.
    """

    state: FeedState
    title: str
    stale: bool
    week: int
    month: int
    told: int
    dropped: int
    problems: tuple[str, ...]

    @property
    def condition(self) -> Condition:
        """How it does, in a word."""
        state = self.state
        if state.gone:
            return Condition.GONE
        if self.stale:
            return Condition.STALE
        if state.failures:
            return Condition.FAILING
        return Condition.GOOD if state.tried_at else Condition.NEW

    @property
    def share(self) -> float | None:
        """The share of its articles that editions told; None where it had none."""
        return self.told / self.month if self.month else None


def source_of(url: str) -> str:
    """The name under which the library keeps what comes from a feed."""
    return f"feed:{url}"


def claim(
    library: Library, configured: Sequence[Feed], owner: str, now: datetime, *, early: bool = False
) -> list[FeedState]:
    """Take the feeds that are due, for this pull alone, until they are settled, released, or `LEASE` has passed.

    Feeds that are new are due, also those that are configured again; feeds that are not configured any more are
    remembered, and asked no more. What a feed brought lately is scored anew where its standing is another.

    Args:
        library: Where feeds are remembered.
        configured: All feeds there are to be.
        owner: The name of the pull, unlike any other's.
        now: When this is (aware).
        early: Take all of them, due or not, also those that were gone for good.
    """
    standing = {feed.url: feed.standing for feed in configured}
    with library.database.write() as connection:
        known = {row.url: row for row in connection.execute(select(feeds.c.url, feeds.c.active, feeds.c.standing))}
        rows = [
            {"url": url, "active": True, "standing": worth, "interval": int(FeedState(url).interval.total_seconds())}
            for url, worth in standing.items()
        ]
        if rows:
            fresh = insert(feeds)
            changed = {"active": True, "standing": fresh.excluded.standing}
            connection.execute(fresh.on_conflict_do_update(index_elements=["url"], set_=changed), rows)
        for some in batches([url for url, row in known.items() if row.active and url not in standing]):
            connection.execute(update(feeds).where(feeds.c.url.in_(some)).values(active=False))
        for some in batches([url for url, row in known.items() if not row.active and url in standing]):
            again = {"gone": False, "next_at": None, "failures": 0, "error": ""}
            connection.execute(update(feeds).where(feeds.c.url.in_(some)).values(**again))
        for some in batches([url for url, row in known.items() if row.standing != standing.get(url, row.standing)]):
            lately = and_(articles.c.source.in_(map(source_of, some)), articles.c.published_at >= now - _MONTH)
            connection.execute(update(articles).where(lately).values(judged=0))
        # What lies further ahead than anybody could have written was written by a clock that was wrong.
        free = or_(feeds.c.leased_until.is_(None), feeds.c.leased_until <= now, feeds.c.leased_until > now + LEASE)
        ready = or_(feeds.c.next_at.is_(None), feeds.c.next_at <= now, feeds.c.tried_at > now)
        ready = and_(feeds.c.gone.is_(False), ready)
        where = and_(feeds.c.active, free, *(() if early else (ready,)))
        order = (feeds.c.next_at.is_not(None), feeds.c.next_at, feeds.c.url)
        taken = [_state(row) for row in connection.execute(select(feeds).where(where).order_by(*order))]
        for some in batches([each.url for each in taken]):
            lease = {"leased_until": now + LEASE, "owner": owner}
            connection.execute(update(feeds).where(feeds.c.url.in_(some)).values(**lease))
    return taken


def renew(library: Library, owner: str, now: datetime) -> None:
    """Keep what a pull has taken and not yet settled for another `LEASE`."""
    with library.database.write() as connection:
        connection.execute(update(feeds).where(feeds.c.owner == owner).values(leased_until=now + LEASE))


def release(library: Library, owner: str) -> None:
    """Give back what a pull has taken and not settled."""
    with library.database.write() as connection:
        connection.execute(update(feeds).where(feeds.c.owner == owner).values(leased_until=None, owner=""))


def known(library: Library, feed: str, addresses: Iterable[str], items: Iterable[str]) -> tuple[dict[str, Known], bool]:
    """Items that a feed had before, by their address and as ``item:NAME`` by their name; and whether it had any at all.

    Of several items that had one name, the one that was there last has it.
    """
    found: dict[str, Known] = {}
    of_feed = feed_items.c.feed == feed
    wanted, names = sorted(set(addresses)), sorted({item for item in items if item})
    with library.database.read() as connection:
        if connection.execute(select(feed_items.c.url).where(of_feed).limit(1)).first() is None:
            return {}, False
        rows: list[
            tuple[str, Any]
        ] = []  # of several under one key the last counts: an item's own address before all else
        for some in batches(wanted):
            moved = select(feed_items).where(of_feed, feed_items.c.article.in_(some))
            rows += ((row.article, row) for row in connection.execute(moved))
        for some in batches(names):
            named = select(feed_items).where(of_feed, feed_items.c.item.in_(some)).order_by(feed_items.c.seen_at)
            rows += ((f"item:{row.item}", row) for row in connection.execute(named))
        for some in batches(wanted):
            listed = select(feed_items).where(of_feed, feed_items.c.url.in_(some))
            rows += ((row.url, row) for row in connection.execute(listed))
        titles: dict[str, str] = {}
        for some in batches(sorted({row.article or row.url for _, row in rows})):
            stored = select(articles.c.url, articles.c.title).where(articles.c.source == source_of(feed))
            titles.update((row.url, row.title) for row in connection.execute(stored.where(articles.c.url.in_(some))))
    for key, row in rows:
        kept = row.article or row.url
        found[key] = Known(row.url, kept, row.published_at, titles.get(kept))
    return found, True


@dataclass(frozen=True, slots=True)
class Settled:
    """A feed after a fetch: its state, and where there was a document, what it called itself, was wrong with it and had.

    ``files`` are articles to file; ``dropped`` counts items about nothing wanted.
    """

    state: FeedState
    title: str | None = None
    problems: tuple[str, ...] | None = None
    seen: tuple[Seen, ...] = ()
    files: tuple[Filed, ...] = ()
    dropped: int = 0


def settle(library: Library, owner: str, done: Sequence[Settled], now: datetime) -> None:
    """File what feeds brought and remember them; they are free to be taken again. One transaction for all of them.

    A feed that another pull has taken meanwhile, since this one was thought dead, is that one's to write down.
    """
    with library.database.write() as connection:
        mine: set[str] = set()
        for some in batches([each.state.url for each in done]):
            owned = select(feeds.c.url).where(feeds.c.url.in_(some), feeds.c.owner == owner)
            mine.update(connection.execute(owned).scalars())
        done = [each for each in done if each.state.url in mine]
        put_all(connection, {source_of(each.state.url): each.files for each in done if each.files})
        for each in done:
            values: dict[str, Any] = {name: getattr(each.state, name) for name in _STATE}
            values |= {"interval": int(each.state.interval.total_seconds()), "leased_until": None, "owner": ""}
            values |= {} if each.title is None else {"title": each.title[:300]}
            if each.problems is not None:
                values["problems"] = "\n".join(" ".join(problem.split()) for problem in each.problems[:_PROBLEMS])
            of_feed = update(feeds).where(feeds.c.url == each.state.url)
            connection.execute(of_feed.values(dropped=feeds.c.dropped + each.dropped, **values))
        rows = [
            {
                "feed": each.state.url,
                "url": s.address,
                "item": s.item,
                "published_at": s.published_at,
                "seen_at": now,
                "article": "" if s.url == s.address else s.url,
            }
            for each in done
            for s in each.seen
        ]
        if rows:
            fresh = insert(feed_items)
            changed = {"item": fresh.excluded.item, "seen_at": fresh.excluded.seen_at}
            connection.execute(fresh.on_conflict_do_update(index_elements=["feed", "url"], set_=changed), rows)


def forget(library: Library, before: datetime) -> None:
    """Forget items that a feed has not had since a moment. Those of its last document stay: it may still have them."""
    others = feed_items.alias()
    last = select(func.max(others.c.seen_at)).where(others.c.feed == feed_items.c.feed).scalar_subquery()
    with library.database.write() as connection:
        connection.execute(feed_items.delete().where(feed_items.c.seen_at < before, feed_items.c.seen_at < last))


def stale(library: Library, now: datetime, configured: Iterable[Feed]) -> int:
    """How many of the `configured` feeds are stale."""
    wanted = {feed.url for feed in configured}
    with library.database.read() as connection:
        rows = connection.execute(select(feeds).where(feeds.c.active))
        return sum(_stale(_state(row), now) for row in rows if row.url in wanted)


def health(library: Library, now: datetime, configured: Iterable[Feed] | None = None) -> tuple[FeedHealth, ...]:
    """How every feed does, in the order of their addresses: of those `configured`, or of those the last pull was for."""
    wanted = None if configured is None else {feed.url for feed in configured}
    counted = (
        select(
            articles.c.source,
            func.count().label("month"),
            func.count().filter(articles.c.published_at >= now - _WEEK).label("week"),
            func.count().filter(articles.c.url.in_(select(told.c.url))).label("told"),
        )
        .where(articles.c.source.startswith("feed:"), articles.c.published_at >= now - _MONTH)
        .group_by(articles.c.source)
    )
    with library.database.read() as connection:
        of: Mapping[str, Any] = {row.source: row for row in connection.execute(counted)}
        rows = connection.execute(select(feeds).where(feeds.c.active).order_by(feeds.c.url)).all()
    found = []
    for row in (row for row in rows if wanted is None or row.url in wanted):
        state, count = _state(row), of.get(source_of(row.url))
        week, month, chosen = (count.week, count.month, count.told) if count else (0, 0, 0)
        problems = tuple(row.problems.splitlines())
        found.append(FeedHealth(state, row.title, _stale(state, now), week, month, chosen, row.dropped, problems))
    return tuple(found)


def _stale(state: FeedState, now: datetime) -> bool:
    if state.gone:
        return True
    if state.good_at is None:
        return state.failures >= _NEVER
    if state.good_at > now + LEASE:  # by a clock that was wrong
        return True
    return bool(state.failures) and now - state.good_at > max(STALE, 3 * state.interval)


def _state(row: Any) -> FeedState:
    values = {name: getattr(row, name) for name in _STATE}
    return FeedState(row.url, interval=timedelta(seconds=row.interval), **values)
