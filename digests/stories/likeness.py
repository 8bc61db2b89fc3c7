"""How likely two reports tell one event, and why: measured features, boosted decision trees over them, and what differs.

The trees were fitted to pairs labelled by hand; docs/editorial.md says how, `tests/tools/fit_stories.py` does it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import accumulate, pairwise
from math import exp, inf, log
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from digests.stories.differences import (
    Conflicts,
    Difference,
    Likeness,
    conflicts,
    differences,
    headline_likeness,
)
from digests.stories.report import Report, contained, rarity
from digests.words import fold, words

_NUMBER_COUNTS = {"money": 1.0, "percent": 1.0, "version": 1.0, "count": 0.5, "ordinal": 0.3, "quarter": 0.2}
_NAMED, _NUMBERS = 3, 2  # words and numbers that are named as evidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether two reports tell one event: ``likelihood`` 0..1, what they share and what keeps them apart, in words."""

    likelihood: float
    shared: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


class Pair(NamedTuple):
    """What the features are measured on.

    ``contained`` is how much of each title, by rarity, stands in the other report; ``missing`` the weight of the names in
    each title that the other report has not.
    """

    a: Report
    b: Report
    shared: Sequence[str]
    shared_names: Sequence[str]
    headline: Likeness
    conflicts: Conflicts
    contained: tuple[float, float]
    missing: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Feature:
    """One measurement of a pair of reports; symmetric."""

    name: str
    meaning: str
    measure: Callable[[Pair], float]


def _title_cosine(pair: Pair) -> float:
    a, b = pair.a, pair.b
    return sum(a.rarity[w] ** 2 for w in a.rarity if w in b.rarity) / (a.title_length * b.title_length)


def _cosine(pair: Pair) -> float:
    a, b = pair.a.weights, pair.b.weights
    return sum(a[word] * b[word] for word in pair.shared) / (pair.a.length * pair.b.length)


def _missing_names(inner: Report, outer: Report) -> float:
    """The weight of the names in a title that the other report does not have."""
    return sum(v for w, v in inner.names.items() if w in inner.rarity and w not in outer.weights)


def _names(pair: Pair) -> float:
    return min(sum(min(pair.a.names[w], pair.b.names[w]) for w in pair.shared_names), 40) / 20


def _title_names(pair: Pair) -> float:
    return min(sum(rarity(w) for w in pair.shared_names if w in pair.a.rarity or w in pair.b.rarity), 20) / 10


def _events(pair: Pair) -> float:
    named = set(pair.shared_names)
    return min(sum(rarity(word) for word in pair.shared if word not in named), 40) / 20


def _numbers(pair: Pair) -> float:
    shared = pair.a.all_quantities & pair.b.all_quantities
    if not shared:
        return 0.0
    return sum(
        weight * min(2, sum(quantity.kind == kind for quantity in shared)) for kind, weight in _NUMBER_COUNTS.items()
    )


def _other_numbers(pair: Pair) -> float:
    return float(len(pair.conflicts.hard) + len(pair.conflicts.soft))


def _excerpts(pair: Pair) -> float:
    if not pair.a.excerpt or not pair.b.excerpt:
        return 0.0
    return fuzz.ratio(pair.a.excerpt, pair.b.excerpt) / 100


FEATURES: tuple[Feature, ...] = (
    Feature("title_cosine", "titles by their words, rare ones counting more", _title_cosine),
    Feature("cosine", "titles and excerpts by their words, rare ones counting more", _cosine),
    Feature("contained_more", "the larger part of a title that stands in the other report", lambda p: max(p.contained)),
    Feature("contained_less", "the smaller part", lambda p: min(p.contained)),
    Feature("rarity", "how rare the shared words are together", lambda p: min(sum(map(rarity, p.shared)), 80) / 40),
    Feature("names", "names that both have", _names),
    Feature("title_names", "names that both have and a title has", _title_names),
    Feature("events", "how rare the shared words are that are no names", _events),
    Feature(
        "missing_less",
        "the lesser weight of names that one title has and the other report has not",
        lambda p: min(*p.missing, 20) / 10,
    ),
    Feature(
        "missing_more",
        "the greater weight",
        lambda p: min(max(p.missing), 30) / 10,
    ),
    Feature("numbers", "sums, shares, versions and counts that both have", _numbers),
    Feature("other_numbers", "kinds of numbers that both titles give differently", _other_numbers),
    Feature("market_reports", "both are market reports", lambda p: float(p.a.market_report and p.b.market_report)),
    Feature("excerpts", "excerpts letter by letter", _excerpts),
    Feature("letters", "titles letter by letter", lambda p: fuzz.ratio(p.a.title, p.b.title) / 100),
    Feature("order", "the same title words in the same order", lambda p: p.headline.share),
    Feature(
        "exchanged",
        "how rare the words are that titles of one pattern exchange",
        lambda p: p.headline.exchanged / 8 if p.headline.share >= 0.4 else 0.0,
    ),
)
"""Everything that is measured of a pair, in the order the trees know."""

_TITLE_COSINE, _EXCERPTS = (
    next(i for i, f in enumerate(FEATURES) if f.name == n) for n in ("title_cosine", "excerpts")
)


def measured(a: Report, b: Report) -> tuple[Pair, list[float]]:
    """The pair's features in the order of `FEATURES`."""
    a, b = sorted((a, b), key=lambda report: (report.title, report.url))  # what is said does not depend on the order
    shared = sorted(a.weights.keys() & b.weights.keys())
    names = [word for word in shared if word in a.names and word in b.names]
    pair = Pair(
        a,
        b,
        shared,
        names,
        headline_likeness(a, b),
        conflicts(a, b),
        (contained(a, b), contained(b, a)),
        (_missing_names(a, b), _missing_names(b, a)),
    )
    return pair, [feature.measure(pair) for feature in FEATURES]


def likelihood(a: Report, b: Report, least: float = 0.0) -> float:
    """How likely two reports tell one event, 0..1. The order of the two makes no difference.

    Where it is surely below `least`, 0 is given instead, which is found out sooner.
    """
    return _judged(a, b, least)[0]


def compare(a: Report, b: Report) -> Evidence:
    """The same with its reasons."""
    chance, pair, apart = _judged(a, b)
    return Evidence(chance, _shared(pair), tuple(difference.note(pair.a, pair.b) for difference in apart))


def _judged(a: Report, b: Report, least: float = 0.0) -> tuple[float, Pair, list[Difference]]:
    pair, values = measured(a, b)
    chance = _trees().probability(values, least)
    if chance < least:
        return 0.0, pair, []  # differences only make it less
    apart = differences(pair.a, pair.b, pair.headline, pair.conflicts, values[_TITLE_COSINE], values[_EXCERPTS])
    for difference in apart:
        chance *= difference.left
    return round(chance, 6), pair, apart


def _shared(pair: Pair) -> tuple[str, ...]:
    """What they have in common as it is written, weightiest first: names and rare words, then numbers."""
    names = set(pair.shared_names)
    shared = (
        quantity
        for quantity in pair.a.all_quantities & pair.b.all_quantities
        if quantity.kind in ("money", "percent", "version") or (quantity.kind == "count" and len(quantity.value) > 2)
    )
    numbers = [pair.a.said(quantity) for quantity in sorted(shared, key=lambda q: (q.value, q))[:_NUMBERS]]
    told = {word for number in numbers for word in fold(words(number))}
    best = sorted(pair.shared, key=lambda w: (w not in names, -rarity(w), w))[:_NAMED]
    return (*(said for said in map(pair.a.said, best) if said.casefold() not in told), *dict.fromkeys(numbers))


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted decision trees; the sum of what their leaves say is a log-odds.

    All nodes stand in one row: the feature (-1 for a leaf), the threshold (a leaf's value), and where to go on when the
    feature is at most that, and when it is more. ``most_left`` is the most that a tree and all after it can add.
    """

    base: float
    roots: Sequence[int]
    nodes: Sequence[tuple[int, float, int, int]]
    most_left: Sequence[float]

    @classmethod
    def of(cls, base: float, trees: Iterable[Sequence[Sequence[float]]]) -> Trees:
        """From trees as they are stored: each node (feature, threshold, left, right) or (value,)."""
        roots: list[int] = []
        nodes: list[tuple[int, float, int, int]] = []
        for tree in trees:
            start = len(nodes)
            roots.append(start)
            for node in tree:
                if len(node) == 1:
                    nodes.append((-1, node[0], 0, 0))
                else:
                    nodes.append((int(node[0]), node[1], start + int(node[2]), start + int(node[3])))
        bounds = [*roots, len(nodes)]
        best = [max(n[1] for n in nodes[a:b] if n[0] < 0) for a, b in pairwise(bounds)]
        most_left = tuple(accumulate(reversed(best)))[::-1]
        return cls(base, tuple(roots), tuple(nodes), most_left)

    def probability(self, values: Sequence[float], least: float = 0.0) -> float:
        """0..1; 0 as soon as it is sure to be below `least`."""
        total, nodes = self.base, self.nodes
        floor = log(least / (1 - least)) if least > 0 else -inf
        for root, most in zip(self.roots, self.most_left, strict=True):
            if total + most < floor:
                return 0.0
            feature, threshold, left, right = nodes[root]
            while feature >= 0:
                feature, threshold, left, right = nodes[left if values[feature] <= threshold else right]
            total += threshold
        return 1 / (1 + exp(-max(-60.0, min(60.0, total))))


def trees_of(stored: Mapping[str, Any]) -> Trees:
    """The trees as they are stored; they have to fit `FEATURES`."""
    if stored["features"] != [feature.name for feature in FEATURES]:
        raise ValueError("trees.json was fitted to other features: run tests/tools/fit_stories.py")
    return Trees.of(stored["base"], stored["trees"])


@cache
def _trees() -> Trees:
    text = (resources.files("digests.stories") / "trees.json").read_text(encoding="utf-8")
    return trees_of(json.loads(text))
