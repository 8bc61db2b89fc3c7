"""Generated news for benchmarks: from a seed, with the word frequencies of AI news and invented names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from digests.models import Article, Provider
from digests.stories.report import _word_counts

END = datetime(2026, 11, 23, 9, tzinfo=UTC)
_SYLLABLES = [consonant + vowel for consonant in "bdklmnrs" for vowel in "aeiou"]
_REPORTS = (1,) * 70 + (2,) * 15 + (3,) * 7 + (5,) * 5 + (12,) * 3  # how many reports an event has


def articles(number: int, span: timedelta, seed: int = 1, end: datetime = END) -> list[Article]:
    """So many articles of a span of time, oldest first."""
    random = Random(seed)  # repeatable on purpose
    words, weights = vocabulary()
    made: list[Article] = []
    while len(made) < number:
        made.extend(_event(random, words, weights, span, end))
    return sorted(made[:number], key=lambda article: article.published_at)


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """Words, and how often each and all before it are used."""
    counts = _word_counts().of
    words = [word for word in sorted(counts) if word.isalpha() and len(word) > 2]
    return words, list(accumulate(counts[word][0] for word in words))


def _event(random: Random, words: list[str], weights: list[float], span: timedelta, end: datetime) -> Iterator[Article]:
    name = "".join(random.choices(_SYLLABLES, k=3)).title()
    place = "".join(random.choices(_SYLLABLES, k=2)).title()
    about = random.choices(words, cum_weights=weights, k=30)
    at = end - span * random.random()
    for _ in range(random.choice(_REPORTS)):
        title = [name, *random.sample(about, 4), *random.choices(words, cum_weights=weights, k=3), place]
        random.shuffle(title)
        excerpt = [name, place, *random.sample(about, 12), *random.choices(words, cum_weights=weights, k=18)]
        provider = f"Provider {random.randrange(400)}"
        number = random.getrandbits(60)
        yield Article(
            f"https://p{number % 400}.example.com/{number:x}",
            " ".join(title).capitalize() + (f" ${random.randrange(1, 900)}M" if random.random() < 0.1 else ""),
            at + timedelta(hours=random.uniform(0, 24)),
            Provider(provider, f"p{number % 400}.example.com"),
            " ".join(excerpt).capitalize() + ".",
            quality=random.randrange(10, 110),
            heat=random.randrange(0, 200),
            published=True,
            topics=("AI",),
        )
