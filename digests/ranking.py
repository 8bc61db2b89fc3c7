"""Stories -> scored stories: a score is a sum of named signals, each kept with its value, weight and a note. Pure.

`SIGNALS` is the one table of what counts, `RANKINGS` the ways to put signals together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import log1p

from digests.errors import DigestSpecError
from digests.language import Said, said
from digests.models import (
    BEST_VALUE,
    HIGH_QUALITY,
    Article,
    Headline,
    ScoredStory,
    Signal,
    Story,
    TopicMatch,
    capped,
    kind_said,
)
from digests.query import Sort
from digests.words import name_key

VOTES_HALVE = timedelta(days=30)
"""After so long what a reader said of an article counts half."""

_FEEDBACK = "feedback"
_HEAT_CAP = 300  # unbounded heat would let one broad theme drown a day
_PROVIDERS_CAP = 8
_FEW_REPORTS = 3  # a provider's standing is trusted by half after so many reports
_KINDS: Mapping[str, float] = {
    "news": 1.0,
    "research": 0.9,
    "analysis": 0.5,
    "tutorial": 0.2,
    "pr": 0.1,
    "promo": 0.0,
    "market-report": 0.0,
    "off-topic": 0.0,
}
_UNKNOWN_KIND = 0.5
_ROUNDED = 1e-4  # more than signals lose by being rounded


_NOTHING_LIKE_IT, _NONE_GIVEN = Said("note-nothing-like-it"), Said("note-no-feedback")


@dataclass(frozen=True, slots=True)
class Context:
    """What a story is judged against: the moment, how far back the digest looks, and what is known beside the story.

    ``relevance`` is 0..1, how well the story answers a question or, without one, fits the digest's topics. ``standings``
    of publishers are 0..1. ``novelty`` is 0..1, 0 for more of what the channel was told lately. ``feedback`` is -1..1.
    """

    now: datetime
    window: timedelta
    relevance: float = 0.0
    relevance_note: Said | str = ""
    standings: Mapping[str, float] = field(default_factory=dict)
    novelty: float = 1.0
    novelty_note: Said = _NOTHING_LIKE_IT
    feedback: float = 0.0
    feedback_note: Said = _NONE_GIVEN


@dataclass(frozen=True, slots=True)
class SignalKind:
    """One thing that counts: its name, what it means, how it is measured (0..1), and what tells people of it."""

    name: str
    meaning: str
    measure: Callable[[Story, Context], float]
    note: Callable[[Story, Context], Said | str]


def _value(story: Story, _context: Context) -> float:
    return min(1.0, _best_value(story) / BEST_VALUE)


def _value_note(story: Story, _context: Context) -> Said:
    return said("note-value", value=round(_best_value(story), 1))


def _best_value(story: Story) -> float:
    return max(article.news_value for article in story.articles)


def _quality(story: Story, _context: Context) -> float:
    return _share(_best_quality(story), HIGH_QUALITY)


def _quality_note(story: Story, _context: Context) -> Said:
    return said("note-quality", quality=capped(_best_quality(story)))


def _best_quality(story: Story) -> int:
    return max(article.quality for article in story.articles)


def _heat(story: Story, _context: Context) -> float:
    return _share(_hottest(story), _HEAT_CAP)


def _heat_note(story: Story, _context: Context) -> Said:
    return said("heat", heat=capped(_hottest(story)))


def _hottest(story: Story) -> int:
    return max(article.heat for article in story.articles)


def _coverage(story: Story, _context: Context) -> float:
    return min(1.0, log1p(_providers(story) - 1) / log1p(_PROVIDERS_CAP)) if story.coverage else 0.0


def _coverage_note(story: Story, _context: Context) -> Said:
    return said("note-coverage", providers=_providers(story))


def _providers(story: Story) -> int:
    return len({article.publisher_key for article in story.articles})


def _kind(story: Story, _context: Context) -> float:
    return _KINDS.get(story.lead.kind, _UNKNOWN_KIND)


def _kind_note(story: Story, _context: Context) -> Said | str:
    kind = story.lead.kind
    return kind_said(kind) if kind else Said("note-not-judged")


def _age(story: Story, context: Context) -> float:
    return _freshness(_age_of(story, context), context.window)


def _freshness(age: timedelta, window: timedelta) -> float:
    # Half of the window: at its far end a quarter is left, so old news fades but is not cut off twice.
    return float(0.5 ** (age / (window / 2)))


def _age_note(story: Story, context: Context) -> Said:
    return said("note-age", hours=f"{_age_of(story, context).total_seconds() / 3600:.0f}")


def _age_of(story: Story, context: Context) -> timedelta:
    newest = max(article.published_at for article in story.articles)
    return max(timedelta(0), context.now - newest)


def _topic(_story: Story, context: Context) -> float:
    return min(1.0, max(0.0, context.relevance))


def _topic_note(_story: Story, context: Context) -> Said | str:
    return context.relevance_note


def _standing(story: Story, context: Context) -> float:
    return _best_standing(story, context)[0]


def _standing_note(story: Story, context: Context) -> Said | str:
    return _best_standing(story, context)[1]


def _best_standing(story: Story, context: Context) -> tuple[float, Said | str]:
    found = ((article, context.standings.get(article.publisher_key)) for article in story.articles)
    known = {article.publisher: standing for article, standing in found if standing is not None}
    if not known:
        return 0.5, Said("note-no-standing")
    best = min(known, key=lambda name: (-known[name], name))
    return known[best], best


def _novelty(_story: Story, context: Context) -> float:
    return min(1.0, max(0.0, context.novelty))


def _novelty_note(_story: Story, context: Context) -> Said:
    return context.novelty_note


def _feedback(_story: Story, context: Context) -> float:
    return min(1.0, max(-1.0, context.feedback))


def _feedback_note(_story: Story, context: Context) -> Said:
    return context.feedback_note


def _share(value: int, cap: int) -> float:
    return min(cap, max(0, value)) / cap


SIGNALS: tuple[SignalKind, ...] = (
    SignalKind("value", "what an editor would give for it, judged by its words", _value, _value_note),
    SignalKind("quality", "the quality of the best report, up to 120", _quality, _quality_note),
    SignalKind("heat", "the heat of the hottest report as its source gives it, up to 300", _heat, _heat_note),
    SignalKind(
        "coverage",
        "heat as we count it: providers that tell it, each once, on a scale that flattens towards 9",
        _coverage,
        _coverage_note,
    ),
    SignalKind(
        "kind",
        "news and research before opinion, opinion before press releases; promos count nothing",
        _kind,
        _kind_note,
    ),
    SignalKind(
        "age", "how fresh the newest report is; half is left after half of the digest's window", _age, _age_note
    ),
    SignalKind("topic", "how well the story fits the topic or the words asked for", _topic, _topic_note),
    SignalKind(
        "standing",
        "the best of its providers, by the quality and kind of what each publishes",
        _standing,
        _standing_note,
    ),
    SignalKind("novelty", "how little it is like what the channel was told in the last week", _novelty, _novelty_note),
    SignalKind(
        _FEEDBACK,
        "what readers of the channel made of its provider and topics, a little, for or against; "
        f"a vote counts half after {VOTES_HALVE.days} days",
        _feedback,
        _feedback_note,
    ),
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

    def weighted(self, changes: Mapping[str, float]) -> Ranking:
        """The ranking with other weights for some of its signals."""
        return replace(self, weights={name: changes.get(name, weight) for name, weight in self.weights.items()})


EDITOR = Ranking(
    "editor",
    "stories by news value, quality, heat, coverage, kind, age, topic, standing, novelty and feedback",
    {
        "value": 50.0,
        "quality": 5.0,
        "heat": 5.0,
        "coverage": 30.0,
        "kind": 10.0,
        "age": 5.0,
        "topic": 5.0,
        "standing": 5.0,
        "novelty": 5.0,
        "feedback": 5.0,
    },
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
    {
        "value": 15.0,
        "quality": 12.0,
        "heat": 5.0,
        "coverage": 13.0,
        "kind": 5.0,
        "age": 20.0,
        "topic": 30.0,
    },
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
        Signal(kind.name, round(kind.measure(story, context), 6), ranking.weights[kind.name], kind.note(story, context))
        for kind in SIGNALS
        if kind.name in ranking.weights
    )
    return ScoredStory(story, round(sum(signal.points for signal in signals), 6), signals, tuple(topics))


def heard(scored: ScoredStory) -> bool:
    """Whether what readers said counts in a story's score."""
    return any(signal.name == _FEEDBACK and signal.points for signal in scored.signals)


def unheard(scored: ScoredStory) -> ScoredStory:
    """The story with the score that it has without what readers said."""
    said = sum(signal.points for signal in scored.signals if signal.name == _FEEDBACK)
    return replace(scored, score=round(scored.score - said, 6))


def reheard(scored: ScoredStory, ranking: Ranking, context: Context) -> ScoredStory:
    """The story with the score that it has with what other readers said: that of the context."""
    weight = ranking.weights.get(_FEEDBACK, 0.0)
    value, note = round(_feedback(scored.story, context), 6), _feedback_note(scored.story, context)
    signals = tuple(
        Signal(_FEEDBACK, value, weight, note) if signal.name == _FEEDBACK else signal for signal in scored.signals
    )
    return replace(scored, score=round(sum(signal.points for signal in signals), 6), signals=signals)


def most_feedback(ranking: Ranking) -> float:
    """The most points that what readers say gives or takes."""
    return ranking.weights.get(_FEEDBACK, 0.0)


def rated(story: Story, ranking: Ranking, context: Context) -> ScoredStory:
    """The story with the same score but none of the signals: what is left out of an answer needs no reasons."""
    weights = ranking.weights
    points = [round(kind.measure(story, context), 6) * weights[kind.name] for kind in SIGNALS if kind.name in weights]
    return ScoredStory(story, round(sum(points), 6))


def standings(articles: Iterable[Article]) -> dict[str, float]:
    """The standing of each publisher, 0..1: the usual worth of what it publishes, few reports drawn to the middle."""
    return standings_of((a.publisher, a.kind, 1, min(max(a.quality, 0), HIGH_QUALITY)) for a in articles)


def standings_of(published: Iterable[tuple[str, str, int, int]]) -> dict[str, float]:
    """The same of reports that were counted: the publisher, the kind, how many, and their quality in sum, each counted up
    to `HIGH_QUALITY`."""
    worth: defaultdict[str, float] = defaultdict(float)
    numbers: defaultdict[str, int] = defaultdict(int)
    for publisher, kind, number, quality in published:
        name = name_key(publisher)
        worth[name] += (quality / HIGH_QUALITY + number * _KINDS.get(kind, _UNKNOWN_KIND)) / 2
        numbers[name] += number
    return {
        name: round((found + 0.5 * _FEW_REPORTS) / (numbers[name] + _FEW_REPORTS), 6) for name, found in worth.items()
    }


def ceiling(way: Ranking, now: datetime, window: timedelta) -> Callable[[Headline, float], float]:
    """What tells the most that a story can score where nobody gave feedback, by its headline and by how well it fits what was
    asked for at most."""
    known = ("value", "quality", "heat", "coverage", "age", "topic", _FEEDBACK)
    by_value, by_quality, by_heat, by_coverage, by_age, by_topic, _ = (way.weights.get(name, 0.0) for name in known)
    others = sum(weight for name, weight in way.weights.items() if name not in known)

    def most(told: Headline, relevance: float) -> float:
        return (
            _ROUNDED
            + others
            + by_value * min(1.0, told.value / BEST_VALUE)
            + by_quality * _share(told.quality, HIGH_QUALITY)
            + by_heat * _share(told.heat, _HEAT_CAP)
            + by_coverage * min(1.0, log1p(told.reports - 1) / log1p(_PROVIDERS_CAP))
            + by_age * _freshness(max(timedelta(0), now - told.newest), window)
            + by_topic * min(1.0, max(0.0, relevance))
        )

    return most


def ordered(scored: Iterable[ScoredStory], sort: Sort = Sort.best) -> list[ScoredStory]:
    """Best, newest or hottest first; of equals the better, then the fresher lead, then its address: never by chance.

    Kinds that count nothing come last of the newest and hottest.
    """
    first = _FIRST[sort]
    last = {kind for kind, worth in _KINDS.items() if not worth} if sort is not Sort.best else set[str]()
    return sorted(
        scored, key=lambda s: (s.lead.kind in last, -first(s), -s.score, -s.lead.published_at.timestamp(), s.lead.url)
    )


_FIRST: Mapping[Sort, Callable[[ScoredStory], float]] = {
    Sort.best: lambda scored: scored.score,
    Sort.new: lambda scored: scored.lead.published_at.timestamp(),
    Sort.hot: lambda scored: max(article.heat for article in scored.story.articles),
}


def original(articles: Iterable[Article], now: datetime, window: timedelta) -> list[ScoredStory]:
    """The hub's own rule over single articles: published ones within the window, hottest first, then by file name."""
    recent = [a for a in articles if a.published and now - window <= a.published_at <= now]
    recent.sort(key=lambda a: (-a.heat, (a.path or "").rpartition("/")[2], a.path or "", a.url))
    return [
        ScoredStory(
            Story(a.url, a), float(a.heat), (Signal("heat", float(a.heat), 1.0, said("heat", heat=capped(a.heat))),)
        )
        for a in recent
    ]
