"""Takes new articles in: judges what each is and which story it tells, and writes both down. Old ones are left as they are.

What comes out is what `digests.stories.group` makes of all articles at once, in whatever order they came, while a story
keeps its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from digests import newsworthy, scoring, stories
from digests.library import Library
from digests.library.storybook import Fed, Page, Taken
from digests.models import Article
from digests.stories import candidates, clusters, compared, story_id
from digests.stories.clusters import Change, Link
from digests.stories.report import Report, report, title_of
from digests.words import name_key

JUDGEMENT = 3
"""The number of this way of judging. Raise it when weights, trees or rules change: every library then judges anew."""

_BATCH = 200  # articles a transaction: nobody else can write the while
_OWN = 30  # earlier and later reports of the same publisher that one is compared with, the nearest in time
_LATELY = timedelta(days=30)  # what is older is not scored anew where only the way of scoring is another
_HOURS = int(candidates.HOURS) + 1


def judged(article: Article) -> Article:
    """The article with its kind and its news value."""
    found = newsworthy.judge(article)
    return replace(article, kind=found.kind, news_value=found.value)


def take_in(
    library: Library,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
    published_from: int = scoring.PUBLISHED_FROM,
) -> int:
    """Judge every article that was not yet, and score those that come from feeds; gives how many were judged.

    Args:
        library: The library.
        now: When this is, for the record of stories that are merged or split.
        progress: Called with the articles done so far, and all there are to do.
        published_from: The heat from which on an article of a feed counts as published.

    Raises:
        LibraryError: When the library cannot be read or written; what was taken in before that stays.
    """
    library.rescore("published_from", str(published_from), now - _LATELY)
    done = 0
    waiting = library.unjudged(JUDGEMENT) if progress is not None else 0
    while number := _take_in_some(library, now, published_from):
        done += number
        if progress is not None:
            progress(done, max(done, waiting))
    return done


def _take_in_some(library: Library, now: datetime, published_from: int) -> int:
    if not library.unjudged(JUDGEMENT, 1):  # without the write lock: mostly there is nothing to do
        return 0
    with library.database.write() as connection:
        page = Page(connection)
        waiting = page.waiting(JUDGEMENT, _BATCH)
        articles = {row: judged(article) for row, article in waiting.items()}
        reports = {row: report(article) for row, article in articles.items()}
        taken = [
            Taken(row, articles[row], candidates.keys(each), int(each.hours // 1)) for row, each in reports.items()
        ]
        touched = page.begin(taken, JUDGEMENT)
        page.link(_links(page, taken, reports))
        members = page.settle(touched | set(waiting), _settled, now)
        page.score(_scored(page.fed(members), published_from))
    return len(waiting)


def _scored(told: Iterable[Sequence[Fed]], published_from: int) -> dict[int, Article]:
    """Quality, heat and publication of the reports that come from feeds, as far as they are new.

    Reports of content folders keep their source's own; they count as coverage all the same.
    """
    changed: dict[int, Article] = {}
    for reports in told:
        in_time = sorted(reports, key=lambda each: (each.article.published_at, each.article.url))
        several = len({each.article.publisher_key for each in reports}) > 1
        earlier: dict[str, str] = {}  # headline -> who had it first
        rated: dict[int, Article] = {}
        for each in in_time:
            article = each.article
            headline = name_key(title_of(article.title))
            copy = earlier.setdefault(headline, article.publisher_key) != article.publisher_key
            if each.standing is not None:
                words = article.extra.get("words")
                evidence = scoring.evidence_of(
                    article,
                    standing=each.standing,
                    words=words if isinstance(words, int) else 0,
                    first=several and each is in_time[0],
                    copy=copy,
                )
                article = replace(article, quality=scoring.quality(evidence).value)
            rated[each.row] = article
        heats = scoring.heats(stories.known("", list(rated.values())), published_from)
        for each in reports:
            if each.standing is not None:
                heat = heats[each.article.url]
                article = replace(rated[each.row], heat=heat.value, published=heat.published)
                if article != each.article:
                    changed[each.row] = article
    return changed


def _links(page: Page, taken: Sequence[Taken], reports: dict[int, Report]) -> dict[tuple[int, int], float]:
    near = {
        (min(each.row, row), max(each.row, row))
        for each in taken
        for row in page.sharing(each, _HOURS, candidates.NEAR)
    }
    others = page.texts({row for pair in near for row in pair} - reports.keys())
    reports = reports | {row: report(article) for row, article in others.items()}
    publisher = {row: article.publisher_key for row, article in others.items()}
    publisher |= {each.row: each.article.publisher_key for each in taken}
    found: dict[tuple[int, int], float] = {}
    for x, y in sorted(_without_floods(near, taken, publisher, reports)):
        a, b = reports[x], reports[y]
        if abs(a.hours - b.hours) <= candidates.HOURS and candidates.promising(a, b):
            link = compared(a, b)
            if link is not None:
                found[x, y] = link.likelihood
    return found


def _without_floods(
    near: set[tuple[int, int]], taken: Sequence[Taken], publisher: Mapping[int, str], reports: Mapping[int, Report]
) -> set[tuple[int, int]]:
    """The pairs without those of one publisher's many like reports: the work would grow with the square of their number.

    Nobody reports an event thirty times. Who does, a broken feed or a spammer, gets several stories for it.
    """
    own: defaultdict[int, list[int]] = defaultdict(list)
    for x, y in near:
        if publisher[x] == publisher[y]:
            own[x].append(y)
            own[y].append(x)
    kept: set[tuple[int, int]] = set()
    for row in (each.row for each in taken):
        others = sorted(
            own[row], key=lambda other: (abs(reports[other].hours - reports[row].hours), reports[other].url)
        )
        kept |= {(min(row, other), max(row, other)) for other in others[:_OWN]}
    return {(x, y) for x, y in near if publisher[x] != publisher[y] or (x, y) in kept}


def _settled(
    founded: Mapping[str, tuple[float, str]],
    links: Iterable[Link],
    known: Mapping[str, str],
    taken: Callable[[str], bool],
) -> tuple[dict[str, str], list[Change]]:
    return clusters.named(clusters.groups(founded, links), known, founded, story_id, taken)
