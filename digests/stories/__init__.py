"""Articles -> stories: which reports tell the same event. Pure and deterministic; the order of the articles is no matter.

    article ─> report ─> pairs worth comparing ─> likelihood and evidence ─> links ─> groups
    report.py            candidates.py            likeness.py, differences.py         clusters.py

Whether two reports are linked depends on the two alone, and a group on its links alone. So a library can keep the links and
add to them article by article: what comes out is what grouping everything at once gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from digests.models import BEST_VALUE, HIGH_QUALITY, Article, Story
from digests.stories import clusters
from digests.stories.candidates import WINDOW, pairs
from digests.stories.clusters import FAINT, Link, link
from digests.stories.likeness import Evidence, compare, likelihood
from digests.stories.report import Report, report
from digests.stories.updates import fresh, news_since

__all__ = [
    "WINDOW",
    "Join",
    "Link",
    "assemble",
    "closeness",
    "compared",
    "doubtful",
    "fresh",
    "group",
    "joins",
    "known",
    "links",
    "news_since",
    "since",
    "single",
    "story_id",
]


DOUBTFUL = 0.35
"""From which likelihood on two reports in different stories make it doubtful that those are two events."""

_COMPARED = 60  # reports of a story that its others are compared with, to say why they are part of it
_BY_QUALITY = 0.5  # what quality counts for the lead, beside the news value


@dataclass(frozen=True, slots=True)
class Join:
    """Why a report is part of a story: the report of the story it is likest to, and the evidence."""

    url: str
    to: str
    evidence: Evidence


def group(articles: Iterable[Article]) -> tuple[Story, ...]:
    """Group articles into stories, best first. An address counts once: the newer report's words, then the later file's."""
    one_each = {
        article.url: article for article in sorted(articles, key=lambda a: (a.published_at, a.path or "", a.title))
    }
    return assemble(one_each.values(), links(one_each.values()))


def links(articles: Iterable[Article]) -> list[Link]:
    """The links between articles, each address once."""
    reports = sorted(map(report, articles), key=lambda each: (each.hours, each.url))
    return [found for a, b in pairs(reports) if (found := compared(a, b)) is not None]


def compared(a: Report, b: Report) -> Link | None:
    """The link between two reports; None where they hardly tell one event."""
    chance = likelihood(a, b, FAINT)
    return link(a.url, b.url, chance) if chance >= FAINT else None


def assemble(
    articles: Iterable[Article], linked: Iterable[Link], ids: Mapping[str, str] | None = None
) -> tuple[Story, ...]:
    """Make stories of articles and the links between them.

    The lead is the best report by news value and quality; the coverage follows in the same order.

    Args:
        articles: Each address once.
        linked: Their links; those to other articles are passed over.
        ids: The story id of addresses where one is known; else a story is called after its first report.
    """
    of = {article.url: article for article in articles}
    stories: dict[str, Story] = {}
    known_ids = set((ids or {}).values())
    found = [_story([of[url] for url in urls]) for urls in clusters.groups(of, linked)]
    for story in sorted(found, key=lambda each: min(map(_age_of, each.articles))):
        named = [(_age_of(article), ids[article.url]) for article in story.articles if ids and article.url in ids]
        # Reports that were joined by a later one are two stories as of an earlier moment: the older keeps the id.
        name = min(named)[1] if named else story.id
        if name in stories or not named:
            founder = min(story.articles, key=_age_of).url
            name = clusters.unused(founder, story_id, lambda new: new in stories or new in known_ids)
        stories[name] = story
    told_as = (replace(story, id=name) for name, story in stories.items())
    return tuple(sorted(told_as, key=lambda story: (_worth(story.lead), story.id)))


def doubtful(stories: Iterable[Story], linked: Iterable[Link]) -> dict[str, frozenset[str]]:
    """Stories that may be one event after all, since reports of one are rather like reports of the other: id -> ids.

    One report that is like both does not make them so, where they have more than that one: it may tell of two events.
    """
    of = {url: story for story in stories for url in story.urls}
    alike: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for each in linked:
        a, b = of.get(each.a), of.get(each.b)
        if each.likelihood >= DOUBTFUL and a is not None and b is not None and a.id != b.id:
            alike[a.id, b.id].add(each.a)
            alike[b.id, a.id].add(each.b)
    size = {story.id: len(story.articles) for story in of.values()}
    enough = {(one, other) for (one, other), urls in alike.items() if len(urls) >= min(2, size[one])}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in enough:
        if (other, one) in enough:
            found[one].add(other)
    return {story: frozenset(others) for story, others in found.items()}


def closeness(one: Article, others: Iterable[Article]) -> tuple[float, Article | None]:
    """How like the likest of other articles is by its words, 0..1, and which that is: the same theme, not the same event."""
    here = report(one)
    best, which = 0.0, None
    for other in others:
        there = report(other)
        alike = sum(weight * there.weights.get(word, 0.0) for word, weight in here.weights.items())
        if alike > best * here.length * there.length:
            best, which = alike / (here.length * there.length), other
    return round(best, 6), which


def since(story: Story, moment: datetime) -> Story | None:
    """The story as its reports from a moment on tell it, under the same id; None where there are none."""
    recent = [article for article in story.articles if article.published_at >= moment]
    return _story(recent, story.id) if recent else None


def known(story: str, reports: Sequence[Article]) -> Story:
    """The story of these reports under an id that is known."""
    return _story(reports, story)


def single(article: Article) -> Story:
    """A story of one report."""
    return _story([article])


def joins(story: Story) -> tuple[Join, ...]:
    """Why each report of the coverage is part of the story: the strongest tie to another of its best reports."""
    reports = [report(article) for article in story.articles]
    best = reports[:_COMPARED]  # all with all would take a minute for a story of a thousand
    return tuple(_strongest(each, [other for other in best if other is not each]) for each in reports[1:])


def _strongest(one: Report, others: Sequence[Report]) -> Join:
    found = [(compare(one, other), other.url) for other in others]
    evidence, url = min(found, key=lambda pair: (-pair[0].likelihood, pair[1]))
    return Join(one.url, url, evidence)


def story_id(url: str) -> str:
    """The id of the story that a report at this address founds."""
    return blake2b(url.encode(), digest_size=8).hexdigest()


def _age_of(article: Article) -> tuple[float, str]:
    return article.published_at.timestamp(), article.url


def _story(reports: Sequence[Article], known_as: str = "") -> Story:
    best = sorted(reports, key=_worth)
    return Story(known_as or story_id(min(reports, key=_age_of).url), best[0], tuple(best[1:]))


def _worth(article: Article) -> tuple[object, ...]:
    """Best first: what an editor would give for it and its quality, then its heat, then who was first."""
    worth = article.news_value / BEST_VALUE + min(max(article.quality, 0), HIGH_QUALITY) / HIGH_QUALITY * _BY_QUALITY
    return (-round(worth, 6), -article.heat, article.published_at, article.url)
