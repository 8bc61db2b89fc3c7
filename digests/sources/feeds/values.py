"""What is read from a feed or a web page: plain values, in which nothing can be executed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digests.models import Image


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed, as plain text.

    ``id`` is what the feed calls it (guid, atom:id, JSON id), empty where it has none. ``url`` is a canonical http(s)
    address; ``original_url`` the address as the feed wrote it, where that differs. ``title`` is one line and never empty:
    where the feed has none it is made from the text, or from the address. ``excerpt`` has at most 1,000 characters and ends
    at a word. ``published_at`` and ``updated_at`` are aware UTC, None where undated, unreadable or absurd. ``language`` is a
    BCP 47 tag in lower case. ``words`` counts the longest text that the feed carries of it; two Chinese, Japanese or Thai
    letters count as a word. ``source`` is the publisher that an aggregator names.
    """

    id: str
    url: str
    title: str
    excerpt: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author: str = ""
    images: tuple[Image, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    words: int = 0
    original_url: str | None = None
    amp_url: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with a document, for people; ``serious`` says that nothing could be read."""

    what: str
    serious: bool = False


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A document as it was read.

    ``form`` is what it is: "rss 2.0", "rss 1.0", "atom 1.0", "json feed 1.1", "html page", or empty for no feed at all.
    ``home`` is the address of the site, ``every`` how often the feed asks to be read (None where it does not say).
    """

    form: str
    title: str = ""
    home: str = ""
    language: str = ""
    items: tuple[Item, ...] = ()
    problems: tuple[Problem, ...] = ()
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A feed that a page advertises: its address, what the page calls it, and its media type in lower case."""

    url: str
    title: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class PageDetails:
    """What an article's page says of itself, for what a feed lacks; every field may be empty.

    ``url`` is the canonical address that the page names; ``site`` the name of its publisher.
    """

    url: str = ""
    title: str = ""
    description: str = ""
    images: tuple[Image, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author: str = ""
    language: str = ""
    site: str = ""
    amp_url: str | None = None
