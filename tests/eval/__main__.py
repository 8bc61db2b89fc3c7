"""`make eval`: the editor against people, on the labelled days of `shared/replay` and on our own.

For each day: the digest of ten stories on AI of 24 hours, and the grouping, scored by ``replay/evaluate.py``, beside the
hub's own digest of that day and a grouping by plain TF-IDF. First with the tables as they are shipped, which were fitted
with these labels in view; then with tables fitted anew without the day they are tried on, which is what to expect of days
nobody has labelled.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer

from digests import newsworthy
from digests.desk import Desk
from digests.library import Library
from digests.models import Article, DigestSpec, Story
from digests.newsworthy import JUNK
from digests.rendering import Renderer
from digests.stories import likeness
from digests.topics import Catalogue
from tests.shared import FOLDER, unpacked
from tests.tools import fit_newsworthy, fit_stories
from tests.tools.labels import GOLD_DAYS, REPLAYED, Labelled, own, own_days, read

SPEC = DigestSpec("daily", topics=("ai",), stories=10, window=timedelta(hours=24), per_topic=30)
TFIDF_ALIKE = 0.25  # the best single threshold over all labelled days


def evaluator() -> ModuleType:
    """``shared/replay/evaluate.py`` as a module."""
    spec = importlib.util.spec_from_file_location("evaluate", FOLDER / "replay" / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tfidf_groups(articles: Sequence[Article]) -> list[list[str]]:
    """The baseline: titles and excerpts by TF-IDF; what is alike enough is one story."""
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(
        [f"{a.title} {a.title} {a.excerpt}" for a in articles]
    )
    alike = (vectors @ vectors.T).toarray()
    group = list(range(len(articles)))
    for i, j in combinations(range(len(articles)), 2):
        if alike[i, j] >= TFIDF_ALIKE and group[i] != group[j]:
            old = group[j]
            group = [group[i] if each == old else each for each in group]
    return [[a.url for a, g in zip(articles, group, strict=True) if g == each] for each in set(group)]


class Editor:
    """The desk as the bot runs it, on the articles of one day."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(Library.open(f"sqlite:///{folder / 'eval.db'}"), Catalogue.builtin())
        self.renderer = Renderer()

    def digest(self, articles: Sequence[Article], at: datetime) -> dict[str, Any]:
        return self.renderer.json(self.desk.edition(SPEC, at, at, articles=articles, told={}))

    def stories(self, articles: Sequence[Article]) -> dict[str, Any]:
        return self.renderer.stories_json(self.desk.stories(articles))


def replayed(editor: Editor, day: str, folder: Path) -> dict[str, Any]:
    """A day of ``shared/replay`` through evaluate.py itself."""
    articles = read(unpacked(f"replay/{day}/articles.tar.xz", folder / day))
    original = json.loads((FOLDER / "replay" / day / "original-digest.json").read_text(encoding="utf-8"))
    digest, stories = folder / f"{day}-digest.json", folder / f"{day}-stories.json"
    digest.write_text(
        json.dumps(editor.digest(articles, datetime.fromisoformat(original["posted_at"]))), encoding="utf-8"
    )
    stories.write_text(json.dumps(editor.stories(articles)), encoding="utf-8")
    command = [sys.executable, str(FOLDER / "replay" / "evaluate.py"), str(FOLDER / "replay" / day)]
    done = subprocess.run(
        [*command, "--digest", str(digest), "--stories", str(stories)], check=True, capture_output=True, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    gold = [
        json.loads(line) for line in (FOLDER / "replay" / day / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    result["tfidf"] = same_story(tfidf_groups(articles), {row["url"]: row["story"] for row in gold})
    return result


def labelled_day(editor: Editor, day: str, labelled: Sequence[Labelled]) -> dict[str, Any]:
    """A day of our own through the same functions."""
    tools = evaluator()
    articles = [each.article for each in labelled]
    gold = {e.article.url: {"story": e.story, "kind": e.kind, "value": e.value} for e in labelled}
    at = max(article.published_at for article in articles)
    digest = editor.digest(articles, at)
    urls = [story["url"] for section in digest["sections"] for story in section["stories"]]
    story_of = {url: row["story"] for url, row in gold.items()}
    hottest = sorted(
        (a for a in articles if a.published and at - timedelta(hours=24) <= a.published_at), key=lambda a: -a.heat
    )
    return {
        "day": day,
        "digest": tools.digest_score(urls, gold),
        "original_digest": tools.digest_score([a.url for a in hottest[: SPEC.stories]], gold),
        "same_story": same_story([list(story.urls) for story in editor.desk.stories(articles)], story_of),
        "tfidf": same_story(tfidf_groups(articles), story_of),
    }


def same_story(groups: Sequence[Sequence[str]], story_of: dict[str, Any]) -> dict[str, float]:
    """Precision, recall and F1 of pairs."""
    tools = evaluator()
    by_story: dict[Any, list[str]] = {}
    for url, story in story_of.items():
        by_story.setdefault(story, []).append(url)
    found = tools.pairs([[url for url in group if url in story_of] for group in groups])
    result: dict[str, float] = tools.prf(found, tools.pairs(by_story.values()))
    return result


def told_again(editor: Editor, articles: Sequence[Article], days: int = 5) -> tuple[int, int, int]:
    """Consecutive days: stories told, those that share an address or an event with an earlier day, updates among them."""
    last = max(article.published_at for article in articles).replace(hour=9, minute=0, second=0, microsecond=0)
    told: dict[str, datetime] = {}
    stories: list[Story] = []
    again = updates = 0
    for back in range(days - 1, -1, -1):
        at = last - timedelta(days=back)
        edition = editor.desk.edition(SPEC, at, at, articles=articles, told=told)
        for scored in edition.stories:
            repeated = bool(scored.story.urls & told.keys())
            again += repeated and scored.update is None
            updates += scored.update is not None
        for scored in (*edition.stories, *edition.more):
            told |= {url: at for url in scored.story.urls if url not in told}
        stories += [scored.story for scored in edition.stories]
    return len(stories), again, updates


@contextmanager
def fitted_without(day: str, labels: fit_newsworthy.Labels, pairs: Sequence[fit_stories.Day]) -> Iterator[None]:
    """Judge with tables that have not seen a day, neither as ours nor as the replay's."""
    names = [name for name in labels.rows if name.startswith(day)]
    table = fit_newsworthy.Model(labels.without(names[0])).table()
    trees = fit_stories.exported(fit_stories.fitted([each for each in pairs if not each.name.startswith(day)]))
    kept = newsworthy._weights, likeness._trees
    newsworthy._weights = lambda: newsworthy.weights_of(table)  # type: ignore[assignment]
    likeness._trees = lambda: likeness.trees_of(trees)  # type: ignore[assignment]
    # The tables are read at every comparison: parse them once.
    weights, forest = newsworthy._weights(), likeness._trees()
    newsworthy._weights, likeness._trees = lambda: weights, lambda: forest  # type: ignore[assignment]
    try:
        yield
    finally:
        newsworthy._weights, likeness._trees = kept


_COLUMNS = ("day", "labels", "value", "best", "hub", "junk", "hub", "PR", "twice", "major", "hub")


def shown(title: str, results: Sequence[dict[str, Any]]) -> Table:
    """The figures of all days as a table."""
    table = Table(title=title)
    for column in (*_COLUMNS, "same story P / R / F1", "TF-IDF P / R / F1"):
        table.add_column(column)
    for found in results:
        ours, hub = found["digest"], found["original_digest"]
        table.add_row(
            found["day"],
            found["whose"],
            f"{ours['mean_value']:.2f}",
            f"{ours['best_possible_value']:.2f}",
            f"{hub['mean_value']:.2f}",
            str(ours["junk"]),
            str(hub["junk"]),
            str(ours["press_releases"]),
            str(ours["same_story_twice"]),
            f"{ours['major_told']}/{ours['major_stories']}",
            f"{hub['major_told']}/{hub['major_stories']}",
            *(
                " / ".join(f"{found[who][x]:.2f}" for x in ("precision", "recall", "f1"))
                for who in ("same_story", "tfidf")
            ),
        )
    count = len(results)
    told, major = (sum(r["digest"][key] for r in results) for key in ("major_told", "major_stories"))
    table.add_section()
    table.add_row(
        "all",
        "",
        *(
            f"{sum(r[who][key] for r in results) / count:.2f}"
            for who, key in (
                ("digest", "mean_value"),
                ("digest", "best_possible_value"),
                ("original_digest", "mean_value"),
            )
        ),
        str(sum(r["digest"]["junk"] for r in results)),
        str(sum(r["original_digest"]["junk"] for r in results)),
        "",
        str(sum(r["digest"]["same_story_twice"] for r in results)),
        f"{told}/{major}",
        "",
        f"mean F1 {sum(r['same_story']['f1'] for r in results) / count:.2f}",
        f"mean F1 {sum(r['tfidf']['f1'] for r in results) / count:.2f}",
    )
    return table


def main() -> None:
    console = Console(width=150)
    if not FOLDER.is_dir():
        console.print(f"The folder of labelled days is not there: {FOLDER}. Nothing evaluated.")
        return
    with tempfile.TemporaryDirectory(prefix="heatline-eval-") as name:
        folder = Path(name)
        editor = Editor(folder)
        corpus = read(unpacked("corpus/ai-news.tar.xz", folder / "corpus"))
        replay = {day: read(unpacked(f"replay/{day}/articles.tar.xz", folder / f"own-{day}")) for day in REPLAYED}

        def day_of(day: str) -> dict[str, Any]:
            if day in GOLD_DAYS:
                return replayed(editor, day, folder) | {"whose": "replay"}
            return labelled_day(editor, day, own(day, replay.get(day, corpus))) | {"whose": "own"}

        days = [*GOLD_DAYS, *own_days()]
        console.print(shown("With the tables as shipped (fitted with these labels in view)", [day_of(d) for d in days]))
        stories, again, updates = told_again(editor, corpus)
        console.print(
            f"Five consecutive days of the corpus: {stories} stories told, {again} told again without being an update, "
            f"{updates} as updates. Junk kinds: {', '.join(sorted(JUNK))}."
        )
        labels, pairs = fit_newsworthy.Labels(), fit_stories.days()
        results = []
        for day in days:
            with fitted_without(day, labels, pairs):
                results.append(day_of(day))
        console.print(shown("With tables fitted anew without the day they are tried on", results))


if __name__ == "__main__":
    main()
