"""What a feed had before is known again, whatever the feed does to addresses, names, titles and dates; what is new is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from digests.library import Database, Library, feedbook, store
from digests.library.schema import feed_items
from digests.sources.catalogue import Feed
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


@pytest.mark.parametrize("dated", [False, True])
async def test_columns_are_news_beside_what_stays(server: FeedServer, library: Library, dated: bool) -> None:
    columns = ("AI stocks today", "Robot markets today", "Chip prices today")
    stay = entries(lambda n: f"https://w.example.com/news/{n}", 3, dated=True)
    pull = Puller(library, server.put("/feed", rss(*stay)))
    await pull()
    for turn in range(4):
        at = pull.now + timedelta(hours=7) if dated else None
        listed = [Entry(c, f"https://w.example.com/{n}/{turn}", f"{n}/{turn}", at) for n, c in enumerate(columns)]
        server.put("/feed", rss(*listed, *stay))
        assert (await pull(timedelta(hours=7))).loaded == 3


async def test_a_headline_and_address_that_were_rewritten_are_the_same_item(
    server: FeedServer, library: Library
) -> None:
    date = NOON - timedelta(hours=3)
    pull = Puller(
        library, server.put("/feed", rss(Entry("Robots raise money", "https://w.example.com/r", "id-7", date)))
    )
    await pull()
    server.put("/feed", rss(Entry("Why investors love a tiny company", "https://w.example.com/why", "id-7", date)))
    await pull()
    assert [(each.url, each.title) for each in library.articles()] == [
        ("https://w.example.com/r", "Why investors love a tiny company")
    ]


async def test_a_feed_that_moves_and_rewrites_its_titles_is_known_by_its_names(
    server: FeedServer, library: Library
) -> None:
    before = [replace(each, guid=f"id-{n}") for n, each in enumerate(entries(lambda n: f"https://w.example.com/{n}"))]
    pull = Puller(library, server.put("/feed", rss(*before)))
    await pull()
    moved = [replace(each, link=f"{each.link}/moved", title=f"Wire: {each.title}") for each in before]
    server.put("/feed", rss(*moved))
    assert (await pull()).loaded == 0


async def test_addresses_with_a_session_are_known_in_small_feeds_and_do_not_pile_up(
    server: FeedServer, library: Library
) -> None:
    def listed(session: int) -> str:
        return rss(*entries(lambda n: f"https://w.example.com/{n}?sid={session}", 2))

    pull = Puller(library, server.put("/feed", listed(0)))
    for session in range(1, 6):
        await pull()
        server.put("/feed", listed(session))
    assert (await pull()).loaded == 0
    with library.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(feed_items)).scalar() == 2


def test_the_same_address_by_another_way_is_the_same(library: Library) -> None:
    url = "https://w.example.com/1"
    feed = Feed("https://w.example.com/feed", "Wire", "w.example.com")
    feedbook.claim(library, [feed], "a", NOON)
    seen = feedbook.Seen(url, "", NOON, url, feedbook.headline("A robot walks"))
    feedbook.settle(library, "a", [feedbook.Settled(feedbook.FeedState(feed.url), seen=(seen,))], NOON)
    for twin in ("http://w.example.com/1", "https://www.w.example.com/1", "http://www.w.example.com/1"):
        assert feedbook.known(library, feed.url, [(twin, "", "Any title")]).addresses[twin].address == url
    assert feedbook.known(library, feed.url, [("https://v.example.com/1", "", "Any title")]).addresses == {}


@pytest.mark.parametrize("step", ["library_0003", "library_0004"])
def test_a_library_of_before_knows_its_items(tmp_path: Path, step: str) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.db")
    database.upgrade(replace(store.MIGRATIONS, head=step))
    at = "2026-11-22 12:00:00.000000"
    with database.write() as connection:
        for name in ("stored", "undated"):
            row = {"feed": "F", "url": f"https://w.example.com/{name}", "item": "", "published_at": at, "seen_at": at}
            columns, values = ", ".join(row), ", ".join(f":{each}" for each in row)
            connection.execute(text(f"INSERT INTO feed_items ({columns}) VALUES ({values})"), row)
        connection.execute(
            text(
                "INSERT INTO articles(source, ref, size, modified, digest, url, current, title, excerpt, provider, "
                "published_at, document, related) VALUES ('feed:F', 'a', 0, 0, '', 'https://w.example.com/stored', 1, 'T', "
                "'', 'P', :at, '{}', '')"
            ),
            {"at": at},
        )
    database.close()
    library = Library.open(f"sqlite:///{tmp_path}/old.db")
    known = feedbook.known(library, "F", [(f"https://w.example.com/{name}", "", "T") for name in ("stored", "undated")])
    dates = {url.rpartition("/")[2]: each.published_at for url, each in known.addresses.items()}
    # What is not stored was old at its first reading: two days back it would be taken as new.
    assert dates == {"stored": NOON - timedelta(days=1), "undated": NOON - timedelta(days=4)}
    library.close()


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


@pytest.mark.parametrize(
    ("known", "new", "moved"), [(3, 2, True), (3, 4, False), (2, 0, True), (1, 0, False), (2, 1, False)]
)
def test_how_much_of_a_feed_must_be_known_for_a_move(known: int, new: int, moved: bool) -> None:
    """Undated, nameless, and at no address that is known."""
    old = [Item(id="", url=f"https://w.example.com/{n}", title=f"{SUBJECTS[n]} in Rome") for n in range(known)]
    now = [replace(each, url=f"{each.url}/new") for each in old]
    now += [Item(id="", url=f"https://w.example.com/new/{n}", title=f"{SUBJECTS[n]} in Oslo") for n in range(new)]
    assert len(recognised(now, _memory({each.url: each for each in old}))) == (known if moved else 0)


def test_a_title_that_holds_all_words_of_another_is_another() -> None:
    old = Item(id="latest", url="https://w.example.com/1", title="OpenAI", published_at=NOON)
    later = NOON + timedelta(hours=1)
    new = Item(id="latest", url="https://w.example.com/2", title="Court rules that OpenAI must pay", published_at=later)
    assert recognised([new], _memory({old.url: old})) == {}
    edited = replace(new, title="OpenAI:")
    assert recognised([edited], _memory({old.url: old})).keys() == {new.url}
