"""What a feed had before is known again, whatever the feed does to addresses, names, titles and dates; what is new is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from digests.library import Library, feedbook
from digests.library.schema import feed_items
from digests.sources.feeds import Item
from digests.sources.recognition import recognised
from playground.feeds import FeedServer
from tests.digests.test_newsfeeds import Puller
from tests.making import NOON


@dataclass(frozen=True)
class Entry:
    """An item as a feed writes it; without name or date where it has none."""

    title: str
    link: str
    guid: str = ""
    date: datetime | None = None

    def __str__(self) -> str:
        guid = f"<guid isPermaLink='false'>{self.guid}</guid>" if self.guid else ""
        date = f"<pubDate>{format_datetime(self.date)}</pubDate>" if self.date else ""
        return f"<item><title>{self.title}</title><link>{self.link}</link>{guid}{date}</item>"


def rss(*entries: Entry) -> str:
    return f"<rss version='2.0'><channel><title>W</title>{''.join(map(str, entries))}</channel></rss>"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer().running() as running:
        yield running


SUBJECTS = (
    "Court bans cameras",
    "Lab shows model",
    "Union strikes",
    "City buys buses",
    "Chip plant opens",
    "Robot walks",
)


def entries(address: Callable[[int], str], count: int = 5, *, dated: bool = False) -> list[Entry]:
    """Items of an hour each, the newest first, at addresses made of their numbers."""
    return [
        Entry(SUBJECTS[n], address(n), date=NOON - timedelta(hours=24 - n) if dated else None)
        for n in reversed(range(count))
    ]


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize(
    "address",
    [
        lambda n: f"http://w.example.com/news/{n}",
        lambda n: f"https://www.w.example.com/news/{n}",
        lambda n: f"http://www.w.example.com/news/{n}",
        lambda n: f"https://w.example.com/news/{n}?sid=8f3a",
        lambda n: f"https://w.example.com/{n}/all-new-paths",
        lambda n: f"https://elsewhere.example.net/{n}",
    ],
)
async def test_a_feed_that_changes_all_addresses_tells_nothing_again(
    server: FeedServer, library: Library, address: Callable[[int], str], dated: bool
) -> None:
    before = entries(lambda n: f"https://w.example.com/news/{n}", dated=dated)
    pull = Puller(library, server.put("/feed", rss(*before[2:])))
    await pull()
    server.put("/feed", rss(*before))
    assert (await pull()).loaded == 2
    urls = {each.url for each in library.articles()}
    server.put("/feed", rss(*entries(address, 6, dated=dated)))
    assert (await pull()).loaded == 1
    assert {each.url for each in library.articles()} - urls == {address(5)}
    assert (await pull()).loaded == 0


@pytest.mark.parametrize(
    ("guid", "title", "dated"),
    [
        ("newsletter", "Newsletter of robots, issue {}", False),
        ("newsletter", "Newsletter of robots, issue {}", True),
        ("newsletter", "Newsletter of robots", True),
        ("", "Newsletter of robots", True),
        ("", "Newsletter of robots", False),
    ],
)
async def test_each_issue_of_a_series_is_news(
    server: FeedServer, library: Library, guid: str, title: str, dated: bool
) -> None:
    pull = Puller(library, server.put("/feed", rss()))
    for number in range(12, 16):
        date = pull.now + timedelta(days=7) if dated else None
        server.put("/feed", rss(Entry(title.format(number), f"https://w.example.com/issues/{number}", guid, date)))
        await pull(timedelta(days=7))
    issues = {"12", "13", "14", "15"} if dated else {"13", "14", "15"}  # undated: what a first reading has is old
    assert {each.url.rpartition("/")[2] for each in library.articles()} == issues


async def test_a_daily_column_of_one_title_is_news_every_day(server: FeedServer, library: Library) -> None:
    pull = Puller(library, server.put("/feed", rss()))
    for day in range(5):
        listed = [Entry("The daily robot", f"https://w.example.com/column/{day - n}") for n in range(3)]
        server.put("/feed", rss(*listed))
        assert (await pull(timedelta(days=1))).loaded == (1 if day else 0)


async def test_three_columns_a_day_are_news_every_day(server: FeedServer, library: Library) -> None:
    columns = ("The morning robot", "The robot at noon", "The evening robot")
    pull = Puller(library, server.put("/feed", rss()))
    for day in range(4):
        at = pull.now + timedelta(hours=23)
        server.put(
            "/feed", rss(*(Entry(c, f"https://w.example.com/{n}/{day}", date=at) for n, c in enumerate(columns)))
        )
        assert (await pull(timedelta(days=1))).loaded == 3


async def test_undated_items_whose_names_are_their_places_are_news(server: FeedServer, library: Library) -> None:
    pull = Puller(library, server.put("/feed", rss(*_placed(*SUBJECTS[:3]))))
    await pull()
    server.put("/feed", rss(*_placed(SUBJECTS[3], *SUBJECTS[:2])))
    await pull()
    server.put("/feed", rss(*_placed(SUBJECTS[5], SUBJECTS[4], SUBJECTS[3])))
    await pull()
    assert pull.titles == set(SUBJECTS[3:])
    others = ("Museum hires guide", "Farm tests drones", "Bank drops chatbot")
    server.put("/feed", rss(*_placed(*others)))  # whose names stored articles had, all of them gone
    await pull()
    assert pull.titles == {*SUBJECTS[3:], *others}


def _placed(*titles: str) -> list[Entry]:
    return [Entry(t, f"https://w.example.com/{t.replace(' ', '-')}", f"{n}") for n, t in enumerate(titles)]


async def test_an_item_that_is_renamed_and_edited_keeps_its_article(server: FeedServer, library: Library) -> None:
    date = NOON - timedelta(hours=3)
    old = Entry("Startup raises $2m for robots", "https://w.example.com/raises-2m", "id-7", date)
    pull = Puller(library, server.put("/feed", rss(old)))
    await pull()
    server.put("/feed", rss(Entry("Startup raises $3m for robots", "https://w.example.com/raises-3m", "id-7", date)))
    await pull()
    (stored,) = library.articles()
    assert (stored.url, stored.title) == (old.link, "Startup raises $3m for robots")


async def test_a_feed_whose_items_are_forgotten_and_articles_are_not_leaves_them_as_judged(
    server: FeedServer, library: Library
) -> None:
    pull = Puller(library, server.put("/feed", rss(Entry(SUBJECTS[0], "https://w.example.com/1", date=NOON))))
    await pull()
    (before,) = library.articles()
    assert before.quality > 0
    with library.database.write() as connection:
        connection.execute(delete(feed_items))
    server.put(
        "/feed",
        rss(Entry(SUBJECTS[0], "https://w.example.com/1", date=NOON), Entry(SUBJECTS[1], "https://w.example.com/2")),
    )
    assert (await pull()).loaded == 0
    assert list(library.articles()) == [before]


def _memory(seen: dict[str, Item]) -> feedbook.Memory:
    of = {
        url: feedbook.Known(url, url, item.published_at or NOON, item.title, feedbook.headline(item.title))
        for url, item in seen.items()
    }
    return feedbook.Memory(
        of, {item.id: of[url] for url, item in seen.items() if item.id}, {each.headline: each for each in of.values()}
    )


@settings(max_examples=300)
@given(
    moves=st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=6),
    names=st.booleans(),
    dates=st.booleans(),
)
def test_however_often_a_feed_moves_an_item_is_new_once(moves: list[set[int]], names: bool, dates: bool) -> None:
    """All its addresses are others at every reading, and either names or dates stay."""
    seen: dict[str, Item] = {}
    new: Counter[int] = Counter()
    for reading, numbers in enumerate(moves):
        items = [
            Item(
                id=f"id-{n}" if names or not dates else "",
                url=f"https://w.example.com/{reading}/{n}",
                title=f"{SUBJECTS[n % 6]} in town {n}",
                published_at=NOON - timedelta(hours=n) if dates else None,
            )
            for n in sorted(numbers)
        ]
        found = recognised(items, _memory(seen))
        new.update(n for n, item in zip(sorted(numbers), items, strict=True) if item.url not in found)
        for item in items:
            if item.url in found:
                assert found[item.url].title == item.title
        seen |= {item.url: item for item in items}
    assert set(new.values()) <= {1}
    assert set(new) == set().union(*moves)


def test_no_two_items_are_taken_for_one() -> None:
    old = Item(id="a", url="https://w.example.com/1", title=SUBJECTS[0], published_at=NOON)
    both = [
        Item(id="b", url="https://w.example.com/2", title=SUBJECTS[0], published_at=NOON),
        Item(id="c", url="https://w.example.com/3", title=SUBJECTS[0], published_at=NOON),
    ]
    assert recognised(both, _memory({old.url: old})) == {}
    assert recognised([old, both[0]], _memory({old.url: old})).keys() == {old.url}  # the old one is still there
    again = Item(id="a", url="https://w.example.com/4", title=f"{SUBJECTS[0]} again", published_at=NOON)
    listed = [again, replace(old, id="b")]  # names that count from the top
    assert recognised(listed, _memory({old.url: old})).keys() == {old.url}
