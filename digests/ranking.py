"""Stories -> scored stories: a score is a sum of named signals, each kept with its value, weight and a note. Pure.

`SIGNALS` is the one table of what counts, `RANKINGS` the ways to put signals together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log1p

from digests.errors import DigestSpecError
from digests.models import Article, ScoredStory, Signal, Story, TopicMatch

_QUALITY_CAP = 120
_HEAT_CAP = 300  # unbounded heat would let one broad theme drown a day
_PROVIDERS_CAP = 12


@dataclass(frozen=True, slots=True)
class Context:
    """What a story is judged against: the moment, how far back the digest looks, and how well the question fits it.

    ``relevance`` is 0..1, how well the story answers a question or, without one, fits the digest's topics.
    """

    now: datetime
    window: timedelta
    relevance: float = 0.0
    relevance_note: str = ""


@dataclass(frozen=True, slots=True)
class SignalKind:
    """One thing that counts: its name, what it means, and how it is measured (0..1, and a note for people)."""

    name: str
    meaning: str
    measure: Callable[[Story, Context], tuple[float, str]]


def _quality(story: Story, _context: Context) -> tuple[float, str]:
    best = max(article.quality for article in story.articles)
    return _share(best, _QUALITY_CAP), f"quality {best}"


def _heat(story: Story, _context: Context) -> tuple[float, str]:
    return _share(story.lead.heat, _HEAT_CAP), f"heat {story.lead.heat}"


def _coverage(story: Story, _context: Context) -> tuple[float, str]:
    others = len(story.other_providers)
    told = "told by one provider" if not others else f"told by {others + 1} providers"
    return min(1.0, log1p(others) / log1p(_PROVIDERS_CAP)), told


def _age(story: Story, context: Context) -> tuple[float, str]:
    age = max(timedelta(0), context.now - story.lead.published_at)
    # Half of the window: at its far end a quarter is left, so old news fades but is not cut off twice.
    return 0.5 ** (age / (context.window / 2)), f"{age.total_seconds() / 3600:.0f} h old"


def _relevance(_story: Story, context: Context) -> tuple[float, str]:
    return min(1.0, max(0.0, context.relevance)), context.relevance_note


def _share(value: int, cap: int) -> float:
    return min(cap, max(0, value)) / cap


SIGNALS: tuple[SignalKind, ...] = (
    SignalKind("quality", "the quality of the best report, up to 120", _quality),
    SignalKind("heat", "the heat of the lead as its source gives it, up to 300", _heat),
    SignalKind(
        "coverage", "how many providers tell the story, each once, on a scale that flattens towards 12", _coverage
    ),
    SignalKind("age", "how fresh the lead is; half is left after half of the digest's window", _age),
    SignalKind("relevance", "how well the story fits the topic or the words asked for", _relevance),
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A way to choose: the weight of each signal, in points.

    Where not ``grouped``, each article competes alone, unpublished ones not at all, and equal scores go by file name;
    neither topics nor caps play a part.
    """

    name: str
    meaning: str
    weights: Mapping[str, float]
    grouped: bool = True


EDITOR = Ranking(
    "editor",
    "stories by quality, heat, coverage, age and topic",
    {"quality": 30.0, "heat": 15.0, "coverage": 30.0, "age": 15.0, "relevance": 10.0},
)
ORIGINAL = Ranking(
    "original",
    "the hub's own rule: the hottest published articles of the last 24 hours, one by one",
    {"heat": 1.0},
    grouped=False,
)
ANSWER = Ranking(
    "answer",
    "what `/news WORDS` shows first",
    {"quality": 20.0, "heat": 10.0, "coverage": 15.0, "age": 20.0, "relevance": 35.0},
)
RANKINGS: Mapping[str, Ranking] = {ranking.name: ranking for ranking in (EDITOR, ORIGINAL)}
"""The rankings a digest can ask for by name."""


def ranking_named(name: str) -> Ranking:
    """The ranking of that name.

    Raises:
        DigestSpecError: If there is none.
    """
    if name not in RANKINGS:
        raise DigestSpecError(f"there is no ranking {name!r}; there are: {', '.join(RANKINGS)}")
    return RANKINGS[name]


def score(story: Story, ranking: Ranking, context: Context, topics: Iterable[TopicMatch] = ()) -> ScoredStory:
    """The story with its score in points: the sum of the ranking's signals."""
    signals = tuple(
        Signal(kind.name, *_measured(kind, story, context, ranking.weights[kind.name]))
        for kind in SIGNALS
        if kind.name in ranking.weights
    )
    return ScoredStory(story, round(sum(signal.points for signal in signals), 6), signals, tuple(topics))


def _measured(kind: SignalKind, story: Story, context: Context, weight: float) -> tuple[float, float, str]:
    value, note = kind.measure(story, context)
    return value, weight, note


def ordered(scored: Iterable[ScoredStory]) -> list[ScoredStory]:
    """Best first; where scores are equal the fresher lead, then its address, so that the order never depends on chance."""
    return sorted(scored, key=lambda s: (-s.score, -s.lead.published_at.timestamp(), s.lead.url))


def original(articles: Iterable[Article], now: datetime, window: timedelta) -> list[ScoredStory]:
    """The hub's own rule over single articles: published ones within the window, hottest first, then by file name."""
    recent = [a for a in articles if a.published and now - window <= a.published_at <= now]
    recent.sort(key=lambda a: (-a.heat, (a.path or "").rpartition("/")[2], a.path or "", a.url))
    return [
        ScoredStory(Story(a.url, a), float(a.heat), (Signal("heat", float(a.heat), 1.0, f"heat {a.heat}"),))
        for a in recent
    ]
