"""Fits the weights of `digests.newsworthy` to labelled articles: python -m tests.tools.fit_newsworthy [--dry]

Prints what cross-validation over the days gives, then fits to everything and writes digests/newsworthy/weights.tsv. Words
are taken in only where many articles of many providers use them and where they are no names: what is learnt has to hold
for other days, other companies and other publishers.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression, Ridge

from digests.models import Article
from digests.newsworthy import JUNK, KINDS, likeliest
from digests.newsworthy.features import features
from digests.stories.report import _word_counts
from digests.words import content_words
from tests.shared import unpacked
from tests.tools.labels import GOLD_DAYS, REPLAYED, gold_day, invented_days, invented_kinds, own, own_days, read

TARGET = Path(__file__).parents[2] / "digests" / "newsworthy" / "weights.tsv"
ARTICLES, PROVIDERS, NAME = 10, 6, 0.5
STRENGTH, ALPHA = 0.3, 40.0
LEAST = 0.03  # smaller weights are left out
Row = tuple[dict[str, float], str, int | None]  # features, kind, value


def vocabulary(articles: Iterable[Article]) -> frozenset[str]:
    """Words that many articles of many providers use, without names."""
    of_articles: Counter[str] = Counter()
    of_providers: defaultdict[str, set[str]] = defaultdict(set)
    for article in articles:
        used = {word.stem for word in (*content_words(article.title), *content_words(article.excerpt))}
        of_articles.update(used)
        for word in used:
            of_providers[word].add(article.publisher)
    counts = _word_counts().of
    return frozenset(
        word
        for word, number in of_articles.items()
        if number >= ARTICLES
        and len(of_providers[word]) >= PROVIDERS
        and word.isascii()
        and word.isalpha()
        and len(word) > 2
        and counts.get(word, (0, 0.0))[1] < NAME
    )


class Model:
    """Kinds by logistic regression, the value by ridge regression, over the same features."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.names = DictVectorizer()
        x = self.names.fit_transform([found for found, _, _ in rows])
        self.kinds = LogisticRegression(C=STRENGTH, max_iter=3000).fit(x, [kind for _, kind, _ in rows])
        valued = [number for number, row in enumerate(rows) if row[2] is not None]
        self.value = Ridge(alpha=ALPHA).fit(x[valued], [rows[number][2] for number in valued])

    def judged(self, rows: Sequence[Row]) -> tuple[list[str], np.ndarray]:
        x = self.names.transform([found for found, _, _ in rows])
        chances = (dict(zip(self.kinds.classes_, row, strict=True)) for row in self.kinds.predict_proba(x))
        return [likeliest(each) for each in chances], self.value.predict(x)

    def table(self) -> list[str]:
        order = [list(self.kinds.classes_).index(kind) for kind in KINDS]
        weights = np.vstack([self.kinds.coef_[order], self.value.coef_]).T
        base = [*self.kinds.intercept_[order], float(self.value.intercept_)]
        lines = ["\t".join(["feature", *KINDS, "value"]), "\t".join(["base", *(f"{b:.3f}" for b in base)])]
        for name, row in zip(self.names.get_feature_names_out(), weights, strict=True):
            if np.abs(row).max() >= LEAST:
                lines.append("\t".join([name, *(f"{weight:.3f}" for weight in row)]))
        return lines


def report(name: str, rows: Sequence[Row], kinds: Sequence[str]) -> str:
    truth = [kind for _, kind, _ in rows]
    junk, found = [kind in JUNK for kind in truth], [kind in JUNK for kind in kinds]
    both = sum(a and b for a, b in zip(junk, found, strict=True))
    right = sum(a == b for a, b in zip(truth, kinds, strict=True)) / len(rows)
    precision, recall = both / max(1, sum(found)), both / max(1, sum(junk))
    line = f"{name:18} right {right:.3f}  junk: precision {precision:.3f} recall {recall:.3f} "
    for kind in KINDS:
        hit = sum(a == b == kind for a, b in zip(truth, kinds, strict=True))
        line += f" {kind} {hit / max(1, kinds.count(kind)):.2f}/{hit / max(1, truth.count(kind)):.2f}"  # type: ignore[attr-defined]
    return line


class Labels:
    """Everything labelled: articles with features, by day; and the invented items of today."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            corpus = read(unpacked("corpus/ai-news.tar.xz", Path(folder) / "corpus"))
            replay = {day: read(unpacked(f"replay/{day}/articles.tar.xz", Path(folder) / day)) for day in REPLAYED}
        invented = invented_kinds()
        written = [each.article for labelled in invented_days().values() for each in labelled]
        words = vocabulary([*corpus, *written, *(article for article, _ in invented)])
        days = {f"{day} gold": gold_day(day, replay[day]) for day in GOLD_DAYS}
        days |= {day: own(day, replay.get(day, corpus)) for day in own_days()}
        days |= {"others": own("kinds", corpus), **invented_days()}
        self.words = words
        self.urls = {name: [each.article.url for each in labelled] for name, labelled in days.items()}
        self.rows: dict[str, list[Row]] = {
            name: [(features(each.article, words), each.kind, each.value) for each in labelled]
            for name, labelled in days.items()
        }
        # Nobody gave the invented items a value, but junk and press releases have none.
        worthless = JUNK | {"pr"}
        self.of_today: list[Row] = [
            (features(article, words), kind, 0 if kind in worthless else None) for article, kind in invented
        ]

    def without(self, name: str) -> list[Row]:
        """Everything but a day, and but its articles where they were labelled for another day, too."""
        left_out = set(self.urls[name])
        rows = [
            row
            for other, found in self.rows.items()
            if other != name
            for row, url in zip(found, self.urls[other], strict=True)
            if url not in left_out
        ]
        return [*rows, *self.of_today]

    def everything(self) -> list[Row]:
        return [*(row for found in self.rows.values() for row in found), *self.of_today]


def main(dry: bool) -> None:
    labels = Labels()
    held_out: list[Row] = []
    guessed: list[str] = []
    for name, rows in labels.rows.items():
        kinds, values = Model(labels.without(name)).judged(rows)
        truth = np.array([value for _, _, value in rows])
        order = np.mean([high > values[truth == 0] for high in values[truth >= 2]])
        print(report(name, rows, kinds), f" value: 2 and 3 above 0 in {order:.2f}")
        if not name.startswith("invented"):
            held_out += rows
            guessed += kinds
    print(report("real, held out", held_out, guessed))
    guessed, tested = [], []
    real = [row for found in labels.rows.values() for row in found]
    for part in range(5):
        test = labels.of_today[part::5]
        train = [row for number, row in enumerate(labels.of_today) if number % 5 != part]
        guessed += Model([*real, *train]).judged(test)[0]
        tested += test
    print(report("invented, held out", tested, guessed))
    model = Model(labels.everything())
    for name in list(labels.rows)[:2]:
        print(report(f"{name} seen", labels.rows[name], model.judged(labels.rows[name])[0]))
    table = model.table()
    print(f"{len(labels.words)} words, {len(table) - 2} features")
    if not dry:
        TARGET.write_text("\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main("--dry" in sys.argv)
