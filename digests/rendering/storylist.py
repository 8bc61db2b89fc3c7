"""A grouping as plain text: the stories that several reports tell first, since those are what one looks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digests.models import Article, Story
from digests.rendering.shorten import line
from digests.rendering.views import count

_TITLE, _PROVIDER = 150, 40


def stories_text(stories: Iterable[Story]) -> str:
    """The stories told by most providers first, then the newest; at last how many there are. Ends with a newline."""
    return "\n".join(_lines(sorted(stories, key=_place))) + "\n"


def _place(story: Story) -> tuple[object, ...]:
    newest = max(article.published_at.timestamp() for article in story.articles)
    return (not story.coverage, -_providers(story), -newest, story.lead.title, story.id)


def _providers(story: Story) -> int:
    return len({article.publisher_key for article in story.articles})


def _lines(stories: list[Story]) -> Iterator[str]:
    several = [story for story in stories if story.coverage]
    alone = stories[len(several) :]
    if several:
        yield f"Told by several reports: {len(several):,}"
        for story in several:
            yield ""
            told = f"{count(len(story.articles), 'report')} by {count(_providers(story), 'provider')}"
            yield f"{_said(story.lead)} · {told}"
            yield from (f"    {_said(article)}" for article in story.coverage)
        yield ""
    if alone:
        yield f"Told by one report: {len(alone):,}"
        yield ""
        yield from (_said(story.lead) for story in alone)
        yield ""
    articles = count(sum(len(story.articles) for story in stories), "article")
    yield f"{count(len(stories), 'story', 'stories')} from {articles}, {len(several):,} told by several reports"


def _said(article: Article) -> str:
    return f"{line(article.title, _TITLE)}  ({line(article.publisher, _PROVIDER)})"
