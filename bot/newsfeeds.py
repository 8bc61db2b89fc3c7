"""News feeds as the settings want them: which there are, how they are fetched, and which of their items are kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bot.settings import Settings
from digests.errors import FeedListError
from digests.models import Article
from digests.sources import catalogue as feeds
from digests.sources.catalogue import Feed
from digests.sources.fetching import Allowed, Client, Guard, Limits
from digests.sources.newsfeeds import NewsFeeds
from digests.sources.opml import read_opml
from digests.topics import TOPIC_TEXT, Catalogue

Tell = Callable[[str], object]
"""Takes a line for the admin."""


def configured(settings: Settings, topics: Catalogue, tell: Tell) -> tuple[Feed, ...]:
    """The feeds: the built-in ones, a file's, or none; with what the admin adds and without what is removed.

    Args:
        settings: What the admin wants.
        topics: The topics there are.
        tell: Is told what is odd and stops nothing: a feed to remove that is not there, outlines that were left out.

    Raises:
        FeedListError: With every mistake in the file and the settings.
    """
    which = settings.feeds
    if which == "auto":
        which = "no" if settings.articles else "builtin"
    base: tuple[Feed, ...] = ()
    if which == "builtin":
        base = feeds.builtin()
    elif which != "no":
        base, problems = in_file(Path(which), topics)
        if problems and not base:
            raise FeedListError(problems)
        for each in problems:
            tell(each)
    found, unmatched = feeds.changed(base, settings.feeds_add, settings.feeds_remove)
    for each in unmatched:
        tell(f"HEATLINE_FEEDS_REMOVE: {each}")
    return found


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
    settings: Settings, topics: Catalogue, clock: Callable[[], datetime], tell: Tell, *, early: bool = False
) -> NewsFeeds | None:
    """The feeds as a source of articles; None where there are none. `tell` as for `configured`."""
    found = configured(settings, topics, tell)
    if not found:
        return None
    wishes = _wishes(settings)
    return NewsFeeds(
        found,
        lambda: client(settings),
        clock,
        _wanted(wishes, topics),
        " ".join(sorted(wishes)),
        pages=settings.feed_pages == "yes",
        early=early,
    )


def _wishes(settings: Settings) -> frozenset[str]:
    """The topics of all digests; none where a digest has no topics, and so wants everything."""
    digests = [digest.spec.topics for digest in settings.digests]
    return frozenset(slug for slugs in digests for slug in slugs) if all(digests) else frozenset()


def _wanted(wishes: frozenset[str], topics: Catalogue) -> Callable[[Article], bool]:
    """Whether an article is about a topic that is wished for; everything is, without wishes."""
    if not wishes:
        return lambda _article: True

    def about(article: Article) -> bool:
        matches = topics.match(article.title[:TOPIC_TEXT], article.excerpt[:TOPIC_TEXT], article.topics)
        return any(match.topic in wishes for match in matches)

    return about
