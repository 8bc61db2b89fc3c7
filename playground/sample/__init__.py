"""The bundled sample news: invented reports of one week, told as if the week ended at the moment of the demo.

    *.yaml ─> load() ─> SampleReport ─> articles(now) ─> Article ─> write(folder, now) ─> article files

The reports carry labels that articles do not have: ``story``, which all reports of one event share, and ``kind``. The
story ``wayfold-harbour-crash-2`` is the next day's news of ``wayfold-harbour-crash``; no other story continues.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import TypedDict

import yaml

from digests.articles import dump
from digests.models import Article, Image, Provider

__all__ = ["SampleReport", "articles", "load", "write"]

_PUBLISHED_FROM = 60  # the heat from which the hub publishes an article
_HEAT_PER_REPORT = 10
_TOLD_BY_ANOTHER = -1


@dataclass(frozen=True, slots=True)
class SampleReport:
    """One invented report. ``hours_ago`` counts back from the demo, ``slug`` is the path of the address."""

    story: str
    title: str
    provider: str
    domain: str
    slug: str
    excerpt: str
    hours_ago: float
    quality: int
    kind: str
    topics: tuple[str, ...]
    image: str | None = None

    @property
    def url(self) -> str:
        """The address of the report, on an example domain."""
        return f"https://{self.domain}/{self.slug}"


class _Report(TypedDict, total=False):
    title: str
    provider: str
    domain: str
    slug: str
    excerpt: str
    hours_ago: float
    quality: int
    kind: str
    topics: list[str]
    image: str


class _Story(TypedDict):
    story: str
    reports: list[_Report]


@cache
def load() -> tuple[SampleReport, ...]:
    """Every sample report, file by file; the reports of one story stand together."""
    found: list[SampleReport] = []
    for file in sorted(resources.files(__name__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            stories: list[_Story] = yaml.safe_load(file.read_text("utf-8"))
            found += [_report(story["story"], report) for story in stories for report in story["reports"]]
    return tuple(found)


def articles(now: datetime) -> tuple[Article, ...]:
    """The reports as the hub would hold them at `now` (aware), with heat and related articles, in the order of `load`.

    The best report of a story leads: its heat is its quality and ten for each other report, which it lists as related.
    The others get heat -1.
    """
    grouped = groupby(load(), key=lambda report: report.story)
    return tuple(article for _, reports in grouped for article in _hub(tuple(reports), now))


def write(folder: Path, now: datetime) -> int:
    """Write one article file for each report into `folder`, which is made where it lacks; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    made = articles(now)
    for article in made:
        assert article.path is not None
        (folder / article.path).write_text(dump(article), encoding="utf-8", newline="\n")
    return len(made)


def _report(story: str, report: _Report) -> SampleReport:
    return SampleReport(
        story=story,
        title=report["title"],
        provider=report["provider"],
        domain=report["domain"],
        slug=report["slug"],
        excerpt=report["excerpt"],
        hours_ago=float(report["hours_ago"]),
        quality=report["quality"],
        kind=report["kind"],
        topics=tuple(report["topics"]),
        image=report.get("image"),
    )


def _hub(reports: tuple[SampleReport, ...], now: datetime) -> Iterator[Article]:
    lead = max(reports, key=lambda report: report.quality)
    others = tuple(_article(report, now, _TOLD_BY_ANOTHER) for report in reports if report is not lead)
    for report in reports:
        if report is lead:
            heat = lead.quality + _HEAT_PER_REPORT * len(others)
            yield replace(_article(lead, now, heat), related=others)
        else:
            yield _article(report, now, _TOLD_BY_ANOTHER)


def _article(report: SampleReport, now: datetime, heat: int) -> Article:
    moment = (now.astimezone(UTC) - timedelta(hours=report.hours_ago)).replace(second=0, microsecond=0)
    return Article(
        url=report.url,
        title=report.title,
        published_at=moment,
        provider=Provider(report.provider, report.domain),
        excerpt=report.excerpt,
        quality=report.quality,
        heat=heat,
        published=heat >= _PUBLISHED_FROM,
        topics=report.topics,
        images=(Image(report.image),) if report.image else (),
        category="news",
        type="article",
        path=f"{moment:%Y-%m-%d}-{report.slug}.md",
    )
