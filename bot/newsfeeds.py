"""News feeds as the settings want them: which there are, how they are fetched, and which of their items are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bot.settings import Settings
from digests.errors import FeedListError, SourceError
from digests.models import Article
from digests.sources import catalogue as feeds
from digests.sources.catalogue import Feed
from digests.sources.fetching import Allowed, Client, Guard, Limits
from digests.sources.newsfeeds import NewsFeeds
from digests.sources.opml import read_opml
from digests.topics import TOPIC_TEXT, Catalogue

NONE = "there are no feeds: set HEATLINE_FEEDS=builtin, or HEATLINE_FEEDS_ADD to the address of one"


def configured(settings: Settings, topics: Catalogue) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """The feeds: the built-in ones, a file's, or none; with what the admin adds and without what is removed.

    With them comes what is odd and stops nothing, a line each: a feed to remove that is not there, outlines that were left
    out.

    Raises:
        FeedListError: With every mistake in the file and the settings.
    """
    which = settings.feeds
    if which == "auto":
        which = "no" if settings.articles else "builtin"
    base: tuple[Feed, ...] = ()
    odd: tuple[str, ...] = ()
    if which == "builtin":
        base = feeds.builtin()
    elif which != "no":
        base, odd = in_file(Path(which), topics)
        if odd and not base:
            raise FeedListError(odd)
    try:
        found, unmatched = feeds.changed(base, settings.feeds_add, settings.feeds_remove)
    except FeedListError as error:
        raise FeedListError([f"HEATLINE_FEEDS_ADD: {problem}" for problem in error.problems]) from error
    return found, (*odd, *(f"HEATLINE_FEEDS_REMOVE: {each}" for each in unmatched))


def in_file(path: Path, topics: Catalogue) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """The feeds in a YAML or OPML file, and what is wrong with outlines that were left out.

    Raises:
        FeedListError: For a file that cannot be read, and with every mistake in it.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise FeedListError([f"{path}: cannot be read: {error.strerror}"]) from error
    if path.suffix.lower() in (".opml", ".xml"):
        found, problems = read_opml(body, str(path), topics.get)
        return tuple(found), tuple(problems)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedListError([f"{path}: is not UTF-8: save it as UTF-8"]) from error
    return feeds.read_feeds(text, str(path), topics.get), ()


def client(settings: Settings) -> AbstractAsyncContextManager[Client]:
    """A client as the settings want it."""
    proxies = {"http": settings.http_proxy, "https": settings.https_proxy}
    return Client(
        Guard(Allowed.read(settings.allow_hosts)),
        f"Heatline/{version('heatline')} (reads feeds for digests in Slack)",
        Limits(),
        proxies={scheme: proxy for scheme, proxy in proxies.items() if proxy},
        no_proxy=settings.no_proxy,
    )


def source(
    settings: Settings,
    topics: Catalogue,
    found: tuple[Feed, ...],
    clock: Callable[[], datetime],
    *,
    early: bool = False,
    own: Iterable[Sequence[str]] = (),
) -> NewsFeeds:
    """The feeds that were `found` to be configured as a source of articles.

    What they bring is about the topics of a digest, or about those that channels have as their ``own``.

    Raises:
        SourceError: Where there are none.
    """
    if not found:
        raise SourceError(NONE)
    wishes = _wishes(settings, own)
    return NewsFeeds(
        found,
        lambda: client(settings),
        clock,
        _wanted(wishes, topics),
        " ".join(sorted(wishes)),
        pages=settings.feed_pages == "yes",
        early=early,
    )


def _wishes(settings: Settings, own: Iterable[Sequence[str]]) -> frozenset[str]:
    """The topics of all digests; none where a digest has no topics, and so wants everything."""
    digests = [*(digest.spec.topics for digest in settings.digests), *own]
    return frozenset(slug for slugs in digests for slug in slugs) if all(digests) else frozenset()


def _wanted(wishes: frozenset[str], topics: Catalogue) -> Callable[[Article], bool]:
    """Whether an article is about a topic that is wished for; everything is, without wishes."""
    if not wishes:
        return lambda _article: True

    def about(article: Article) -> bool:
        matches = topics.match(article.title[:TOPIC_TEXT], article.excerpt[:TOPIC_TEXT], article.topics)
        return any(match.topic in wishes for match in matches)

    return about
