"""Little feeds for tests: invented news, and the hour it is there."""

from __future__ import annotations

from datetime import UTC, datetime

from digests.sources.feeds import FeedDocument, Item, read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
URL = "https://news.example.com/feeds/ai.xml"

NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)
LINK = "<link>https://news.example.com/a</link>"
DATE = "<pubDate>Mon, 23 Nov 2026 09:00:00 GMT</pubDate>"


def rss(*items: str, head: str = "<title>Tidewater Post</title>") -> str:
    """An RSS 2.0 feed of these items, each without its own tags."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {NAMESPACES}><channel>{head}{inner}</channel></rss>'
    )


def atom(*entries: str, head: str = "<title>Northgate Courier</title>") -> str:
    """An Atom feed of these entries, each without its own tags."""
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">{head}{inner}</feed>'


def document(text: str | bytes, content_type: str = "", url: str = URL) -> FeedDocument:
    """A feed as it is read at noon."""
    body = text if isinstance(text, bytes) else text.encode()
    return read(body, url, {"content-type": content_type} if content_type else {}, NOW)


def only(text: str | bytes, content_type: str = "", url: str = URL) -> Item:
    """The one item of a feed."""
    found = document(text, content_type, url)
    assert len(found.items) == 1, found
    return found.items[0]


def problems(text: str | bytes) -> list[str]:
    """What is wrong with a feed."""
    return [problem.what for problem in document(text).problems]
