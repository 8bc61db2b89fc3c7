"""Fits the trees of `digests.stories.likeness` to labelled pairs: python -m tests.tools.fit_stories [--dry]

Prints what cross-validation over the days gives (each day judged by trees that did not see it), then fits to all days and
writes digests/stories/trees.json. Reads the real articles from `shared`, our labels from tests/data/labels.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from digests.stories import clusters
from digests.stories.candidates import pairs
from digests.stories.differences import differences
from digests.stories.likeness import FEATURES, measured, trees_of
from digests.stories.report import Report, report
from tests.shared import unpacked
from tests.tools.labels import (
    GOLD_DAYS,
    REPLAYED,
    Labelled,
    gold_day,
    invented_days,
    invented_pairs,
    own,
    own_days,
    read,
)

TARGET = Path(__file__).parents[2] / "digests" / "stories" / "trees.json"
INVENTED_WEIGHT = 2.0
GOLD_WEIGHT = 6.0  # two days against our nine
INVENTED_DAY_WEIGHT = 0.5  # written to be hard
BARE_WEIGHT = 0.3  # the same days once more without excerpts: many feeds have none
BARE = " bare"
_NAMES = [feature.name for feature in FEATURES]


class Day:
    """A labelled day: its articles and the features of every pair worth comparing."""

    def __init__(self, name: str, labelled: Sequence[Labelled]) -> None:
        self.name = name
        self.bare = None if name.endswith(BARE) else Day(name + BARE, [_bare(each) for each in labelled])
        self.story = {each.article.url: each.story for each in labelled}
        reports = [report(replace(each.article, kind=each.kind)) for each in labelled]
        found = list(pairs(sorted(reports, key=lambda r: (r.hours, r.url))))
        self.ends = [(a.url, b.url) for a, b in found]
        rows = [_row(a, b) for a, b in found]
        self.x = np.array([values for values, _ in rows], float).reshape(len(rows), len(FEATURES))
        self.left = np.array([left for _, left in rows])
        self.same = np.array([self.story[a] == self.story[b] for a, b in self.ends], bool)

    @property
    def weight(self) -> float:
        if self.name.endswith(BARE):
            return BARE_WEIGHT
        if self.name.endswith("gold"):
            return GOLD_WEIGHT
        return INVENTED_DAY_WEIGHT if self.name.startswith("invented") else 1.0

    @property
    def gold(self) -> set[tuple[str, str]]:
        return {(a, b) for a, b in combinations(sorted(self.story), 2) if self.story[a] == self.story[b]}

    def grouped(self, likelihoods: np.ndarray) -> set[tuple[str, str]]:
        links = [clusters.link(a, b, p) for (a, b), p in zip(self.ends, likelihoods, strict=True)]
        groups = clusters.groups(self.story, links)
        return {pair for urls in groups for pair in combinations(urls, 2)}


def _bare(labelled: Labelled) -> Labelled:
    return replace(labelled, article=replace(labelled.article, excerpt=""))


def _row(a: Report, b: Report) -> tuple[list[float], float]:
    """The features of a pair, and what is left of its likelihood by the differences."""
    pair, values = measured(a, b)
    by_name = dict(zip(_NAMES, values, strict=True))
    left = 1.0
    for difference in differences(
        pair.a, pair.b, pair.headline, pair.conflicts, by_name["title_cosine"], by_name["excerpts"]
    ):
        left *= difference.left
    return values, left


def days() -> list[Day]:
    """The two days of ``shared/replay`` and our own."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = read(unpacked("corpus/ai-news.tar.xz", Path(folder) / "corpus"))
        replay = {day: read(unpacked(f"replay/{day}/articles.tar.xz", Path(folder) / day)) for day in REPLAYED}
    found = [Day(f"{day} gold", gold_day(day, replay[day])) for day in GOLD_DAYS]
    found += [Day(day, own(day, replay.get(day, corpus))) for day in own_days()]
    return found + [Day(name, labelled) for name, labelled in invented_days().items()]


def model(x: np.ndarray, same: np.ndarray, weights: np.ndarray) -> HistGradientBoostingClassifier:
    trees = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.12, max_leaf_nodes=8, min_samples_leaf=20, l2_regularization=1.0
    )
    return trees.fit(x, same, sample_weight=weights)


def fitted(some: Sequence[Day]) -> HistGradientBoostingClassifier:
    """Trees fitted to days and to the invented pairs whose differences no rule names already."""
    rows = [(*_row(report(pair.a), report(pair.b)), pair.same) for pair in invented_pairs()]
    rows = [row for row in rows if row[1] >= 0.5]
    some = [*some, *(day.bare for day in some if day.bare is not None)]
    x = np.vstack([*(day.x for day in some), np.array([values for values, _, _ in rows])])
    same = np.concatenate([*(day.same for day in some), np.array([same for _, _, same in rows])])
    weights = np.concatenate(
        [
            *(np.full(len(day.same), GOLD_WEIGHT if day.name.endswith("gold") else 1.0) for day in some),
            np.ones(len(rows)),
        ]
    )
    weights[-len(rows) :] = INVENTED_WEIGHT
    return model(x, same, weights)


def scores(day: Day, likelihoods: np.ndarray) -> tuple[int, int, int]:
    """Pairs rightly joined, joined, and to be joined."""
    found, gold = day.grouped(likelihoods), day.gold
    return len(found & gold), len(found), len(gold)


def line(name: str, right: int, found: int, gold: int) -> str:
    p, r = right / max(1, found), right / max(1, gold)
    return f"{name:16} precision {p:.3f}  recall {r:.3f}  F1 {2 * p * r / max(1e-9, p + r):.3f}"


def exported(trees: HistGradientBoostingClassifier) -> dict[str, object]:
    """The fitted trees as plain numbers: (feature, threshold, left, right) or (value,)."""
    out = []
    for (predictor,) in trees._predictors:
        out.append(
            [
                [round(float(n["value"]), 5)]
                if n["is_leaf"]
                else [int(n["feature_idx"]), float(n["num_threshold"]), int(n["left"]), int(n["right"])]
                for n in predictor.nodes
            ]
        )
    return {"features": _NAMES, "base": round(float(trees._baseline_prediction[0, 0]), 5), "trees": out}


def main(dry: bool) -> None:
    found = days()
    total = [0, 0, 0]
    for day in found:
        held_out = fitted([other for other in found if other is not day])
        result = scores(day, held_out.predict_proba(day.x)[:, 1] * day.left)
        if not day.name.startswith("invented"):
            total = [a + b for a, b in zip(total, result, strict=True)]
        print(line(day.name, *result))
    print(line("real, held out", *total))
    trees = fitted(found)
    stored = exported(trees)
    ours = trees_of(stored)
    worst = max(
        abs(ours.probability(list(row)) - p)
        for day in found
        for row, p in zip(day.x, trees.predict_proba(day.x)[:, 1], strict=True)
    )
    print(f"greatest difference between our trees and scikit-learn's: {worst:.5f}")
    bare = [day.bare for day in found if day.bare is not None]
    for day in [*found, *bare]:
        print(line(f"{day.name} seen", *scores(day, trees.predict_proba(day.x)[:, 1] * day.left)))
    rows = [(*_row(report(pair.a), report(pair.b)), pair.same) for pair in invented_pairs()]
    likelihoods = trees.predict_proba(np.array([values for values, _, _ in rows]))[:, 1] * np.array(
        [r[1] for r in rows]
    )
    same = np.array([row[2] for row in rows])
    joined = likelihoods >= clusters.ALIKE
    print(
        f"invented pairs: {joined[same].mean():.0%} of the same found, {joined[~same].mean():.0%} of the others joined"
    )
    if not dry:
        TARGET.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main("--dry" in sys.argv)
