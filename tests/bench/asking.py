"""Questions to a large library of generated news: builds it, and asks alone and with many at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import text

from bot.errors import HeatlineBotError
from bot.reading import Reading
from digests import answering, collecting, intake
from digests.articles import dump
from digests.desk import Desk
from digests.library import Filed, Library, Stamp, search
from digests.models import Article, Provider
from digests.query import read
from digests.sources.registry import Folder
from digests.topics import Catalogue
from digests.words import tokens
from tests.bench.news import END, articles

SPAN = timedelta(days=365)
PAGE = 5
"""Stories of an answer that are told at once, as `/news` does; twenty are found."""

TAKEN = 20_000
"""So many of the newest articles are judged and grouped into stories; to do that with all would take hours."""

_SLICE, _BATCH = 20_000, 2000
_EVERY = 10**6
_BETWEEN_WRITES = 0.05


@dataclass(slots=True)
class Built:
    """How many articles were filed, and in how many seconds that was done: stored and indexed, each batch on the disk; and the
    same of those that were judged."""

    filed: int = 0
    filing: float = 0.0
    judged: int = 0
    judging: float = 0.0


def build(number: int, database: Path) -> tuple[Library, Built]:
    """A library of so many articles of a year, filed through the store."""
    library, done = Library.open(f"sqlite:///{database}"), Built()
    span = SPAN * (_SLICE / number)
    catalogue = Catalogue.builtin()
    subjects = [phrase for topic in catalogue.topics for phrase in islice(catalogue.phrases(topic.slug), 4)]
    for start in range(library.count(), number, _SLICE):
        end = END - SPAN + span * (start // _SLICE + 1)
        made = [
            in_life(each, n, subjects) for n, each in enumerate(articles(min(_SLICE, number - start), span, start, end))
        ]
        files = [Filed(each.url, Stamp(1, 1, "x"), each) for each in made]
        began = time.perf_counter()
        with collecting.paused():  # as a sync does
            for first in range(0, len(files), _BATCH):
                library.put("made", files[first : first + _BATCH])
        done.filing += time.perf_counter() - began
        done.filed += len(files)
        if start + _SLICE <= number - TAKEN:
            with library.database.write() as connection:
                connection.execute(
                    text(
                        "UPDATE articles SET judged = :judgement, kind = 'news', news_value = id * 7919 % 300 / 100.0 "
                        "WHERE judged = 0"
                    ),
                    {"judgement": intake.JUDGEMENT},
                )
    began = time.perf_counter()
    done.judged = intake.take_in(library, END)
    done.judging = time.perf_counter() - began
    return library, done


def in_life(article: Article, number: int, subjects: Sequence[str]) -> Article:
    """The article with what news say of AI and of two topics, and of a provider that is called after where it publishes."""
    random = Random(article.url)
    about = " and ".join(random.choices(subjects, k=2))
    title = f"{article.title} {about}" if number % 3 == 0 else article.title
    if number % 5 == 0:
        title = f"AI {title}"
    excerpt = f"{article.excerpt} It is about {about}{' with AI' if number % 5 < 3 else ''}."
    return replace(
        article, title=title, excerpt=excerpt, provider=Provider(f"Daily {article.host[:-12]}", article.host)
    )


def questions(library: Library, number: int, seed: int = 7) -> list[str]:
    """What people ask: one to three words, phrases, topics, filters, something that is not there, and nothing at all."""
    random = Random(seed)
    topics = [topic.slug for topic in Catalogue.builtin().topics]
    with library.database.read() as connection:
        last = connection.execute(text("SELECT max(id) FROM articles")).scalar_one()
        rows = [random.randrange(1, last + 1) for _ in range(number)]
        titles = [
            connection.execute(text("SELECT title FROM articles WHERE id = :id"), {"id": row}).scalar() for row in rows
        ]
    made = []
    for title in filter(None, titles):
        words = [word for word in tokens(title) if word.isalpha()]
        start = random.randrange(len(words) - 1)
        two = " ".join(words[start : start + 2])
        ways = {
            35: random.choice(words),
            15: " ".join(random.sample(words, 2)),
            9: " ".join(random.sample(words, 3)),
            6: f"ai {random.choice(words)}",
            8: f'"{two}"',
            12: random.choice(topics),
            4: f"{random.choice(words)} source:p{random.randrange(400)}.example.com",
            3: f"{random.choice(words)} since:7d",
            2: f"{random.choice(words)} -{random.choice(words)} sort:{random.choice(('new', 'hot'))}",
            1: "".join(random.sample("qwxzjvkbdm", 7)),
            5: "",
        }
        made.append(random.choices(list(ways.values()), list(ways), k=1)[0])
    return made


def plain_questions(library: Library, number: int, seed: int = 7) -> list[str]:
    """One to three words, two words as a phrase, and the beginning of a word, as many of each."""
    random = Random(seed)
    with library.database.read() as connection:
        last = connection.execute(text("SELECT max(id) FROM articles")).scalar_one()
        rows = [random.randrange(1, last + 1) for _ in range(number)]
        titles = [
            connection.execute(text("SELECT title FROM articles WHERE id = :id"), {"id": row}).scalar() for row in rows
        ]
    return [ways[place % len(ways)] for place, ways in enumerate(_plain(filter(None, titles), random))]


def word_questions(titles: Iterable[str], seed: int = 7) -> list[str]:
    """One to three words, and two words as a phrase: what other searches understand as well."""
    return [ways[place % 4] for place, ways in enumerate(_plain(titles, Random(seed)))]


def _plain(titles: Iterable[str], random: Random) -> Iterator[tuple[str, ...]]:
    """For each title one to three words, two words as a phrase, and the beginning of a word."""
    for title in titles:
        words = [word for word in tokens(title) if word.isalpha()]
        start = random.randrange(len(words) - 1)
        begun = random.choice([word for word in words if len(word) > 3] or words)
        yield (
            random.choice(words),
            " ".join(random.sample(words, 2)),
            " ".join(random.sample(words, 3)),
            f'"{" ".join(words[start : start + 2])}"',
            begun[: max(3, len(begun) - 2)],
        )


def agreement(desk: Desk, texts: Sequence[str], shown: int = 10) -> tuple[list[float], int]:
    """For each question the share of the first ten stories that are also among the first ten when every article that matches is
    judged, where that are no more than the search looks at; and how many questions have more."""
    shares: list[float] = []
    common = 0
    for question in texts:
        asked = read(question, desk.catalogue, END)
        found = answering.answer(desk.library, desk.catalogue, asked, END, shown)
        with _everything_judged():
            wanted = answering.answer(desk.library, desk.catalogue, asked, END, shown)
        if wanted.total > search.LOOKED_AT:
            common += 1
        elif wanted.stories:
            best = {scored.story.id for scored in wanted.stories}
            shares.append(len(best & {scored.story.id for scored in found.stories}) / len(best))
    return shares, common


@contextmanager
def _everything_judged() -> Iterator[None]:
    """With a search that gives every article that matches, however many."""
    before, looked_at = answering.look, search.LOOKED_AT
    answering.look = partial(search.look, limit=_EVERY)  # type: ignore[assignment]
    search.LOOKED_AT = _EVERY
    try:
        yield
    finally:
        answering.look, search.LOOKED_AT = before, looked_at


def beside(library: Library, folder: Path, texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds of answers while nothing else happens, and while a folder is read and judged as the bot does it; and of
    writes to the ledger meanwhile, which wait for the same lock. What is not judged at the last question is left."""
    desk = Desk(library, Catalogue.builtin())
    asked(desk, texts[:100], 4)
    collecting.settle()
    alone = asked(desk, texts[100:], 1)
    took: list[float] = []
    writes: list[float] = []
    before = library.count()
    reading = Reading(library, desk.published_from, lambda: END)
    work = threading.Thread(target=_read, args=(reading, folder))
    work.start()
    post = threading.Thread(target=_write_while, args=(library, work, writes))
    post.start()
    later = END + timedelta(minutes=1)  # what was asked in the same minute is known
    for question in texts[100:]:
        if not work.is_alive():
            break
        took += asked(desk, [question], 1, later)
    synced = library.count() - before
    reading.end()
    work.join()
    post.join()
    writes.sort()
    took.sort()
    found = {
        "synced": float(synced),
        "judged": float(synced - library.unjudged(intake.JUDGEMENT)),
        "asked": float(len(took)),
    }
    for name, times in (("alone", alone), ("beside", took), ("write", writes)):
        found |= {f"p{percent}_{name}": percentile(times, percent) for percent in (50, 99, 100)}
    return found


def _read(reading: Reading, folder: Path) -> None:
    with suppress(HeatlineBotError):  # it is ended with the last question
        asyncio.run(reading.pull([Folder(folder)]))


def _write_while(library: Library, work: threading.Thread, writes: list[float]) -> None:
    """Write to the ledger every now and then, as posting does, and note how many milliseconds each took."""
    while work.is_alive():
        before = time.perf_counter()
        with library.database.apart("ledger").write() as connection:
            connection.execute(text("UPDATE marks SET value = value WHERE name = 'posted'"))
        writes.append(1000 * (time.perf_counter() - before))
        time.sleep(_BETWEEN_WRITES)


def file_away(number: int, folder: Path) -> None:
    """Write so many article files, of the hours before the end of a library."""
    for place, each in enumerate(articles(number, timedelta(days=2), seed=99)):
        (folder / f"{place:06}.md").write_text(dump(each), encoding="utf-8")


def sizes(library: Library) -> dict[str, float]:
    """Megabytes of the database and, of those, of its full-text index."""
    with library.database.read() as connection:
        pages, size = (connection.execute(text(f"PRAGMA page_{what}")).scalar_one() for what in ("count", "size"))
        index = connection.execute(text("SELECT sum(length(block)) FROM articles_text_data")).scalar_one()
    return {"database": pages * size / 1e6, "index": index / 1e6}


def asked(desk: Desk, texts: Sequence[str], askers: int, at: datetime = END) -> list[float]:
    """Milliseconds that each answer took, where so many people ask at the same moment, and others when all have theirs."""
    took: list[float] = []

    def ask(question: str, together: threading.Barrier) -> None:
        together.wait()
        began = time.perf_counter()
        desk.answer(read(question, desk.catalogue, at), at, whole=PAGE)
        took.append(1000 * (time.perf_counter() - began))

    for start in range(0, len(texts), askers):
        wave = texts[start : start + askers]
        together = threading.Barrier(len(wave))
        threads = [threading.Thread(target=ask, args=(question, together)) for question in wave]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    return sorted(took)


def asked_again(desk: Desk, question: str, times: int) -> list[float]:
    """Milliseconds of each of so many answers, a minute after the one before, which is not given again then."""
    took: list[float] = []
    for minute in range(times):
        began = time.perf_counter()
        desk.answer(read(question, desk.catalogue, END), END + timedelta(minutes=minute), whole=PAGE)
        took.append(1000 * (time.perf_counter() - began))
    return sorted(took)


def percentile(took: Sequence[float], percent: float) -> float:
    """The time that so many in a hundred took at most."""
    return took[min(len(took) - 1, int(len(took) * percent / 100))]
