"""News feeds as a source: fetches those that are due, reads them, and files what is new as articles of our format.

    catalogue ─> claim ─> fetching ─> feeds.read ─> filed() ─> library
                 (one process a feed)               (pure)

Quality and heat come later, when an article is judged and its story known: `digests.intake`.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from urllib.parse import urlsplit

from digests.errors import DigestsError, FetchError
from digests.library import Filed, Library, Stamp, feedbook
from digests.library.feedbook import LEASE, Settled, source_of
from digests.models import Article
from digests.sources import feeds
from digests.sources.catalogue import Feed
from digests.sources.crew import working
from digests.sources.feeds import FeedDocument, PageDetails
from digests.sources.fetching import Client, FeedState, Outcome
from digests.sources.fetching.feeds import fetching
from digests.sources.fetching.policy import Happened, settled, unmoved, wished
from digests.sources.filing import BACKFILL, Reading, Wanted, completed, filed, ref_of
from digests.sources.readers import Readers
from digests.sync import Progress, SyncReport

_PAGE = 600_000  # bytes of an article's page that are read for what stands in its head
_PAGES_A_FEED = 20
_PAGES_TIME = 20.0  # seconds for all pages of a feed: its news must not wait for slow ones
_A_WRITE = 10  # feeds that are written down together
_AT_ONCE = 8  # documents that are read at the same time, and article pages that are fetched


@dataclass(frozen=True, slots=True)
class NewsFeeds:
    """All news feeds together, for `registry.pull`.

    Attributes:
        configured: The feeds.
        client: Makes the client they are fetched with.
        clock: Says what time it is.
        wanted: Which articles are kept.
        wishes: What that asks for, in any words: when they are others, feeds are read anew.
        pages: Whether an article's page is read for what its feed lacks.
        early: Fetch all feeds, due or not.
        renew_every: How often the library is told that the pull is still at it; well within `LEASE`.
    """

    configured: tuple[Feed, ...]
    client: Callable[[], AbstractAsyncContextManager[Client]]
    clock: Callable[[], datetime]
    wanted: Wanted = lambda _article: True
    wishes: str = ""
    pages: bool = True
    early: bool = False
    renew_every: timedelta = LEASE / 3

    @property
    def name(self) -> str:
        """All feeds are one source without a place; in the library each has its own name, `source_of`."""
        return "feeds"

    async def pull(self, library: Library, progress: Progress) -> SyncReport:
        """Fetch what is due and file what is new. Feeds that fail are told in the report and tried again later."""
        report = SyncReport()
        async with self._taken(library) as (owner, taken), self.client() as client, Readers(len(taken)) as readers:
            pull = _Pull(self, {feed.url: feed for feed in self.configured}, library, client, readers)
            waiting: list[tuple[SyncReport, Settled]] = []
            done = 0
            # More hands than requests at once: who waits for a busy host, or for a reader, holds up no other feed.
            places = client.limits.at_once
            async with working(mixed(taken), pull.feed, 2 * places, places) as results:
                async for each in results:
                    waiting.append(each)
                    done += 1
                    if len(waiting) >= _A_WRITE or done == len(taken):
                        # A few feeds a transaction: each has to reach the disk.
                        all_of_them = [settled_as for _, settled_as in waiting]
                        settling = partial(feedbook.settle, library, owner, all_of_them, wishes=self.wishes)
                        written = await asyncio.to_thread(settling, self.clock())
                        # What another pull has taken over is in its report.
                        report = sum((its for its, as_ in waiting if as_.state.url in written), report)
                        waiting.clear()
                    progress(done, len(taken))
        return report + SyncReport(asked=len(taken))

    @asynccontextmanager
    async def _taken(self, library: Library) -> AsyncIterator[tuple[str, list[FeedState]]]:
        """The feeds that are due, for this pull alone, for as long as it lasts; with the name of the pull."""
        owner = token_hex(8)
        claim = partial(feedbook.claim, library, self.configured, owner, early=self.early, wishes=self.wishes)
        claiming = asyncio.create_task(asyncio.to_thread(claim, self.clock()))
        keeping = asyncio.create_task(self._keep(library, owner))
        try:
            yield owner, await asyncio.shield(claiming)
        finally:
            keeping.cancel()
            # A claim in its thread cannot be called back: what it took is given back when it has ended.
            await asyncio.wait([claiming, keeping])
            if not claiming.exception():
                await asyncio.to_thread(feedbook.release, library, owner)

    async def _keep(self, library: Library, owner: str) -> None:
        """Say now and then that the pull is alive. Where that cannot be written, nothing else can: the pull will tell."""
        while True:
            await asyncio.sleep(self.renew_every.total_seconds())
            with suppress(DigestsError):
                await asyncio.to_thread(feedbook.renew, library, owner, self.clock())


@dataclass(frozen=True, slots=True)
class _Pull:
    """One pull: what becomes of each feed that it has taken."""

    source: NewsFeeds
    configured: Mapping[str, Feed]
    library: Library
    client: Client
    readers: Readers
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    paging: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def feed(self, before: FeedState) -> tuple[SyncReport, Settled]:
        """Fetch a feed, read it, and say what is to be filed. What goes wrong with one feed is the trouble of that feed.

        Raises:
            DigestsError: When the library cannot be read.
        """
        try:
            state, document = await self._document(before)
            return _troubled(state) if document is None else await self._read(before, state, document)
        except DigestsError:
            raise
        except Exception as error:  # noqa: BLE001  # a mistake of ours about this feed: told there, and the others go on
            what = f"it could not be dealt with ({type(error).__name__}: {str(error)[:200]}): please report this"
            return _troubled(settled(before, Happened(error=what), self.source.clock())[0])

    async def _document(self, before: FeedState) -> tuple[FeedState, FeedDocument | None]:
        """What a feed has that is new. Its body may be big: it is let go here, and with it its place among the big ones."""
        async with fetching(self.client, before, self.source.clock()) as fetched:
            if fetched.outcome is not Outcome.NEW:
                return fetched.state, None
            async with self.reading:
                now = self.source.clock()
                return fetched.state, await self.readers.read(fetched.body, fetched.location, fetched.headers, now)

    async def _read(self, before: FeedState, state: FeedState, document: FeedDocument) -> tuple[SyncReport, Settled]:
        now, feed = self.source.clock(), self.configured[before.url]
        problems = tuple(problem.what for problem in document.problems)
        if not document.form or document.form == "html page":
            report, told = _troubled(_unreadable(before, problems, now))
            return report, replace(told, problems=problems)
        items = [(item.url, item.id, item.title) for item in document.items]
        memory = await asyncio.to_thread(feedbook.known, self.library, feed.url, items)
        reading = filed(document, feed, memory, now, self.source.wanted, since=None if memory.ever else now - BACKFILL)
        if self.source.pages and reading.bare:
            reading = await self._completed(feed, reading, now)
        articles = reading.articles
        if memory.articles:
            fresh = await asyncio.to_thread(_fresh, self.library, feed.url, articles, now)
        else:
            fresh = _filed(articles, now)
        moved = bool(fresh) or any(seen.address not in memory.addresses for seen in reading.seen)
        state = wished(state if moved else unmoved(before, state), document.every)
        report = SyncReport(loaded=len(fresh), unchanged=len(articles) - len(fresh), dropped=reading.dropped)
        return report, Settled(state, document.title, problems, reading.seen, fresh, reading.dropped)

    async def _completed(self, feed: Feed, reading: Reading, now: datetime) -> Reading:
        """The reading with what the pages of its new articles say, as far as the feed lacks it."""
        found: dict[str, PageDetails] = {}

        async def read(url: str) -> None:
            async with self.paging:
                page = await _page(self.client, url, now)
            if page is not None:
                found[url] = page

        with suppress(TimeoutError):  # what was not read in time is told in the feed's own words
            async with asyncio.timeout(_PAGES_TIME), asyncio.TaskGroup() as group:
                for url in reading.bare[:_PAGES_A_FEED]:
                    group.create_task(read(url))
        named = {page.url for page in found.values() if page.url}
        taken = await asyncio.to_thread(_taken, self.library, feed.url, named)
        return completed(reading, found, taken)


def mixed(taken: Sequence[FeedState]) -> Iterator[FeedState]:
    """The feeds so that no host has many in a row: those wait for each other, and would leave no hand for the rest."""
    of: defaultdict[str, deque[FeedState]] = defaultdict(deque)
    for each in taken:
        of[urlsplit(each.location or each.url).hostname or ""].append(each)
    while of:
        for host in list(of):
            yield of[host].popleft()
            if not of[host]:
                del of[host]


def _troubled(state: FeedState) -> tuple[SyncReport, Settled]:
    return SyncReport(troubled=(f"{state.url}: {state.error}",) if state.error else ()), Settled(state)


async def _page(client: Client, url: str, now: datetime) -> PageDetails | None:
    """What an article's page says; None where there is none to read: the feed's own words will do."""
    try:
        answer = await client.get(url, {"Accept": "text/html, application/xhtml+xml"}, _PAGE)
    except FetchError:
        return None
    if answer.status != 200:
        return None
    page = await asyncio.to_thread(feeds.page, answer.body, answer.url, answer.headers, now)
    return page if _own(page.url, answer.url) else replace(page, url="")


def _own(named: str, asked: str) -> bool:
    """Whether the address that a page gives as its own is one of an article, and of the host that the page came from."""
    try:
        mine, place = urlsplit(named), urlsplit(asked)
    except ValueError:
        return False
    return _site(mine.hostname) == _site(place.hostname) and mine.path.strip("/") != ""


def _site(host: str | None) -> str:
    return re.sub(r"^(?:www|m|amp|mobile)\.", "", host or "")


def _taken(library: Library, feed: str, urls: Collection[str]) -> frozenset[str]:
    """Those of the addresses that are another article's, or another item's of the feed, be it stored or not."""
    items = feedbook.known(library, feed, [(url, "", "") for url in urls]).addresses
    return frozenset(url for url in urls if url in items or library.article(url) is not None)


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
