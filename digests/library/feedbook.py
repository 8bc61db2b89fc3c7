"""The library's record of feeds: their state between fetches, who fetches which, their known items, and their health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, and_, bindparam, func, or_, select, update

from digests.library.database import batches, upsert
from digests.library.editionbook import told_urls
from digests.library.schema import articles, feed_items, feeds
from digests.library.store import Filed, Library, put_all
from digests.library.storybook import key_of
from digests.sources.catalogue import Feed
from digests.sources.fetching.policy import LEAST, FeedState
from digests.words import name_key

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
    ``headline`` stands for the item's own title; 0 for one that is not known.
    """

    address: str
    url: str
    published_at: datetime
    title: str | None = None
    headline: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """Items that a feed had before: by the addresses, names and headlines that were asked for; ``ever`` whether it had any.

    Of several that had one name or headline, the one that was there last has it. ``articles`` says whether any of the feed may
    be stored, also where its items are forgotten.
    """

    addresses: Mapping[str, Known] = field(default_factory=dict)
    names: Mapping[str, Known] = field(default_factory=dict)
    headlines: Mapping[int, Known] = field(default_factory=dict)
    ever: bool = True
    articles: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """An item of a document: its address, what the feed calls it, its date as first seen, its article's address, its title.

    ``instead`` is the address under which the feed had it before; empty for the same.
    """

    address: str
    item: str
    published_at: datetime
    url: str
    headline: int = 0
    instead: str = ""


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
        return _condition(self.state, self.stale)

    @property
    def share(self) -> float | None:
        """The share of its articles that editions told; None where it had none."""
        return self.told / self.month if self.month else None


def source_of(url: str) -> str:
    """The name under which the library keeps what comes from a feed."""
    return f"feed:{url}"


def claim(
    library: Library, configured: Sequence[Feed], owner: str, now: datetime, *, early: bool = False, wishes: str = ""
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
        wishes: What is wanted of feeds. Those that were read for something else are due, and asked for all they have.
    """
    standing = {feed.url: feed.standing for feed in configured}
    with library.database.write() as connection:
        known = {row.url: row for row in connection.execute(select(feeds.c.url, feeds.c.active, feeds.c.standing))}
        rows = [
            {"url": url, "active": True, "standing": worth, "interval": int(FeedState(url).interval.total_seconds())}
            for url, worth in standing.items()
        ]
        if rows:
            fresh = upsert(feeds)
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
        # What nobody wanted when it was read may be wanted now. Two bots that want different things do not take turns at once.
        anew = and_(feeds.c.wishes != wishes, feeds.c.failures == 0, feeds.c.tried_at <= now - LEAST)
        ready = and_(feeds.c.gone.is_(False), or_(ready, anew))
        where = and_(feeds.c.active, free, *(() if early else (ready,)))
        order = (feeds.c.next_at.is_not(None), feeds.c.next_at, feeds.c.url)
        rows_taken = connection.execute(select(feeds).where(where).order_by(*order)).all()
        taken = [_state(row) if row.wishes in (None, wishes) else _asked_anew(_state(row)) for row in rows_taken]
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


def headline(title: str) -> int:
    """A title as it is kept to know an item by it again."""
    return key_of(name_key(title))


def known(library: Library, feed: str, items: Iterable[tuple[str, str, str]]) -> Memory:
    """What a feed had before of these items.

    An address is known also where it was seen with another scheme, or with or without ``www.``.

    Args:
        library: Where items are remembered.
        feed: The feed's address.
        items: The address, name and title of each.
    """
    of_feed = feed_items.c.feed == feed
    asked = list(items)
    addresses = sorted({address for address, _, _ in asked})
    names = sorted({name for _, name, _ in asked if name})
    rows: dict[str, Any] = {}
    named: dict[str, Any] = {}
    titled: dict[int, Any] = {}
    with library.database.read() as connection:

        def found(column: Column[Any], values: Iterable[Any]) -> Iterator[Any]:
            for some in batches(list(values)):
                # An empty address is none: said so that the index of those that have one is used.
                where = (of_feed, column.in_(some), *((column != "",) if column is feed_items.c.article else ()))
                yield from connection.execute(select(feed_items).where(*where).order_by(feed_items.c.seen_at))

        if connection.execute(select(feed_items.c.url).where(of_feed).limit(1)).first() is None:
            stored_one = select(articles.c.id).where(articles.c.source == source_of(feed)).limit(1)
            return Memory(ever=False, articles=connection.execute(stored_one).first() is not None)
        rows.update((row.article, row) for row in found(feed_items.c.article, addresses))
        rows.update((row.url, row) for row in found(feed_items.c.url, addresses))
        strangers = [address for address in addresses if address not in rows]
        twin_of = {twin: address for address in strangers for twin in twins(address)}
        rows.update((twin_of[row.url], row) for row in found(feed_items.c.url, sorted(twin_of)))
        named.update((row.item, row) for row in found(feed_items.c.item, names))
        titles = {headline(title) for address, _, title in asked if address not in rows}
        titled.update((row.headline, row) for row in found(feed_items.c.headline, sorted(titles)))
        kept = {row.article or row.url for row in (*rows.values(), *named.values(), *titled.values())}
        stored: dict[str, str] = {}
        for some in batches(sorted(kept)):
            here = select(articles.c.url, articles.c.title).where(articles.c.source == source_of(feed))
            stored.update((row.url, row.title) for row in connection.execute(here.where(articles.c.url.in_(some))))

    def one(row: Any) -> Known:
        url = row.article or row.url
        return Known(row.url, url, row.published_at, stored.get(url), row.headline)

    return Memory(
        {key: one(row) for key, row in rows.items()},
        {key: one(row) for key, row in named.items()},
        {key: one(row) for key, row in titled.items()},
    )


def twins(address: str) -> list[str]:
    """The same address with the other scheme, and with or without ``www.``."""
    scheme, mark, rest = address.partition("://")
    if scheme not in ("http", "https") or not mark:
        return []
    bare = rest.removeprefix("www.")
    return [f"{s}://{www}{bare}" for s in ("http", "https") for www in ("", "www.") if f"{s}://{www}{bare}" != address]


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


def settle(library: Library, owner: str, done: Sequence[Settled], now: datetime, *, wishes: str = "") -> set[str]:
    """File what feeds brought and remember them; they are free to be taken again. One transaction for all of them.

    A feed that another pull has taken meanwhile, since this one was thought dead, is that one's to write down. Gives the
    addresses of those that were written down. `wishes` are those that they were read for.
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
            values |= {} if each.state.failures else {"wishes": wishes}
            if each.problems is not None:
                values["problems"] = "\n".join(" ".join(problem.split()) for problem in each.problems[:_PROBLEMS])
            of_feed = update(feeds).where(feeds.c.url == each.state.url)
            connection.execute(of_feed.values(dropped=feeds.c.dropped + each.dropped, **values))
        gone = [{"of": each.state.url, "at": s.instead} for each in done for s in each.seen if s.instead]
        if gone:  # a feed with a new address for each reader would be remembered by millions
            moved = feed_items.delete().where(feed_items.c.feed == bindparam("of"), feed_items.c.url == bindparam("at"))
            connection.execute(moved, gone)
        rows = [
            {
                "feed": each.state.url,
                "url": s.address,
                "item": s.item,
                "published_at": s.published_at,
                "seen_at": now,
                "article": "" if s.url == s.address else s.url,
                "headline": s.headline,
            }
            for each in done
            for s in each.seen
        ]
        if rows:
            fresh = upsert(feed_items)
            changed = {name: fresh.excluded[name] for name in ("item", "seen_at", "headline")}
            connection.execute(fresh.on_conflict_do_update(index_elements=["feed", "url"], set_=changed), rows)
    return mine


def forget(library: Library, before: datetime) -> None:
    """Forget items that a feed has not had since a moment. Those of its last document stay: it may still have them."""
    others = feed_items.alias()
    last = select(func.max(others.c.seen_at)).where(others.c.feed == feed_items.c.feed).scalar_subquery()
    with library.database.write() as connection:
        connection.execute(feed_items.delete().where(feed_items.c.seen_at < before, feed_items.c.seen_at < last))


def conditions(library: Library, now: datetime, configured: Iterable[Feed]) -> Counter[Condition]:
    """How many of the `configured` feeds do how, without a look at their articles."""
    wanted = {feed.url for feed in configured}
    with library.database.read() as connection:
        rows = connection.execute(select(feeds).where(feeds.c.active)).all()
    found = Counter(_condition(_state(row), _stale(_state(row), now)) for row in rows if row.url in wanted)
    found[Condition.NEW] += len(wanted) - found.total()  # not even taken down yet
    return found


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
            func.count().filter(articles.c.url.in_(told_urls())).label("told"),
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


def _condition(state: FeedState, stale: bool) -> Condition:
    if state.gone:
        return Condition.GONE
    if stale:
        return Condition.STALE
    if state.failures:
        return Condition.FAILING
    return Condition.GOOD if state.tried_at else Condition.NEW


def _stale(state: FeedState, now: datetime) -> bool:
    if state.gone:
        return True
    if state.good_at is None:
        return state.failures >= _NEVER
    if state.good_at > now + LEASE:  # by a clock that was wrong
        return True
    return bool(state.failures) and now - state.good_at > max(STALE, 3 * state.interval)


def _asked_anew(state: FeedState) -> FeedState:
    return replace(state, etag="", last_modified="", digest="")


def _state(row: Any) -> FeedState:
    values = {name: getattr(row, name) for name in _STATE}
    return FeedState(row.url, interval=timedelta(seconds=row.interval), **values)
