"""Takes new articles in: judges what each is and which story it tells, and writes both down. Old ones are left as they are.

What comes out is what `digests.stories.group` makes of all articles at once, in whatever order they came, while a story
keeps its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from digests import newsworthy
from digests.library import Library
from digests.library.storybook import Page, Taken
from digests.models import Article
from digests.stories import candidates, clusters, compared, story_id
from digests.stories.clusters import Change, Link
from digests.stories.report import Report, report

JUDGEMENT = 2
"""The number of this way of judging. Raise it when weights, trees or rules change: every library then judges anew."""

_BATCH = 500
_HOURS = int(candidates.HOURS) + 1


def judged(article: Article) -> Article:
    """The article with its kind and its news value."""
    found = newsworthy.judge(article)
    return replace(article, kind=found.kind, news_value=found.value)


def take_in(library: Library, now: datetime, progress: Callable[[int], None] | None = None) -> int:
    """Judge every article that was not yet; gives how many those were.

    Args:
        library: The library.
        now: When this is, for the record of stories that are merged or split.
        progress: Called with the number of articles done so far.

    Raises:
        LibraryError: When the library cannot be read or written; what was taken in before that stays.
    """
    done = 0
    while number := _take_in_some(library, now):
        done += number
        if progress is not None:
            progress(done)
    return done


def _take_in_some(library: Library, now: datetime) -> int:
    if not library.unjudged(JUDGEMENT):  # without the write lock: mostly there is nothing to do
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
        page.settle(touched | set(waiting), _settled, now)
    return len(waiting)


def _links(page: Page, taken: Sequence[Taken], reports: dict[int, Report]) -> dict[tuple[int, int], float]:
    near = {
        (min(each.row, row), max(each.row, row))
        for each in taken
        for row in page.sharing(each, _HOURS, candidates.NEAR)
    }
    others = page.texts({row for pair in near for row in pair} - reports.keys())
    reports = reports | {row: report(article) for row, article in others.items()}
    found: dict[tuple[int, int], float] = {}
    for x, y in sorted(near):
        a, b = reports[x], reports[y]
        if abs(a.hours - b.hours) <= candidates.HOURS and candidates.promising(a, b):
            link = compared(a, b)
            if link is not None:
                found[x, y] = link.likelihood
    return found


def _settled(
    founded: Mapping[str, tuple[float, str]], links: Iterable[Link], known: Mapping[str, str]
) -> tuple[dict[str, str], list[Change]]:
    return clusters.named(clusters.groups(founded, links), known, founded, story_id)
