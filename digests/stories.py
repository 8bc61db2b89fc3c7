"""Articles -> stories: which reports tell the same event. Pure and deterministic; the order of the articles does not matter.

Two reports are alike by the words that their titles and excerpts share, rare words counting more (TF-IDF cosine, the
title twice); a `related` listing helps a little, since only four of ten hold; numbers in both titles that have nothing in
common ("$40M", "$60M") speak against. The likest pairs are joined first, and two groups only where their reports are alike
on average, so that a chain of half-alike reports does not become one story.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from importlib import resources
from math import log, sqrt

from digests.models import Article, Story
from digests.words import fold, is_word, words

WINDOW = timedelta(hours=72)
"""Reports further apart than this tell different events."""

ALIKE = 0.17
"""From which likeness (0..1) on two reports tell one event."""

IN_COMMON = 12.0
"""What two reports share at the least, in the sum of their common words' rarity: two bare titles are soon alike by chance."""

ON_AVERAGE = 0.8
"""Two groups join where their reports are alike by this part of `ALIKE` on average."""

_LISTED = 0.04  # what a `related` listing adds to the likeness
_OTHER_NUMBERS = 0.6  # what is left of it where the numbers in the titles differ
_EXCERPT_WORDS = 60
_COMMON = 0.2  # a word in more than this part of the articles brings no pair together, it only adds to its likeness
_STOP_WORDS = frozenset(
    "a an the of to in on for and or with as is are was be by at from its it this that how what why will can you your new "
    "has have into over after more their they not but we our i about up out who which when than says say said s us here "
    "all may could would".split()
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SOURCE_SUFFIX = re.compile(r"\s[-–—|]\s(?P<source>[^-–—|]{2,40})$")
_LONGEST_TITLE, _LONGEST_EXCERPT = 500, 4_000  # characters that are compared; what is longer is no news report


def group(articles: Iterable[Article]) -> tuple[Story, ...]:
    """Group articles into stories, hottest lead first.

    An address counts once. The lead is the hottest report, then the one of the highest quality, then the earliest; the
    coverage follows by quality. A story's id stays the same while later reports join it.
    """
    reports = sorted({article.url: article for article in articles}.values(), key=lambda a: (a.published_at, a.url))
    stories = [_story([reports[i] for i in members]) for members in _joined(reports)]
    return tuple(sorted(stories, key=lambda story: (-story.lead.heat, -story.lead.quality, story.id)))


def since(story: Story, moment: datetime) -> Story | None:
    """The story as its reports from a moment on tell it, under the same id; None where there are none."""
    recent = [article for article in story.articles if article.published_at >= moment]
    if not recent:
        return None
    return replace(_story(sorted(recent, key=lambda a: (a.published_at, a.url))), id=story.id)


def single(article: Article) -> Story:
    """A story of one report."""
    return _story([article])


def title_of(article: Article) -> str:
    """The title without a trailing " - Reuters" that only names the provider."""
    title = " ".join(article.title[:_LONGEST_TITLE].split())
    found = _SOURCE_SUFFIX.search(title)
    if found and fold([found["source"]])[0] in (article.provider.name.casefold(), article.provider.domain.casefold()):
        return title[: found.start()]
    return title


def words_of(article: Article) -> list[str]:
    """The words an article is compared by: those of the title twice, then the excerpt's first sixty; no stop words."""
    title = _content_words(title_of(article))
    return title + title + _content_words(article.excerpt[:_LONGEST_EXCERPT])[:_EXCERPT_WORDS]


def _content_words(text: str) -> list[str]:
    return [word for word in fold(words(text)) if word not in _STOP_WORDS and is_word(word)]


def _story(reports: Sequence[Article]) -> Story:
    """`reports` are in order of time."""
    first = reports[0]
    by_heat = sorted(reports, key=lambda a: (-a.heat, -a.quality, a.published_at, a.url))
    coverage = sorted(by_heat[1:], key=lambda a: (-a.quality, a.published_at, a.url))
    return Story(blake2b(first.url.encode(), digest_size=8).hexdigest(), by_heat[0], tuple(coverage))


@dataclass(frozen=True, slots=True)
class _Report:
    """What is compared of an article."""

    url: str
    hours: float
    weights: Mapping[str, float]
    rarity: Mapping[str, float]
    numbers: frozenset[str]
    listed: frozenset[str]


def _joined(articles: Sequence[Article]) -> list[list[int]]:
    pairs = _alike(_reports(articles))
    group_of = {i: i for i in range(len(articles))}
    groups = {i: [i] for i in group_of}
    for (i, j), _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        a, b = group_of[i], group_of[j]
        if a == b:
            continue
        between = [pairs.get((min(m, n), max(m, n)), 0.0) for m in groups[a] for n in groups[b]]
        if sum(between) >= ON_AVERAGE * ALIKE * len(between):
            groups[a] += groups.pop(b)
            for member in groups[a]:
                group_of[member] = a
    return [sorted(members) for members in groups.values()]


def _reports(articles: Sequence[Article]) -> list[_Report]:
    known, of_articles = _word_counts()
    here = [Counter(words_of(article)) for article in articles]
    counts = Counter(word for found in here for word in found)
    total = of_articles + len(articles)
    rarity = {word: log((total + 1) / (count + known.get(word, 0) + 0.5)) for word, count in counts.items()}
    found = []
    for article, bag in zip(articles, here, strict=True):
        raw = {word: (1 + log(count)) * rarity[word] for word, count in bag.items()}
        length = sqrt(sum(value * value for value in raw.values())) or 1.0
        found.append(
            _Report(
                url=article.url,
                hours=article.published_at.timestamp() / 3600,
                weights={word: value / length for word, value in raw.items()},
                rarity=rarity,
                numbers=frozenset(_NUMBER.findall(title_of(article))),
                listed=frozenset(each.url for each in article.related),
            )
        )
    return found


def _alike(reports: Sequence[_Report]) -> dict[tuple[int, int], float]:
    """The likeness of every pair within the window that reaches `ALIKE`. `reports` are in order of time."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    pairs: dict[tuple[int, int], float] = {}
    window = WINDOW.total_seconds() / 3600
    known, of_articles = _word_counts()
    oldest = 0
    for j, report in enumerate(reports):
        while reports[oldest].hours < report.hours - window:
            oldest += 1
        candidates: set[int] = set()
        for word in report.weights:
            if known.get(word, 0) <= _COMMON * of_articles:
                candidates.update(i for i in holders[word] if i >= oldest)
                holders[word].append(j)
        for i in candidates:
            likeness = _likeness(reports[i], report)
            if likeness >= ALIKE:
                pairs[i, j] = likeness
    return pairs


def _likeness(a: _Report, b: _Report) -> float:
    fewer, more = sorted((a.weights, b.weights), key=len)
    shared = [word for word in fewer if word in more]
    if sum(a.rarity[word] for word in shared) < IN_COMMON:
        return 0.0
    likeness = sum(fewer[word] * more[word] for word in shared)
    if a.url in b.listed or b.url in a.listed:
        likeness += _LISTED
    if a.numbers and b.numbers and not a.numbers & b.numbers:
        likeness *= _OTHER_NUMBERS
    return likeness


@cache
def _word_counts() -> tuple[Mapping[str, int], int]:
    """In how many articles of a large set each common word stands, and how many articles those were."""
    text = (resources.files("digests") / "word_counts.tsv").read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    pairs = (line.split("\t") for line in lines)
    return {word: int(count) for word, count in pairs}, int(head.split("\t")[1].split()[0])
