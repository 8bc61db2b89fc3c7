"""The full-text index on PostgreSQL: the words of each current article with their places, as a tsvector of our own making.

PostgreSQL's parsers cut texts in other ways than SQLite's index, and each language in its own; so both are given the same
words. Beside them stand words that nobody types: for filters, as in SQLite's index; for the time, since an inverted index
knows no order: the newest that match are found by asking for one day, then for more; and for two words that follow each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from sqlalchemy import Connection, select, text

from digests.library.schema import articles
from digests.words import tokens

MARK = "\ue000"
"""What the words begin with that stand for filters."""

LONGEST_WORD = 200
"""Letters of a word that count."""

MINUTE_BITS = 28
"""Of a place, below its minute; see the migration."""

SPANS = (1, 8, 64, 512)
"""Days that have a word of their own: each is found by no more than ten words of the next smaller."""

_TIME, _PAIR = "\ue002", "\ue003"
_PAIRS = 1 << 16  # words that stand for two that follow each other
_DAY = 24 * 60
_AT_ONCE = 500
_MOST_PLACES, _LAST_PLACE = 250, 16_000  # what a tsvector takes: places of a word, and the farthest
_GAP = 8  # no phrase goes from a title into an excerpt
_LEVELS = 9

_ADD = text(
    "INSERT INTO articles_text(place, words) SELECT place, CAST(words AS tsvector) "
    "FROM unnest(CAST(:places AS bigint[]), CAST(:words AS text[])) AS made(place, words)"
)
_DROP = text("DELETE FROM articles_text WHERE place = ANY(CAST(:places AS bigint[]))")


def drop(connection: Connection, urls: Iterable[str]) -> None:
    """Take out what the index has of the articles at these addresses."""
    for some in _some(urls):
        here = select(articles.c.place).where(articles.c.url.in_(some), articles.c.place.is_not(None))
        if places := list(connection.execute(here).scalars()):
            connection.execute(_DROP, {"places": places})


def add(connection: Connection, urls: Iterable[str]) -> None:
    """Put in the current articles at these addresses."""
    names = ("place", "title", "excerpt", "provider", "host")
    for some in _some(urls):
        here = select(*(articles.c[name] for name in names)).where(
            articles.c.url.in_(some), articles.c.place.is_not(None)
        )
        rows = connection.execute(here.order_by(articles.c.place)).all()
        if rows:
            connection.execute(_ADD, {"places": [row.place for row in rows], "words": [vector(*row) for row in rows]})


def vector(place: int, title: str, excerpt: str, provider: str, host: str) -> str:
    """An article's words as a tsvector is written."""
    found: dict[str, list[str]] = {}
    at = 0
    for label, said in (("A", title), ("B", excerpt), ("C", provider)):
        for word in tokens(said):
            at += 1
            if at > _LAST_PLACE:
                break
            places = found.setdefault(word[:LONGEST_WORD], [])
            if len(places) < _MOST_PLACES:
                places.append(f"{at}{label}")
        at += _GAP
    # Of letters and digits, in which nothing has a meaning: see `lexeme`.
    words = [f"'{word}':{','.join(places)}" for word, places in found.items()]
    both = map(lexeme, pairs(title, excerpt, provider))
    return " ".join((*words, *both, *_published_by(provider, host), *map(lexeme, times(place))))


def pairs(*texts: str) -> Iterator[str]:
    """The words for what follows each other in one of these texts, each once.

    An inverted index knows which articles have two words, not where: to find a phrase of common words each of them would be
    read. So each has a word for every two that follow each other; many such share one, and what is too much is read.
    """
    said = (tokens(text) for text in texts)
    return iter(dict.fromkeys(pair_word(*both) for words in said for both in pairwise(words[:_LAST_PLACE])))


def pair_word(first: str, second: str) -> str:
    """The word that an article has where these two follow each other."""
    both = f"{first[:LONGEST_WORD]} {second[:LONGEST_WORD]}"
    return f"{_PAIR}{crc32(both.encode(errors='replace')) % _PAIRS:04x}"


@lru_cache(maxsize=4096)
def _published_by(provider: str, host: str) -> tuple[str, ...]:
    return tuple(map(lexeme, (MARK, *published_by(provider, host))))


def lexeme(word: str) -> str:
    """A word as tsvectors and tsqueries are written."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def published_by(provider: str, host: str) -> Iterator[str]:
    """The words for an article's provider and for each domain that it lies below."""
    yield source_word(provider[:200])
    domain = host[:300]
    for _ in range(_LEVELS):
        yield source_word(domain)
        _, dot, domain = domain.partition(".")
        if not dot:
            return


def source_word(name: str) -> str:
    """The word for a publisher's name or a domain."""
    return f"{MARK}{name.encode(errors='replace').hex()}"


def times(place: int) -> Iterator[str]:
    """The words for an article's time."""
    day = (place >> MINUTE_BITS) // _DAY
    return (_time_word(span, day // span) for span in SPANS)


def lately(newest: int, days: int) -> list[str]:
    """Words of which every article has one that was published in the last so many days before a place."""
    day = (newest >> MINUTE_BITS) // _DAY
    span = _smaller(days)
    return [_time_word(span, each) for each in range((day - days) // span, day // span + 1)]


def then(newest: int, days: int) -> str:
    """An expression for one of the words of `lately`."""
    return " | ".join(map(lexeme, lately(newest, days)))


def since(newest: int, days: int) -> int:
    """The first place of which `lately` has every article from then on."""
    day = (newest >> MINUTE_BITS) // _DAY
    span = _smaller(days)
    return ((day - days) // span * span * _DAY) << MINUTE_BITS


def _smaller(days: int) -> int:
    """Of the spans that have words the one of which few cover so many days."""
    return max((each for each in SPANS if each < days), default=SPANS[0])


def _time_word(span: int, number: int) -> str:
    return f"{_TIME}{span}.{number}"


def _some(urls: Iterable[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(urls)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
