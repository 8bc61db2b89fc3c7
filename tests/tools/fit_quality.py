"""Fits the points of `digests.scoring`: python -m tests.tools.fit_quality [--dry] [--trade] [FEEDS.yaml]

Two things are wanted of a quality: the order of the corpus's own quality, and that of the values people gave. So one table
of points is fitted to both (least squares, each point held to the sign it must have): to the quality of every article of
the corpus, and, `LABELS_COUNT` times, to the value of every labelled one. Nothing is learnt of single titles or publishers.
A publisher's standing, which the catalogue of feeds gives at run time, is here the mean quality of what it published on
other days. Kinds and values of labelled articles are judged by tables that have not seen the day.

Prints what held-out days and held-out publishers give, then fits to everything and writes digests/scoring/points.tsv.
With the catalogue of feeds as an argument, its standings are tried, too. `--trade` prints what other values of
`LABELS_COUNT` would give on our own days, by which it was chosen.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import product
from pathlib import Path

import numpy as np
import yaml
from scipy.optimize import lsq_linear
from scipy.stats import spearmanr

from digests.models import Article
from digests.newsworthy import judge
from digests.scoring.evidence import MEASURES, UNKNOWN_STANDING, Evidence, evidence_of, measures
from digests.words import spaced
from tests.shared import unpacked
from tests.tools.fit_newsworthy import Labels, Model
from tests.tools.labels import GOLD_DAYS, gold_day, own, own_days, read

TARGET = Path(__file__).parents[2] / "digests" / "scoring" / "points.tsv"
LABELS_COUNT = 2.0  # the least at which each of our own days, held out, has 80 % of its pairs right: see --trade
OF_VALUE = {0: 20.0, 1: 50.0, 2: 75.0, 3: 100.0}  # the quality that would be right for an editor's value
MOST = 120  # more is a bonus that the hub gave by other means
FEW = 2  # so many articles draw a publisher's mean half of the way to the middle
FOLDS = 10
SET = {"excerpt": 5.0, "words": 10.0, "first": 5.0, "copy": -15.0}
"""Points set by hand. The corpus has no texts, nearly no short excerpts (22 below 100 characters), and does not say which
report of a story was the first; that copies of a title stand lower in it (37 to 45) its publishers' standing explains."""

BOUNDS = {"base": (-np.inf, np.inf), "kind:research": (-np.inf, np.inf), "title:long": (-np.inf, 0.0)}
FITTED = [m.name for m in MEASURES if m.name not in SET and m.name != "kind:unknown"]


def bounds(name: str) -> tuple[float, float]:
    """The sign a measure's points may have: kinds other than research stand below news."""
    return BOUNDS.get(name, (-np.inf, 0.0) if name.startswith("kind:") else (0.0, np.inf))


@dataclass(frozen=True, slots=True)
class Case:
    """An article of the corpus as evidence; ``value`` is what a person gave for it, None where nobody did."""

    url: str
    publisher: str
    domain: str
    day: str
    quality: int
    evidence: Evidence
    value: int | None = None
    label: str = ""  # the labelled day it belongs to


def corpus() -> list[Article]:
    """Every article of the corpus, each address once."""
    with tempfile.TemporaryDirectory() as folder:
        return read(unpacked("corpus/ai-news.tar.xz", Path(folder)))


def cases(articles: Sequence[Article]) -> list[Case]:
    """The corpus's articles as the scoring would see them, judged by the shipped tables."""
    known = standings(articles)
    copies = copied(articles)
    return [
        Case(
            a.url,
            a.publisher,
            a.provider.domain,
            str(a.published_at.date()),
            a.quality,
            evidence_of(
                replace(a, kind=(judged := judge(a)).kind, news_value=judged.value),
                standing=known(a.publisher, str(a.published_at.date())),
                copy=a.url in copies,
            ),
        )
        for a in articles
    ]


def standings(articles: Iterable[Article]) -> Callable[[str, str], float]:
    """A stand-in for the catalogue's standing: the mean quality of a publisher on days other than one, as 0..1."""
    of: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for a in articles:
        of[a.publisher].append((str(a.published_at.date()), min(MOST, a.quality)))

    def standing(publisher: str, day: str) -> float:
        others = [quality for other, quality in of[publisher] if other != day]
        middle = UNKNOWN_STANDING * 100
        return float(min(1.0, (sum(others) + FEW * middle) / (len(others) + FEW) / 100))

    return standing


def copied(articles: Iterable[Article]) -> set[str]:
    """Articles whose title another publisher had before, word for word."""
    seen: dict[str, str] = {}
    found = set()
    for a in sorted(articles, key=lambda a: (a.published_at, a.url)):
        if seen.setdefault(spaced(a.title), a.publisher) != a.publisher:
            found.add(a.url)
    return found


def labelled(found: Sequence[Case], articles: Sequence[Article]) -> list[Case]:
    """The same cases; the labelled ones with their value, their kind and news value judged without their day."""
    labels = Labels()
    given: dict[str, tuple[str, int, str, float]] = {}
    sources = {name: own(name, articles) for name in own_days()} | {"others": own("kinds", articles)}
    sources |= {f"{day} gold": gold_day(day, articles) for day in GOLD_DAYS}
    for name, of_day in sources.items():
        # A replay's labels are of the replay's articles; those that the corpus has, too, are taken by address.
        kinds, values = Model(labels.without(name)).judged(labels.rows[name])
        judged = dict(zip(labels.urls[name], zip(kinds, values, strict=True), strict=True))
        for each in of_day:
            kind, value = judged[each.article.url]
            given[each.article.url] = (name, each.value, kind, float(value))
    return [_with(case, given[case.url]) if case.url in given else case for case in found]


def _with(case: Case, given: tuple[str, int, str, float]) -> Case:
    name, value, kind, news_value = given
    news_value = min(3.0, max(0.0, news_value))
    return replace(case, label=name, value=value, evidence=replace(case.evidence, kind=kind, news_value=news_value))


def matrix(found: Iterable[Case]) -> np.ndarray:
    """A row of measures for each case, in the order of `MEASURES`."""
    return np.array([list(measures(case.evidence).values()) for case in found])


def fitted(x: np.ndarray, found: Sequence[Case], labels_count: float = LABELS_COUNT) -> np.ndarray:
    """Points for every measure, in the order of `MEASURES`."""
    names = [m.name for m in MEASURES]
    same = x.std(axis=0) == 0  # a standing that is the same for all is the base once more
    free = [names.index(name) for name in FITTED if name == "base" or not same[names.index(name)]]
    points = np.array([SET.get(name, 0.0) for name in names])
    by_hand = x @ points
    y = np.array([min(MOST, case.quality) for case in found], dtype=float) - by_hand
    valued = [number for number, case in enumerate(found) if case.value is not None]
    wanted = np.array([OF_VALUE[found[number].value or 0] for number in valued]) - by_hand[valued]
    root = labels_count**0.5
    rows, right = np.vstack([x[:, free], root * x[np.ix_(valued, free)]]), np.hstack([y, root * wanted])
    low, high = zip(*(bounds(names[number]) for number in free), strict=True)
    points[free] = lsq_linear(rows, right, (low, high), method="bvls").x
    # What nobody judged stands where the mean of what was judged does.
    kinds = [n for n, name in enumerate(names) if name.startswith("kind:") or name == "value"]
    points[names.index("kind:unknown")] = (x[:, kinds] @ points[kinds]).mean()
    return points


def folds(keys: Sequence[str]) -> Iterator[np.ndarray]:
    """Which cases are held back, ten times; what shares a key is held back together."""
    part = np.array([int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "big") % FOLDS for key in keys])
    yield from (part == number for number in range(FOLDS))


def held_out(
    x: np.ndarray, found: Sequence[Case], keys: Sequence[str], labels_count: float = LABELS_COUNT
) -> np.ndarray:
    """The quality of every case by points that were fitted without what shares its key."""
    scores = np.zeros(len(found))
    for test in folds(keys):
        train = [case for case, out in zip(found, test, strict=True) if not out]
        scores[test] = x[test] @ fitted(x[~test], train, labels_count)
    return scores


def spearman(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray) -> float:
    """How far two orders agree, -1..1."""
    return float(spearmanr(a, b).statistic)


def pairs(scores: Sequence[float] | np.ndarray, values: Sequence[int]) -> float:
    """In what share of all pairs an article of value 2 or 3 has a higher score than one of value 0."""
    high = [score for score, value in zip(scores, values, strict=True) if value >= 2]
    low = [score for score, value in zip(scores, values, strict=True) if value == 0]
    return float(np.mean([a > b for a, b in product(high, low)])) if high and low else float("nan")


def by_day(scores: np.ndarray, found: Sequence[Case]) -> dict[str, float]:
    """`pairs` of each labelled day."""
    days = sorted({case.label for case in found if case.label and case.label != "others"})
    rows = {day: [n for n, case in enumerate(found) if case.label == day] for day in days}
    return {day: pairs(scores[at], [found[n].value or 0 for n in at]) for day, at in rows.items()}


def without_standing(found: Iterable[Case]) -> list[Case]:
    """The same cases, every provider unknown."""
    return [replace(case, evidence=replace(case.evidence, standing=UNKNOWN_STANDING)) for case in found]


def own_day_pairs(scores: np.ndarray, found: Sequence[Case]) -> list[float]:
    """`pairs` of the days that we labelled, worst first; the replayed days are kept for the last test."""
    return sorted(share for day, share in by_day(scores, found).items() if day in own_days())


def in_catalogue(found: Iterable[Case], file: Path) -> list[Case]:
    """The cases with the standing that a catalogue of feeds gives their publisher's domain, 0.5 where it has none."""
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))
    known = {row["domain"]: row["standing"] for row in rows if "domain" in row}
    return [
        replace(case, evidence=replace(case.evidence, standing=known.get(case.domain, UNKNOWN_STANDING)))
        for case in found
    ]


def shown(what: str, scores: np.ndarray, found: Sequence[Case]) -> None:
    of_days = by_day(scores, found)
    order = spearman(scores, [case.quality for case in found])
    print(f"{what:58} Spearman {order:.3f}  pairs", *(f"{day[5:]} {share:.2f}" for day, share in of_days.items()))


def main(arguments: Sequence[str]) -> None:
    articles = corpus()
    found = labelled(cases(articles), articles)
    x, plain = matrix(found), matrix(without_standing(found))
    days, publishers = [case.day for case in found], [case.publisher for case in found]
    if "--trade" in arguments:
        for count in (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0):
            scores = held_out(x, found, days, count)
            shares = own_day_pairs(scores, found)
            order = spearman(scores, [case.quality for case in found])
            print(
                f"labels count {count:4}: Spearman {order:.3f}, pairs {np.mean(shares):.3f}, worst day {shares[0]:.3f}"
            )
        return
    for name, keys in (("days", days), ("publishers", publishers)):
        shown(f"held-out {name}", held_out(x, found, keys), found)
        shown(f"held-out {name}, no standing in fit or test", held_out(plain, found, keys), found)
    points = fitted(x, found)
    shown("fitted to all, standing unknown when tried", plain @ points, found)
    for file in (Path(each) for each in arguments if each.endswith(".yaml")):
        listed = in_catalogue(found, file)
        known = [n for n, case in enumerate(listed) if case.evidence.standing != UNKNOWN_STANDING]
        scores = matrix(listed) @ points
        shown(f"standing of the catalogue, {len(known)} of {len(found)} known", scores, found)
        shown("  the known alone", scores[known], [found[n] for n in known])
    for measure, number in zip(MEASURES, points, strict=True):
        print(f"{measure.name:20} {number:7.1f}")
    if "--dry" not in arguments:
        rows = [f"{measure.name}\t{number:.1f}" for measure, number in zip(MEASURES, points, strict=True)]
        TARGET.write_text("\n".join(["measure\tpoints", *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
