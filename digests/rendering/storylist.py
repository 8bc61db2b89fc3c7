"""A grouping as plain text: the stories that several reports tell first, since those are what one looks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digests.models import Article, Story
from digests.rendering.plain import plain
from digests.rendering.shorten import shorten

_TITLE, _PROVIDER, _RAW = 150, 40, 2_000


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
            told = f"{_count(len(story.articles), 'report')} by {_count(_providers(story), 'provider')}"
            yield f"{_said(story.lead)} · {told}"
            yield from (f"    {_said(article)}" for article in story.coverage)
        yield ""
    if alone:
        yield f"Told by one report: {len(alone):,}"
        yield ""
        yield from (_said(story.lead) for story in alone)
        yield ""
    articles = sum(len(story.articles) for story in stories)
    number = f"{len(stories):,} {'story' if len(stories) == 1 else 'stories'}"
    yield f"{number} from {_count(articles, 'article')}, {len(several):,} told by several reports"


def _said(article: Article) -> str:
    return f"{_short(article.title, _TITLE)}  ({_short(article.publisher, _PROVIDER)})"


def _short(text: str, limit: int) -> str:
    return shorten(plain(text[:_RAW]), limit)


def _count(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
