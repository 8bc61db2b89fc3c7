"""What kind of piece an article is, and how much an editor would give for it. Pure: text, provider and address in, reasons out.

Both are sums of weighted features (`features.py`), so that every judgement can be taken apart. The weights in
``weights.tsv`` were fitted to articles labelled by hand; docs/editorial.md says how well they do,
`tests/tools/fit_newsworthy.py` fits them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp

from digests.models import BEST_VALUE, Article
from digests.newsworthy.features import cues, features, words_of

KINDS: Mapping[str, str] = {
    "news": "a report of something that happened",
    "research": "a finding or a paper",
    "analysis": "opinion, explanation, advice, prediction",
    "tutorial": "how something is done",
    "promo": "tickets, shopping, events, sponsored text",
    "market-report": "market size and forecast reports, stock round-ups",
    "pr": "a press release, or hardly more",
    "off-topic": "not about AI",
}
"""Every kind an article can be of, and what it means."""

JUNK = frozenset({"promo", "market-report", "off-topic"})
"""Kinds that no default digest tells."""

_MORE_LIKELY_THAN_NOT = 0.5
_NAMED = 3  # reasons that are given
_PLACES = {"title": "the title", "excerpt": "the excerpt", "address": "the address"}
_AI = {
    "ai:title": "has AI in the title",
    "ai:title-maybe": "may have AI in the title",
    "ai:excerpt": "speaks of AI in the excerpt",
    "ai:excerpt-maybe": "may speak of AI in the excerpt",
    "ai:today": "speaks of models, chips or other things of AI in the title",
    "ai:today-excerpt": "speaks of models, chips or other things of AI in the excerpt",
    "ai:late": "comes to AI late",
    "ai:listed": "lists AI among other technologies",
    "ai:not-in-title": "has no AI in the title",
    "ai:not-surely": "has hardly any AI in it",
    "ai:nowhere": "has no AI in it",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an article is taken for.

    ``chances`` of every kind, summing to 1; ``kind`` is the `likeliest`. ``value`` is what an editor would give, 0..3, as far
    as the words tell. ``reasons`` say what spoke most for the kind.
    """

    kind: str
    chances: Mapping[str, float]
    value: float
    reasons: tuple[str, ...] = ()

    @property
    def junk(self) -> float:
        """The chance that it is a promo, a market report or off-topic."""
        return sum(self.chances[kind] for kind in sorted(JUNK))


def judge(article: Article, *, reasons: bool = True) -> Judgement:
    """Judge an article by its title, excerpt, provider and address; with or without the reasons, which take as long again."""
    table = _weights()
    found = features(article, table.vocabulary)
    scores = list(table.base)
    for name in sorted(found):
        for column, weight in enumerate(table.of.get(name, ())):
            scores[column] += weight * found[name]
    *of_kinds, value = scores
    best = max(of_kinds)
    raised = [exp(score - best) for score in of_kinds]
    chances = {kind: round(each / sum(raised), 6) for kind, each in zip(KINDS, raised, strict=True)}
    kind = likeliest(chances)
    why = _reasons(article, found, table, kind) if reasons else ()
    return Judgement(kind, chances, round(min(BEST_VALUE, max(0.0, value)), 4), why)


def likeliest(chances: Mapping[str, float]) -> str:
    """The likeliest kind. Off-topic only where that is likelier than all the others together: it hides a story.

    Pieces on AI of today often do not say AI, and the tables, which come from older news, take many of them for off-topic.
    """
    possible = [kind for kind in KINDS if kind != "off-topic" or chances[kind] > _MORE_LIKELY_THAN_NOT]
    return max(possible, key=lambda kind: chances[kind])


def _reasons(article: Article, found: Mapping[str, float], table: Weights, kind: str) -> tuple[str, ...]:
    """What spoke most for the kind against the others, weightiest first."""
    column = list(KINDS).index(kind)
    written = words_of(article)
    pull: dict[str, float] = {}
    for name, value in found.items():
        row = table.of.get(name)
        if row is not None and _said(name, written):
            pull[name] = value * (row[column] - sum(row[: len(KINDS)]) / len(KINDS))
    best = sorted((name for name in pull if pull[name] > 0.1), key=lambda name: (-pull[name], name))
    return tuple(dict.fromkeys(_said(name, written) for name in best))[:_NAMED]


def _said(feature: str, written: Mapping[str, str]) -> str:
    """A feature in words; empty where it says nothing to people."""
    if feature in _AI:
        return _AI[feature]
    place, _, name = feature.partition(":")
    if place in _PLACES:
        return f"{cues()[name].means} ({_PLACES[place]})"
    if feature in written:
        return f'says "{written[feature]}" in {"the title" if place == "word" else "the excerpt"}'
    return ""


@dataclass(frozen=True, slots=True)
class Weights:
    """``of``: feature -> its weight for each kind in the order of `KINDS`, and for the value; ``base`` what all start from."""

    base: Sequence[float]
    of: Mapping[str, Sequence[float]]
    vocabulary: frozenset[str]


def weights_of(lines: Sequence[str]) -> Weights:
    """Read the table of weights: a head, then a feature a line with its weights, tab-separated."""
    head, *rest = lines
    if head.split("\t") != ["feature", *KINDS, "value"]:
        raise ValueError("weights.tsv does not fit this program: run tests/tools/fit_newsworthy.py")
    rows = {name: tuple(map(float, weights)) for name, *weights in (line.split("\t") for line in rest)}
    base = rows.pop("base")
    vocabulary = frozenset(name.partition(":")[2] for name in rows if name.startswith(("word:", "said:")))
    return Weights(base, rows, vocabulary)


@cache
def _weights() -> Weights:
    text = (resources.files("digests.newsworthy") / "weights.tsv").read_text(encoding="utf-8")
    return weights_of(text.splitlines())
