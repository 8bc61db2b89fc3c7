"""Questions to a large library of generated news: builds it, and asks alone and with many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from digests import intake
from digests.library import Filed, Library, Stamp
from digests.models import Article, Provider
from tests.bench.news import END, articles

SPAN = timedelta(days=365)
TAKEN = 20_000
"""So many of the newest articles are judged and grouped into stories; to do that with all would take hours."""

_SLICE = 20_000
_ASKERS = 50


def build(number: int, database: Path) -> Library:
    """A library of so many articles of a year, filed through the store; "AI" stands in three of five of them."""
    library = Library.open(f"sqlite:///{database}")
    span = SPAN * (_SLICE / number)
    for start in range(library.count(), number, _SLICE):
        end = END - SPAN + span * (start // _SLICE + 1)
        made = [_in_life(each, n) for n, each in enumerate(articles(min(_SLICE, number - start), span, start, end))]
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


def _in_life(article: Article, number: int) -> Article:
    """The article with a common word more, and of a provider that is called after where it publishes."""
    title = f"AI {article.title}" if number % 5 == 0 else article.title
    excerpt = f"{article.excerpt} AI." if number % 5 < 3 else article.excerpt
    provider = Provider(f"Provider {article.host.split('.')[0]}", article.host)
    return replace(article, title=title, excerpt=excerpt, provider=provider)
