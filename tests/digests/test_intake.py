"""Taking in beside others: whatever is filed, withdrawn or taken in while a batch is worked out, nothing is lost or doubled."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine, event, func, select, text

from digests import intake, stories
from digests.library import Filed, Library, Stamp, storybook
from digests.library.schema import articles as article_rows
from digests.library.schema import feeds as feed_rows
from digests.library.schema import story_keys, story_links
from digests.models import Article
from digests.stories import Link, clusters
from digests.stories.report import Report, report
from playground import sample
from tests.making import NOON, article

EVENT = [
    "Halden Labs releases Fjord 4 and cuts prices by half",
    "Fjord 4: Halden Labs cuts prices by half with its newest release",
    "Halden Labs cuts prices by half as Fjord 4 is released",
    "Fjord 4 is out: Halden Labs halves its prices",
    "Prices cut by half: Halden Labs is out with Fjord 4",
]
REPORTS = [article(title, hours=9 - n, provider="ABCDE"[n]) for n, title in enumerate(EVENT)]


def put(library: Library, news: Sequence[Article], source: str = "test") -> None:
    library.put(source, [Filed(each.url, Stamp(1, 1, "x"), each) for each in news])


def linked(library: Library) -> dict[tuple[str, str], float]:
    """The library's links by addresses."""
    with library.database.read() as connection:
        url_of = {row.id: row.url for row in connection.execute(select(article_rows.c.id, article_rows.c.url))}
        found = connection.execute(select(story_links)).all()
    return {(min(url_of[a], url_of[b]), max(url_of[a], url_of[b])): likelihood for a, b, likelihood in found}


def in_step(library: Library) -> None:
    """The library has the links and stories of all its articles taken in at once, and the keys of each of them."""
    live = [intake.judged(each) for each in library.articles()]
    links = stories.links(live)
    assert linked(library) == {(each.a, each.b): each.likelihood for each in links}
    window = storybook.window(library, NOON - timedelta(days=60), NOON + timedelta(days=60))
    assert window.ids.keys() == {each.url for each in live}
    of: dict[str, list[str]] = {}
    for url, story in window.ids.items():
        of.setdefault(story, []).append(url)
    assert sorted(map(sorted, of.values())) == clusters.groups([each.url for each in live], links)
    with library.database.read() as connection:
        holders = set(connection.execute(select(story_keys.c.article)).scalars())
        assert holders <= set(connection.execute(select(article_rows.c.id)).scalars())
    assert not library.unjudged(intake.JUDGEMENT)


@pytest.fixture
def other(library: Library) -> Iterator[Library]:
    """Another process's door to the same library."""
    opened = Library.open(str(library.database))
    yield opened
    opened.close()


def meanwhile(monkeypatch: pytest.MonkeyPatch, *turns: Callable[[], object]) -> list[int]:
    """Do something in each of the first moments in which pairs are compared; gives the numbers of the turns that were had."""
    real, left, had = intake.compared, list(turns), list[int]()
    busy = threading.local()

    def compared(a: Report, b: Report) -> Link | None:
        if left and not getattr(busy, "now", False):
            busy.now = True  # what is done may compare pairs itself
            try:
                had.append(len(had))
                left.pop(0)()
            finally:
                busy.now = False
        return real(a, b)

    monkeypatch.setattr(intake, "compared", compared)
    return had


def test_others_can_write_while_pairs_are_compared(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def write() -> None:
        if library.database.dialect != "sqlite":
            with library.database.write() as held:  # it waits for its turn for no longer than half a minute
                held.exec_driver_sql("CREATE TABLE IF NOT EXISTS posted (n integer)")
            return
        connection = sqlite3.connect(library.database.url.database or "", timeout=0, isolation_level=None)
        connection.execute("CREATE TABLE IF NOT EXISTS posted (n)")
        connection.execute("INSERT INTO posted VALUES (1)")
        connection.close()

    put(library, REPORTS)
    had = meanwhile(monkeypatch, *[write] * 5)
    assert intake.take_in(library, NOON) == len(REPORTS)
    assert len(had) == 5
    in_step(library)


def alone(library: Library) -> None:
    """Take in what waits longest, and no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "_BATCH", 1)
        assert intake._take_in_some(library, intake._Known(), NOON, 500) == 1


EDITED = replace(REPORTS[0], title="Robots fold laundry in Osaka, a hotel says")
HEATED = replace(REPORTS[0], heat=900)
SAME_ADDRESS = replace(REPORTS[0], title="Osaka hotel has robots fold its laundry", published_at=NOON)

MEANWHILE = {
    "a report of the event is filed": lambda library: put(library, [REPORTS[4]]),
    "a waiting report says something else": lambda library: put(library, [EDITED]),
    "a waiting report is hotter": lambda library: put(library, [HEATED]),
    "a waiting report is withdrawn": lambda library: library.withdraw("test", [REPORTS[1].url]),
    "a report that was known says something else": lambda library: put(library, [replace(EDITED, url=REPORTS[3].url)]),
    "a report that was known is withdrawn": lambda library: library.withdraw("test", [REPORTS[3].url]),
    "it is withdrawn, and another has its row": lambda library: (
        library.withdraw("test", [REPORTS[3].url]),
        put(library, [article("Robots fold laundry in Osaka", provider="Z")]),
    ),
    "another file has the address": lambda library: put(library, [SAME_ADDRESS], "another"),
    "another process takes all in": lambda library: intake.take_in(library, NOON),
    "another process files and takes in": lambda library: (put(library, [REPORTS[4]]), intake.take_in(library, NOON)),
    "another process takes in an older report alone": lambda library: (
        put(library, [replace(REPORTS[4], published_at=NOON - timedelta(hours=30))]),
        alone(library),
    ),
    "another process takes in, one is withdrawn": lambda library: (
        intake.take_in(library, NOON),
        library.withdraw("test", [REPORTS[0].url]),
    ),
    "what is scored counts anew": lambda library: library.rescore("published_from", "7", NOON - timedelta(days=9)),
}


@pytest.mark.parametrize("source", ["test", "feed:https://a.example.com/feed"])
@pytest.mark.parametrize("what", MEANWHILE)
def test_what_happens_while_a_batch_is_worked_out(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch, what: str, source: str
) -> None:
    put(library, [REPORTS[3]])
    put(library, [REPORTS[2]], source)
    intake.take_in(library, NOON)
    put(library, REPORTS[:2])
    had = meanwhile(monkeypatch, lambda: MEANWHILE[what](other))
    intake.take_in(library, NOON)
    assert had
    in_step(library)


@pytest.mark.parametrize("waits", [False, True])
def test_an_article_of_a_feed_is_not_put_back_to_what_it_said(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """Scoring writes whole articles: what a feed says anew while the score is worked out must stay."""
    source = "feed:https://a.example.com/feed"
    put(library, REPORTS[2:4], source)
    with library.database.write() as connection:
        connection.execute(feed_rows.insert().values(url=source[5:], active=True, standing=0.7, interval=60))
    intake.take_in(library, NOON)
    if waits:  # both wait to be scored anew, the second until the first is done
        monkeypatch.setattr(intake, "_BATCH", 1)
        with library.database.write() as connection:
            connection.execute(feed_rows.update().values(standing=0.1))
            connection.execute(article_rows.update().values(judged=0))
    else:
        put(library, REPORTS[:2])
    anew = replace(REPORTS[3], excerpt="It runs on a telephone, the company says.")
    had = meanwhile(monkeypatch, lambda: put(other, [anew], source))
    intake.take_in(library, NOON)
    assert had
    found = library.article(anew.url)
    assert found is not None
    assert found.excerpt == anew.excerpt
    in_step(library)


def test_who_is_spoilt_time_after_time_gets_on_at_last(
    sqlite_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody files a report anew faster than it can be judged: at last the batch is worked out while nobody can."""
    library = sqlite_library
    put(library, REPORTS)
    filing = sqlite3.connect(library.database.url.database or "", timeout=0, isolation_level=None)
    filed: list[bool] = []
    waiting = storybook.Page.waiting

    def disturbed(page: storybook.Page, judgement: int, limit: int) -> storybook.Waiting:
        found = waiting(page, judgement, limit)
        assert len(filed) < 50
        text = f"Version {len(filed)} of the story"
        anew = "UPDATE articles SET excerpt = ?, document = json_set(document, '$.excerpt', ?) WHERE id = 1"
        try:
            filed.append(filing.execute(anew, (text, text)).rowcount == 1)
        except sqlite3.OperationalError:  # somebody holds the write lock
            filed.append(False)
        return found

    monkeypatch.setattr(storybook.Page, "waiting", disturbed)
    assert intake.take_in(library, NOON) == len(REPORTS)
    assert filed == [True] * intake._SPOILT + [False]
    filing.close()
    in_step(library)


@pytest.mark.parametrize("seed", range(4))
def test_many_things_at_once(library: Library, other: Library, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """At every pair that is compared anything may happen; once it is quiet the library is as if it had happened before."""
    random = Random(seed)
    news = [*sample.articles(NOON)[:70], *REPORTS]
    put(library, random.sample(news, 40))

    def anything() -> None:
        some = random.sample(news, 3)
        happening = random.randrange(8)
        if happening == 0:
            put(other, some)
        elif happening == 1:
            put(other, [replace(some[0], title=some[1].title)])
        elif happening == 2:
            other.withdraw("test", [each.url for each in some])
        elif happening == 3:
            put(other, [replace(some[0], title=some[1].title, published_at=NOON)], "another")
        elif happening == 4:
            other.withdraw("another", [each.url for each in some])
        elif happening == 5:
            intake.take_in(other, NOON)

    monkeypatch.setattr(intake, "_BATCH", 9)
    monkeypatch.setattr(intake, "_REMEMBERED", 7)
    meanwhile(monkeypatch, *[anything] * 60)
    for _ in range(4):
        put(library, random.sample(news, 10))
        intake.take_in(library, NOON)
    in_step(library)


def test_of_one_batch_the_newest_reports_are_kept_for_the_next_and_not_all_of_a_flood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(intake, "report", lambda each: replace(report(each)))  # one that was met before is read anew
    monkeypatch.setattr(intake, "_REMEMBERED", 3)
    known, flood = intake._Known(), [article(f"Robot {n} folds laundry", hours=n) for n in range(6)]
    old = article("Robot folds laundry", hours=200)
    before = {each.url: known.report(each) for each in (*flood, old)}
    known.begin()
    kept = [each.url for each in (*flood, old) if known.report(each) is before[each.url]]
    assert kept == [each.url for each in flood[:3]]
    monkeypatch.setattr(intake, "_REMEMBERED", 100)
    before = {each.url: known.report(each) for each in (*flood, old)}
    known.begin()
    kept = [each.url for each in (*flood, old) if known.report(each) is before[each.url]]
    assert kept == [each.url for each in flood]  # the other is no neighbour of anything to come


def test_several_take_in_and_file_at_once(database_url: str) -> None:
    """Threads with a library each, as processes have: what comes out is what one alone makes of it."""
    news = [*sample.articles(NOON), *REPORTS]
    libraries = [Library.open(database_url) for _ in range(3)]
    begin = threading.Barrier(len(libraries))

    def work(n: int) -> int:
        begin.wait()
        done = 0
        for start in range(n * 5, len(news), 15):
            put(libraries[n], news[start : start + 5], f"source {n}")
            done += intake.take_in(libraries[n], NOON)
        return done

    with ThreadPoolExecutor(len(libraries)) as pool:
        done = sum(pool.map(work, range(len(libraries))))
    intake.take_in(libraries[0], NOON)
    assert done >= len({each.url for each in news})
    in_step(libraries[0])
    for each in libraries:
        each.close()


def test_what_waits_and_what_is_near_is_found_without_walking_the_library(sqlite_library: Library) -> None:
    library = sqlite_library
    """By the indexes that were made for it: SQLite likes to walk all articles in order of time instead."""
    put(library, REPORTS)
    asked: list[tuple[str, object]] = []
    engine = library.database._engine
    event.listen(engine, "before_cursor_execute", lambda *of: asked.append((of[2], of[3])))
    near = storybook.Taken(1, REPORTS[0], {"halden": 100}, 0)
    with library.database.read() as connection:
        page = storybook.Page(library, connection)
        assert len(page.waiting(intake.JUDGEMENT, 9).articles) == len(REPORTS)
        page.sharing(near, 73, 1)
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {what}", given).all() for what, given in list(asked)]
    steps = " / ".join(step.detail for plan in plans for step in plan)
    assert "SEARCH articles USING INDEX articles_judged (judged=? AND current=?)" in steps
    assert "SEARCH story_keys USING PRIMARY KEY (key=? AND hour>? AND hour<?)" in steps
    assert "articles_published_at" not in steps
    assert "SCAN articles" not in steps


def crowd(number: int, publishers: int) -> list[Article]:
    titles = "Robot dog Rufo learns to herd sheep on a farm in Wales", "In Wales robot dog Rufo herds sheep on a farm"
    return [
        article(
            titles[n % 2],
            hours=n / 20,
            provider=f"Post {n % publishers}",
            url=f"https://post-{n % publishers}.example.com/{n}",
        )
        for n in range(number)
    ]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    real, number = intake.compared, [0]

    def compared(a: Report, b: Report) -> Link | None:
        number[0] += 1
        return real(a, b)

    monkeypatch.setattr(intake, "compared", compared)
    return number


@pytest.mark.parametrize("publishers", [1, 30])
def test_the_work_for_a_crowd_grows_with_its_number(
    library: Library, monkeypatch: pytest.MonkeyPatch, publishers: int
) -> None:
    monkeypatch.setattr(intake, "_CROWD", 20)
    monkeypatch.setattr(intake, "_OWN", 10)
    monkeypatch.setattr(intake, "_BATCH", 50)
    number = counted(monkeypatch)
    put(library, crowd(150, publishers))
    assert intake.take_in(library, NOON) == 150
    most = 20 if publishers > 1 else 10
    assert 150 * most / 3 < number[0] <= 150 * most
    with library.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(story_links)).scalar_one() <= number[0]


def test_an_event_that_many_report_is_one_story(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the bound every pair is compared, in whatever order they come; beyond it the story still holds together."""
    monkeypatch.setattr(intake, "_CROWD", 40)
    news = crowd(60, 60)
    random = Random(1)
    random.shuffle(news)
    for start in range(0, 40, 8):
        put(library, news[start : start + 8])
        intake.take_in(library, NOON)
    in_step(library)
    put(library, news[40:])
    intake.take_in(library, NOON)
    window = storybook.window(library, NOON - timedelta(days=9), NOON)
    assert len(set(window.ids.values())) == 1


def test_one_that_comes_alone_does_not_tidy_up_after_a_thousand(sqlite_library: Library) -> None:
    merges: list[str] = []

    def noted(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "'merge'" in statement:
            merges.append(statement)

    with sqlite_library.database.bare() as connection:  # so each filing stays a part of its own
        connection.execute("INSERT INTO articles_text(articles_text, rank) VALUES ('automerge', 0)")
    for n in range(12):
        put(sqlite_library, [article(f"Robots of town {n} walk", excerpt=f"They are the {n}.")])
    assert parts(sqlite_library) >= 12
    event.listen(Engine, "before_cursor_execute", noted)
    try:
        intake.take_in(sqlite_library, NOON)  # twelve
        assert 1 <= len(merges) <= 3
        merges.clear()
        put(sqlite_library, [article("One more")])
        assert intake.take_in(sqlite_library, NOON) == 1
        assert not merges
    finally:
        event.remove(Engine, "before_cursor_execute", noted)
    sqlite_library.tidy()
    assert parts(sqlite_library) < 12


def parts(library: Library) -> int:
    """How many parts the full-text index is in."""
    with library.database.read() as connection:
        return connection.execute(text("SELECT count(DISTINCT segid) FROM articles_text_idx")).scalar_one()
