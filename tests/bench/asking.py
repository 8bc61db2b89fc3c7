"""Questions to a large library of generated news: builds it, and asks alone and with many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import text

from digests import intake
from digests.desk import Desk
from digests.library import Filed, Library, Stamp
from digests.models import Article, Provider
from digests.query import read
from digests.topics import Catalogue
from digests.words import tokens
from tests.bench.news import END, articles

SPAN = timedelta(days=365)
TAKEN = 20_000
"""So many of the newest articles are judged and grouped into stories; to do that with all would take hours."""

_SLICE = 20_000


def build(number: int, database: Path) -> Library:
    """A library of so many articles of a year, filed through the store."""
    library = Library.open(f"sqlite:///{database}")
    span = SPAN * (_SLICE / number)
    catalogue = Catalogue.builtin()
    subjects = [phrase for topic in catalogue.topics for phrase in islice(catalogue.phrases(topic.slug), 4)]
    for start in range(library.count(), number, _SLICE):
        end = END - SPAN + span * (start // _SLICE + 1)
        made = [
            in_life(each, n, subjects) for n, each in enumerate(articles(min(_SLICE, number - start), span, start, end))
        ]
        for first in range(0, len(made), 2000):
            library.put("made", [Filed(each.url, Stamp(1, 1, "x"), each) for each in made[first : first + 2000]])
        if start + _SLICE <= number - TAKEN:
            with library.database.write() as connection:
                connection.execute(
                    text(
                        "UPDATE articles SET judged = :judgement, kind = 'news', news_value = id * 7919 % 300 / 100.0 "
                        "WHERE judged = 0"
                    ),
                    {"judgement": intake.JUDGEMENT},
                )
    intake.take_in(library, END)
    return library


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


def sizes(library: Library) -> dict[str, float]:
    """Megabytes of the database and, of those, of its full-text index."""
    with library.database.read() as connection:
        pages, size = (connection.execute(text(f"PRAGMA page_{what}")).scalar_one() for what in ("count", "size"))
        index = connection.execute(text("SELECT sum(length(block)) FROM articles_text_data")).scalar_one()
    return {"database": pages * size / 1e6, "index": index / 1e6}


def asked(desk: Desk, texts: Sequence[str], askers: int) -> list[float]:
    """Milliseconds that each answer took, where so many people ask at the same moment, and others when all have theirs."""
    took: list[float] = []

    def ask(question: str, together: threading.Barrier) -> None:
        together.wait()
        began = time.perf_counter()
        desk.answer(read(question, desk.catalogue, END), END)
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


def percentile(took: Sequence[float], percent: float) -> float:
    """The time that so many in a hundred took at most."""
    return took[min(len(took) - 1, int(len(took) * percent / 100))]
