"""What is known of an article when its quality is judged, and what is measured of that: each measure is 0..1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from digests.models import BEST_VALUE, Article, Image

UNKNOWN_STANDING = 0.5
"""Of a provider that nobody has an opinion of."""

_TITLE_ENOUGH, _TITLE_TOO_LONG = 70, 140  # characters; between them a title gets worse
_EXCERPT_ENOUGH = 100  # characters that say what it is about
_WORDS_FULL = 600  # words of an article that goes into its matter
_WIDE = 600  # pixels


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an article's quality is judged by.

    ``standing`` of the provider is 0..1. ``words`` are those of the longest text that is known of it, 0 where none is.
    ``kind`` and ``news_value`` (0..3) are what `digests.newsworthy` took it for; an empty kind means not judged.
    ``first`` says that several providers tell the story and this report came before theirs, ``copy`` that its headline
    is one that another provider of the story had before, word for word.
    """

    title: str
    excerpt: str = ""
    image: Image | None = None
    words: int = 0
    standing: float = UNKNOWN_STANDING
    kind: str = ""
    news_value: float = 0.0
    first: bool = False
    copy: bool = False


def evidence_of(
    article: Article,
    *,
    standing: float = UNKNOWN_STANDING,
    words: int = 0,
    first: bool = False,
    copy: bool = False,
) -> Evidence:
    """What an article itself says, and what is known beside it. The article's kind has to be judged before."""
    image = max(article.images, key=lambda each: each.width or 0, default=None)
    return Evidence(
        article.title,
        article.excerpt,
        image,
        words,
        standing,
        article.kind,
        article.news_value,
        first,
        copy,
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured, 0..1: its ``name`` in the table of points, the ``part`` of the quality it belongs to."""

    name: str
    part: str
    meaning: str
    of: Callable[[Evidence], float]


MEASURES: tuple[Measure, ...] = (
    Measure("base", "base", "what every article starts from", lambda _: 1.0),
    Measure("standing", "standing", "the provider's standing, 0.5 where unknown", lambda e: _share(e.standing, 1)),
    Measure(
        "title:long",
        "substance",
        f"characters of the title beyond {_TITLE_ENOUGH}, up to {_TITLE_TOO_LONG}",
        lambda e: _share(len(e.title) - _TITLE_ENOUGH, _TITLE_TOO_LONG - _TITLE_ENOUGH),
    ),
    Measure(
        "excerpt",
        "substance",
        f"characters of the excerpt, up to {_EXCERPT_ENOUGH}",
        lambda e: _share(len(e.excerpt), _EXCERPT_ENOUGH),
    ),
    Measure("words", "substance", f"words of the text, up to {_WORDS_FULL}", lambda e: _share(e.words, _WORDS_FULL)),
    Measure("image", "image", "there is an image", lambda e: float(e.image is not None)),
    Measure(
        "image:wide",
        "image",
        f"known width of the image, up to {_WIDE} pixels",
        lambda e: _share((e.image and e.image.width) or 0, _WIDE),
    ),
    Measure("first", "originality", "first of several providers to tell it", lambda e: float(e.first)),
    Measure("copy", "originality", "another provider's headline, word for word", lambda e: float(e.copy)),
    *(
        Measure(f"kind:{kind}", "kind", f"its kind is {kind}", lambda e, kind=kind: float(e.kind == kind))  # type: ignore[misc]
        for kind in ("research", "analysis", "tutorial", "promo", "market-report", "pr", "off-topic")
    ),
    Measure("kind:unknown", "kind", "its kind was not judged", lambda e: float(not e.kind)),
    Measure(
        "value",
        "news value",
        f"what an editor would give for it, up to {BEST_VALUE:.0f}",
        lambda e: _share(e.news_value, BEST_VALUE) if e.kind else 0.0,
    ),
)
"""Everything that is measured. A kind without a measure of its own (news) stands at the base."""

PARTS: tuple[str, ...] = tuple(dict.fromkeys(measure.part for measure in MEASURES))
"""The parts of a quality, in the order in which they are told."""


def measures(evidence: Evidence) -> dict[str, float]:
    """Every measure of an article by its name."""
    return {measure.name: measure.of(evidence) for measure in MEASURES}


def _share(value: float, most: float) -> float:
    return min(most, max(0.0, value)) / most if isfinite(value) else 0.0
