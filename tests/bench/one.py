"""One measurement in a process of its own, for `tests.bench`; prints JSON.

yaml FOLDER               PyYAML's C loader over all front matters
sync FOLDER DATABASE      a sync
group NUMBER              grouping so many generated articles of ten days from cold
join NUMBER DATABASE      single new articles into a library of so many of 30 days
build NUMBER DATABASE     a library of so many of a year, the newest judged; only what is not there is built
find NUMBER DATABASE      words and phrases asked of a library of so many
rfind NUMBER DATABASE     the same of lemon24/reader
ask NUMBER DATABASE       questions to a library of so many of a year, built first unless it is there
words DATABASE            words, phrases and beginnings of words asked of such a library; a file, or the URL of a server
agree DATABASE            how far its answers are those of judging all that matches
beside DATABASE [NUMBER]   questions to it while the bot reads 50,000 article files and judges them
use DATABASE              people who use the bot over such a library at once
homes DATABASE            people who open their Homes over such a library at the same moment
feeds NUMBER DATABASE PORT    so many feeds of a local server, cold and with nothing changed
reader NUMBER DATABASE PORT   the same by lemon24/reader
hours digest|subscriptions|soon [NUMBER]   so many deliveries that are due at one hour
overhead [TURNS REQUESTS]   a signed slash command through the whole bot, beside raw Starlette and a bare Bolt app
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from tests.bench.memory import peak


def parse_with_pyyaml(folder: str) -> dict[str, float]:
    """Seconds that PyYAML's C loader takes for all front matters; reading the files is not counted."""
    import yaml

    fronts = [
        data[4 : data.find(b"\n---", 3) + 1]
        for data in (path.read_bytes().replace(b"\r\n", b"\n") for path in sorted(Path(folder).rglob("*.md")))
    ]
    started = time.perf_counter()
    for front in fronts:
        yaml.load(front, yaml.CSafeLoader)
    return {"work": time.perf_counter() - started}


def sync_into(folder: str, database: str) -> dict[str, float]:
    """Seconds that a sync takes, opening (and creating) the library included."""
    from digests.library import Library
    from digests.sync import sync

    started = time.perf_counter()
    library = Library.open(f"sqlite:///{database}")
    report = sync(library, [Path(folder)])
    library.close()
    assert report.clean
    return {"work": time.perf_counter() - started}


def group_from_cold(number: str) -> dict[str, float]:
    """Seconds that grouping takes, the tables it reads included."""
    from digests.stories import group
    from tests.bench.news import articles

    made = articles(int(number), timedelta(days=10))
    before = peak()
    started = time.perf_counter()
    stories = group(made)
    return {"work": time.perf_counter() - started, "stories": len(stories), "articles": before}


def join_one_by_one(number: str, database: str, singles: int = 60) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds, of taking one new article in; also how long all others took."""
    from digests import intake
    from digests.library import Filed, Library, Stamp
    from tests.bench.news import END, articles

    made = articles(int(number) + singles, timedelta(days=30))
    # The new ones are the newest, as they are in life.
    old, new = made[:-singles], made[-singles:]
    library = Library.open(f"sqlite:///{database}")
    started = time.perf_counter()
    for start in range(0, len(old), 2000):
        library.put("old", [Filed(each.url, Stamp(1, 1, "x"), each) for each in old[start : start + 2000]])
    stored = time.perf_counter()
    intake.take_in(library, END)
    taken = time.perf_counter() - stored
    times = []
    for each in new:
        library.put("new", [Filed(each.url, Stamp(1, 1, "x"), each)])
        began = time.perf_counter()
        assert intake.take_in(library, END) == 1
        times.append(1000 * (time.perf_counter() - began))
    library.close()
    times.sort()
    return {
        "work": taken,
        "stored": stored - started,
        "median": statistics.median(times),
        "p95": times[int(len(times) * 0.95)],
    }


def build_a_library(number: str, database: str) -> dict[str, float]:
    """How many articles were filed and judged, in how many seconds of each; sizes in MB."""
    from tests.bench import asking

    library, parts = asking.build(int(number), Path(database))
    found = {**asdict(parts), **asking.sizes(library), "articles": float(library.count())}
    library.close()
    return found


def find_beside_others(number: str, database: str, questions: str = "500") -> dict[str, float]:
    """Milliseconds until the first ten of what is asked are there; seconds of filing and judging all."""
    from digests import collecting, intake
    from digests.desk import Desk
    from digests.library import Filed, Library, Stamp, batches
    from digests.topics import Catalogue
    from tests.bench import asking
    from tests.bench.news import END, articles

    made = articles(int(number), timedelta(days=10))
    library = Library.open(f"sqlite:///{database}")
    started = time.perf_counter()
    for some in batches(made):
        library.put("made", [Filed(each.url, Stamp(1, 1, "x"), each) for each in some])
    filed = time.perf_counter() - started
    intake.take_in(library, END)
    built = time.perf_counter() - started
    desk = Desk(library, Catalogue.builtin())
    texts = asking.word_questions(each.title for each in made[: int(questions) + 50])
    collecting.settle()
    asking.asked(desk, texts[:50], 1)
    took = asking.asked(desk, texts[50:], 1)
    library.close()
    return {"work": built, "filed": filed, **{f"p{percent}": asking.percentile(took, percent) for percent in (50, 99)}}


def find_with_reader(number: str, database: str, questions: str = "500") -> dict[str, float]:
    """The same with lemon24/reader, whose entries are added as its users may, without a feed being fetched."""
    from itertools import islice

    from reader import make_reader

    from tests.bench import asking
    from tests.bench.news import articles

    made = articles(int(number), timedelta(days=10))
    texts = asking.word_questions(each.title for each in made[: int(questions) + 50])
    with make_reader(database) as reader:
        started = time.perf_counter()
        for host in {each.host for each in made}:
            reader.add_feed(f"https://{host}/feed")
        for each in made:
            reader.add_entry(
                {
                    "feed_url": f"https://{each.host}/feed",
                    "id": each.url,
                    "link": each.url,
                    "title": each.title,
                    "summary": each.excerpt,
                    "published": each.published_at,
                }
            )
        filed = time.perf_counter() - started
        reader.enable_search()
        reader.update_search()
        built = time.perf_counter() - started
        took = []
        for place, question in enumerate(texts):
            began = time.perf_counter()
            list(islice(reader.search_entries(question, limit=10), 10))
            if place >= 50:
                took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return {"work": built, "filed": filed, **{f"p{percent}": asking.percentile(took, percent) for percent in (50, 99)}}


def ask_a_library(number: str, database: str, questions: str = "2100") -> dict[str, float]:
    """Milliseconds an answer, one after the other and with fifty asking at once; how long building took; sizes in MB."""
    from digests import collecting
    from digests.desk import Desk
    from digests.topics import Catalogue
    from tests.bench import asking

    started = time.perf_counter()
    library, parts = asking.build(int(number), Path(database))
    built = time.perf_counter() - started
    desk = Desk(library, Catalogue.builtin())
    texts = asking.questions(library, int(questions))
    asking.asked(desk, texts[:100], 4)  # connections, caches and tables that are read once
    collecting.settle()  # as the bot does once it runs
    found: dict[str, float] = {"work": built, **asdict(parts), **asking.sizes(library)}
    for askers in (1, 50):
        took = asking.asked(desk, texts[100:], askers)
        found |= {f"p{percent}_of_{askers}": asking.percentile(took, percent) for percent in (50, 95, 99, 100)}
    library.close()
    return found


def ask_plainly(database: str, questions: str = "2100") -> dict[str, float]:
    """Milliseconds an answer to words, phrases and beginnings of words, to two common questions, and to what is nowhere."""
    from random import Random

    from digests import collecting
    from digests.desk import Desk
    from digests.library import Library
    from digests.topics import Catalogue
    from tests.bench import asking

    library = Library.open(database if "://" in database else f"sqlite:///{database}")
    desk = Desk(library, Catalogue.builtin())
    texts = asking.plain_questions(library, int(questions))
    asking.asked(desk, texts[:100], 4)
    collecting.settle()
    took = asking.asked(desk, texts[100:], 1)
    found = {f"p{percent}": asking.percentile(took, percent) for percent in (50, 95, 99, 100)}
    random = Random(1)
    misses = asking.asked(desk, ["".join(random.sample("qwxzjvkbdm", 7)) for _ in range(200)], 1)
    found |= {f"p{percent}_miss": asking.percentile(misses, percent) for percent in (50, 99)}
    for name, question in (("ai", "ai"), ("facial", "facial recognition")):
        times = asking.asked_again(desk, question, 100)
        found |= {f"p{percent}_{name}": asking.percentile(times, percent) for percent in (50, 99)}
    library.close()
    return found


def compare_with_everything(database: str, questions: str = "200") -> dict[str, float]:
    """How far the first ten agree with those of judging all that matches, where that is no more than is looked at."""
    from digests.desk import Desk
    from digests.library import Library
    from digests.topics import Catalogue
    from tests.bench import asking

    library = Library.open(f"sqlite:///{database}")
    desk = Desk(library, Catalogue.builtin())
    shares, common = asking.agreement(desk, asking.plain_questions(library, int(questions), seed=3))
    library.close()
    return {
        "work": statistics.mean(shares),
        "least": min(shares),
        "whole": sum(share == 1 for share in shares) / len(shares),
        "selective": len(shares),
        "common": common,
    }


def ask_beside_a_sync(database: str, number: str = "50000") -> dict[str, float]:
    """Milliseconds an answer, alone and while the bot reads so many article files into the library, which grows by them."""
    import tempfile

    from digests.library import Library
    from tests.bench import asking

    library = Library.open(f"sqlite:///{database}")
    texts = asking.plain_questions(library, 2100)
    with tempfile.TemporaryDirectory(prefix="heatline-bench-") as name:
        asking.file_away(int(number), Path(name))
        found = asking.beside(library, Path(name), texts)
    library.close()
    return found


def use_the_bot(database: str) -> dict[str, float]:
    """Milliseconds until people see an answer who use the bot over a library at once; how many acts that were."""
    import asyncio

    from digests.library import Library
    from tests.bench import asking, interactive

    library = Library.open(f"sqlite:///{database}")
    texts = asking.questions(library, 2000)
    library.close()
    waits = asyncio.run(interactive.used(Path(database), texts))
    return {f"p{percent}": asking.percentile(waits, percent) for percent in (50, 95, 99, 100)} | {"acts": len(waits)}


def open_homes(database: str) -> dict[str, float]:
    """Milliseconds until Slack has a Home that was opened, and until the stories of now stand in it; how many these were."""
    import asyncio

    from tests.bench import asking, interactive

    found = asyncio.run(interactive.homes(Path(database)))
    told = {
        f"{name}_p{percent}": asking.percentile(waits, percent)
        for name, waits in found.items()
        for percent in (50, 95, 99, 100)
    }
    return told | {"opened": len(found["home"])}


def fetch_feeds(number: str, database: str, port: str) -> dict[str, float]:
    """Seconds that fetching, reading and filing take, cold and again; judging is not counted."""
    import asyncio
    from datetime import UTC, datetime

    from digests.library import Library
    from digests.sources.catalogue import Feed
    from digests.sources.fetching import Allowed, Client, Guard
    from digests.sources.newsfeeds import NewsFeeds
    from digests.sources.registry import pull

    feeds = tuple(
        Feed(f"http://127.0.0.1:{port}/{n}", f"Provider {n}", f"p{n}.example.com") for n in range(int(number))
    )
    guard = Guard(Allowed.read(["127.0.0.0/8"]))
    source = NewsFeeds(
        feeds, lambda: Client(guard, "Heatline benchmark"), lambda: datetime.now(UTC), pages=False, early=True
    )
    library = Library.open(f"sqlite:///{database}")
    started = time.perf_counter()
    peaks: dict[str, float] = {}
    watching = threading.Thread(target=_watch_children, args=(peaks,), daemon=True)
    watching.start()
    report = asyncio.run(pull(library, [source]))
    cold = time.perf_counter() - started
    assert not report.troubled, report.troubled[:3]
    again = asyncio.run(pull(library, [source]))
    assert not again.loaded
    whole = time.perf_counter() - started
    library.close()
    return {"work": cold, "again": whole - cold, "items": report.loaded, "children": sum(peaks.values())}


def _watch_children(peaks: dict[str, float]) -> None:
    """Note the peak memory of each process that this one started, in MB; what the system says of ended ones is too much."""
    while True:
        for pid in Path("/proc/self/task").glob("*/children"):
            for child in pid.read_text().split():
                with contextlib.suppress(OSError, IndexError):
                    peaks[child] = peak(child)
        time.sleep(0.2)


def fetch_with_reader(number: str, database: str, port: str) -> dict[str, float]:
    """The same with lemon24/reader, with as many workers as we have requests at once."""
    from reader import make_reader

    with make_reader(database) as reader:
        for n in range(int(number)):
            reader.add_feed(f"http://127.0.0.1:{port}/{n}")
        started = time.perf_counter()
        reader.update_feeds(workers=32, scheduled=False)
        cold = time.perf_counter() - started
        reader.update_feeds(workers=32, scheduled=False)
        whole = time.perf_counter() - started
        return {"work": cold, "again": whole - cold, "items": float(reader.get_entry_counts().total or 0)}


def deliver_at_the_hour(case: str, number: str = "10000") -> dict[str, float]:
    """Seconds from the hour until Slack has taken the last message, and the bot's peak memory in MB."""
    from tests.bench import hours

    return hours.main(case, int(number))


def beside_bare_servers(turns: str = "5", requests: str = "400") -> dict[str, float]:
    """Requests a second and milliseconds of the bot, raw Starlette and a bare Bolt app; how many times as long ours take."""
    from tests.bench import overhead

    return overhead.measured(int(turns), int(requests))


MEASUREMENTS: Mapping[str, Callable[..., dict[str, float]]] = {
    "yaml": parse_with_pyyaml,
    "sync": sync_into,
    "group": group_from_cold,
    "join": join_one_by_one,
    "build": build_a_library,
    "find": find_beside_others,
    "rfind": find_with_reader,
    "ask": ask_a_library,
    "words": ask_plainly,
    "agree": compare_with_everything,
    "beside": ask_beside_a_sync,
    "use": use_the_bot,
    "homes": open_homes,
    "feeds": fetch_feeds,
    "reader": fetch_with_reader,
    "hours": deliver_at_the_hour,
    "overhead": beside_bare_servers,
}

if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    result = MEASUREMENTS[what](*arguments)
    print(json.dumps({**result, "memory": peak()}))
