"""News feeds as a source: fetches those that are due, reads them, and files what is new as articles of our format.

    catalogue ─> claim ─> fetching ─> feeds.read ─> filed() ─> library
                 (one process a feed)               (pure)

Quality and heat come later, when an article is judged and its story known: `digests.intake`.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from digests import scoring
from digests.errors import FetchError
from digests.library import Filed, Library, Stamp, feedbook
from digests.library.feedbook import Known, Seen, Settled, source_of
from digests.models import Article, Provider, Value
from digests.sources import feeds
from digests.sources.catalogue import Feed
from digests.sources.feeds import FeedDocument, Item
from digests.sources.fetching import Client, FeedState, Fetched, Outcome, fetch_all
from digests.sources.fetching.policy import Happened, settled, wished
from digests.sources.readers import Readers
from digests.sync import Progress, SyncReport

BACKFILL = timedelta(days=2)
"""How far back a feed's items are taken when it is read for the first time."""

_PAGE = 600_000  # bytes of an article's page that are read for what stands in its head
_PAGES_A_FEED = 20
_A_WRITE = 10  # feeds that are written down together
_AT_ONCE = 8  # feeds that are read and filed at the same time
_SLUG = re.compile(r"[^a-z0-9]+")

Wanted = Callable[[Article], bool]
"""Whether an article is about any topic that somebody wants."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document gave: articles to file, every item it had, and how many new ones were about nothing wanted."""

    articles: tuple[Article, ...] = ()
    seen: tuple[Seen, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class NewsFeeds:
    """All news feeds together, for `registry.pull`.

    Attributes:
        configured: The feeds.
        client: Makes the client they are fetched with.
        clock: Says what time it is.
        wanted: Which articles are kept.
        pages: Whether an article's page is read where its feed has neither picture nor text.
        early: Fetch all feeds, due or not.
    """

    configured: tuple[Feed, ...]
    client: Callable[[], AbstractAsyncContextManager[Client]]
    clock: Callable[[], datetime]
    wanted: Wanted = lambda _article: True
    pages: bool = True
    early: bool = False

    @property
    def name(self) -> str:
        """The registry's name for all feeds; in the library each has its own."""
        return "feeds"

    async def pull(self, library: Library, progress: Progress) -> SyncReport:
        """Fetch what is due and file what is new. Feeds that fail are told in the report and tried again later."""
        now = self.clock()
        taken = await asyncio.to_thread(feedbook.claim, library, self.configured, now, early=self.early)
        of = {feed.url: feed for feed in self.configured}
        states = {state.url: state for state in taken}
        left = set(states)
        report = SyncReport()
        try:
            async with self.client() as client, Readers(len(taken)) as readers:
                hands = _Hands(library, client, readers)
                waiting: list[Settled] = []
                async for report_of, settled_as in _at_once(
                    fetch_all(client, taken, now),
                    lambda fetched: self._settle(hands, of[fetched.state.url], states[fetched.state.url], fetched),
                ):
                    report += report_of
                    waiting.append(settled_as)
                    if len(waiting) >= _A_WRITE or len(waiting) == len(left):
                        # A few feeds a transaction: each has to reach the disk.
                        await asyncio.to_thread(feedbook.settle, library, waiting, self.clock())
                        left.difference_update(each.state.url for each in waiting)
                        waiting.clear()
                    progress(len(taken) - len(left) + len(waiting), len(taken))
        finally:
            await asyncio.to_thread(feedbook.release, library, left)
        return report

    async def _settle(
        self, hands: _Hands, feed: Feed, before: FeedState, fetched: Fetched
    ) -> tuple[SyncReport, Settled]:
        library, client = hands.library, hands.client
        now, state = self.clock(), fetched.state
        if fetched.outcome is not Outcome.NEW:
            return SyncReport(troubled=(f"{feed.url}: {state.error}",) if state.error else ()), Settled(state)
        document = await hands.readers.read(fetched.body, fetched.location, fetched.headers, now)
        problems = tuple(problem.what for problem in document.problems)
        if not document.form or document.form == "html page":
            failed = _unreadable(before, problems, now)
            return SyncReport(troubled=(f"{feed.url}: {failed.error}",)), Settled(failed, problems=problems)
        known, ever = await asyncio.to_thread(
            feedbook.known, library, feed.url, [i.url for i in document.items], [i.id for i in document.items]
        )
        reading = filed(document, feed, known, now, self.wanted, since=None if ever else now - BACKFILL)
        articles = await self._completed(client, reading.articles, known, now) if self.pages else reading.articles
        fresh = await asyncio.to_thread(_fresh, library, feed.url, articles, now) if ever else _filed(articles, now)
        report = SyncReport(loaded=len(fresh), unchanged=len(articles) - len(fresh), dropped=reading.dropped)
        state = wished(state, document.every)
        return report, Settled(state, document.title, problems, reading.seen, fresh, reading.dropped)

    async def _completed(
        self, client: Client, articles: Sequence[Article], known: Mapping[str, Known], now: datetime
    ) -> tuple[Article, ...]:
        """The articles with what their pages say, where the feed said neither what they are about nor had a picture."""
        bare = [a for a in articles if a.url not in known and not (a.excerpt and a.images)][:_PAGES_A_FEED]
        found = dict(
            zip((a.url for a in bare), await asyncio.gather(*(_page(client, a, now) for a in bare)), strict=True)
        )
        return tuple(found.get(article.url, article) for article in articles)


@dataclass(frozen=True, slots=True)
class _Hands:
    """What the feeds of one pull share."""

    library: Library
    client: Client
    readers: Readers


async def _at_once(
    fetched: AsyncIterator[Fetched], settle: Callable[[Fetched], Coroutine[Any, Any, tuple[SyncReport, Settled]]]
) -> AsyncIterator[tuple[SyncReport, Settled]]:
    """Settle feeds while others are fetched, a few at a time, so that no more bodies than that are held."""
    running: set[asyncio.Task[tuple[SyncReport, Settled]]] = set()

    async def finished() -> AsyncIterator[tuple[SyncReport, Settled]]:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        running.difference_update(done)
        for task in done:
            yield task.result()

    try:
        async for each in fetched:
            running.add(asyncio.create_task(settle(each)))
            while len(running) >= _AT_ONCE:
                async for result in finished():
                    yield result
        while running:
            async for result in finished():
                yield result
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def filed(
    document: FeedDocument,
    feed: Feed,
    known: Mapping[str, Known],
    now: datetime,
    wanted: Wanted = lambda _article: True,
    since: datetime | None = None,
) -> Reading:
    """Turn a document's items into articles. Pure.

    An item that was seen before, at its address or under its name, keeps the address and the date it was first seen with.
    An undated one is dated when it is first seen.

    Args:
        document: The document.
        feed: The feed it is of.
        known: Items of the feed that were seen before, as `feedbook.known` gives them.
        now: When this is (aware).
        wanted: Which articles are kept.
        since: On the first reading: older items, and undated ones, are remembered and not taken.
    """
    names = Counter(item.id for item in document.items)
    articles: list[Article] = []
    seen: dict[str, Seen] = {}
    dropped = 0
    for item in document.items:
        own_name = item.id if names[item.id] == 1 else ""  # some feeds call all their items the same
        before = known.get(item.url) or (known.get(f"item:{own_name}") if own_name else None)
        url = before.url if before else item.url
        at = before.published_at if before else item.published_at or now
        if url in seen:
            continue
        seen[url] = Seen(url, own_name, at)
        if before is None and since is not None and (item.published_at is None or at < since):
            continue
        article = _article(item, url, at, document, feed)
        if not wanted(article):
            dropped += before is None
        else:
            articles.append(article)
    return Reading(tuple(articles), tuple(seen.values()), dropped)


def ref_of(url: str) -> str:
    """The name of an article's file below its feed: host, words of the address, and a digest that keeps two apart."""
    try:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    except ValueError:
        host, path = "", ""
    slug = _SLUG.sub("-", path.rstrip("/").rpartition("/")[2].lower()).strip("-")[:60].strip("-")
    digest = blake2b(url.encode(), digest_size=6).hexdigest()
    return (
        f"{_SLUG.sub('-', host.removeprefix('www.').lower()).strip('-') or 'article'}/{slug or 'article'}-{digest}.md"
    )


def _article(item: Item, url: str, at: datetime, document: FeedDocument, feed: Feed) -> Article:
    name = item.source or (feed.provider if feed.named else document.title or feed.provider)
    domain = (urlsplit(url).hostname or feed.domain).removeprefix("www.") if item.source else feed.domain
    hint = item.language or document.language or feed.language
    said: dict[str, Value] = {"words": item.words, "language": scoring.language(f"{item.title}. {item.excerpt}", hint)}
    return Article(
        url,
        item.title,
        at,
        Provider(name, domain),
        item.excerpt,
        topics=feed.topics,
        images=item.images,
        original_url=item.original_url,
        amp_url=item.amp_url,
        extra={key: value for key, value in said.items() if value},
    )


async def _page(client: Client, article: Article, now: datetime) -> Article:
    try:
        answer = await client.get(article.url, {"Accept": "text/html, application/xhtml+xml"}, _PAGE)
    except FetchError:
        return article  # the feed's own words will do
    if answer.status != 200:
        return article
    page = await asyncio.to_thread(feeds.page, answer.body, answer.url, answer.headers, now)
    return replace(article, excerpt=article.excerpt or page.description, images=article.images or page.images)


def _fresh(library: Library, feed: str, articles: Sequence[Article], now: datetime) -> tuple[Filed, ...]:
    """The articles that are new or say something new, to be filed.

    Quality and heat stay until they are judged anew, and so does what a page said where the feed says nothing.
    """
    source = source_of(feed)
    stored = dict(library.files(source, [ref_of(article.url) for article in articles]))
    fresh = []
    for article in articles:
        old = stored.get(ref_of(article.url))
        if old is not None:
            article = replace(
                article,
                excerpt=article.excerpt or old.excerpt,
                images=article.images or old.images,
                quality=old.quality,
                heat=old.heat,
                published=old.published,
            )
        if article != old:
            fresh.append(article)
    return _filed(fresh, now)


def _filed(articles: Sequence[Article], now: datetime) -> tuple[Filed, ...]:
    stamp = Stamp(0, int(now.timestamp()), "")
    return tuple(Filed(ref_of(article.url), stamp, article) for article in articles)


def _unreadable(before: FeedState, problems: Sequence[str], now: datetime) -> FeedState:
    """A fetch that worked and brought no feed has failed all the same."""
    error = problems[0] if problems else "this is not a feed"
    return settled(before, Happened(error=error), now)[0]
