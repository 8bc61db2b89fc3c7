"""Feeds pulled into a library, reading after reading; and what becomes of a document without any server."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from digests import intake
from digests.library import Filed, Library, Stamp, feedbook, schema
from digests.library.feedbook import Memory
from digests.models import Article, Image
from digests.sources import newsfeeds
from digests.sources.catalogue import Feed
from digests.sources.feeds import FeedDocument, Item, PageDetails
from digests.sources.fetching import Allowed, Client, Guard, Limits
from digests.sources.filing import BACKFILL, completed, filed, ref_of
from digests.sources.newsfeeds import NewsFeeds
from digests.sync import SyncReport
from playground.feeds import FeedServer, rss
from tests.making import NOON, article


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer().running() as running:
        yield running


def quiet(_done: int, _all: int) -> None:
    """Progress that nobody looks at."""


class Puller:
    """Pulls the feeds of a server into a library, all of them each time, at times of its own."""

    def __init__(self, library: Library, *urls: str, pages: bool = False, **fields: float) -> None:
        self.library = library
        self.now = NOON
        self.feeds = tuple(Feed(url, f"Wire {n}", f"w{n}.example.com", **fields) for n, url in enumerate(urls))
        self.pages = pages

    async def __call__(self, later: timedelta = timedelta(hours=1), *, early: bool = True) -> SyncReport:
        self.now += later
        report = await self.source(early=early).pull(self.library, quiet)
        await asyncio.to_thread(intake.take_in, self.library, self.now)
        return report

    def source(self, *, early: bool) -> NewsFeeds:
        guard = Guard(Allowed.read(["127.0.0.0/8", "localhost", "::1"]))
        return NewsFeeds(
            self.feeds,
            lambda: Client(guard, "Test", Limits(spacing=0)),
            lambda: self.now,
            pages=self.pages,
            early=early,
        )

    @property
    def titles(self) -> set[str]:
        return {each.title for each in self.library.articles()}

    def health(self) -> dict[str, feedbook.FeedHealth]:
        return {each.state.url: each for each in feedbook.health(self.library, self.now)}


def news(title: str, hours: float = 1, **fields: object) -> Article:
    return article(title, hours, **fields)


def undated(body: bytes) -> bytes:
    text = body.decode()
    while "<pubDate>" in text:
        before, _, rest = text.partition("<pubDate>")
        text = before + rest.partition("</pubDate>")[2]
    return text.encode()


# --- reading after reading


async def test_what_was_old_at_the_first_reading_is_not_new_at_the_second(server: FeedServer, library: Library) -> None:
    old = [news(f"Robot number {n} of the old days walks", 72 + n) for n in range(30)]
    pull = Puller(library, server.put("/feed", rss([news("Robots walk today"), *old])))
    assert (await pull()).loaded == 1
    server.put("/feed", rss([news("Robots run today"), news("Robots walk today"), *old]))
    assert (await pull()).loaded == 1
    assert pull.titles == {"Robots walk today", "Robots run today"}


async def test_undated_items_are_new_only_after_the_first_reading(server: FeedServer, library: Library) -> None:
    first = [news(f"Undated robot number {n} walks") for n in range(5)]
    pull = Puller(library, server.put("/feed", undated(rss(first))))
    assert (await pull()).loaded == 0
    new = news("A robot without a date runs")
    server.put("/feed", undated(rss([new, *first])))
    assert (await pull()).loaded == 1
    (stored,) = library.articles()
    assert (stored.title, stored.published_at) == (new.title, pull.now)


async def test_what_was_forgotten_does_not_come_back(server: FeedServer, library: Library) -> None:
    first = news("A robot walks into a bar")
    pull = Puller(library, server.put("/feed", rss([first])))
    await pull()
    pull.now += timedelta(days=500)
    assert library.prune(pull.now - timedelta(days=400)) == 1
    feedbook.forget(library, pull.now - timedelta(days=600))
    server.put("/feed", rss([replace(first, excerpt="Now with another excerpt.")]))
    assert (await pull()).loaded == 0
    assert pull.titles == set()


async def test_what_nobody_wanted_is_taken_where_wishes_change_in_time(server: FeedServer, library: Library) -> None:
    pull = Puller(library, server.put("/feed", rss([news("A robot walks"), news("A robot of long ago", 40)])))
    nobody = replace(pull.source(early=True), wanted=lambda _: False)
    assert (await nobody.pull(library, quiet)).dropped == 2
    server.put("/feed", rss([news("A robot walks"), news("A robot of long ago", 40), news("A robot runs")]))
    await pull(timedelta(hours=12))
    assert pull.titles == {"A robot walks", "A robot runs"}


async def test_what_nobody_wanted_is_taken_from_a_feed_that_did_not_change(
    server: FeedServer, library: Library
) -> None:
    feed = server.put("/feed", rss([news("A robot walks"), news("A robot of long ago", 40)]))
    pull = Puller(library, feed)
    assert (
        await replace(pull.source(early=False), wanted=lambda _: False, wishes="cats").pull(library, quiet)
    ).dropped == 2

    async def loaded(wishes: str, later: timedelta) -> int:
        pull.now += later
        return (await replace(pull.source(early=False), wishes=wishes).pull(library, quiet)).loaded

    minutes = timedelta(minutes=1)
    assert await loaded("cats", 20 * minutes) == 0  # not due
    server.statuses["/feed"] = 503
    assert await loaded("cats", 100 * minutes) == 0
    del server.statuses["/feed"]
    assert (
        await loaded("robots", timedelta(hours=5)) == 2
    )  # what was wanted when it was read counts, whatever came between
    assert await loaded("robots", timedelta(days=2)) == 0
    assert server.asked == [("/feed", 200), ("/feed", 503), ("/feed", 200), ("/feed", 304)]
    for turn in range(10):  # two bots that want different things, on one library
        await loaded("cats" if turn % 2 else "robots", minutes)
    assert len(server.asked) <= 6


async def test_a_feed_that_was_read_for_other_wishes_is_due(server: FeedServer, library: Library) -> None:
    pull = Puller(library, server.put("/feed", rss([news("A robot walks")])))
    assert (
        await replace(pull.source(early=False), wanted=lambda _: False, wishes="cats").pull(library, quiet)
    ).dropped == 1
    pull.now += timedelta(minutes=16)
    assert (await replace(pull.source(early=False), wishes="robots").pull(library, quiet)).loaded == 1


async def test_what_is_dropped_is_added_up(server: FeedServer, library: Library) -> None:
    url = server.put("/feed", rss([news("A robot walks"), news("A robot runs")]))
    pull = Puller(library, url)
    for body in ([news("A robot walks"), news("A robot runs")], [news("A robot falls")]):
        server.put("/feed", rss(body))
        await replace(pull.source(early=True), wanted=lambda _: False).pull(library, quiet)
    assert pull.health()[url].dropped == 3


async def test_another_standing_counts_for_what_came_lately(server: FeedServer, library: Library) -> None:
    url = server.put("/feed", rss([news("A robot of long ago", 900)]))
    pull = Puller(library, url, standing=0.1)
    await pull()
    old, new = (news(f"A robot walks {n} miles", 24 * n) for n in (40, 2))
    library.put(feedbook.source_of(url), [Filed(each.title, Stamp(1, 1, ""), each) for each in (old, new)])
    intake.take_in(library, NOON)
    before = {each.title: each.quality for each in library.articles()}
    pull.feeds = (replace(pull.feeds[0], standing=0.9),)
    await pull()
    after = {each.title: each.quality for each in library.articles()}
    assert after[new.title] > before[new.title]
    assert after[old.title] == before[old.title]


async def test_names_that_count_from_the_top_mix_nothing_up(server: FeedServer, library: Library) -> None:
    def numbered(*titles: str) -> bytes:
        items = "".join(
            f"<item><title>{title}</title><link>https://w.example.com/{title.replace(' ', '-')}</link>"
            f"<guid isPermaLink='false'>{number}</guid>"
            f"<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>"
            for number, title in enumerate(titles)
        )
        return f"<rss version='2.0'><channel><title>W</title>{items}</channel></rss>".encode()

    pull = Puller(library, server.put("/feed", numbered("Chip maker opens plant", "Court bans cameras")))
    pull.now = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
    await pull()
    server.put("/feed", numbered("Lab shows new model", "Chip maker opens plant", "Court bans cameras"))
    await pull()
    server.put("/feed", numbered("Union strikes over robots", "Lab shows new model"))  # the others have fallen off
    await pull()
    assert pull.titles == {
        "Chip maker opens plant",
        "Court bans cameras",
        "Lab shows new model",
        "Union strikes over robots",
    }


async def test_a_feed_whose_bytes_change_and_whose_news_do_not_is_asked_less_often(
    server: FeedServer, library: Library
) -> None:
    def dated(number: int) -> bytes:
        built = f"<lastBuildDate>Sun, 22 Nov 2026 10:00:{number:02} GMT</lastBuildDate><item>".encode()
        return rss([news("A robot walks")]).replace(b"<item>", built, 1)

    pull = Puller(library, server.put("/feed", dated(0)))
    await pull()
    (before,) = pull.health().values()
    for number in range(1, 6):
        server.put("/feed", dated(number))
        await pull()
    (after,) = pull.health().values()
    assert after.state.interval > before.state.interval * 2
    assert after.state.changed_at == before.state.changed_at
    server.put("/feed", rss([news("A robot walks"), news("A robot runs")]))
    await pull()
    (moved,) = pull.health().values()
    assert moved.state.interval < after.state.interval
    assert moved.state.changed_at == pull.now


async def test_a_mistake_of_ours_with_one_feed_is_that_feeds_trouble(
    server: FeedServer, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = news("A robot walks")
    urls = [server.put("/good", rss([good])), server.put("/bad", rss([news("A robot falls")]))]
    real: Callable[..., object] = newsfeeds.filed

    def failing(document: FeedDocument, feed: Feed, *rest: object, **more: object) -> object:
        if feed.url.endswith("/bad"):
            raise RuntimeError("never thought of")
        return real(document, feed, *rest, **more)

    monkeypatch.setattr(newsfeeds, "filed", failing)
    pull = Puller(library, *urls)
    report = await pull()
    assert report.loaded == 1
    assert "RuntimeError: never thought of" in report.troubled[0]
    assert pull.health()[urls[1]].state.failures == 1
    assert pull.health()[urls[0]].state.failures == 0


async def test_a_feed_that_moves_is_followed_and_one_that_says_when_is_asked_then(
    server: FeedServer, library: Library
) -> None:
    old, busy = server.url("/old"), server.url("/busy")
    server.put("/new", rss([news("A robot walks")]))
    server.statuses |= {"/old": 301, "/busy": 503}
    server.headers |= {"/old": {"Location": server.url("/new")}, "/busy": {"Retry-After": "7200"}}
    pull = Puller(library, old, busy)
    assert (await pull()).loaded == 1
    states = {url: each.state for url, each in pull.health().items()}
    assert states[old].location == server.url("/new")
    assert states[busy].next_at == pull.now + timedelta(hours=2)
    server.asked.clear()
    await pull(timedelta(hours=25), early=False)
    assert "/old" not in {path for path, _ in server.asked}
    assert {"/new", "/busy"} <= {path for path, _ in server.asked}


async def test_a_feed_that_is_gone_may_come_back(server: FeedServer, library: Library) -> None:
    url = server.url("/feed")
    server.statuses["/feed"] = 410
    pull = Puller(library, url)
    await pull()
    assert pull.health()[url].state.gone
    asked = len(server.asked)
    await pull(timedelta(days=30), early=False)
    assert len(server.asked) == asked  # retired
    pull.feeds, feeds = (), pull.feeds
    await pull()
    del server.statuses["/feed"]
    server.put("/feed", rss([replace(news("A robot walks"), published_at=pull.now)]))
    pull.feeds = feeds
    assert (await pull(early=False)).loaded == 1  # who adds it again wants it asked again
    assert not pull.health()[url].state.gone


async def test_a_place_that_is_gone_is_not_the_feed(server: FeedServer, library: Library) -> None:
    old = server.url("/old")
    server.put("/new", rss([news("A robot walks")]))
    server.statuses["/old"] = 301
    server.headers["/old"] = {"Location": server.url("/new")}
    pull = Puller(library, old)
    await pull()
    server.statuses["/new"] = 410  # where it moved to has ended; its own address is back
    del server.statuses["/old"]
    server.put("/old", rss([news("A robot walks"), news("A robot runs")]))
    assert "gone for good" in (await pull()).troubled[0]
    assert not pull.health()[old].state.gone
    assert (await pull()).loaded == 1


def test_many_feeds_of_one_host_leave_hands_for_the_others() -> None:
    busy = [feedbook.FeedState(f"https://busy.example.com/{n}") for n in range(40)]
    others = [feedbook.FeedState(f"https://{n}.example.com/feed") for n in range(3)]
    moved = feedbook.FeedState("https://old.example.com/", location="https://busy.example.com/moved")
    order = [each.url for each in newsfeeds.mixed([*busy, moved, *others])]
    assert sorted(order) == sorted(each.url for each in (*busy, moved, *others))
    assert max(order.index(each.url) for each in others) == 3
    assert order[-1] == moved.url  # it waits with those of the host it is at now


async def test_what_a_feed_still_has_is_not_forgotten(server: FeedServer, library: Library) -> None:
    blog = [news(f"Undated robot number {n} walks") for n in range(5)]
    pull = Puller(library, server.put("/feed", undated(rss(blog))))
    await pull()
    for _ in range(3):  # months without news: the server says 304
        pull.now += timedelta(days=200)
        await pull()
        feedbook.forget(library, pull.now - timedelta(days=30))
    server.put("/feed", undated(rss([news("A robot runs"), *blog])))
    assert (await pull()).loaded == 1
    pull.now += timedelta(days=40)
    server.put("/feed", undated(rss([news("A robot runs")])))
    await pull()
    pull.now += timedelta(days=40)
    server.put("/feed", undated(rss([news("A robot flies")])))
    await pull()
    feedbook.forget(library, pull.now - timedelta(days=30))
    memory = feedbook.known(library, pull.feeds[0].url, [(each.url, "", each.title) for each in blog])
    assert {**memory.addresses, **memory.names} == {}  # gone from the feed, and for long
    assert memory.headlines == {}


async def test_a_feed_whose_memory_is_lost_is_read_as_for_the_first_time(server: FeedServer, library: Library) -> None:
    pull = Puller(library, server.put("/feed", b"<rss version='2.0'><channel><title>W</title></channel></rss>"))
    await pull()
    server.put("/feed", undated(rss([news(f"Undated robot number {n} walks") for n in range(5)])))
    assert (await pull()).loaded == 0


async def test_a_clock_that_was_wrong_silences_nothing(server: FeedServer, library: Library) -> None:
    pull = Puller(library, server.put("/feed", rss([news("A robot walks")])))
    pull.now += timedelta(days=1500)
    await pull()
    assert not pull.health()[pull.feeds[0].url].stale
    asked = len(server.asked)
    pull.now = NOON
    assert pull.health()[pull.feeds[0].url].stale
    await pull(early=False)
    assert len(server.asked) == asked + 1
    feedbook.claim(library, pull.feeds, "ahead", NOON + timedelta(days=1500), early=True)
    assert len(feedbook.claim(library, pull.feeds, "now", NOON, early=True)) == 1


async def test_an_article_keeps_its_date_when_its_feed_takes_up_its_own_address(
    server: FeedServer, library: Library
) -> None:
    server.put("/tracked", "<html><head><link rel='canonical' href='/story'></head></html>", "text/html")
    pull = Puller(library, server.put("/feed", rss([news("Something else")])), pages=True)
    await pull()
    bare = replace(news("A robot walks", 3), url=server.url("/tracked"), excerpt="", images=())
    server.put("/feed", undated(rss([bare])))
    await pull()
    first = library.article(server.url("/story"))
    assert first is not None
    own = undated(rss([replace(bare, url=server.url("/story"))])).replace(b"<guid>", b"<guid>x")
    server.put("/feed", own)
    await pull(timedelta(hours=9))
    again = library.article(server.url("/story"))
    assert again is not None
    assert again.published_at == first.published_at
    assert library.count() == 2


async def test_slow_pages_hold_up_neither_their_feed_nor_others(
    server: FeedServer, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newsfeeds, "_PAGES_TIME", 0.3)
    never = asyncio.Event()

    async def hanging(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()
        writer.close()

    slow = await asyncio.start_server(hanging, "127.0.0.1", 0)
    port = slow.sockets[0].getsockname()[1]
    bare = [
        replace(news(f"A robot walks {n} miles"), url=f"http://127.0.0.1:{port}/{n}", excerpt="") for n in range(20)
    ]
    pull = Puller(
        library, server.put("/slow", rss(bare)), server.put("/quick", rss([news("A robot runs")])), pages=True
    )
    async with slow, asyncio.timeout(20):
        assert (await pull()).loaded == 21
        never.set()


async def test_pages_are_read_up_to_twenty_a_feed(server: FeedServer, library: Library) -> None:
    pages = [
        server.put(f"/story-{n}", "<meta name='description' content='So it was.'>", "text/html") for n in range(25)
    ]
    bare = [replace(news(f"A robot walks {n} miles"), url=url, excerpt="") for n, url in enumerate(pages)]
    pull = Puller(library, server.put("/feed", rss(bare)), pages=True)
    assert (await pull()).loaded == 25
    assert Counter(each.excerpt for each in library.articles()) == {"So it was.": 20, "": 5}
    assert sum(path.startswith("/story-") for path, _ in server.asked) == 20


@pytest.mark.parametrize(("size", "excerpt"), [(600_000, "So it was."), (600_001, "")])
async def test_a_page_is_read_up_to_600_kb(server: FeedServer, library: Library, size: int, excerpt: str) -> None:
    page = server.put("/story", "<meta name='description' content='So it was.'>".ljust(size), "text/html")
    pull = Puller(library, server.put("/feed", rss([replace(news("A robot walks"), url=page, excerpt="")])), pages=True)
    assert (await pull()).loaded == 1
    assert library.articles()[0].excerpt == excerpt


@pytest.mark.parametrize(
    ("canonical", "believed"),
    [
        ("/story", True),
        ("https://elsewhere.example.com/story", False),
        ("https://127.0.0.1.example.com/story", False),
        ("/", False),  # its site is not the article
        ("http://[/story", False),
    ],
)
async def test_a_page_is_believed_about_an_address_of_its_own_host(
    server: FeedServer, library: Library, canonical: str, believed: bool
) -> None:
    head = f"<link rel='canonical' href='{canonical}'><meta name='description' content='So it was.'>"
    page = server.put("/tracked", head, "text/html")
    pull = Puller(library, server.put("/feed", rss([replace(news("A robot walks"), url=page, excerpt="")])), pages=True)
    await pull()
    (stored,) = library.articles()
    assert stored.url == (server.url("/story") if believed else page)
    assert stored.excerpt == "So it was."  # in all else it is


# --- one article of many copies


async def test_what_an_editor_filed_is_not_replaced_by_a_feed(server: FeedServer, library: Library) -> None:
    curated = news("Robot walks, says our editor", 3, quality=80, heat=90, published=True)
    library.put("folder:/news", [Filed("a.md", Stamp(1, 1, "x"), curated)])
    pull = Puller(library, server.put("/feed", rss([replace(curated, title="Robot walks", published_at=NOON)])))
    await pull()
    (stored,) = library.articles()
    assert (stored.title, stored.quality, stored.heat) == (curated.title, 80, 90)


async def test_of_two_feeds_the_one_that_had_it_first_dates_it(server: FeedServer, library: Library) -> None:
    first, later = news("A robot walks", 5), news("A robot walks", 1)
    pull = Puller(library, server.put("/later", rss([later])), server.put("/first", rss([first])))
    await pull()
    (stored,) = library.articles()
    assert stored.published_at == first.published_at


async def test_a_picture_or_a_standing_that_comes_later_counts(server: FeedServer, library: Library) -> None:
    plain = news("A robot walks", images=())
    pull = Puller(library, server.put("/feed", rss([plain])), standing=0.2)
    await pull()
    bare = library.articles()[0].quality
    server.put("/feed", rss([replace(plain, images=(Image("https://w.example.com/1.jpg"),))]))
    await pull()
    pictured = library.articles()[0].quality
    assert pictured > bare
    pull.feeds = tuple(replace(feed, standing=0.9) for feed in pull.feeds)
    await pull()
    assert library.articles()[0].quality > pictured


async def test_heat_grows_with_the_coverage(server: FeedServer, library: Library) -> None:
    title = "Tidewater council bans facial recognition in its schools"
    feeds = [
        server.put(f"/{n}", rss([news(f"Robot number {n} mows {n} lawns", provider=f"Paper {n}")])) for n in range(3)
    ]
    pull = Puller(library, *feeds, standing=0.5)
    await pull()

    async def told_by(number: int) -> dict[str, int]:
        own = news(title, 2 - number / 10, provider=f"Paper {number}")
        server.put(f"/{number}", rss([own]))
        await pull(timedelta(minutes=5))
        return {each.provider.name: each.heat for each in library.articles() if each.title == title}

    alone = await told_by(0)
    two = await told_by(1)
    three = await told_by(2)
    (lead,) = [name for name, heat in three.items() if heat >= 0]
    quality = {each.provider.name: each.quality for each in library.articles() if each.title == title}
    assert alone["Wire 0"] > 0
    assert sorted(two.values())[0] == -1  # what a lead tells already
    assert three == {name: quality[lead] + 20 if name == lead else -1 for name in three}
    assert max(two.values()) == quality[max(two, key=two.__getitem__)] + 10


def test_another_threshold_is_applied_to_what_is_there(library: Library) -> None:
    feedbook.claim(library, [FEED], "a", NOON)
    feedbook.settle(library, "a", [], NOON)
    library.put(feedbook.source_of(FEED.url), [Filed("a.md", Stamp(1, 1, ""), news("OpenAI releases a new model"))])
    intake.take_in(library, NOON, published_from=900)
    assert not library.articles()[0].published
    intake.take_in(library, NOON, published_from=1)
    assert library.articles()[0].published


async def test_of_feeds_the_publishers_own_speaks_for_an_article(server: FeedServer, library: Library) -> None:
    ours = news("Court bans cameras", url="https://w0.example.com/1")
    first, second = server.put("/a", rss([ours])), server.put("/b", rss([news("A robot of long ago", 900)]))
    pull = Puller(library, first, second)
    await pull()
    earlier = news("Buy our coins", 30, url="https://w0.example.com/1")
    server.put("/b", rss([earlier]))
    assert (await pull()).loaded == 1
    assert [(each.title, each.publisher) for each in library.articles()] == [("Court bans cameras", "Wire 0")]


# --- the article's own page


async def test_an_articles_page_says_what_its_feed_does_not(server: FeedServer, library: Library) -> None:
    page = server.url("/tracked-story")
    head = (
        "<html><head><link rel='canonical' href='/story'><meta property='og:image' content='/p.jpg'>"
        "<meta name='description' content='A robot crossed the river on its own.'>"
        "<meta property='article:published_time' content='2026-01-10T07:30:00Z'></head></html>"
    )
    server.put("/tracked-story", head, "text/html")
    pull = Puller(library, server.put("/feed", rss([news("Something else of today")])), pages=True)
    pull.now = datetime.fromisoformat("2026-01-10T08:00:00+00:00")
    await pull()
    bare = replace(news("A robot walks", 3), url=page, excerpt="", images=())
    server.put("/feed", undated(rss([bare])))
    await pull()
    stored = library.article(server.url("/story"))
    assert stored is not None
    assert stored.excerpt == "A robot crossed the river on its own."
    assert [image.url for image in stored.images] == [server.url("/p.jpg")]
    assert stored.published_at == datetime.fromisoformat("2026-01-10T07:30:00+00:00")
    asked = [path for path, _ in server.asked].count("/tracked-story")
    server.put("/feed", undated(rss([replace(bare, title="A robot walks far")])))
    await pull()
    again = library.article(server.url("/story"))
    assert again is not None
    assert (again.title, again.excerpt, again.published_at) == (
        "A robot walks far",
        stored.excerpt,
        stored.published_at,
    )
    assert [path for path, _ in server.asked].count("/tracked-story") == asked  # read once


async def test_a_page_that_claims_the_address_of_an_old_item_is_not_believed(
    server: FeedServer, library: Library
) -> None:
    old = news("A robot of long ago", 500, url=server.url("/old"))
    pull = Puller(library, server.put("/feed", rss([old])), pages=True)
    await pull()
    server.put("/new", "<link rel='canonical' href='/old'><meta name='description' content='So.'>", "text/html")
    new = news("A new robot", url=server.url("/new"), excerpt="", images=())
    for listed in ([new, old], [old, new], [new]):
        server.put("/feed", rss(listed))
        await pull()
        assert [(each.url, each.title) for each in library.articles()] == [(new.url, new.title)]
    fresh = news(
        "Another new robot", url=server.url("/newer"), excerpt="", images=()
    )  # and where the list has it no more
    server.put("/newer", "<link rel='canonical' href='/old'>", "text/html")
    server.put("/feed", rss([fresh]))
    await pull()
    assert library.article(server.url("/old")) is None


async def test_a_page_that_moves_on_to_a_private_host_is_not_followed(server: FeedServer, library: Library) -> None:
    server.statuses["/story"] = 302
    server.headers["/story"] = {"Location": "http://169.254.169.254/latest/meta-data/"}
    bare = replace(news("A robot walks"), url=server.url("/story"), excerpt="", images=())
    pull = Puller(library, server.put("/feed", rss([bare])), pages=True)
    assert (await pull()).loaded == 1  # with the feed's own words
    assert ("/story", 302) in server.asked


def test_a_page_that_claims_anothers_address_is_not_believed() -> None:
    items = tuple(item(n, published_at=NOON) for n in range(1, 5))
    reading = filed(FeedDocument("rss 2.0", items=items), FEED, Memory(), NOON)
    same = PageDetails(url="https://w.example.com/home", description="x")
    pages = {
        "https://w.example.com/1": same,
        "https://w.example.com/2": same,  # two pages, one address
        "https://w.example.com/3": PageDetails(url="https://w.example.com/4"),  # another article's
        "https://w.example.com/4": PageDetails(url="https://w.example.com/stored"),
    }
    done = completed(reading, pages, {"https://w.example.com/stored"})
    assert [each.url for each in done.articles] == [f"https://w.example.com/{n}" for n in range(1, 5)]
    assert done.articles[0].excerpt == "x"


# --- what becomes of a document, without any server

FEED = Feed("https://w.example.com/feed", "Wire", "w.example.com", 0.7)


def item(number: int = 1, **fields: object) -> Item:
    made = {"id": f"id-{number}", "url": f"https://w.example.com/{number}", "title": f"AI item {number}", **fields}
    return Item(**made)  # type: ignore[arg-type]


def known_at(url: str, at: datetime, title: str | None = "AI item 1") -> feedbook.Known:
    return feedbook.Known(url, url, at, title)


def test_the_first_reading_takes_two_days_and_remembers_the_rest() -> None:
    since = NOON - timedelta(days=2)
    items = (item(1, published_at=NOON - timedelta(days=1)), item(2, published_at=NOON - timedelta(days=3)), item(3))
    reading = filed(FeedDocument("rss 2.0", items=items), FEED, Memory(), NOON, since=since)
    assert [each.url for each in reading.articles] == ["https://w.example.com/1"]
    assert len(reading.seen) == 3  # an old or undated one does not turn up as new tomorrow
    later = filed(FeedDocument("rss 2.0", items=(item(4),)), FEED, Memory(), NOON)
    assert later.articles[0].published_at == NOON  # undated: when it was first seen


def test_first_seen_wins_over_what_the_feed_says_later() -> None:
    known = {"https://w.example.com/1": known_at("https://w.example.com/1", NOON - timedelta(hours=9))}
    moved = filed(FeedDocument("rss 2.0", items=(item(1, published_at=NOON),)), FEED, Memory(known), NOON)
    assert moved.articles[0].published_at == NOON - timedelta(hours=9)
    named = {"id-1": known_at("https://w.example.com/old", NOON - timedelta(hours=9))}
    renamed = filed(FeedDocument("rss 2.0", items=(item(1),)), FEED, Memory(names=named), NOON)
    assert renamed.articles[0].url == "https://w.example.com/old"


def test_a_name_that_several_items_share_is_no_name() -> None:
    named = {"same": known_at("https://w.example.com/old", NOON)}
    items = (item(1, id="same"), item(2, id="same"))
    reading = filed(FeedDocument("rss 2.0", items=items), FEED, Memory(names=named), NOON)
    assert [each.url for each in reading.articles] == ["https://w.example.com/1", "https://w.example.com/2"]
    assert {each.item for each in reading.seen} == {""}


def test_what_nobody_wants_is_dropped_and_counted_once() -> None:
    document = FeedDocument("rss 2.0", items=(item(1), item(2)))
    reading = filed(document, FEED, Memory(), NOON, wanted=lambda each: each.url.endswith("1"))
    assert (len(reading.articles), reading.dropped) == (1, 1)
    known = {each.url: feedbook.Known(each.url, each.url, NOON) for each in reading.seen}
    assert filed(document, FEED, Memory(known), NOON, wanted=lambda each: each.url.endswith("1")).dropped == 0


def test_an_aggregators_item_is_its_publishers() -> None:
    document = FeedDocument("rss 2.0", items=(item(1, source="Tidewater Post"),))
    assert filed(document, replace(FEED, aggregator=True), Memory(), NOON).articles[0].provider.name == "Tidewater Post"
    # Any feed could say so: twenty names would make twenty voices of one.
    assert filed(document, FEED, Memory(), NOON).articles[0].provider.name == "Wire"


@pytest.mark.parametrize(
    "url", ["https://www.news.example.com/2026/a-b?x=1", "https://n.example.com/", "http://[", "x"]
)
def test_file_names_are_plain(url: str) -> None:
    ref = ref_of(url)
    assert ".." not in ref
    assert ref.count("/") == 1
    assert ref.endswith(".md")
    assert ref.isascii()


ITEMS = st.lists(
    st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(-200, 60)), st.integers(0, 3)), max_size=12
)


@settings(max_examples=200)
@given(readings=st.lists(ITEMS, min_size=1, max_size=8), forgotten=st.sets(st.integers(0, 7)))
def test_whatever_a_feed_does_an_item_is_new_once(
    readings: list[list[tuple[int, int | None, int]]], forgotten: set[int]
) -> None:
    """Items come and go, move their dates, change their titles; now and then what is older than a week is forgotten."""
    known: dict[str, feedbook.Known] = {}
    told: Counter[str] = Counter()
    first = NOON
    for number, listed in enumerate(readings):
        now = NOON + timedelta(days=3 * number)
        items = tuple(
            item(
                key,
                title=f"AI item {key}" + " edited" * edits,
                published_at=None if hours is None else first + timedelta(hours=hours),
            )
            for key, hours, edits in listed
        )
        since = now - BACKFILL if not known else None
        reading = filed(FeedDocument("rss 2.0", items=items), FEED, Memory(known), now, since=since)
        urls = [each.url for each in reading.articles]
        assert len(urls) == len(set(urls))
        for each in reading.articles:
            before = known.get(each.url)
            if before is None or before.title is None:
                told[each.url] += 1
                assert since is None or each.published_at >= since
            else:
                assert each.published_at == before.published_at
        titles = {each.url: each.title for each in reading.articles}
        for seen in reading.seen:
            old = known.get(seen.address)
            title = titles.get(seen.url, old.title if old else None)
            known[seen.address] = feedbook.Known(seen.address, seen.url, seen.published_at, title)
        if number in forgotten:
            old_ones = [each for each in known.values() if each.published_at < now - timedelta(days=7)]
            known |= {each.address: replace(each, title=None) for each in old_ones}
    assert all(times == 1 for times in told.values())


def test_one_pull_a_feed(library: Library) -> None:
    def claimed(owner: str, now: datetime = NOON) -> list[str]:
        return [state.url for state in feedbook.claim(library, [FEED], owner, now)]

    assert claimed("a") == [FEED.url]
    assert claimed("b") == []
    feedbook.renew(library, "a", NOON + feedbook.LEASE / 2)
    assert claimed("b", NOON + feedbook.LEASE) == []  # still at it
    assert claimed("b", NOON + 2 * feedbook.LEASE) == [FEED.url]  # dead
    late = feedbook.Settled(replace(feedbook.FeedState(FEED.url), error="late"), seen=(SEEN,), files=(FILED,))
    assert feedbook.settle(library, "a", [late], NOON) == set()  # it was not dead, and too late all the same
    feedbook.release(library, "a")
    assert claimed("c", NOON + 2 * feedbook.LEASE) == []
    assert library.count() == 0
    assert feedbook.settle(library, "b", [replace(late, state=feedbook.FeedState(FEED.url))], NOON) == {FEED.url}
    assert library.count() == 1
    feedbook.release(library, "b")
    assert claimed("c") == [FEED.url]


async def test_a_long_pull_keeps_its_feeds(server: FeedServer, library: Library) -> None:
    """Who is still at it is not taken for dead, however long it takes."""
    answering = threading.Event()

    def slowly() -> Iterator[bytes]:
        answering.wait(30)
        yield rss([news("A robot walks")])

    now = NOON
    feed = Feed(server.stream("/slow", slowly), "Wire", "w.example.com")
    guard = Guard(Allowed.read(["127.0.0.0/8"]))
    often = NewsFeeds((feed,), lambda: Client(guard, "Test"), lambda: now, renew_every=timedelta(milliseconds=10))
    pulling = asyncio.create_task(often.pull(library, lambda _done, _all: None))

    def leased_until() -> datetime | None:
        with library.database.read() as connection:
            found: datetime | None = connection.execute(select(schema.feeds.c.leased_until)).scalar()
            return found

    async with asyncio.timeout(20):
        while not server.asked:
            await asyncio.sleep(0.005)
        now = NOON + 2 * feedbook.LEASE  # long after the lease that it took ended
        while leased_until() != now + feedbook.LEASE:
            await asyncio.sleep(0.005)
    assert feedbook.claim(library, [feed], "other", now, early=True) == []
    answering.set()
    assert (await pulling).loaded == 1
    assert library.count() == 1


def test_a_pull_says_in_time_that_it_is_alive() -> None:
    """As docs/sources.md has it: every five minutes; after fifteen without a word the next one may."""
    shipped = NewsFeeds((), lambda: Client(Guard(), "Test"), lambda: NOON)
    assert (shipped.renew_every, feedbook.LEASE) == (timedelta(minutes=5), timedelta(minutes=15))


@pytest.mark.parametrize(
    ("state", "stale"),
    [
        ({}, False),  # not asked yet
        ({"good_at": timedelta(days=30)}, False),  # read with success the last time, if long ago: we were away
        ({"good_at": timedelta(hours=47), "failures": 9}, False),
        ({"good_at": timedelta(hours=49), "failures": 1}, True),
        ({"good_at": timedelta(hours=71), "failures": 9, "interval": timedelta(hours=24)}, False),
        ({"good_at": timedelta(hours=73), "failures": 9, "interval": timedelta(hours=24)}, True),
        ({"failures": 3}, False),  # never read
        ({"failures": 4}, True),
        ({"good_at": timedelta(0), "gone": True}, True),
    ],
)
def test_what_makes_a_feed_stale(library: Library, state: dict[str, Any], stale: bool) -> None:
    """As docs/sources.md has it; ``good_at`` is how long ago it was read."""
    if "good_at" in state:
        state = {**state, "good_at": NOON - state["good_at"]}
    feedbook.claim(library, [FEED], "a", NOON)
    feedbook.settle(library, "a", [feedbook.Settled(feedbook.FeedState(FEED.url, **state))], NOON)
    assert feedbook.stale(library, NOON, [FEED]) == stale
    assert [each.stale for each in feedbook.health(library, NOON, [FEED])] == [stale]
    assert feedbook.stale(library, NOON, []) == 0


SEEN = feedbook.Seen("https://w.example.com/1", "id-1", NOON, "https://w.example.com/1")
FILED = Filed("w/1.md", Stamp(0, 0, ""), article("A robot walks", url="https://w.example.com/1"))


async def test_a_pull_that_is_stopped_gives_its_feeds_back(server: FeedServer, library: Library) -> None:
    pull = Puller(library, *(server.put(f"/{n}", rss([news(f"A robot walks {n} miles")])) for n in range(20)))
    pulling = asyncio.create_task(pull())
    while not server.asked:
        await asyncio.sleep(0.005)
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert len(feedbook.claim(library, pull.feeds, "next", pull.now, early=True)) == 20
