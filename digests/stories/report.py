"""What is compared of an article: its words with their rarity, its names and its quantities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from importlib import resources
from math import log, sqrt
from typing import NamedTuple

from digests.models import Article
from digests.stories import numbers
from digests.stories.numbers import Quantity, quantities
from digests.words import SPACELESS, Word, as_written, content_words, stem

EXCERPT_WORDS = 60
"""Words of an excerpt that are compared; publishers' excerpts are seldom longer, and what is longer is no news report."""

_LONGEST_TITLE, _LONGEST_EXCERPT, _COMPARED_EXCERPT = 500, 600, 300  # characters
_SOURCE_SUFFIX = re.compile(r"\s+[-–—|•]\s+(?P<source>[^-–—|•]{2,40})$")
_SMALL_WORDS = frozenset("on of the and &".split())
_ALWAYS_CAPITAL = frozenset(
    "ai artificial intelligence machine learning robot monday tuesday wednesday thursday friday saturday sunday january "
    "february march april may june july august september october november december".split()
)
_OPINIONS = frozenset({"analysis", "tutorial"})  # kinds of pieces that are about a subject more often than an event
_NAME_SHARE = 0.6  # a word that is written with a capital so often, inside sentences, is a name
_TITLE_CASE = 0.6  # a title with this share of capitals tells nothing about its words
_DOUBTFUL = 0.7  # what a name counts that may be a mere capital
_OTHER_SCRIPT = 0.6  # what a rare word counts as a name where the script knows no capitals


@dataclass(frozen=True)
class Report:
    """What is compared of one article.

    ``title`` and ``excerpt`` are in small letters, ``order`` the stems of the title as they stand. ``weights`` are the
    TF-IDF weights of all words (a title's count twice), ``rarity`` those of the title's alone; ``names`` are words written
    as names. ``quantities`` are the title's by their kind, ``all_quantities`` also the excerpt's; they are looked for where
    they are asked for, in the ``written`` title and excerpt, since most reports are not alike enough. ``hours`` is the time of
    publication in hours since 1970.
    """

    url: str
    hours: float
    title: str
    excerpt: str
    order: tuple[str, ...]
    title_words: frozenset[str]
    weights: Mapping[str, float]
    length: float
    rarity: Mapping[str, float]
    title_length: float
    names: Mapping[str, float]
    written: tuple[str, str]
    market_report: bool
    opinion: bool

    def said(self, what: str | Quantity) -> str:
        """A word or a quantity of the report as it is written there, for people: ``robotics``, where its stem is ``robot``."""
        if isinstance(what, Quantity):
            return self._numbers_written.get(what, what.value)
        return self._words_written.get(what, what)

    @cached_property
    def _words_written(self) -> Mapping[str, str]:
        title, excerpt = self.written
        return as_written([*content_words(title), *content_words(excerpt)[:EXCERPT_WORDS]])

    @cached_property
    def _numbers_written(self) -> Mapping[Quantity, str]:
        title, excerpt = self.written
        return {**numbers.as_written(excerpt), **numbers.as_written(title)}

    @cached_property
    def quantities(self) -> Mapping[str, frozenset[Quantity]]:
        """Those of the title, by kind."""
        return _by_kind(quantities(self.written[0]))

    @cached_property
    def all_quantities(self) -> frozenset[Quantity]:
        """Those of title and excerpt."""
        return quantities(self.written[0]) | quantities(self.written[1])


def report(article: Article) -> Report:
    """Read an article for comparison; an article that is met again is not read again."""
    title, excerpt = article.title[:_LONGEST_TITLE], article.excerpt[:_LONGEST_EXCERPT]
    return _report(article.url, article.published_at, title, excerpt, article.kind)


@lru_cache(maxsize=4096)
def _report(url: str, published_at: datetime, written: str, excerpt: str, kind: str) -> Report:
    title = title_of(written)
    in_title = content_words(title)
    in_excerpt = content_words(excerpt)[:EXCERPT_WORDS]
    once, counts = Counter(word.stem for word in in_title), Counter(word.stem for word in in_excerpt)
    weights = {key: (1 + log(2 * once[key] + counts[key])) * rarity(key) for key in {**once, **counts}}
    title_rarity = {key: rarity(key) for key in once}
    return Report(
        url=url,
        hours=published_at.timestamp() / 3600,
        title=title.lower(),
        excerpt=excerpt[:_COMPARED_EXCERPT].lower(),
        order=tuple(word.stem for word in in_title),
        title_words=frozenset(once),
        weights=weights,
        length=_length(weights),
        rarity=title_rarity,
        title_length=_length(title_rarity),
        names=_names(in_title, in_excerpt),
        written=(title, excerpt),
        market_report=kind == "market-report",
        opinion=kind in _OPINIONS,
    )


def title_of(title: str) -> str:
    """The title without a trailing " - Reuters" or " | The Verge on MSN.com"."""
    title = " ".join(title[:_LONGEST_TITLE].split())
    while found := _SOURCE_SUFFIX.search(title):
        source, rest = found["source"].split(), title[: found.start()]
        named = all(word[:1].isupper() or "." in word or word in _SMALL_WORDS for word in source)
        if not named or len(source) > 4 or len(rest.split()) < 4 or any(map(str.isdigit, found["source"])):
            break
        title = rest
    return title


@lru_cache(maxsize=200_000)
def rarity(word: str) -> float:
    """How rare a word is in AI news: the logarithm of one over the share of articles that use it, 0.1 to 7.6."""
    counts = _word_counts()
    if word in counts.of:
        return log((counts.articles + 1) / (counts.of[word][0] + 0.5))
    rarest = log(counts.articles / 3)
    if word.isascii():
        return rarest if len(word) > 2 else 4.5
    # No counts for other scripts: in all of them the short words are the frequent ones.
    return 4.0 if SPACELESS.match(word) else min(rarest, 1.5 + 0.75 * len(word))


def contained(inner: Report, outer: Report) -> float:
    """How much of a report's title stands in another report, its words counted by their rarity: 0..1."""
    shared = sum(rare for word, rare in inner.rarity.items() if word in outer.weights)
    return shared / (sum(inner.rarity.values()) or 1.0)


def _names(in_title: list[Word], in_excerpt: list[Word]) -> dict[str, float]:
    """Words written as names, with what each counts: its rarity, less where the capital may mean nothing."""
    everywhere = [*in_title, *in_excerpt]
    title_case = sum(word.written[:1].isupper() for word in in_title) >= _TITLE_CASE * max(1, len(in_title))
    capitals = {word.stem for word in in_excerpt if word.written[:1].isupper() and not word.starts}
    small = {word.stem for word in everywhere if word.written[:1].islower()}
    names: dict[str, float] = {}
    for word in everywhere:
        key = word.stem
        if key in _always_capital() or word.written.isdigit():
            continue
        if not word.written[:1].isupper():
            if not word.written.isascii() and rarity(key) >= 4:
                names[key] = _OTHER_SCRIPT * rarity(key)
            continue
        known = _word_counts().of.get(key)
        telling = key in capitals or not title_case
        if known is None:
            if key not in small and (telling or not word.starts):
                names[key] = rarity(key)
        elif known[1] >= _NAME_SHARE:
            names[key] = rarity(key)
        elif key not in small and telling and (key in capitals or not word.starts):
            names[key] = _DOUBTFUL * rarity(key)
    return names


def _by_kind(found: frozenset[Quantity]) -> dict[str, frozenset[Quantity]]:
    return {kind: frozenset(q for q in found if q.kind == kind) for kind in {q.kind for q in found}}


def _length(weights: Mapping[str, float]) -> float:
    return sqrt(sum(value * value for value in weights.values())) or 1.0


@cache
def _always_capital() -> frozenset[str]:
    return frozenset(map(stem, _ALWAYS_CAPITAL))


class _Counts(NamedTuple):
    """``of``: stem -> in how many of the articles it stands, and how often it is written with a capital (0..1)."""

    articles: int
    of: Mapping[str, tuple[float, float]]


@cache
def _word_counts() -> _Counts:
    """What is known of words: counted in 6,102 articles of 2019/20, and estimated for the words that came since."""
    folder = resources.files("digests.stories")
    head, *counted = (folder / "word_counts.tsv").read_text(encoding="utf-8").splitlines()
    articles = int(head.split("\t")[1].split()[0])
    of = {word: (float(count), float(capital)) for word, count, capital in (line.split("\t") for line in counted)}
    for line in (folder / "word_estimates.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, share, capital = line.split("\t")
            here = stem(word)
            of[here] = (max(of.get(here, (0.0, 0.0))[0], float(share) * articles), float(capital))
    return _Counts(articles, of)
