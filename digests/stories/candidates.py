"""Which pairs of reports are worth comparing: those within the window that share enough rare words. Symmetric."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import fsum

from digests.stories.report import Report, contained, rarity

WINDOW = timedelta(hours=72)
"""Reports further apart than this are not compared; a story lives on while reports follow each other within it."""

KEYS = 24
"""By so many of its words a report is found."""

NEAR = 60_000
"""Reports are worth a look where the products of the weights of the keys they share add up to this: 6 % of a cosine."""

_RARE = 3.5  # the rarity from which on a word is a key
_ALIKE, _CONTAINED, _WORDS = 0.09, 0.16, 2
HOURS = WINDOW.total_seconds() / 3600


def keys(report: Report) -> dict[str, int]:
    """The words by which others find this report, the weightiest, each with its weight in thousandths of the whole.

    Whole numbers, since they add up to the same sum in any order: whether two reports find each other must not depend on
    which of them came first.
    """
    rare = [word for word in report.weights if rarity(word) >= _RARE]
    best = sorted(rare, key=lambda word: (-report.weights[word], word))[:KEYS]
    return {word: round(1000 * report.weights[word] / report.length) for word in best}


def promising(a: Report, b: Report) -> bool:
    """A quick look at two reports that share enough keys: most of those still have little in common."""
    mine, other = a.weights, b.weights
    shared = mine.keys() & other.keys()
    if len(shared) < _WORDS:
        return False
    # fsum: a set has no order, and a plain sum's last digit depends on it.
    product = fsum(mine[word] * other[word] for word in shared)
    return product >= _ALIKE * a.length * b.length and (contained(a, b) >= _CONTAINED or contained(b, a) >= _CONTAINED)


def pairs(reports: Sequence[Report]) -> Iterator[tuple[Report, Report]]:
    """Every pair of the reports that is worth comparing. The reports are in order of time."""
    holders: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    oldest = 0
    for number, report in enumerate(reports):
        while reports[oldest].hours < report.hours - HOURS:
            oldest += 1
        near: defaultdict[int, int] = defaultdict(int)
        for word, mine in keys(report).items():
            who, weights = holders[word]
            start = bisect_left(who, oldest)
            for other, weight in zip(who[start:], weights[start:], strict=True):
                near[other] += mine * weight
            who.append(number)
            weights.append(mine)
        for other, shared in near.items():
            if shared >= NEAR and promising(reports[other], report):
                yield reports[other], report
