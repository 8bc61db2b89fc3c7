"""The labels by which the editor is built and measured: days labelled by hand, and invented items. See tests/data/labels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import yaml

from digests.articles import Reader
from digests.models import Article, Provider
from digests.sources import folders
from tests.shared import FOLDER

LABELS = Path(__file__).parents[1] / "data" / "labels"
GOLD_DAYS = ("2020-01-09", "2020-01-10")
REPLAYED = ("2020-01-08", *GOLD_DAYS)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article with what a person said of it: the event by its number (None where not asked), kind and value 0..3."""

    article: Article
    story: int | None
    kind: str
    value: int


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two invented articles, whether they tell one event, and what the case is about."""

    a: Article
    b: Article
    same: bool
    why: str


def key_of(url: str) -> str:
    """How our labels name an article of the corpus: nothing of other people's texts is kept here."""
    return blake2b(url.encode(), digest_size=6).hexdigest()


def read(folder: Path) -> list[Article]:
    """The articles of a folder, each address once, the newest file's words."""
    reader = Reader()
    found = (filed.article for each in folders.scan(folder) if (filed := folders.read(each, reader)))
    return list({a.url: a for a in sorted(found, key=lambda a: (a.published_at, a.path or ""))}.values())


def gold_day(day: str, articles: Iterable[Article]) -> list[Labelled]:
    """A day labelled in ``shared/replay``."""
    of = {article.url: article for article in articles}
    rows = map(json.loads, (FOLDER / "replay" / day / "gold.jsonl").read_text(encoding="utf-8").splitlines())
    return [Labelled(of[row["url"]], row["story"], row["kind"], row["value"]) for row in rows if row["url"] in of]


def own_days() -> list[str]:
    """The days that we labelled."""
    return sorted(path.stem for path in LABELS.glob("20*.tsv"))


def own(name: str, articles: Iterable[Article]) -> list[Labelled]:
    """What we labelled under a name, of these articles."""
    of = {key_of(article.url): article for article in articles}
    rows = [line.split("\t") for line in (LABELS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()]
    return [
        Labelled(of[key], int(story) if story else None, kind, int(value))
        for key, story, kind, value in rows
        if key in of
    ]


def invented_kinds() -> list[tuple[Article, str]]:
    """Invented items of today's feeds with their kinds."""
    lines = (LABELS / "invented_kinds.tsv").read_text(encoding="utf-8").splitlines()
    return [
        (Article(url, title, NOW, Provider(provider, url.split("/")[2]), excerpt), kind)
        for kind, url, provider, title, excerpt in (line.split("\t") for line in lines)
    ]


def invented_days() -> dict[str, list[Labelled]]:
    """Invented days of today's news, in which firms and people act in several events at once."""
    return {
        path.stem: [_of_day(line.split("\t")) for line in _lines(path)]
        for path in sorted(LABELS.glob("invented_day_*.tsv"))
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _of_day(fields: list[str]) -> Labelled:
    story, kind, value, hours, provider, url, title, excerpt, quality = fields
    at = NOW - timedelta(hours=float(hours))
    article = Article(
        url, title, at, Provider(provider, url.split("/")[2]), excerpt, quality=int(quality), topics=("AI",)
    )
    return Labelled(article, int(story), kind, int(value))


def invented_pairs() -> list[LabelledPair]:
    """Invented pairs of reports. Both are dated alike and come from two providers, so that only their words can tell."""
    return list(_pairs(yaml.safe_load((LABELS / "invented_pairs.yaml").read_text(encoding="utf-8"))))


def _pairs(rows: Iterable[dict[str, object]]) -> Iterator[LabelledPair]:
    for number, row in enumerate(rows):
        a, b = (
            Article(
                f"https://{side}.example.com/{number}",
                item["title"],
                NOW,
                Provider(f"Provider {side}"),
                item["excerpt"],
            )  # type: ignore[index,arg-type]
            for side, item in (("a", row["a"]), ("b", row["b"]))
        )
        yield LabelledPair(a, replace(b, published_at=NOW + timedelta(hours=5)), bool(row["same"]), str(row["why"]))
